"""What a report counts, shows, writes and compares; nothing an agent said does anything in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from support.servers import answer, serve_frames

from agui_notebook import Case, Report, checks, evaluate
from agui_notebook.evaluation import quantile, sign_test, wilson

EVIL = "</td><script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1)) \x1b[31m"


class Tags(HTMLParser):
    """Which elements a page has, and what of it is no attribute of ours."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.risky: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.risky += [
            f"{name}={value}"
            for name, value in attrs
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:")
        ]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    def agent(text: str) -> str:
        return text.upper()

    cases = ["hello", "a", Case("yes", name=f"named {EVIL}")]
    return evaluate(agent, cases, [checks.contains("E")], to=tmp_path / "results.jsonl")


def test_it_says_how_many_pass_and_how_sure_that_is(report: Report) -> None:
    assert repr(report) == "<Report agent: 2 of 3 pass>"
    assert [round(end, 3) for end in report.interval] == [0.208, 0.939]
    page = report._repr_html_()
    assert "2 of 3 pass</strong> (67%; 95 % sure that it is 21% to 94%)" in page
    assert page.count("<svg") == 2  # the rate and the times; nothing costs anything
    assert page.index("contains(&#x27;E&#x27;): ") < page.index("hello")  # failures come first


def test_a_frame_has_a_row_for_each_and_a_column_for_each_check(report: Report) -> None:
    frame = report.frame()
    assert list(frame["text"]) == ["HELLO", "A", "YES"]
    assert list(frame["contains('E')"]) == ["pass", "fail", "pass"]
    assert list(frame["reasons"])[1] == "contains('E'): 'E' is not in 'A'."


def test_what_an_agent_says_is_text_in_every_form_of_a_report(tmp_path: Path) -> None:
    with serve_frames(answer(EVIL)) as server:
        report = evaluate(server.url, [EVIL], [checks.contains("no such thing")])
    page = report.html(tmp_path / "report.html").read_text()
    for shown, scripts in ((report._repr_html_(), 0), (page, 1)):
        tags = Tags(shown)
        assert (tags.found.count("script"), tags.found.count("img"), tags.risky) == (scripts, 0, [])
        assert "alert(1)" in shown
    assert re.search(r"default-src 'none'; script-src 'sha256-[\w+/]+='", page)
    assert not re.search(r"""(?:src|href)=["']?https?:""", page)


def test_the_page_has_filters_and_every_conversation(report: Report, tmp_path: Path) -> None:
    page = report.html(tmp_path / "report.html").read_text()
    assert re.findall(r'data-only="(\w*)"', page) == ["", "pass", "fail", "error", "flaky"]
    assert re.findall(r'<tbody data-verdict="(\w+)"', page) == ["pass", "fail", "pass"]
    assert page.count("<details><summary>") == 3
    assert page.count("HELLO") >= 2  # in the row and in the conversation


def test_junit_tells_every_case_and_why_it_failed(tmp_path: Path) -> None:
    with serve_frames(answer(EVIL)) as server:
        report = evaluate(server.url, ["a", "b"], [checks.contains("x")], repeats=2)
        broken = evaluate("http://127.0.0.1:9/", ["a"])
    suite = ElementTree.parse(report.junit(tmp_path / "out.xml")).getroot()[0]
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"]) == (
        "4",
        "0",
        "0",
    )
    assert [case.attrib["name"] for case in suite] == ["a #1", "a #2", "b #1", "b #2"]
    assert suite[0][0].text == EVIL.replace("\x1b", "␛")
    wrong = ElementTree.parse(broken.junit(tmp_path / "out.xml")).getroot()[0][0][0]
    assert (wrong.tag, "No server answers" in wrong.attrib["message"]) == ("failure", True)


def test_two_reports_say_what_is_better_and_whether_that_is_chance() -> None:
    cases = [f"case {number}" for number in range(12)]
    wanted = [checks.equals(), checks.outcome()]
    told = [Case(case, reference=case.upper()) for case in cases]
    before = evaluate(lambda text: text.upper() if text == "case 0" else text, told, wanted)
    after = evaluate(lambda text: text if text == "case 0" else text.upper(), told[:11], wanted)
    change = after.compare(before)
    assert (change.better, change.worse, change.same) == (cases[1:11], ["case 0"], [])
    assert (change.alone, round(change.chance, 4)) == (["case 11"], 0.0117)
    assert repr(change) == "<ReportChange: 10 better, 1 worse, 0 same (p = 0.012)>"
    assert list(change.frame()["change"]) == ["better"] * 10 + ["worse"]
    assert change._repr_html_().count("<tr>") == 11
    assert "this may be chance" in repr(before.compare(before))


def test_only_so_many_rows_are_shown_below_a_cell(tmp_path: Path) -> None:
    report = evaluate(str.upper, [str(number) for number in range(105)])
    assert "<p>5 more: report.html(path) writes all" in report._repr_html_()
    assert report.html(tmp_path / "report.html").read_text().count("<tbody data-verdict") == 105


def test_a_report_that_nobody_kept_leaves_no_file() -> None:
    report = evaluate(str.upper, ["a"])
    path = report.path
    assert path.is_file()
    del report
    assert not path.exists()


@pytest.mark.parametrize(
    ("computed", "wanted"),
    [
        (wilson(8, 10), (0.4902, 0.9433)),  # as statsmodels' proportion_confint has it
        (wilson(0, 5), (0.0, 0.4345)),
        (wilson(0, 0), (0.0, 1.0)),
        ((sign_test(9, 1),), (0.0215,)),  # as scipy's binomtest has it
        ((sign_test(0, 0),), (1.0,)),
        ((sign_test(600, 500),), (0.0028,)),
        ((quantile([3, 1, 2, 4], 0.5), quantile([1], 0.95)), (2.5, 1)),
    ],
)
def test_the_figures_are_those_of_the_textbooks(computed: Any, wanted: Any) -> None:
    assert tuple(round(value, 4) for value in computed) == wanted
