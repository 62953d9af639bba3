"""Pages that are saved and sent around, opened as files: reports of an evaluation and of a bug."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.misbehaviours import MISBEHAVIOURS
from support.servers import serve_frames
from test_axe import RULES, axe_source

from agui_notebook import AGUIError, Case, checks, connect, evaluate
from agui_notebook.client import JudgedFrames
from agui_notebook.render import bug_report_page

pytestmark = pytest.mark.browser

EVIL = "<img src=x onerror=\"document.title='evil'\"><script>document.title='evil'</script>"


def opened(page: Page, path: Path) -> list[str]:
    """Open a file; what it asks of anybody else, and what goes wrong in it, is in the list."""
    wrong: list[str] = []
    page.on("request", lambda request: wrong.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(path.as_uri())
    return wrong


def findings(page: Page) -> list[str]:
    """What axe finds, light and dark."""
    page.evaluate(axe_source())
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        result = page.evaluate("options => axe.run(document, options)", RULES)
        found += [f"{each['id']}: {each['nodes'][0]['html']}" for each in result["violations"]]
    return found


def test_the_report_of_an_evaluation_is_filtered_by_verdict_and_words(
    page: Page, tmp_path: Path
) -> None:
    answers = iter(["yes", "no"])

    def agent(text: str) -> str:
        if text == "fail":
            raise ValueError(EVIL)
        return next(answers) if text == "flaky" else f"yes {text}"

    cases = ["good", Case("bad", checks=[checks.contains("no")]), "fail", "flaky", EVIL]
    report = evaluate(
        agent, cases, [checks.contains("yes")], repeats=2, concurrency=1, to=tmp_path / "r.jsonl"
    )
    wrong = opened(page, report.html(tmp_path / "report.html"))
    rows = page.locator("tbody[data-verdict]")
    count = page.get_by_role("status")
    expect(count).to_have_text("10 of 10")
    shown = {}
    for name in ("Pass", "Fail", "Error", "Flaky", "All"):
        button = page.get_by_role("button", name=name, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        shown[name] = rows.locator("visible=true").count()
    assert shown == {"Pass": 5, "Fail": 3, "Error": 2, "Flaky": 2, "All": 10}
    page.get_by_role("searchbox", name="Words").fill("ONERROR")
    expect(count).to_have_text("4 of 10")
    page.get_by_role("button", name="Pass", exact=True).click()
    expect(count).to_have_text("2 of 10")
    rows.locator("visible=true").first.locator("summary").first.click()
    expect(rows.locator("visible=true").first).to_contain_text("yes <img")
    assert wrong == [page.url]
    assert page.title() == "Evaluation of agent"
    assert findings(page) == []


def test_a_bug_report_opens_by_itself_and_shows_what_was_wrong(page: Page, tmp_path: Path) -> None:
    kinds = ("unknown event", "content after its end", "HTML page", "HTTP 500")
    with serve_frames(*(MISBEHAVIOURS[kind].answer for kind in kinds)) as server:
        session = connect(server.url, token="sesame-open-up")
        for _ in kinds:
            with contextlib.suppress(AGUIError):
                session.ask(EVIL)
    frames = JudgedFrames(session.thread.captures, session.secrets)
    path = tmp_path / "bug-report.html"
    rows, facts = frames.more(1_000), frames.facts()
    path.write_text(bug_report_page(rows, facts, "agui-notebook 1.0"), "utf-8")
    wrong = opened(page, path)
    for kind in kinds:
        expect(page.get_by_text(MISBEHAVIOURS[kind].why).first).to_be_attached()
    expect(page.get_by_text("HTTP 500.").first).to_be_visible()
    page.get_by_text("Headers sent").first.click()
    expect(page.get_by_text("authorization: ***").first).to_be_visible()
    assert wrong == [page.url]
    assert page.title() == "Bug report"
    assert findings(page) == []
