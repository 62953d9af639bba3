"""Steering a chat in a real JupyterLab: stop, retry, edit, switch, resize, keys, files.

One notebook serves all tests, each on a thread of its own. What needs no Jupyter is tested in
test_chat_view.py and test_interrupts.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support.desk import Desk, Jupyter

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

AGENTS = """
import asyncio
import json
import agui_notebook as agui

tried = []

async def talker(text, messages):
    content = messages[-1]["content"]
    if isinstance(content, list):
        kinds = [part.get("source", part).get("mimeType", part["type"]) for part in content]
        yield "I received " + ", ".join(kinds) + "."
    elif text == "fail once" and not tried:
        yield "It goes well until"
        tried.append(text)
        raise RuntimeError("the line was cut")
    elif text.isdigit():
        for number in range(int(text)):
            yield f"n{number} "
            await asyncio.sleep(0.02)
        yield "done."
    else:
        yield f"You said {json.dumps(text)}, turn {len(messages)}."

def parrot(text):
    return text.upper() + "!"

other = agui.chat(parrot, name="parrot")
chat = agui.chat(talker, name="talker", suggestions=["Say hello", "Count"])
"""
SHOW, BUSY, ASK = "chat", "import time; time.sleep(12)", "print([r['status'] for r in chat.runs])"
PICTURE = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 40, height: 40});
  Object.assign(canvas.getContext("2d"), {fillStyle: "teal"});
  canvas.getContext("2d").fillRect(0, 0, 40, 40);
  const blob = await new Promise(done => canvas.toBlob(done));
  await navigator.clipboard.write([new ClipboardItem({"image/png": blob})]);
}"""


