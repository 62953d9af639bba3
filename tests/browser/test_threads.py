"""Conversations that last, as a person meets them in JupyterLab: left, continued, undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect
from support.desk import ROOT, Desk, Jupyter

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
    expect(lab.page.get_by_role("menuitem", name="New thread")).to_be_visible()
    assert violations(lab) == []
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


MADE = """
class Parrot:
    async def __call__(self, text):
        return f"You said **{text}**."
chat = agui.chat(Parrot(), name="parrot")
chat
"""


def test_two_notebooks_go_on_with_one_conversation_and_neither_loses_a_word(
    jupyter: Jupyter, context: BrowserContext, lab: Desk, tmp_path: Path
) -> None:
    setup = SETUP.format(str(tmp_path / "threads.sqlite"))
    lab.open(setup, MADE)
    lab.run(0)
    lab.run(1)
    say(lab, 1, "Lunch on Friday")
    other = Desk(jupyter, context.new_page(), "lab")
    try:
        other.open(setup, MADE)
        other.run(0)
        other.run(1)
        other.cell(1).get_by_role("button", name="Continue “Lunch on Friday”").click()
        expect(other.cell(1).get_by_role("log")).to_contain_text("You said Lunch on Friday.")
        say(other, 1, "with soup")
        listed(other, "with soup", 1)
        say(lab, 1, "with bread")
        listed(lab, "lunch", 2)
        listed(other, "with bread", 1)
        assert other.errors == []
    finally:
        other.close()
    lab.page.bring_to_front()
    lab.run(1)  # makes its agent anew
    log = lab.cell(1).get_by_role("log")
    expect(log).to_contain_text("You said with bread.")
    expect(log).not_to_contain_text("with soup")
    say(lab, 1, "and cheese")
    assert lab.errors == []


def listed(desk: Desk, words: str, count: int) -> None:
    """So many threads hold these words; the list is closed again."""
    desk.page.get_by_role("button", name="Thread menu").click()
    desk.page.get_by_role("menuitem", name="All threads…").click()
    desk.page.get_by_role("searchbox", name="Search all threads").fill(words)
    rows = desk.page.locator(".agui-thread")
    expect(rows).to_have_count(count)
    expect(rows.filter(has_text="4 messages")).to_have_count(count)
    desk.page.get_by_role("searchbox", name="Search all threads").press("Escape")


RICH = """
chat = agui.chat(name="rich")

@chat.tool
def plot(title: str = "x") -> str:
    '''Draw a line.'''
    import matplotlib.pyplot as plt
    plt.plot([1, 2])
    return "drawn"

