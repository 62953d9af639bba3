"""The network panel over a real misbehaving server: rows, verdicts, filters, folding, copying.

Which verdict each misbehaviour earns: tests/client/test_judged_frames.py.
"""

from __future__ import annotations

import contextlib

import pytest
from playwright.sync_api import Page, expect
from support.fake_host import FakeHost
from support.servers import FINISHED, STARTED, Reply, said, serve_frames

from agui_notebook import AGUIError, connect
from agui_notebook.client import JudgedFrames

pytestmark = pytest.mark.browser
ODD = [
    STARTED,
    *said(*(f"word {at} " for at in range(74))),
    {"type": "NEWS"},
    {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m1", "delta": "late"},
    FINISHED,
]


def test_every_frame_and_failure_has_its_row_that_is_filtered_folded_and_copied(
    page: Page,
) -> None:
    broken = [STARTED, b"data: {oops\n\n"]
    with serve_frames(ODD, broken, Reply([b"boom"], 500, {})) as server:
        session = connect(server.url, token="sesame-open-up")
        for _ in range(3):
            with contextlib.suppress(AGUIError):
                session.ask("hello")
    frames = JudgedFrames(session.thread.captures, session.secrets)
    rows, facts = frames.more(1_000), frames.facts()
    host = FakeHost(page)
    empty = {"messages": [], "state": {}, "interrupts": [], "runs": [], "warnings": []}
    host.open({"threadId": "t", "items": {}, "outputs": {}, **empty})
    page.get_by_role("tab", name="Events").click()
    page.get_by_role("button", name="Network").click()
    host.receive({"kind": "wire", "from": 0, "items": rows, "facts": facts})
    grid = page.get_by_role("grid", name="Network")
    expect(grid.get_by_text("text × 74, 'word 0 word 1")).to_be_visible()
    expect(grid.get_by_text("POST http")).to_have_count(3)
    for verdict, count in (("refused", 2), ("passed over", 1), ("mended", 1)):
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
    assert host.copied.startswith("curl -N -X POST 'http://127.0.0.1")
    assert "sesame" not in host.copied
