"""Conversations that last, as a person meets them in JupyterLab: left, continued, undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.desk import ROOT, Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SETUP = "%load_ext agui_notebook\nimport os, agui_notebook as agui\nos.environ['AGUI_STORE'] = {!r}"
CHAT = """
def parrot(text):
    return f"You said **{text}**."
chat = agui.chat(parrot, name="parrot")
chat
"""
SECOND = "other = agui.chat(str.upper, name='other')\nother"
AXE = ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js"


def say(lab: Desk, cell: int, text: str, answer: str = "You said {}.") -> None:
    box = lab.cell(cell).get_by_role("textbox", name="Message")
    box.fill(text)
    box.press("Enter")
    expect(lab.cell(cell).get_by_role("log")).to_contain_text(answer.format(text))
    expect(lab.cell(cell).get_by_role("button", name="Stop")).to_be_hidden()


def violations(lab: Desk) -> list[str]:
    lab.page.add_script_tag(path=AXE)
    found: list[str] = lab.page.evaluate(
        """async () => (await axe.run('.agui')).violations
             .map(one => `${one.id}: ${one.nodes[0].html}`)"""
    )
    return found


def test_leave_come_back_and_continue(lab: Desk, tmp_path: Path) -> None:
    lab.open(SETUP.format(str(tmp_path / "threads.sqlite")), CHAT, SECOND)
    for index in range(3):
        lab.run(index)
    say(lab, 1, "Lunch on Friday")
    say(lab, 1, "with soup")
    say(lab, 2, "loud", "LOUD")
    shown = "window.jupyterapp.shell.currentWidget.content.widgets[{}].model.outputs.toJSON()"
    lab.until(f"JSON.stringify({shown.format(1)}).includes('with soup')")
    lab.until(f"JSON.stringify({shown.format(2)}).includes('LOUD')")
    lab.save()
    lab.close()
    lab.page.reload()
    lab.visit(lab.name)
    for index in (1, 2):
        expect(lab.cell(index).locator(".agui-companion")).to_be_visible()
        expect(lab.cell(index).get_by_text("model not found")).to_be_hidden()
    lab.run(0)
    lab.run(1)
    offer = lab.cell(1).get_by_role("button", name="Continue “Lunch on Friday”")
    expect(offer).to_contain_text("4 messages")
    expect(lab.cell(1).locator(".agui-companion")).to_be_hidden()
    expect(lab.cell(2).locator(".agui-companion")).to_contain_text("LOUD")
    assert violations(lab) == []
    lab.shot("threads-offer", lab.cell(1))
    offer.click()
    log = lab.cell(1).get_by_role("log")
    expect(log).to_contain_text("You said with soup.")
    say(lab, 1, "and bread")
    expect(log).to_contain_text("You said and bread.")


def test_versions_undo_and_the_list_of_threads(lab: Desk, tmp_path: Path) -> None:
    lab.open(SETUP.format(str(tmp_path / "threads.sqlite")), CHAT)
    lab.run(0)
    lab.run(1)
    for text in ("one", "two", "three"):
        say(lab, 1, text)
    log = lab.page.get_by_role("log")
    lab.page.get_by_role("group", name="You").nth(1).hover()
    lab.page.get_by_role("button", name="Edit and run again").nth(1).click()
    lab.page.locator(".agui-editing textarea").fill("TWO")
    lab.page.locator(".agui-editing textarea").press("Enter")
    expect(log).to_contain_text("You said TWO.")
    expect(log).not_to_contain_text("three")
    expect(lab.page.locator(".agui-versions")).to_contain_text("2 / 2")
    expect(lab.page.locator(".agui-aside")).to_contain_text("2 turns set aside.")
    lab.shot("threads-versions", lab.cell(1))
    assert violations(lab) == []
    lab.page.get_by_role("button", name="Earlier version").click()
    expect(log).to_contain_text("You said three.")
    lab.page.get_by_role("button", name="Thread menu").click()
    lab.page.get_by_role("menuitem", name="New thread").click()
    expect(log).not_to_contain_text("three")
    lab.page.get_by_role("button", name="Undo").click()
    expect(log).to_contain_text("You said three.")
    lab.page.get_by_role("button", name="Thread menu").click()
    lab.page.get_by_role("menuitem", name="All threads…").click()
    search = lab.page.get_by_role("searchbox", name="Search all threads")
    expect(lab.page.locator(".agui-thread")).to_have_count(1)
    search.fill("nobody said this")
    expect(lab.page.locator(".agui-thread")).to_have_count(0)
    search.fill("three")
    expect(lab.page.locator(".agui-thread")).to_have_count(1)
    assert violations(lab) == []
    lab.shot("threads-list", lab.cell(1))
    search.press("Escape")
    expect(lab.page.locator(".agui-threads")).to_have_count(0)
    assert lab.errors == []


def test_the_player_is_driven_by_mouse_and_keyboard(lab: Desk, tmp_path: Path) -> None:
    lab.open(
        SETUP.format(str(tmp_path / "threads.sqlite")),
        CHAT,
        "%agui save talk.jsonl",
        "%agui replay talk.jsonl",
    )
    lab.run(0)
    lab.run(1)
    say(lab, 1, "one")
    say(lab, 1, "two")
    lab.run(2)
    lab.run(3)
    cell = lab.cell(3)
    log = cell.get_by_role("log")
    expect(cell.get_by_role("group", name="Player")).to_be_visible()
    expect(cell.get_by_role("textbox", name="Message")).to_be_hidden()
    cell.get_by_role("button", name="Next turn").click()
    expect(log).to_contain_text("You said one.")
    expect(log).not_to_contain_text("two")
    bar = cell.get_by_role("slider", name="Position")
    bar.press("End")
    expect(log).to_contain_text("You said two.")
    expect(cell.locator(".agui-played")).to_have_text("The end")
    assert violations(lab) == []
    lab.shot("threads-player", cell)
    bar.press("Home")
    expect(log).not_to_contain_text("one")
    cell.get_by_label("Speed").select_option("20")
    cell.get_by_role("button", name="Play", exact=True).press("Enter")
    expect(cell.locator(".agui-played")).to_have_text("The end")
    expect(log).to_contain_text("You said two.")
    assert lab.errors == []


def test_a_kernel_killed_in_an_answer_leaves_what_had_come(lab: Desk, tmp_path: Path) -> None:
    slow = (
        "import asyncio\nasync def slow(text):\n    yield 'so far'\n    await asyncio.sleep(60)\n"
    )
    chat = slow + "chat = agui.chat(slow, name='slow')\nchat"
    lab.open(
        SETUP.format(str(tmp_path / "threads.sqlite")), chat, "import os; os.kill(os.getpid(), 9)"
    )
    lab.run(0)
    lab.run(1)
    box = lab.page.get_by_role("textbox", name="Message")
    box.fill("hello")
    box.press("Enter")
    expect(lab.page.get_by_role("log")).to_contain_text("so far")
    lab.page.wait_for_timeout(1_500)  # what a killed kernel may lose, and a little
    lab.start(2)
    expect(lab.page.get_by_role("log")).to_contain_text("Cut off by a kernel restart")
    lab.page.get_by_role("button", name="Ok", exact=True).click()
    lab.until(
        "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
    )
    lab.run(0)
    lab.run(1)
    lab.cell(1).get_by_role("button", name="Continue “hello”").click()
    log = lab.cell(1).get_by_role("log")
    expect(log).to_contain_text("so far")
    expect(log).to_contain_text("Cut off by a kernel restart")
