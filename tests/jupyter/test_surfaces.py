"""A chat's surfaces: what the agent is told, what stands in the thread, what a press sends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from support.open_chats import open_chat, scripted_page, until
from support.scripted import Browser

from agui_notebook import ChatWidget, InvalidInput

Event = dict[str, Any]
SURFACE = "application/vnd.agui-notebook.surface+json"
ENTRY = "A2UI Component Schema — available components for generating UI surfaces."


@pytest.fixture(autouse=True)
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with scripted_page(monkeypatch):
        yield


def button(name: str = "book", **context: Any) -> list[Event]:
    event = {"name": name, "context": context}
    return [
        {"id": "root", "component": "Button", "child": "label", "action": {"event": event}},
        {"id": "label", "component": "Text", "text": "Book"},
    ]


def surface(*components: Event, **data: Any) -> list[Event]:
    """A call whose result creates one."""
    body = {"surfaceId": "s", "components": list(components), "dataModel": data}
    content = json.dumps({"a2ui_operations": [{"version": "v1.0", "createSurface": body}]})
    return [
        {"type": "TOOL_CALL_START", "toolCallId": "c1", "toolCallName": "generate_a2ui"},
        {"type": "TOOL_CALL_END", "toolCallId": "c1"},
        {"type": "TOOL_CALL_RESULT", "messageId": "r", "toolCallId": "c1", "content": content},
    ]


def opened(script: Callable[[Event], Iterable[Event]], **options: Any) -> ChatWidget:
    return open_chat(script, surfaces=True, **options)


def told(widget: ChatWidget, place: str = "c1") -> Any:
    output = widget.session.document["outputs"].get(place, {})
    return output.get(SURFACE) if isinstance(output, dict) else None


def pressing(widget: ChatWidget, **more: Any) -> None:
    content = {"place": "c1", "surface": "s", "component": "root", "context": {}, **more}
    widget.comm.says(kind="press", **content)  # type: ignore[attr-defined]


def test_the_agent_is_told_the_catalogue_the_tool_and_that_it_may() -> None:
    requests: list[Event] = []
    widget = opened(lambda request: requests.append(request) or ())  # type: ignore[func-returns-value]
    widget.add_component("FlightCard", lambda price: price, {"price": str})
    widget.ask("hi")
    (request,) = requests
    assert request["forwardedProps"] == {"injectA2UITool": True}
    assert [tool["name"] for tool in request["tools"]] == ["render_a2ui"]
    (entry,) = [e for e in request["context"] if e["description"].startswith(ENTRY)]
    catalogue = json.loads(entry["value"])
    assert catalogue["catalogId"] == "agui-notebook:catalogue"
    assert catalogue["components"]["FlightCard"]["properties"] == {"price": {"type": "string"}}
    assert {"Text", "Button", "Slider"} < set(catalogue["components"])


def test_without_the_word_nothing_is_told_and_nothing_is_drawn() -> None:
    requests: list[Event] = []

    def script(request: Event) -> Iterable[Event]:
        requests.append(request)
        return surface(*button())

    chat = open_chat(script)
    chat.ask("hi")
    assert (requests[0]["tools"], requests[0]["context"]) == ([], [])
    assert not chat.session.document["outputs"]


def test_a_surface_stands_in_the_thread_with_its_text_and_its_data_can_be_read() -> None:
    widget = opened(lambda _: surface(*button(), guest="Ada"))
    widget.ask("hi")
    shown = until(lambda: told(widget))
    assert (shown["id"], shown["live"], shown["problems"]) == ("s", True, [])
    assert shown["data"] == {"guest": "Ada"}
    output: Any = widget.session.document["outputs"]["c1"]
    assert output["text/plain"] == "Book"
    assert widget.surfaces == {"s": {"guest": "Ada"}}
    noted = (op[1] for line in widget.chat.lines() for op in line.get("change", ()))
    assert ["outputs", "c1"] in list(noted), "it is kept with the conversation"


def test_a_call_of_the_tool_that_draws_ends_the_turn_and_is_answered() -> None:
    arguments = json.dumps({"surfaceId": "s", "components": button()})
    requests: list[Event] = []

    def script(request: Event) -> Iterable[Event]:
        requests.append(request)
        return (
            {"type": "TOOL_CALL_START", "toolCallId": "c1", "toolCallName": "render_a2ui"},
            {"type": "TOOL_CALL_ARGS", "toolCallId": "c1", "delta": arguments},
            {"type": "TOOL_CALL_END", "toolCallId": "c1"},
        )

    widget = opened(script)
    widget.ask("hi")
    until(lambda: told(widget))
    assert len(requests) == 1
    assert json.loads(widget.messages[-1]["content"]) == {"status": "rendered"}


def test_what_is_pressed_is_told_to_the_agent_as_a_call_and_beside_it() -> None:
    requests: list[Event] = []

    def script(request: Event) -> Iterable[Event]:
        requests.append(request)
        return surface(*button()) if len(requests) == 1 else ()

    widget = opened(script)
    widget.ask("hi")
    until(lambda: told(widget))
    pressing(widget, context={"guest": "Ada"})
    until(lambda: len(requests) == 2)
    action = requests[1]["forwardedProps"]["a2uiAction"]["userAction"]
    assert action.pop("timestamp").endswith("+00:00")
    assert action == {
        "name": "book",
        "surfaceId": "s",
        "sourceComponentId": "root",
        "context": {"guest": "Ada"},
    }
    call, result = requests[1]["messages"][-2:]
    assert call["toolCalls"][0]["function"]["name"] == "log_a2ui_event"
    assert result["content"] == (
        'The user did "book" on your surface "s", with its component "root". '
        'Context: {"guest": "Ada"}'
    )
    until(lambda: not widget.running)
    widget.ask("more")
    assert requests[2]["forwardedProps"] == {"injectA2UITool": True}, "it is told once"


@pytest.mark.parametrize(
    "more",
    [{"surface": "other"}, {"component": "label"}, {"component": "gone"}, {"place": "elsewhere"}],
)
def test_what_no_surface_has_is_not_sent(more: Event) -> None:
    requests: list[Event] = []

    def script(request: Event) -> Iterable[Event]:
        requests.append(request)
        return surface(*button())

    widget = opened(script)
    widget.ask("hi")
    until(lambda: told(widget))
    pressing(widget, **more)
    told_page: Browser = widget.comm  # type: ignore[assignment]
    told_page.until(lambda: told_page.of("notice"))
    assert told_page.of("notice")[0]["text"].startswith("This surface is no more")
    assert len(requests) == 1


def test_a_press_approves_nothing_while_the_agent_waits_for_an_answer() -> None:
    def script(request: Event) -> Iterable[Event]:
        ask = {"id": "q1", "reason": "charge", "message": "Charge the card?"}
        ids = {"threadId": request["threadId"], "runId": request["runId"]}
        outcome = {"type": "interrupt", "interrupts": [ask]}
        imitation = button("approve", approved=True, interruptId="q1")
        return (*surface(*imitation), {"type": "RUN_FINISHED", **ids, "outcome": outcome})

    widget = opened(script)
    widget.ask("hi")
    until(lambda: told(widget))
    pressing(widget, context={"approved": True, "interruptId": "q1"})
    told_page: Browser = widget.comm  # type: ignore[assignment]
    told_page.until(lambda: told_page.of("notice"))
    assert told_page.of("notice")[0]["text"] == "The agent waits for an answer: give that first."
    assert [one.id for one in widget.interrupts] == ["q1"]
    assert widget.messages[-1]["role"] == "tool"


def test_components_of_the_users_are_drawn_by_python_with_what_they_are_bound_to() -> None:
    parts = [
        {"id": "root", "component": "List", "children": {"componentId": "f", "path": "/all"}},
        {"id": "f", "component": "Flight", "price": {"path": "price"}},
    ]
    widget = opened(lambda _: surface(*parts, all=[{"price": "80"}, {"price": 5}]))
    calls: list[str] = []

    @widget.component("Flight")
    def flight(price: str) -> str:
        calls.append(price)
        return f"for {price}"

    widget.ask("hi")
    drawn = until(lambda: told(widget) and told(widget)["drawn"])
    assert drawn["f|/all/0"] == {"text/plain": "for 80"}
    assert "cannot be drawn: Wrong arguments" in drawn["f|/all/1"]["text/plain"]
    widget.ask("again")
    until(lambda: not widget.running)
    assert calls == ["80"], "what is the same is drawn once"


def test_a_component_that_raises_is_a_sentence() -> None:
    widget = opened(lambda _: surface({"id": "root", "component": "Flight"}))
    widget.component("Flight")(lambda: 1 / 0)
    widget.ask("hi")
    drawn = until(lambda: told(widget) and told(widget)["drawn"])
    assert drawn["root|"]["text/plain"].startswith("The component 'Flight' failed: ")


@pytest.mark.parametrize(
    ("name", "function", "types", "sentence"),
    [
        ("Text", str, {}, "a component of the basic catalogue"),
        ("two words", str, {}, "a name of letters"),
        ("Card2", "red", {}, "drawn by a function, not by str"),
        ("Card2", lambda: 1, {"price": str}, "does not take what the component has"),
    ],
)
def test_a_component_that_cannot_be_is_refused(
    name: str, function: Any, types: dict[str, type], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        opened(lambda _: ()).component(name, **types)(function)


def test_a_surface_wins_over_a_drawing_of_its_call() -> None:
    widget = opened(lambda _: surface(*button()))
    widget.draw("*")(lambda name: name)
    widget.ask("hi")
    until(lambda: told(widget))


def test_megabytes_of_data_are_a_sentence() -> None:
    widget = opened(lambda _: surface(*button(), text="x" * 11_000_000))
    widget.ask("hi")
    shown = until(lambda: widget.session.document["outputs"].get("c1"))
    assert "more than the 10,000,000 shown" in shown["text/plain"]


def test_a_tool_that_only_shows_ends_the_turn_and_goes_out_with_the_next_message() -> None:
    requests: list[Event] = []

    def script(request: Event) -> Iterable[Event]:
        requests.append(request)
        if len(requests) > 1:
            return ()
        return (
            {"type": "TOOL_CALL_START", "toolCallId": "c1", "toolCallName": "chart"},
            {"type": "TOOL_CALL_ARGS", "toolCallId": "c1", "delta": '{"city": "Oslo"}'},
            {"type": "TOOL_CALL_END", "toolCallId": "c1"},
        )

    widget = opened(script)

    @widget.tool(shows=True)
    def chart(city: str) -> str:
        return f"a chart of {city}"

    widget.ask("hi")
    assert len(requests) == 1
    widget.ask("and now?")
    assert [m["role"] for m in requests[1]["messages"]] == ["user", "assistant", "tool", "user"]