class Chat:
    """The chat below one cell, as a person sees it."""

    def __init__(self, desk: Desk, place: Locator) -> None:
        self.desk, self.page, self.place = desk, desk.page, place
        self.box = place.get_by_role("textbox", name="Message")
        self.log = place.get_by_role("log")

    def button(self, name: str) -> Locator:
        return self.place.get_by_role("button", name=name, exact=True)

    def send(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def ask(self, text: str, answer: str) -> None:
        """Send, and wait until the turn is over."""
        self.send(text)
        expect(self.log).to_contain_text(answer)
        expect(self.button("Send")).to_be_visible()

    def choose(self, menu: str, item: str) -> None:
        self.button(menu).click()
        self.place.get_by_role("menuitem", name=item).click()

    def both(self, name: str) -> None:
        """Pictures of the chat as it is, in both themes."""
        for theme in ("dark", "light"):
            self.desk.theme(theme)
            self.desk.shot(f"steering-{name}-{theme}", self.place.locator(".agui"))


@pytest.fixture(scope="module")
def lab(browser: Browser, jupyter: Jupyter) -> Iterator[Desk]:
    """One notebook with two agents, for all tests here."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk = Desk(jupyter, context.new_page(), "lab")
    desk.open(AGENTS, SHOW, BUSY, ASK)
    desk.run(0)
    desk.run(1)
    yield desk
    assert desk.errors == []
    desk.close()
    context.close()


@pytest.fixture
def chat(lab: Desk) -> Chat:
    """The chat on a fresh thread."""
    chat = Chat(lab, lab.cell(1))
    chat.place.scroll_into_view_if_needed()
    chat.choose("Thread menu", "New thread")
    expect(chat.log).to_have_text("")
    return chat


def statuses(chat: Chat) -> str:
    chat.desk.run(3)
    return chat.desk.text(3).strip()


def test_suggestions_are_offered_while_a_thread_is_empty(chat: Chat) -> None:
    chips = chat.place.get_by_role("group", name="Suggestions").get_by_role("button")
    expect(chips).to_have_text(["Say hello", "Count"])
    chat.both("empty")
    chips.first.click()
    expect(chat.log).to_contain_text('You said "Say hello", turn 1.')
    expect(chips.first).to_be_hidden()
    expect(chat.box).to_be_focused()
    chat.choose("Thread menu", "New thread")
    expect(chips).to_have_count(2)
    expect(chat.log).not_to_contain_text("You said")


def test_a_stopped_run_is_marked_and_the_next_message_works(chat: Chat) -> None:
    chat.send("900")
    expect(chat.log).to_contain_text("n3 ")
    chat.both("running")
    chat.button("Stop").click()
    expect(chat.log).to_contain_text("Stopped")
    expect(chat.button("Stop")).to_be_hidden()
    chat.both("stopped")
    chat.ask("again", 'You said "again"')
    assert statuses(chat) == "['cancelled', 'success']"


def test_a_failed_run_is_tried_again(chat: Chat) -> None:
    chat.send("fail once")
    error = chat.place.get_by_role("group", name="Error")
    expect(error).to_contain_text("the line was cut")
    expect(chat.log).to_contain_text("It goes well until")
    chat.both("failed")
    error.get_by_role("button", name="Retry").click()
    expect(chat.log).to_contain_text('You said "fail once", turn 1.')
    expect(error).to_have_count(0)
    expect(chat.log.get_by_text("fail once", exact=True)).to_have_count(1)


def test_an_earlier_message_is_edited_and_the_chat_goes_on_from_there(chat: Chat) -> None:
    for text in ("first", "second", "third"):
        chat.ask(text, f'You said "{text}"')
    turn = chat.log.locator(".agui-user").nth(1)
    turn.hover()
    turn.get_by_role("button", name="Edit and run again").click()
    field = chat.place.get_by_role("textbox", name="Edit message")
    expect(field).to_have_value("second")
    chat.both("editing")
    field.fill("changed")
    field.press("Enter")
    expect(chat.log).to_contain_text('You said "changed", turn 3.')
    expect(chat.log).not_to_contain_text("third")
    expect(chat.log.locator(".agui-user")).to_contain_text(["first", "changed"])


def test_what_is_typed_stays_with_the_chat(chat: Chat) -> None:
    lab = chat.desk
    cells = len(lab.code_cells())
    chat.box.click()
    chat.page.keyboard.type("dd aa bb xx 00 ii")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("second line")
    chat.page.keyboard.press("Control+Shift+ArrowLeft")
    chat.page.keyboard.press("End")
    expect(chat.box).to_have_value("dd aa bb xx 00 ii\nsecond line")
    chat.page.keyboard.press("Escape")
    chat.page.keyboard.press("Enter")
    expect(chat.log).to_contain_text("You said")
    expect(chat.box).to_be_focused()
    assert len(lab.code_cells()) == cells
    assert chat.page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex") != 2
    expect(lab.page.locator(".jp-Dialog")).to_have_count(0)


def test_earlier_prompts_come_back_on_arrow_up(chat: Chat) -> None:
    chat.ask("one", '"one"')
    chat.ask("two", '"two"')
    seen = []
    for key in ("ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown"):
        chat.box.press(key)
        seen.append(chat.box.input_value())
    assert seen == ["two", "one", "two", ""]


def test_one_chat_switches_between_the_agents_of_the_kernel(chat: Chat) -> None:
    chat.ask("hello", 'You said "hello"')
    chat.place.get_by_role("button", name="talker (Idle)", exact=True).click()
    chat.both("agents")
    chat.place.get_by_role("menuitemradio", name="parrot").click()
    expect(chat.log).not_to_contain_text("You said")
    chat.ask("polly", "POLLY!")
    chat.place.get_by_role("button", name="parrot (Idle)", exact=True).click()
    chat.place.get_by_role("menuitemradio", name="talker").click()
    expect(chat.log).to_contain_text('You said "hello"')
    expect(chat.log).not_to_contain_text("POLLY!")


def drag(page: Page, edge: Locator, pixels: int) -> None:
    edge.scroll_into_view_if_needed()
    box = edge.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + pixels, steps=4)
    page.mouse.up()


def height(view: Locator) -> float:
    box = view.bounding_box()
    assert box
    return box["height"]


def test_two_views_of_a_chat_agree_in_text_and_height(chat: Chat) -> None:
    chat.ask("hello", 'You said "hello"')
    lab = chat.desk
    lab.command("notebook:create-output-view")
    second = lab.page.locator(".jp-LinkedOutputView .agui")
    log = second.get_by_role("log")
    expect(log).to_contain_text('You said "hello"')
    second.get_by_role("textbox", name="Message").fill("from here")
    second.get_by_role("textbox", name="Message").press("Enter")
    expect(chat.log).to_contain_text('You said "from here"')
    expect(log).to_contain_text('You said "from here"')
    first = chat.place.locator(".agui")
    before = height(first)
    drag(lab.page, first.get_by_role("separator", name="Height"), -80)
    assert height(first) == pytest.approx(before - 80, abs=2)
    assert height(second) == height(first)
    lab.shot("steering-two-views")
    lab.page.evaluate(
        """() => ["main", "down", "right"]
             .flatMap(area => [...jupyterapp.shell.widgets(area)])
             .find(widget => widget.node.querySelector(".jp-LinkedOutputView")).close()"""
    )
    expect(second).to_have_count(0)


def test_a_pasted_picture_reaches_the_agent(chat: Chat) -> None:
    chat.page.evaluate(PICTURE)
    chat.box.click()
    chat.page.keyboard.press("Control+v")
    files = chat.place.get_by_role("list", name="Attached files").get_by_role("listitem")
    expect(files).to_have_count(1)
    chat.box.fill("What is it?")
    chat.both("attached")
    chat.box.press("Enter")
    expect(chat.log).to_contain_text("I received text, image/png.")
    expect(chat.log.locator(".agui-user img")).to_be_visible()
    expect(chat.log.locator(".agui-sending")).to_have_count(0)
    expect(files).to_have_count(0)
    chat.both("sent-file")


def test_the_first_message_of_a_page_passes_a_busy_cell(lab: Desk) -> None:
    lab.restart()
    lab.run(0)
    lab.start(1)
    lab.start(2)
    chat = Chat(lab, lab.cell(1))
    chat.send("30")
    expect(chat.log).to_contain_text("n29 done.")
    assert lab.cell(2).locator(".jp-InputPrompt").inner_text() == "[*]:", "it waited for the cell"
