"""The first five minutes of a newcomer, in real JupyterLab and Notebook 7 with a real Chromium.

Only the main path lives here; what each part of the widget can do has test files of its own.
"""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Locator, expect
from support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

AGENT = """
import asyncio
import agui_notebook as agui

async def counter(text):
    for number in range(int(text)):
        await asyncio.sleep(0.02)
        yield f"n{number} "
    yield "done."

chat = agui.chat(counter)
chat
"""


def composer(desk: Desk) -> Locator:
    return desk.page.get_by_role("textbox", name="Message")


def transcript(desk: Desk) -> Locator:
    return desk.page.get_by_role("log")


def send(desk: Desk, text: str) -> None:
    composer(desk).fill(text)
    composer(desk).press("Enter")


def background(desk: Desk) -> str:
    """The colour a reader sees behind the transcript."""
    colour: str = transcript(desk).evaluate(
        """node => {
          for (let at = node; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (!/rgba\\(.*, 0\\)|transparent/.test(colour)) return colour;
          }
        }"""
    )
    return colour


def lightness(colour: str) -> float:
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 765


def test_a_newcomer_talks_to_the_demo_agent(desk: Desk) -> None:
    desk.open("%load_ext agui_notebook", "%agui demo")
    desk.run(0)
    desk.run(1)
    expect(composer(desk)).to_be_visible()
    send(desk, "hello")
    expect(transcript(desk)).to_contain_text("hello")
    expect(desk.page.get_by_role("button", name="Send")).to_be_visible()
    desk.until("document.querySelector('[role=log]').innerText.length > 80")
    desk.shot(f"first-chat-{desk.app}-light")
    assert lightness(background(desk)) > 0.8
    desk.theme("dark")
    desk.shot(f"first-chat-{desk.app}-dark")
    assert lightness(background(desk)) < 0.3
    desk.theme("light")
    assert desk.errors == []


def test_an_answer_is_seen_growing(lab: Desk) -> None:
    lab.open(AGENT)
    lab.run(0)
    send(lab, "200")
    expect(transcript(lab)).to_contain_text("n3 ")
    assert "n199" not in transcript(lab).inner_text()
    expect(transcript(lab)).to_contain_text("n199 done.", timeout=20_000)


def test_it_goes_on_growing_while_a_cell_is_busy(lab: Desk) -> None:
    lab.open(AGENT, "import time; time.sleep(15)")
    lab.run(0)
    expect(composer(lab)).to_be_visible()
    lab.start(1)
    start = time.monotonic()
    send(lab, "20")
    expect(transcript(lab)).to_contain_text("n19 done.")
    assert time.monotonic() - start < 10, "the answer waited for the cell"


def test_a_page_reload_in_the_middle_loses_nothing(lab: Desk) -> None:
    lab.open(AGENT)
    lab.run(0)
    send(lab, "250")
    expect(transcript(lab)).to_contain_text("n5 ")
    lab.save()
    lab.reload()
    whole = " ".join(f"n{number}" for number in range(250)) + " done."
    expect(transcript(lab)).to_contain_text(whole, timeout=30_000)
    send(lab, "3")
    expect(transcript(lab)).to_contain_text("n0 n1 n2 done.")


def test_a_cell_run_again_leaves_one_chat_and_one_server(lab: Desk) -> None:
    lab.open(AGENT, "from agui_notebook.server.local import servers; print(len(servers()))")
    for _ in range(3):
        lab.run(0)
        expect(composer(lab)).to_have_count(1)
    send(lab, "3")
    expect(transcript(lab)).to_contain_text("n2 done.")
    lab.run(1)
    assert lab.text(1) == "1\n"
    assert lab.text(0).count("Traceback") == 0


def test_a_restarted_kernel_starts_afresh(lab: Desk) -> None:
    lab.open(AGENT)
    lab.run(0)
    send(lab, "3")
    expect(transcript(lab)).to_contain_text("n2 done.")
    lab.restart()
    lab.run(0)
    expect(transcript(lab)).not_to_contain_text("n2 done.")
    send(lab, "4")
    expect(transcript(lab)).to_contain_text("n3 done.")
    assert lab.errors == []


def test_stop_works_while_a_cell_is_busy(lab: Desk) -> None:
    lab.open(
        AGENT, "import time; time.sleep(12)", "result = chat.runs[-1]['status']; print(result)"
    )
    lab.run(0)
    expect(composer(lab)).to_be_visible()
    lab.start(1)
    send(lab, "400")
    expect(transcript(lab)).to_contain_text("n5 ")
    start = time.monotonic()
    lab.page.get_by_role("button", name="Stop").click()
    expect(lab.page.get_by_role("button", name="Send")).to_be_visible()
    assert time.monotonic() - start < 6, "Stop waited for the cell"
    lab.run(2)
    assert lab.text(2) == "cancelled\n"
