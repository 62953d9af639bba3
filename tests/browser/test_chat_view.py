"""The chat in a bare Chromium page: how it streams, scrolls, listens to keys and starts.

What needs Jupyter is tested in test_first_chat.py; what needs no page at all in js/test.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support.fake_host import FakeHost

pytestmark = pytest.mark.browser

LONG = "\n\n".join(f"Paragraph {number} of a *long* answer." for number in range(60))


def message(key: str, role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"id": key, "role": role, "content": content, **more}


def document(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"threadId": "t", "state": {}, "outputs": {}, "warnings": []}
    return {**empty, "interrupts": [], "runs": [], "items": {}, "messages": list(messages), **more}


def running(*messages: dict[str, Any]) -> dict[str, Any]:
    run = {"runId": "r", "after": "u", "status": "running"}
    return document(*messages, runs=[run], items={"message:a": {"status": "open"}})


QUESTION = message("u", "user", "Hello?")


@pytest.fixture
def host(page: Page) -> FakeHost:
    return FakeHost(page)


def from_end(host: FakeHost) -> float:
    """How far above its end the log is scrolled, in px."""
    far: float = host.page.get_by_role("log").evaluate(
        "log => log.scrollHeight - log.clientHeight - log.scrollTop"
    )
    return far


def test_the_log_follows_the_answer_until_the_reader_scrolls_away(host: FakeHost) -> None:
    host.open(running(QUESTION, message("a", "assistant", "")), agent={"name": "demo"})
    host.ops(["append", ["messages", 1, "content"], LONG])
    expect(host.page.get_by_text("Paragraph 59")).to_be_in_viewport()
    assert from_end(host) < 2
    host.page.get_by_role("log").hover()
    host.page.mouse.wheel(0, -600)
    jump = host.page.get_by_role("button", name="Jump to latest")
    expect(jump).to_be_visible()
    host.ops(["append", ["messages", 1, "content"], "\n\nThe very end."])
    expect(host.page.get_by_text("The very end.")).not_to_be_in_viewport()
    jump.click()
    expect(host.page.get_by_text("The very end.")).to_be_in_viewport()
    expect(jump).to_be_hidden()
    host.page.mouse.wheel(0, -600)
    expect(jump).to_be_visible()
    host.page.locator(".agui").evaluate("node => { node.style.height = '9000px' }")
    expect(jump).to_be_hidden()  # all of it is in sight, though the reader did not move


def test_the_readers_place_outlives_other_tabs_and_an_hour_off_the_page(host: FakeHost) -> None:
    host.open(running(QUESTION, message("a", "assistant", "")), agent={"name": "demo"})
    host.ops(["append", ["messages", 1, "content"], LONG])
    expect(host.page.get_by_text("Paragraph 59")).to_be_in_viewport()
    log = host.page.get_by_role("log")
    log.hover()
    jump = host.page.get_by_role("button", name="Jump to latest")
    host.page.mouse.wheel(0, -8)  # a trackpad, slowly
    expect(jump).to_be_visible()
    host.page.mouse.wheel(0, -700)
    host.page.wait_for_function("document.querySelector('.agui-log').scrollTop < 1500")
    place = log.evaluate("node => node.scrollTop")

    def at_the_place(words: str) -> None:
        host.ops(["append", ["messages", 1, "content"], f"\n\n{words}"])
        expect(host.page.get_by_text(words)).to_have_count(1)
        host.page.wait_for_function(
            "place => Math.abs(document.querySelector('.agui-log').scrollTop - place) < 40",
            arg=place,
        )
        expect(jump).to_be_visible()

    host.page.get_by_role("tab", name="State").click()
    frames(host)
    host.page.get_by_role("tab", name="Chat", exact=True).click()
    at_the_place("One.")
    host.page.evaluate("place.style.display = 'none'")
    frames(host)
    host.page.evaluate("place.style.display = ''")
    at_the_place("Two.")
    host.page.evaluate("globalThis.cell = place.firstElementChild; cell.remove()")
    frames(host)
    host.page.evaluate("place.append(cell)")
    at_the_place("Three.")


def frames(host: FakeHost) -> None:
    """Two frames go by: what has no size by then has told so."""
    host.page.evaluate("new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))")


def test_a_double_click_on_send_sends_and_stops_nothing(host: FakeHost) -> None:
    host.open(document(), agent={"name": "demo"})
    host.page.evaluate(
        """doc => { host.heard = said => said.kind === 'send' && host.ops([
          ['set', ['messages', 0], doc.messages[0]], ['set', ['runs', 0], doc.runs[0]]]) }""",
        running(QUESTION),
    )
    host.page.get_by_role("textbox", name="Message").fill("Hello?")
    host.page.get_by_role("button", name="Send", exact=True).dblclick(delay=60)
    expect(host.page.get_by_role("button", name="Stop")).to_be_visible()
    assert [said["kind"] for said in host.sent if said["kind"] in ("send", "stop")] == ["send"]


def test_a_printed_page_holds_the_whole_chat(host: FakeHost) -> None:
    host.open(document(QUESTION, message("a", "assistant", LONG)), agent={"name": "demo"})
    expect(host.page.get_by_text("Paragraph 59")).to_be_in_viewport()
    host.page.emulate_media(media="print")
    last = host.page.get_by_text("Paragraph 59").bounding_box()
    chat = host.page.locator(".agui").bounding_box()
    assert last is not None
    assert chat is not None
    assert chat["height"] > 1500
    assert chat["y"] + chat["height"] > last["y"] + last["height"]
    expect(host.page.get_by_role("textbox", name="Message")).to_be_hidden()


def test_a_selection_survives_what_arrives_behind_it(host: FakeHost) -> None:
    host.open(running(QUESTION, message("a", "assistant", "Some words to select and")))
    host.page.wait_for_function("document.querySelector('.agui-md p span')?.firstChild")
    host.page.evaluate(
        """() => {
          const text = document.querySelector('.agui-md p span').firstChild;
          getSelection().setBaseAndExtent(text, 5, text, 10);
        }"""
    )
    host.ops(["append", ["messages", 1, "content"], " more **words**.\n\nAnd another paragraph."])
    expect(host.page.get_by_text("And another paragraph.")).to_be_visible()
    assert host.page.evaluate("getSelection().toString()") == "words"
    host.ops(["append", ["messages", 1, "content"], "\n\n```python\ndef f():\n    return 1\n"])
    expect(host.page.get_by_text("return 1")).to_be_visible()
    host.page.evaluate(
        """() => getSelection().selectAllChildren(document.querySelector('pre code'))"""
    )
    host.ops(["append", ["messages", 1, "content"], "```\n"])
    expect(host.page.locator(".agui-k-keyword").first).to_be_visible()
    assert host.page.evaluate("getSelection().toString()").strip() == "def f():\n    return 1"
    host.page.evaluate("getSelection().selectAllChildren(document.querySelector('.agui-code'))")
    assert "python" not in host.page.evaluate("getSelection().toString()")


def test_two_views_of_a_chat_agree(host: FakeHost) -> None:
    host.open(running(QUESTION, message("a", "assistant", "One ")))
    host.page.evaluate("() => { host.second = host.view(document.getElementById('place')) }")
    host.ops(["append", ["messages", 1, "content"], "two."])
    answers = host.page.locator(".agui-answer")
    expect(answers).to_have_text(["One two.", "One two."])
    host.page.evaluate("() => host.second.close()")
    host.ops(["append", ["messages", 1, "content"], " Three."])
    expect(answers).to_have_text(["One two. Three."])


def test_a_message_is_written_and_stopped_by_keys_alone(host: FakeHost) -> None:
    host.open(document(), agent={"name": "demo", "suggestions": ["Try me"]})
    page = host.page
    box = page.get_by_role("textbox", name="Message")
    box.click()
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second")
    page.keyboard.press("Enter")
    assert host.sent[-1] == {"kind": "send", "text": "first line\nsecond"}
    host.snapshot(running(message("u", "user", "first line\nsecond")), agent={"name": "demo"})
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    box.press("Escape")
    assert host.sent[-1] == {"kind": "stop"}
    host.ops(["set", ["runs", 0, "status"], "cancelled"])
    box.press("ArrowUp")
    expect(box).to_have_value("first line\nsecond")


def test_what_is_pressed_and_goes_away_gives_the_focus_back(host: FakeHost) -> None:
    host.open(document())
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("hello")
    host.page.get_by_role("button", name="Send", exact=True).click()
    expect(box).to_be_focused()
    host.snapshot(running(message("u", "user", "hello")))
    host.page.get_by_role("button", name="Stop").click()
    expect(box).to_be_focused()
    host.ops(["set", ["runs", 0, "status"], "error"])
    host.page.get_by_role("button", name="Retry").click()
    expect(box).to_be_focused()
    host.page.get_by_role("button", name="Edit and run again").click()
    host.page.get_by_role("button", name="Run again", exact=True).click()
    expect(box).to_be_focused()


def test_who_speaks_and_how_much_there_is_is_said_too(host: FakeHost) -> None:
    host.open(document(QUESTION, message("a", "assistant", "Fine.")), eventCount=12)
    log = host.page.get_by_role("log")
    expect(log.get_by_role("group", name="You")).to_contain_text(QUESTION["content"])
    expect(log.get_by_role("group", name="Answer")).to_contain_text("Fine.")
    expect(host.page.get_by_role("tab", name="Events 12", exact=True)).to_be_visible()


def test_a_turn_goes_on_between_its_runs(host: FakeHost) -> None:
    host.open(document(), running=True)
    expect(host.page.get_by_role("button", name="Stop")).to_be_visible()
    host.snapshot(document(), running=False)
    expect(host.page.get_by_role("button", name="Send", exact=True)).to_be_visible()


def test_a_message_stands_in_its_place_before_a_busy_kernel_answers(host: FakeHost) -> None:
    host.open(document())
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("Hello?")
    box.press("Enter")
    turn = host.page.get_by_role("log").locator(".agui-user")
    expect(turn.locator(".agui-user-text")).to_have_text("Hello?")
    expect(turn).to_have_css("opacity", "0.7")
    before = turn.bounding_box()
    host.ops(["set", ["messages", 0], QUESTION])
    expect(turn).to_have_css("opacity", "1")
    assert turn.bounding_box() == before, "what was waiting must not jump when it has come"


def test_files_of_a_refused_message_are_back_with_its_words(host: FakeHost) -> None:
    host.open(document())
    box = host.page.get_by_role("textbox", name="Message")
    files = host.page.get_by_role("list", name="Attached files").get_by_role("listitem")
    with host.page.expect_file_chooser() as chosen:
        host.page.get_by_role("button", name="Attach files").click()
    chosen.value.set_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"one"})
    expect(files).to_have_count(1)
    box.fill("Read it")
    box.press("Enter")
    expect(files).to_have_count(0)
    host.ops(["set", ["warnings", 0], {"message": "A turn is still going on."}])
    expect(box).to_have_value("Read it")
    expect(files).to_contain_text(["a.txt"])
    expect(host.page.locator(".agui-user")).to_have_count(0)


def test_the_field_grows_to_six_lines(host: FakeHost) -> None:
    host.open(document())
    box = host.page.get_by_role("textbox", name="Message")
    heights = []
    for lines in (1, 3, 6, 12):
        box.fill("\n".join(["x"] * lines))
        heights.append(box.bounding_box()["height"])  # type: ignore[index]
    assert heights[0] < heights[1] < heights[2] == heights[3]


def test_the_menu_and_the_tabs_are_reached_by_keys(host: FakeHost) -> None:
    host.open(document(), agent={"name": "demo"})
    page = host.page
    page.get_by_role("tab", name="Chat").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="State")).to_be_focused()
    expect(page.get_by_role("tab", name="State")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Thread menu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="New thread")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_be_hidden()
    expect(page.get_by_role("button", name="Thread menu")).to_be_focused()


def test_a_draft_survives_a_look_at_another_tab(host: FakeHost) -> None:
    host.open(document())
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("half a thought")
    host.page.get_by_role("tab", name="Events").click()
    expect(box).to_be_hidden()
    host.page.get_by_role("tab", name="Chat").click()
    expect(box).to_have_value("half a thought")


def test_every_part_fits_into_400_px(host: FakeHost) -> None:
    host.page.set_viewport_size({"width": 432, "height": 800})
    wide = "| " + " | ".join(["a column"] * 12) + " |\n|" + "---|" * 12 + "\n\n```\n" + "x" * 300
    call = {"id": "c", "type": "function", "function": {"name": "f" * 80, "arguments": "x" * 400}}
    text = wide + "\n```\n\n" + "w" * 500
    host.open(running(QUESTION, message("a", "assistant", text, toolCalls=[call])))
    expect(host.page.get_by_role("log")).to_contain_text("wwww")
    over = host.page.evaluate(
        """() => [...document.querySelectorAll('.agui-log, .agui, .agui-header, .agui-composer')]
          .filter(node => node.scrollWidth > node.clientWidth + 1).map(node => node.className)"""
    )
    assert over == []


def test_no_part_moves_for_who_asked_for_no_motion(host: FakeHost) -> None:
    host.page.emulate_media(reduced_motion="reduce")
    host.open(running(QUESTION, message("a", "assistant", "x")))
    host.ops(["set", ["items", "message:a"], {"status": "open"}])
    expect(host.page.get_by_role("log")).to_contain_text("x")
    assert host.page.evaluate("document.getAnimations().length") == 0


def test_widgets_of_one_page_share_one_module(host: FakeHost) -> None:
    host.open(document(), agent={"name": "one"})
    host.page.evaluate("() => { host.withhold.add('widget') }")
    host.open(document(), agent={"name": "two"})
    expect(host.page.get_by_text("two", exact=True).first).to_be_visible()
    assert [said["kind"] for said in host.sent if said["kind"] == "bundle"] == []


def test_a_widget_whose_module_was_not_pushed_asks_for_it(host: FakeHost) -> None:
    host.page.evaluate("() => host.open({push: false})")
    expect(host.page.get_by_role("textbox", name="Message")).to_be_visible()
    kinds = [said["kind"] for said in host.sent]
    assert kinds == ["bundle", "sync", "hello"]


def test_what_the_kernel_says_before_the_module_is_here_is_not_lost(host: FakeHost) -> None:
    host.page.evaluate("() => { host.withhold.add('widget') }")
    host.page.evaluate("() => host.open()")
    host.snapshot(running(QUESTION, message("a", "assistant", "Early ")))
    host.ops(["append", ["messages", 1, "content"], "word."])
    host.page.evaluate("() => { host.withhold.clear(); host.give(host.model, 'widget') }")
    expect(host.page.get_by_text("Early word.")).to_be_visible()
    assert [said["kind"] for said in host.sent] == ["hello"]


def test_the_styles_hold_inside_a_shadow_root(host: FakeHost) -> None:
    host.page.evaluate(
        """() => {
          const root = document.getElementById('place').attachShadow({mode: 'open'});
          return host.open({place: root.appendChild(document.createElement('div'))});
        }"""
    )
    host.snapshot(document(QUESTION))
    expect(host.page.get_by_role("log")).to_contain_text("Hello?")
    bubble = host.page.locator(".agui-bubble")
    assert bubble.evaluate("node => getComputedStyle(node).borderRadius") != "0px"


def test_a_restarted_kernel_is_told_of_and_the_transcript_stays(host: FakeHost) -> None:
    host.open(document(QUESTION))
    host.page.evaluate("() => host.model.trigger('comm_live_update')")
    expect(host.page.get_by_text("Run the cell again")).to_be_visible()
    expect(host.page.get_by_role("log")).to_contain_text("Hello?")
    expect(host.page.get_by_role("textbox", name="Message")).to_be_disabled()


def test_math_and_colours_come_from_the_kernel_alone(host: FakeHost) -> None:
    text = "so $x^2$\n\n```python\ndef f(): pass\n```\n"
    host.open(document(QUESTION, message("a", "assistant", text)))
    expect(host.page.locator("math")).to_be_visible()
    expect(host.page.locator(".agui-k-keyword").first).to_have_text("def")
    asked = [said["name"] for said in host.sent if said["kind"] == "bundle"]
    assert sorted(asked) == ["highlight", "math"]
    assert host.requests == []


def test_the_height_is_changed_by_keys_and_kept(host: FakeHost) -> None:
    host.open(document())
    bar = host.page.get_by_role("separator", name="Height")
    bar.focus()
    host.page.keyboard.press("ArrowDown")
    expect(bar).to_have_attribute("aria-valuenow", "520")
    assert host.page.locator(".agui").evaluate("node => node.offsetHeight") == 520
    assert host.page.evaluate("() => host.model.get('height')") == 520
    host.page.keyboard.press("Enter")
    inner = host.page.evaluate("innerHeight")
    assert host.page.locator(".agui").evaluate("node => node.offsetHeight") == inner - 48
    host.page.get_by_role("button", name="Thread menu").click()
    full = host.page.get_by_role("menuitemradio", name="Full height")
    expect(full).to_have_attribute("aria-checked", "true")
    full.click()
    assert host.page.locator(".agui").evaluate("node => node.offsetHeight") == 520


DRAG = """() => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(["x"], "x.txt"));
  const over = new DragEvent("dragover", { bubbles: true, cancelable: true, dataTransfer });
  document.querySelector(".agui").dispatchEvent(over);
}"""
SAID = """() => getComputedStyle(document.querySelector(".agui"), "::after").content
  === '"Drop files to attach them"'"""


def test_files_that_are_dragged_over_the_chat_are_told_where_they_go(host: FakeHost) -> None:
    host.open(document(QUESTION))
    host.page.evaluate(DRAG)
    host.page.wait_for_function(SAID)
