"""Agents, case files and files of results that mean harm: a sentence, and work within bounds.

What a report shows of an agent's words is in test_report.py.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agui_notebook import Case, InvalidInput, Report, checks, compare, evaluate
from agui_notebook.evaluation import mark_differences

DEEP = "[" * 100_000


def results(folder: Path) -> tuple[Path, list[str]]:
    """A file of results with one case, and its lines."""
    place = folder / "results.jsonl"
    evaluate(str.upper, ["hello"], [checks.equals("HELLO")], to=place, progress=False)
    return place, place.read_text().splitlines()


WRONG: dict[str, list[Any]] = {
    "verdict": [[], 5, "<script>", None],
    "turns": [5, [], [5], None],
    "name": [5, {}, []],
    "repeat": ["x", 0, -1, 10**30, []],
    "seconds": ["abc", [], True],
    "first_token": ["a"],
    "tokens": ["x", 1.5, []],
    "cost": ["x", []],
    "checks": [5, [5], [{"verdict": "pass"}], [{"check": "x", "verdict": []}], {"a": 1}],
    "tools": [5, [5]],
    "text": [5, []],
    "error": [5],
    "left": [5],
}


@pytest.mark.parametrize(("name", "value"), [(k, v) for k, each in WRONG.items() for v in each])
def test_a_result_of_wrong_types_is_refused_and_the_file_left_as_it_is(
    name: str, value: Any, tmp_path: Path
) -> None:
    place, lines = results(tmp_path)
    row = {**json.loads(lines[-1])["result"], name: value}
    place.write_text("\n".join([*lines[:-1], json.dumps({"result": row}), ""]))
    written = place.read_bytes()
    with pytest.raises(InvalidInput, match="holds a result that none of ours is"):
        Report.read(place)
    with pytest.raises(InvalidInput, match="holds a result that none of ours is"):
        evaluate(str.upper, ["hello"], [checks.equals("HELLO")], to=place, progress=False)
    assert place.read_bytes() == written


@pytest.mark.parametrize(
    "head",
    [
        DEEP,
        '{"evaluation":[]}',
        '{"evaluation":{"version":1,"checks":5}}',
        '{"evaluation":{"version":1,"checks":[5]}}',
        '{"evaluation":{"version":1e999}}',
    ],
)
def test_a_head_of_something_else_is_refused(head: str, tmp_path: Path) -> None:
    place, lines = results(tmp_path)
    place.write_text("\n".join([head, *lines[1:], ""]))
    with pytest.raises(InvalidInput, match="holds no results of an evaluation"):
        Report.read(place)


def test_a_line_beyond_all_depth_is_passed_over(tmp_path: Path) -> None:
    place, lines = results(tmp_path)
    place.write_text("\n".join([lines[0], f'{{"thread":{DEEP}', lines[-1], f'{{"result":{DEEP}']))
    report = Report.read(place)
    assert report.pass_count == 1
    assert "hello" in report._repr_html_()


FILES = {
    "deep": f'{{"prompt":{DEEP}',
    "a number beyond a double": '{"prompt":"x","state":1e999}',
    "no number": '{"prompt":"x","state":NaN}',
    "a member twice": '{"prompt":"a","prompt":"b"}',
    "a check of code": '{"prompt":"x","checks":{"os:system":1}}',
    "checks that are none": '{"prompt":"x","checks":["os:system"]}',
    "a pattern that is none": '{"prompt":"x","matches":5}',
    "a pattern of brackets": json.dumps({"prompt": "x", "matches": "(" * 5_000}),
    "names that are none": '{"prompt":"x","tool_called":{"names":5}}',
    "a turn that is none": '{"prompt":["x",5]}',
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_case_file_gets_a_sentence(name: str, tmp_path: Path) -> None:
    place = tmp_path / "cases.jsonl"
    place.write_text(FILES[name])
    with pytest.raises(InvalidInput) as told:
        Case.read(place)
    assert 10 < len(str(told.value)) < 500


def grade(folder: Path, pattern: str, answer: str) -> dict[str, Any]:
    """What comes of a case file's pattern."""
    place = folder / "cases.jsonl"
    place.write_text(json.dumps({"prompt": "x", "matches": pattern}))
    (row,) = evaluate(lambda text: answer, place, progress=False).rows()
    check: dict[str, Any] = row["checks"][0]
    return check


def test_a_pattern_of_a_case_file_cannot_hold_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agui_notebook.runtime.bounded_search.SECONDS", 0.5)
    since = time.process_time()
    told = grade(tmp_path, "^(a+)+$", "a" * 40 + "!")
    assert time.process_time() - since < 5  # it would be years
    assert told["verdict"] == "error"
    assert told["reason"] == "'^(a+)+$' was looked for in vain for 0.5 s: it is not checked."


@pytest.mark.parametrize(
    ("pattern", "found"),
    [("Oslo", "pass"), ("(?i)OSLO", "pass"), (r"\d+ degrees", "pass"), ("a|b|Oslo$", "fail"),
     ("^is", "fail"), (r"(o).*\1", "fail"), ("\ud800|Oslo", "pass")],
)  # fmt: skip
def test_a_pattern_of_a_case_file_says_what_re_search_does(
    pattern: str, found: str, tmp_path: Path
) -> None:
    answer = "In Oslo it is 7 degrees."
    assert grade(tmp_path, pattern, answer)["verdict"] == found
    assert (re.search(pattern, answer) is not None) == (found == "pass")


WORDS = st.lists(st.sampled_from(["a", "b", "c", "<x>"]), max_size=9).map(" ".join)


@given(WORDS, WORDS)
def test_differences_are_those_of_the_two_texts(former: str, text: str) -> None:
    marked = mark_differences(former, text)
    escaped = [each.replace("<", "&lt;").replace(">", "&gt;") for each in (former, text)]
    kept = [re.sub(f"<{gone}>.*?</{gone}>", "", marked) for gone in ("ins", "del")]
    plain = [re.sub("</?(ins|del)>", "", each) for each in kept]
    assert (plain == escaped) if former != text else marked == ""


PAIRS = {
    "one word of many": ("a " * 1_499, "a b " * 749),
    "turned": ("a b " * 749, "b a a " * 499),
    "nothing in common": ("x " * 5_000, "y " * 5_000),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_differences_of_hostile_answers_are_found_in_time_or_not_at_all(pair: str) -> None:
    since = time.process_time()
    mark_differences(*PAIRS[pair])
    assert time.process_time() - since < 10  # minutes, where every way is tried


def test_an_answer_without_end_takes_a_bounded_place() -> None:
    def agent(text: str) -> Iterator[str]:
        for _ in range(200):
            yield "word, **x** <b> \n" * 1_000

    both = compare([agent, agent], ["x"], progress=False)
    assert len(str(both._repr_html_())) < 1_000_000
    assert "3,350,000 more characters" in str(both._repr_html_())
    assert len(both.plain_text()) < 200_000
    report = evaluate(agent, ["x"], progress=False)
    assert len(report._repr_html_()) < 600_000


def test_what_is_compared_does_nothing_to_a_terminal() -> None:
    both = compare([lambda text: "\x1b[2Jhi"], ["\x1b]52;c;cm0=\x07"], progress=False)
    assert both.plain_text() == "␛]52;c;cm0=␇\nlambda: ␛[2Jhi"
