"""What the user's functions draw of an agent's work, and what becomes of it in chat and thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import ipywidgets
import pytest
from IPython.core.interactiveshell import InteractiveShell
from support.open_chats import open_chat, scripted_page, until

import agui_notebook as agui
from agui_notebook import ChatWidget, InvalidInput

Event = dict[str, Any]
CALL, END = "call-1", {"type": "TOOL_CALL_END", "toolCallId": "call-1"}
START = {"type": "TOOL_CALL_START", "toolCallId": CALL, "toolCallName": "get_weather"}
RESULT = {
    "type": "TOOL_CALL_RESULT",
    "messageId": "r",
    "toolCallId": CALL,
    "content": '{"sky": "clear"}',
}
WHOLE = {"type": "TOOL_CALL_ARGS", "toolCallId": CALL, "delta": '{"city": "Lisbon"}'}


@pytest.fixture(autouse=True)
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with scripted_page(monkeypatch):
        yield
    agui.draw.__self__.drawings._functions.clear()  # type: ignore[attr-defined]


def chat(*events: Event) -> ChatWidget:
    return open_chat(lambda _: events)


def drawn(widget: ChatWidget, place: str) -> Any:
    return widget.session.document["outputs"].get(place)


def is_drawn(widget: ChatWidget, place: str, output: Event) -> bool:
    return bool(drawn(widget, place) == output)


def text(value: str) -> Event:
    return {"text/plain": value}


def test_a_call_is_drawn_with_its_arguments_and_its_result() -> None:
    widget = chat(START, WHOLE, END, RESULT)

    @widget.draw("get_weather")
    def weather(args: Any, result: Any, status: str) -> str:
        return f"{args['city']} {result['sky']} {status}"

    widget.ask("hi")
    assert until(lambda: drawn(widget, CALL)) == text("Lisbon clear done")


def test_what_comes_after_registering_and_what_was_there_before_are_both_drawn() -> None:
    widget = chat(START, WHOLE, END, RESULT)
    widget.ask("hi")
    widget.draw("get_weather")(lambda args: args["city"])
    assert until(lambda: drawn(widget, CALL)) == text("Lisbon")


def test_arguments_are_drawn_while_they_stream() -> None:
    seen: list[tuple[Any, str]] = []
    widget = chat()
    widget.draw("get_weather")(lambda args, status: seen.append((args, status)))
    operations = widget.session.thread
    operations.change(agui.Set(("messages", 0), _asking('{"city": "Lis')))
    operations.change(agui.Set(("items", f"call:{CALL}"), {"status": "open"}))
    until(lambda: seen)
    operations.change(
        agui.Append(("messages", 0, "toolCalls", 0, "function", "arguments"), 'bon"}'),
        agui.Set(("items", f"call:{CALL}", "status"), "called"),
    )
    until(lambda: len(seen) > 1)
    assert seen == [({"city": "Lis"}, "streaming"), ({"city": "Lisbon"}, "running")]


def _asking(arguments: str) -> Event:
    call = {
        "id": CALL,
        "type": "function",
        "function": {"name": "get_weather", "arguments": arguments},
    }
    return {"id": "a", "role": "assistant", "toolCalls": [call]}


def test_a_place_in_the_state_is_drawn_again_when_it_changes_and_not_otherwise() -> None:
    widget = chat()
    seen: list[Any] = []

    @widget.draw(state="/recipe")
    def recipe(value: Any) -> str:
        seen.append(value)
        return value["name"]

    widget.set_state({"recipe": {"name": "soup"}, "other": 1})
    assert until(lambda: drawn(widget, "state:/recipe")) == text("soup")
    widget.draw(state="/other")(str)
    for other in (2, 3):  # once this is drawn, the pass before it is through
        widget.set_state({"recipe": {"name": "soup"}, "other": other})
        until(partial(is_drawn, widget, "state:/other", text(str(other))))
    assert seen == [{"name": "soup"}]
    widget.set_state({"recipe": {"name": "stew"}, "other": 3})
    until(lambda: drawn(widget, "state:/recipe") == text("stew"))
    assert seen == [{"name": "soup"}, {"name": "stew"}]


def test_an_activity_is_drawn_by_its_type() -> None:
    activity = {
        "type": "ACTIVITY_SNAPSHOT",
        "messageId": "p",
        "activityType": "progress",
        "content": {"done": 3},
    }
    widget = chat(activity)
    widget.draw(activity="progress")(lambda content: f"{content['done']} of 9")
    widget.ask("hi")
    (message,) = [m for m in widget.messages if m["role"] == "activity"]
    assert until(lambda: drawn(widget, f"message:{message['id']}")) == text("3 of 9")


def test_a_custom_event_that_is_drawn_stands_in_the_thread_once_with_its_latest_value() -> None:
    events: list[Event] = [
        {"type": "CUSTOM", "name": "workflow_output", "value": n} for n in range(3)
    ]
    said = [
        {"type": "TEXT_MESSAGE_START", "messageId": "a", "role": "assistant"},
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": "a", "delta": "one "},
        *events,
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": "a", "delta": "two"},
        {"type": "TEXT_MESSAGE_END", "messageId": "a"},
    ]
    widget = chat(*said)
    widget.draw(custom="workflow_output")(lambda value: f"step {value}")
    answer = widget.ask("hi")
    assert answer.text == "one two"
    (message,) = [m for m in widget.messages if m["role"] == "activity"]
    assert message["content"] == {"name": "workflow_output", "value": 2}
    until(lambda: drawn(widget, f"message:{message['id']}") == text("step 2"))
    assert widget.ask("again").text == "one two", "and it is not sent back to the agent"


def test_a_custom_event_that_nobody_draws_leaves_the_thread_as_it_was() -> None:
    widget = chat({"type": "CUSTOM", "name": "other", "value": 1})
    widget.draw(custom="workflow_output")(print)
    widget.ask("hi")
    assert [m["role"] for m in widget.messages] == ["user"]


def test_a_star_draws_what_nothing_else_does() -> None:
    other = [{**one, "toolCallId": "other"} for one in (START, WHOLE, END)]
    other[0]["toolCallName"] = "other"
    widget = chat(START, WHOLE, END, *other)
    widget.draw("*")(lambda name, kind: f"some {kind} {name}")
    agui.draw("get_weather")(lambda args: "mine")
    widget.ask("hi")
    until(lambda: drawn(widget, CALL) == text("mine"))
    assert until(lambda: drawn(widget, "other")) == text("some call other")


def test_none_leaves_the_usual_row() -> None:
    widget = chat(START, WHOLE, END, RESULT)
    seen: list[str] = []
    widget.draw("get_weather")(lambda status: seen.append(status))
    widget.ask("hi")
    until(lambda: "done" in seen)
    assert not drawn(widget, CALL)


@pytest.mark.parametrize(
    "kind",
    [
        SystemExit,
        KeyboardInterrupt,
        GeneratorExit,
        RecursionError,
        StopIteration,
        asyncio.CancelledError,
    ],
)
def test_a_drawing_that_raises_shows_where_and_the_next_one_works(
    kind: type[BaseException],
) -> None:
    widget = chat(START, WHOLE, END, RESULT)

    def broken(args: Any) -> str:
        raise kind("no")

    widget.draw("get_weather")(broken)
    widget.ask("hi")
    shown = until(lambda: drawn(widget, CALL))
    assert shown["text/plain"].startswith("The drawing 'broken' failed: ")
    error = shown["application/vnd.agui-notebook.error+json"]
    assert error["frames"][-1]["code"] == 'raise kind("no")'
    widget.draw("get_weather")(lambda args: "mended")
    until(lambda: drawn(widget, CALL) == text("mended"))


def test_what_a_drawing_says_when_it_fails_holds_no_secret() -> None:
    """Of those that the session knows, and of those that look like one."""
    widget = chat(START, WHOLE, END, RESULT)
    widget.session.secrets.add("correct horse battery")

    @widget.draw("get_weather")
    def broken(args: Any) -> str:
        raise OSError("no: correct horse battery, api_key=sk-abcdefghijklmnop12345")

    widget.ask("hi")
    shown = str(until(lambda: drawn(widget, CALL)))
    assert "The drawing 'broken' failed: OSError: no: ***" in shown
    assert "correct horse" not in shown
    assert "sk-abcdef" not in shown


def test_a_drawing_of_megabytes_is_a_sentence() -> None:
    widget = chat(START, WHOLE, END)
    widget.draw("get_weather")(lambda args: "x" * 11_000_000)
    widget.ask("hi")
    shown = until(lambda: drawn(widget, CALL))
    assert "11,000,0" in shown["text/plain"]
    assert "draw less" in shown["text/plain"]


def test_a_widget_lives_in_the_row_and_ends_when_another_takes_its_place(
    ipython: InteractiveShell,
) -> None:
    widget = chat(START, WHOLE, END, RESULT)
    sliders: list[ipywidgets.IntSlider] = []

    @widget.draw("get_weather")
    def slider(status: str) -> ipywidgets.IntSlider:
        sliders.append(ipywidgets.IntSlider())
        return sliders[-1]

    widget.ask("hi")
    view = "application/vnd.jupyter.widget-view+json"
    until(lambda: sliders and drawn(widget, CALL) and view in drawn(widget, CALL))
    assert drawn(widget, CALL)[view]["model_id"] == sliders[-1].model_id
    widget.draw("get_weather")(lambda: "no more")
    until(lambda: drawn(widget, CALL) == text("no more"))
    assert sliders[-1].comm is None


def test_a_question_is_answered_by_what_was_drawn_of_it() -> None:
    answers: list[Any] = []

    def script(request: Event) -> Iterable[Event]:
        if request.get("resume"):
            answers.append(request["resume"][0]["payload"])
            return ()
        ask = {"id": "q1", "reason": "choose_flight", "message": "Which?"}
        outcome = {"type": "interrupt", "interrupts": [ask]}
        ids = {"threadId": request["threadId"], "runId": request["runId"]}
        return ({"type": "RUN_FINISHED", **ids, "outcome": outcome},)

    widget = open_chat(script)
    given: list[Callable[[Any], None]] = []

    @widget.draw(ask="choose_flight")
    def flights(question: Any, answer: Callable[[Any], None]) -> str:
        given.append(answer)
        return str(question.message)

    widget.ask("hi")
    assert until(lambda: drawn(widget, "ask:q1")) == text("Which?")
    given[0]({"flight": "LH1"})
    until(lambda: answers)
    assert answers == [{"flight": "LH1"}]
    until(lambda: not widget.running)
    assert len(given) == 1, "a question is drawn once"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "Say what to draw, one thing: "),
        ({"state": "/a", "activity": "b"}, "Say what to draw, one thing: "),
        ({"state": "recipe"}, "draw(state='/recipe')"),
        ({"state": 5}, "Say what to draw, one thing: "),
    ],
)
def test_what_is_to_be_drawn_is_one_thing(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        chat().draw(**options)
    assert sentence in str(caught.value)


def test_a_function_that_wants_more_than_there_is_is_refused_at_once() -> None:
    with pytest.raises(InvalidInput, match="wants more than it can have: value, status, name"):
        chat().draw(state="")(lambda a, b, c, d: None)
    with pytest.raises(InvalidInput, match="made by a function, not by str"):
        chat().draw("get_weather")("red")  # type: ignore[type-var]

    def wrong(args: Any, *, colour: str) -> None: ...

    with pytest.raises(InvalidInput, match="wants more"):
        chat().draw("get_weather")(wrong)


def test_drawings_last_in_the_thread_and_go_with_what_they_drew() -> None:
    widget = chat(START, WHOLE, END, RESULT)
    widget.draw("get_weather")(lambda args: "card")
    widget.ask("hi")
    until(lambda: drawn(widget, CALL))
    noted = [line for line in widget.chat.lines() if "change" in line]
    assert [["set", ["outputs", CALL], text("card")]] in [line["change"] for line in noted]
    widget.session.start_edit(widget.messages[0]["id"], "again").result(20)
    assert CALL in [c["id"] for m in widget.messages for c in m.get("toolCalls", ())]


@pytest.mark.parametrize("content", [{"name": ["x"]}, {"name": {}}, {"name": None}, {}])
def test_an_activity_that_poses_as_a_custom_event_stops_no_drawing(content: Event) -> None:
    posing = {
        "type": "ACTIVITY_SNAPSHOT",
        "messageId": "custom:1",
        "activityType": "custom",
        "content": content,
    }
    widget = chat(posing, START, WHOLE, END)
    widget.draw(custom="x")(lambda value: "never")
    widget.draw("get_weather")(lambda args: "card")
    widget.ask("hi")
    until(lambda: drawn(widget, CALL) == text("card"))


def test_a_call_whose_id_names_another_place_draws_over_nothing() -> None:
    calls = [
        {**event, "toolCallId": at}
        for at in ("state:/x", "ask:q", "message:m", "state:")
        for event in (START, WHOLE, END)
    ]
    widget = chat(*calls, START, WHOLE, END)
    widget.draw("get_weather")(lambda args: "a call")
    widget.draw(state="/x")(lambda value: "the state")
    widget.set_state({"x": 1})
    widget.ask("hi")
    until(lambda: drawn(widget, CALL) == text("a call"))
    assert widget.session.document["outputs"] == {
        CALL: text("a call"),
        "state:/x": text("the state"),
    }


def test_a_place_in_a_list_is_counted_from_its_beginning() -> None:
    widget = chat()
    widget.draw(state="/l/-1")(lambda value: "the last?")
    widget.draw(state="/l/0")(lambda value: f"first: {value}")
    widget.set_state({"l": [5, 6]})
    until(lambda: drawn(widget, "state:/l/0") == text("first: 5"))
    assert drawn(widget, "state:/l/-1") is None
