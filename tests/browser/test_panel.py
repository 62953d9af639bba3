"""The network panel over a real misbehaving server: rows, verdicts, links, filters, copying.

What each misbehaviour is told as: tests/client/test_judged_frames.py.
"""

from __future__ import annotations

import contextlib
import warnings
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.fake_host import FakeHost
from support.misbehaviours import MISBEHAVIOURS
from support.servers import FINISHED, STARTED, Reply, said, serve_frames

from agui_notebook import AGUIError, Session, connect
from agui_notebook.client import JudgedFrames

pytestmark = pytest.mark.browser
ODD = [
    STARTED,
    *said(*(f"word {at} " for at in range(74))),
    {"type": "NEWS"},
    {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m1", "delta": "late"},
    FINISHED,
]


def asked(times: int, *answers: Any) -> Session:
    """A session that asked so often, whatever came of it."""
    with serve_frames(*answers) as server:
        session = connect(server.url, token="sesame-open-up")
        for _ in range(times):
            with contextlib.suppress(AGUIError), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                session.ask("hello")
    return session


def show(page: Page, session: Session) -> FakeHost:
    """Its chat, with a kernel that tells of the wire when it is asked."""
    frames = JudgedFrames(session.thread.captures, session.secrets)
    rows, facts = frames.more(1_000), frames.facts()
    host = FakeHost(page)
    host.page.evaluate(
        """report => { host.heard = ({kind, from}) =>
          kind === "wire_open" && from === 0 && queueMicrotask(() => host.receive(report)); }""",
        {"kind": "wire", "from": 0, "items": rows, "facts": facts},
    )
    host.open(dict(session.document), agent={"name": "demo", "url": session.url})
    return host


def table(page: Page) -> Locator:
    return page.get_by_role("grid", name="Network")


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_what_an_agent_did_wrong_has_its_row_and_the_chat_leads_there_and_back(
    page: Page, name: str
) -> None:
    wrong = MISBEHAVIOURS[name]
    show(page, asked(1, wrong.answer))
    card = page.get_by_role("group", name="Error")
    link = card.get_by_role("button", name="Show in network panel")
    row = table(page).locator(f"[data-verdict='{wrong.verdict}']").filter(has_text=wrong.why)
    if wrong.fails:
        link.click()
        expect(table(page)).to_be_focused()
        opened = table(page).locator("[aria-selected=true]")
        expect(opened).to_have_class("agui-grid-row agui-row-error")
    else:
        expect(page.get_by_role("log")).to_contain_text("hello")
        expect(link).to_have_count(0)
        page.get_by_role("tab", name="Events").click()
        page.get_by_role("button", name="Network").click()
        row.first.click()
    expect(row.first).to_be_visible()
    page.get_by_role("button", name="Show in chat").click()
    expect(page.get_by_role("log")).to_be_focused()
    expect(card).to_have_count(int(wrong.fails))


def test_a_row_leads_to_the_message_it_made_wherever_that_is(page: Page) -> None:
    long = [f"line {at}\n\n" for at in range(80)]
    first = [STARTED, *said("the beginning"), *said(*long, mid="m2"), FINISHED]
    show(page, asked(1, first))
    start = page.get_by_role("log").get_by_text("the beginning")
    expect(page.get_by_text("line 79")).to_be_in_viewport()
    expect(start).not_to_be_in_viewport()
    page.get_by_role("tab", name="Events").click()
    page.get_by_role("button", name="Network").click()
    table(page).get_by_text("the beginning").click()
    page.get_by_role("button", name="Show in chat").click()
    expect(start).to_be_in_viewport()
    expect(page.get_by_text("line 79")).not_to_be_in_viewport()


def test_rows_are_filtered_folded_and_copied(page: Page) -> None:
    session = asked(3, ODD, [STARTED, b"data: {oops\n\n"], Reply([b"boom"], 500, {}))
    host = show(page, session)
    page.get_by_role("tab", name="Events").click()
    page.get_by_role("button", name="Network").click()
    grid = table(page)
    expect(grid.get_by_text("text × 74, 'word 0 word 1")).to_be_visible()
    expect(grid.get_by_text("POST http")).to_have_count(3)
    for verdict, count in (("refused", 2), ("failed", 2), ("passed over", 1), ("mended", 1)):
        expect(grid.locator(f"[data-verdict='{verdict}']")).to_have_count(count)
    for word, said_there in (("is:refused oops", "cannot be read"), ("is:mended", "after its end")):
        page.get_by_role("searchbox", name="Filter rows").fill(word)
        expect(grid.get_by_role("row")).to_have_count(2)
        expect(grid).to_contain_text(said_there)
    page.get_by_role("searchbox", name="Filter rows").fill("type:content")
    expect(grid.get_by_role("row")).to_have_count(3)
    grid.press("Home")
    grid.press("Enter")
    page.get_by_role("button", name="Unfold").click()
    expect(grid).to_have_attribute("aria-rowcount", "77")
    page.get_by_role("searchbox", name="Filter rows").fill("")
    page.get_by_role("button", name="Request", exact=True).click()
    expect(grid.get_by_role("row")).to_have_count(4)
    grid.press("Home")
    host.catch_copies()
    page.get_by_role("button", name="Copy as curl").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert host.copied.startswith("curl -N -X POST --url 'http://127.0.0.1")
    assert "sesame" not in host.copied