chat
"""


def test_state_a_picture_and_an_open_approval_come_back(lab: Desk, tmp_path: Path) -> None:
    lab.open(
        SETUP.format(str(tmp_path / "threads.sqlite")),
        RICH,
        "r = chat.ask('Use one of my tools')\nchat.session.set_state({'table': 4})",
        "r = chat.ask('Send an email to the team')",
        "print(chat.state, len(chat.session.interrupts), [r['status'] for r in chat.runs])",
    )
    for index in range(5):
        lab.run(index)
    before = lab.text(4)
    expect(lab.cell(1).get_by_role("log").locator("img")).to_have_count(1)
    expect(lab.cell(1).get_by_role("button", name="Approve")).to_be_visible()
    lab.restart()
    lab.run(0)
    lab.run(1)
    lab.cell(1).get_by_role("button", name="Continue “Use one of my tools”").click()
    log = lab.cell(1).get_by_role("log")
    expect(log.locator("img")).to_have_count(1)
    lab.run(4)
    assert lab.text(4) == before
    lab.shot("threads-rich", lab.cell(1))
    approve = lab.cell(1).get_by_role("button", name="Approve")
    expect(approve).to_be_enabled()
    approve.click()
    expect(lab.cell(1).get_by_role("button", name="Approve")).to_have_count(0)
    expect(lab.cell(1).get_by_role("textbox", name="Message")).to_have_attribute(
        "placeholder", "Message"
    )
    expect(lab.cell(1).get_by_role("button", name="Stop")).to_be_hidden()
    lab.run(4)
    assert "'success'" in lab.text(4).rpartition(",")[2]
    assert lab.errors == []


def test_a_store_that_cannot_be_used_is_said_in_the_chat_which_goes_on(
    lab: Desk, tmp_path: Path
) -> None:
    foreign = tmp_path / "threads.sqlite"
    foreign.write_bytes(b"somebody else's " * 400)
    lab.open(SETUP.format(str(foreign)), CHAT)
    lab.run(0)
    lab.run(1)
    bar = lab.page.locator(".agui-problem")
    expect(bar).to_contain_text("Conversations are not kept")
    say(lab, 1, "one")
    assert violations(lab) == []
    lab.shot("threads-problem", lab.cell(1))
    bar.get_by_role("button", name="Dismiss").click()
    expect(bar).to_be_hidden()
    say(lab, 1, "two")
    expect(bar).to_be_hidden()
    assert foreign.read_bytes() == b"somebody else's " * 400
    assert lab.errors == []


def test_a_thread_of_the_list_is_exported_renamed_and_deleted(lab: Desk, tmp_path: Path) -> None:
    lab.open(SETUP.format(str(tmp_path / "threads.sqlite")), CHAT)
    lab.run(0)
    lab.run(1)
    say(lab, 1, "Soup 🍜")
    lab.page.get_by_role("button", name="Thread menu").click()
    lab.page.get_by_role("menuitem", name="All threads…").click()
    row = lab.page.locator(".agui-thread")
    with lab.page.expect_download() as download:
        row.get_by_label("Export Soup 🍜").select_option("Markdown")
    assert download.value.suggested_filename == "Soup.md"
    assert "You said **Soup" in download.value.path().read_text("utf-8")
    row.get_by_label("Export Soup 🍜").select_option("pytest test")
    expect(lab.page.get_by_text("Wrote test_parrot.py and test_parrot.jsonl")).to_be_visible()
    row.get_by_role("button", name="Rename").click()
    row.get_by_role("textbox", name="Title").fill("  ")
    row.get_by_role("textbox", name="Title").press("Enter")
    expect(row).to_contain_text("Soup 🍜")
    row.get_by_role("button", name="Rename").click()
    row.get_by_role("textbox", name="Title").fill("Dinner")
    row.get_by_role("textbox", name="Title").press("Enter")
    expect(row).to_contain_text("Dinner")
    assert violations(lab) == []
    lab.shot("threads-row", lab.cell(1))
    row.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    lab.page.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("2 messages")
    row.locator(".agui-thread-open").click()
    expect(lab.page.get_by_role("log")).to_contain_text("You said Soup")
    assert lab.errors == []


def test_deleting_or_editing_while_an_answer_streams_loses_nothing(
    lab: Desk, tmp_path: Path
) -> None:
    slow = (
        "import asyncio\n"
        "async def slow(text):\n"
        "    yield f'begun {text} '\n"
        "    if 'slow' in text:\n"
        "        await asyncio.sleep(60)\n"
        "    yield 'done'\n"
        "chat = agui.chat(slow, name='slow')\nchat"
    )
    lab.open(SETUP.format(str(tmp_path / "threads.sqlite")), slow)
    lab.run(0)
    lab.run(1)
    log = lab.page.get_by_role("log")

    def begin(text: str) -> None:
        lab.page.get_by_role("textbox", name="Message").fill(text)
        lab.page.get_by_role("textbox", name="Message").press("Enter")
        expect(log).to_contain_text(f"begun {text}")

    begin("first")
    expect(log).to_contain_text("done")
    begin("slow one")
    lab.page.get_by_role("button", name="Thread menu").click()
    lab.page.get_by_role("menuitem", name="All threads…").click()
    lab.page.locator(".agui-thread").get_by_role("button", name="Delete").click()
    lab.shot("threads-delete", lab.cell(1))
    expect(lab.page.locator(".agui-thread")).to_have_count(0)
    lab.page.get_by_role("button", name="Undo").click()
    lab.page.locator(".agui-thread-open").click()
    expect(log).to_contain_text("begun slow one")
    lab.page.get_by_role("group", name="You").nth(1).hover()
    lab.page.get_by_role("button", name="Edit and run again").nth(1).click()
    lab.page.locator(".agui-editing textarea").fill("quick one")
    lab.page.locator(".agui-editing textarea").press("Enter")
    expect(log).to_contain_text("begun quick one")
    expect(lab.page.locator(".agui-versions")).to_contain_text("2 / 2")
    lab.page.get_by_role("button", name="Earlier version").click()
    expect(log).to_contain_text("begun slow one")
    assert lab.errors == []


def test_a_threads_past_is_replayed_in_its_place_in_the_dark_and_on_a_small_screen(
    lab: Desk, tmp_path: Path
) -> None:
    lab.open(SETUP.format(str(tmp_path / "threads.sqlite")), CHAT)
    lab.theme("dark")
    lab.run(0)
    lab.run(1)
    say(lab, 1, "one")
    say(lab, 1, "two")
    lab.page.get_by_role("button", name="Thread menu").click()
    lab.page.get_by_role("menuitem", name="Replay this thread").click()
    player = lab.page.get_by_role("group", name="Player")
    expect(player).to_be_visible()
    log = lab.page.get_by_role("log")
    lab.page.get_by_role("slider", name="Position").press("End")
    expect(log).to_contain_text("You said two.")
    expect(lab.page.locator(".agui-played")).to_have_text("The end")
    lab.page.get_by_role("button", name="Previous turn").press("Enter")
    expect(log).not_to_contain_text("two")
    assert violations(lab) == []
    lab.shot("threads-replay-dark", lab.cell(1))
    lab.page.set_viewport_size({"width": 420, "height": 760})
    player.scroll_into_view_if_needed()
    lab.shot("threads-replay-small")
    lab.page.set_viewport_size({"width": 1280, "height": 900})
    player.get_by_role("button", name="Back to the chat").click()
    expect(log).to_contain_text("You said two.")
    say(lab, 1, "three")
    lab.page.get_by_role("button", name="Thread menu").click()
    lab.page.get_by_role("menuitem", name="All threads…").click()
    expect(lab.page.locator(".agui-thread")).to_contain_text("6 messages")
    lab.shot("threads-list-dark", lab.cell(1))
    assert violations(lab) == []
    lab.theme("light")
    assert lab.errors == []
