"""Turns of a session: threads, history, results, stopping, editing, observing."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from support.servers import CUT, FINISHED, HANG, STARTED, answer, called, said, serve_frames

from agui_notebook import (
    AGUIError,
    Append,
    InvalidInput,
    ProtocolError,
    RunFailed,
    Session,
    Set,
    connect,
    serve,
    tool,
)
from agui_notebook.protocol import apply, new_document

ERROR = {"type": "RUN_ERROR", "message": "model overloaded", "code": "overloaded"}
DEADLINE = 10


def until(condition: Any) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "it never happened"
        threading.Event().wait(0.005)


def test_history_and_thread_go_along_with_every_turn() -> None:
    with serve_frames(answer("one", mid="a1"), answer("two", mid="a2")) as server:
        session = connect(
            server.url,
            system="be brief",
            messages=[{"id": "s", "role": "user", "content": "before"}],
        )
        session.ask("first")
        session.ask("second")
    bodies = [request.body for request in server.requests]
    assert {body["threadId"] for body in bodies} == {session.thread_id}
    assert bodies[0]["runId"] != bodies[1]["runId"]
    assert [m["content"] for m in bodies[1]["messages"]] == [
        "be brief",
        "before",
        "first",
        "one",
        "second",
    ]
    assert [m["content"] for m in session.messages][-1] == "two"


def test_a_result_holds_the_whole_turn() -> None:
    usage = {"provider": "p", "model": "m", "inputTokens": 2, "outputTokens": 3}
    events = [
        STARTED,
        *said("Hel", "lo"),
        {"type": "STATE_SNAPSHOT", "snapshot": {"n": 1}},
        {**FINISHED, "usage": [usage, usage]},
    ]
    with serve_frames(events) as server:
        session = connect(server.url)
        result = session.ask("hi")
    assert (result.outcome, result.text, result.error) == ("success", "Hello", None)
    assert result.messages == [{"id": "m1", "role": "assistant", "content": "Hello"}]
    assert [event["type"] for event in result.events] == [event["type"] for event in events]
    assert (
        result.usage
        == [{"provider": "p", "model": "m", "inputTokens": 4, "outputTokens": 6}]
        == session.usage
    )
    assert (result.state, session.state) == ({"n": 1}, {"n": 1})
    assert (result.thread_id, result.run_id) == (session.thread_id, session.runs[0]["runId"])
    assert (result.interrupts, result.tool_calls, result.warnings) == ([], [], [])
    assert session.result is result
    assert repr(result) == "<RunResult success: 'Hello'>"
    assert result._repr_markdown_() == f"Hello\n\n*{result.facts}*"


def test_what_a_notebook_shows_of_a_result_is_harmless_by_itself() -> None:
    hostile = "<img src=x onerror=alert(1)> [go](javascript:alert(1))"
    with serve_frames([STARTED, *said(hostile), FINISHED]) as server:
        result = connect(server.url).ask("hi")
    assert result.text == hostile
    shown = "&lt;img src=x onerror=alert(1)> [go]\\(javascript:alert(1))"
    assert result._repr_markdown_() == f"{shown}\n\n*{result.facts}*"
    page = result._repr_html_()
    assert page.startswith("<div><p>&lt;img src=x onerror=alert(1)&gt; ")
    assert "href" not in page
    assert "<img" not in page


def test_what_the_agent_calls_an_error_is_raised_with_what_came_before() -> None:
    with serve_frames([STARTED, *said("par")[:-1], ERROR]) as server:
        session = connect(server.url)
        with pytest.raises(RunFailed, match="model overloaded") as caught:
            session.ask("hi")
        assert caught.value.code == "overloaded"
        assert (caught.value.result.outcome, caught.value.result.text) == ("error", "par")
        quiet = session.ask("hi", check=False)
    assert isinstance(quiet.error, RunFailed)
    assert "model overloaded" in quiet._repr_markdown_()


def test_a_broken_protocol_is_another_thing_than_an_error_of_the_agent() -> None:
    content = {"type": "TEXT_MESSAGE_CONTENT", "messageId": "never opened", "delta": "x"}
    events = [STARTED, content, FINISHED]
    with serve_frames(events) as server, pytest.raises(ProtocolError, match="never opened"):
        connect(server.url, strict=True).ask("hi")


def test_a_stop_closes_the_connection_and_keeps_the_part_that_came() -> None:
    with serve_frames(
        [STARTED, *said("half a sen")[:-1], HANG], answer("next", mid="m2")
    ) as server:
        session = connect(server.url)
        future = session.start("hi")
        assert server.hanging.wait(DEADLINE)
        until(lambda: session.messages[-1].get("content") == "half a sen")
        session.stop()
        result = future.result(DEADLINE)
        assert server.gone.wait(DEADLINE)
        assert (result.outcome, result.text, result.error) == ("cancelled", "half a sen", None)
        assert session.runs[-1]["status"] == "cancelled"
        assert session.ask("go on").text == "next"


def test_a_stop_before_anything_was_sent_is_a_stop() -> None:
    with serve_frames([HANG]) as server:
        session = connect(server.url)
        future = session.start("hi")
        session.stop()
        assert future.result(DEADLINE).outcome == "cancelled"
        assert [message["content"] for message in session.messages] == ["hi"]
        assert not session.running


def test_two_turns_at_once_are_refused() -> None:
    with serve_frames([STARTED, HANG]) as server:
        session = connect(server.url)
        first = session.start("hi")
        assert session.running
        with pytest.raises(InvalidInput, match="still going on"):
            session.ask("me too")
        assert session.start("me too").result(DEADLINE) is None
        assert any("still going on" in warning for warning in session.warnings)
        session.stop()
        assert first.result(DEADLINE).outcome == "cancelled"


def test_start_never_raises() -> None:
    session = connect("http://127.0.0.1:9/")
    assert session.start("").result(DEADLINE) is None
    assert session.start("hi").result(DEADLINE).outcome == "error"
    assert session.start_resume([]).result(DEADLINE) is None
    assert session.warnings == [
        "There is nothing to send: the message is empty.",
        "There is nothing to answer, no interrupt is pending: say something with ask().",
    ]


@pytest.mark.anyio
async def test_a_stream_yields_every_event_as_it_comes() -> None:
    with serve_frames(
        [STARTED, *said("a")[:-1], ("gate", "go"), *said("a")[-1:], FINISHED]
    ) as server:
        session = connect(server.url)
        types = []
        async for event in session.stream("hi"):
            types.append(event["type"])
            if event["type"] == "TEXT_MESSAGE_CONTENT":
                server.gate("go").set()
    assert types == [
        "RUN_STARTED",
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_END",
        "RUN_FINISHED",
    ]
    assert session.result is not None
    assert session.result.text == "a"


@pytest.mark.anyio
async def test_leaving_a_stream_early_stops_the_run() -> None:
    with serve_frames([STARTED, *said("a")[:-1], HANG]) as server:
        session = connect(server.url)
        async with contextlib.aclosing(session.stream("hi")) as events:  # type: ignore[type-var]
            async for event in events:
                if event["type"] == "TEXT_MESSAGE_CONTENT":
                    break
        assert await asyncio.to_thread(server.gone.wait, DEADLINE)
        until(lambda: session.runs[-1]["status"] == "cancelled")


@pytest.mark.anyio
async def test_a_stream_raises_after_the_last_event() -> None:
    types: list[str] = []

    async def collect(url: str) -> None:
        async for event in connect(url).stream("hi"):
            types.append(event["type"])  # noqa: PERF401 - what came before the error is kept

    with serve_frames([STARTED, ERROR]) as server, pytest.raises(RunFailed):
        await collect(server.url)
    assert types == ["RUN_STARTED", "RUN_ERROR"]


def test_observers_can_rebuild_the_document_from_operations() -> None:
    with serve_frames(
        [STARTED, *called("add", '{"a":1}'), *said("x", "y"), FINISHED], answer("done", mid="m2")
    ) as server:
        session = connect(server.url)
        twin: Any = new_document(session.thread_id)
        seen: list[Any] = []

        def follow(operations: Any) -> None:
            seen.extend(operations)
            for operation in operations:
                apply(twin, operation)

        session.add_tool(tool(name="f")(lambda a: a))
        leave = session.observe(follow)
        session.ask("hi")
        session.set_state({"k": 1})
        assert twin == session.document
        assert {type(operation) for operation in seen} == {Set, Append}
        leave()
        session.state = {"k": 2}  # the same as set_state
        assert twin["state"] == {"k": 1}


def test_an_observer_that_raises_breaks_nothing() -> None:
    def broken(_: Any) -> None:
        raise ZeroDivisionError("oops")

    with serve_frames(answer("fine")) as server:
        session = connect(server.url)
        session.observe(broken)
        session.observe_events(broken)
        assert session.ask("hi").text == "fine"
    assert session.warnings == ["The observer 'broken' failed: ZeroDivisionError: oops"]


def test_event_observers_get_records() -> None:
    records: list[Any] = []
    events = answer("a", "b", "c")
    with serve_frames(events) as server:
        session = connect(server.url)
        session.observe_events(records.append)
        session.ask("hi")
    assert records == list(session.events)
    assert [record["event"].get("delta") for record in records] == [
        event.get("delta") for event in events
    ]
    assert {tuple(sorted(record)) for record in records} == {("at", "event", "runId")}


def test_middleware_sees_events_before_anything_else_does() -> None:
    def loud(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if "delta" in event:
            event = {**event, "delta": event["delta"].upper()}
        if event["type"] != "CUSTOM":
            yield event

    secret = {"type": "CUSTOM", "name": "x", "value": 1}
    with serve_frames([STARTED, secret, *said("quiet"), FINISHED]) as server:
        result = connect(server.url, middleware=[loud]).ask("hi")
    assert result.text == "QUIET"
    assert "CUSTOM" not in [event["type"] for event in result.events]


def test_middleware_that_raises_ends_the_run_with_a_reason() -> None:
    def broken(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        raise KeyError("nope")
        yield event

    with serve_frames(answer("x"), answer("y")) as server:
        session = connect(server.url, middleware=[broken])
        result = session.ask("hi", check=False)
        assert (result.outcome, str(result.error)) == (
            "error",
            "The run broke off: 'broken' raised KeyError: 'nope'",
        )
        assert session.ask("hi", middleware=[]).text == "y"


def test_state_goes_out_comes_back_and_can_be_set() -> None:
    delta = {"type": "STATE_DELTA", "delta": [{"op": "add", "path": "/n", "value": 2}]}
    with serve_frames([STARTED, delta, FINISHED], answer("x")) as server:
        session = connect(server.url, state={"n": 1})
        assert session.ask("hi").state == {"n": 2}
        mine = {"n": 3, "list": [1]}
        session.set_state(mine)
        mine["list"].append(2)  # type: ignore[attr-defined]
        session.ask("hi")
    assert [request.body["state"] for request in server.requests] == [
        {"n": 1},
        {"n": 3, "list": [1]},
    ]


def test_a_new_thread_starts_clean_and_says_the_system_message_again() -> None:
    with serve_frames(answer("x")) as server:
        session = connect(server.url, system="be brief", state={"n": 1})
        session.ask("hi")
        session.set_state({"n": 2})
        before = session.thread_id
        assert session.new_thread("t2") == session.thread_id == "t2" != before
        assert [m["content"] for m in session.messages] == ["be brief"]
        assert (session.state, session.runs, list(session.events)) == ({"n": 1}, [], [])
        session.ask("again")
    assert server.requests[1].body["threadId"] == "t2"
    assert [m["content"] for m in server.requests[1].body["messages"]] == ["be brief", "again"]


@pytest.mark.parametrize("soon", [True, False])
def test_nothing_of_a_turn_that_was_left_reaches_the_new_thread(soon: bool) -> None:
    with serve_frames([STARTED, *said("old")[:2], HANG], answer("new")) as server:
        session = connect(server.url)
        future = session.start("old question")
        if not soon:
            until(lambda: len(session.messages) == 2)
        session.new_thread()
        assert future.result(DEADLINE).outcome == "cancelled"
        assert session.document == new_document(session.thread_id)
        session.new_thread()
        if not soon:
            assert session.ask("new question").text == "new"
            assert (len(session.messages), len(session.runs), session.warnings) == (2, 1, [])


@pytest.mark.anyio
async def test_edit_drops_what_followed_and_runs_from_there() -> None:
    replies = [answer(word, mid=word) for word in ("a", "b", "c")]
    with serve_frames(*replies) as server:
        session = connect(server.url)
        await session.run("one")
        await session.run("two")
        first = session.messages[0]["id"]
        result = await session.edit(first, "uno")
        assert result.text == "c"
        assert [m["content"] for m in session.messages] == ["uno", "c"]
        assert server.requests[2].body["messages"] == [
            {"id": first, "role": "user", "content": "uno"}
        ]
        assert [run["status"] for run in session.runs] == ["success"]
        assert set(session.document["items"]) == {"message:c"}
        with pytest.raises(InvalidInput, match="no such user message"):
            await session.edit("nope", "x")


@pytest.mark.anyio
async def test_retry_runs_the_last_user_turn_again() -> None:
    with serve_frames([STARTED, *said("par")[:-1], CUT], answer("whole", mid="m2")) as server:
        session = connect(server.url)
        await session.run("hi", check=False)
        result = await session.retry()
    assert result.text == "whole"
    assert [m["content"] for m in session.messages] == ["hi", "whole"]
    assert [request.body["messages"][0]["content"] for request in server.requests] == ["hi", "hi"]


def test_what_cannot_be_sent_leaves_the_thread_as_it_was() -> None:
    with serve_frames(answer("one", mid="a1"), answer("two", mid="a2")) as server:
        session = connect(server.url)
        session.ask("first")
        before = session.messages
        asked = before[0]["id"]
        for content in ({"type": "text"}, object(), {"role": "user"}):
            with pytest.raises(InvalidInput):
                session.ask(content)
            with pytest.raises(InvalidInput):
                session.ask_edit(asked, content)
            assert session.messages == before
        assert session.ask("second").text == "two"


def test_attachments_go_along() -> None:
    with serve_frames(answer("a cat")) as server:
        connect(server.url).ask("what is this?", attach=[b"\x89PNG"])
    content = server.requests[0].body["messages"][0]["content"]
    assert [part["type"] for part in content] == ["text", "image"]


def test_copies_are_copies() -> None:
    with serve_frames(answer("x")) as server:
        session = connect(server.url)
        session.ask("hi")
    session.messages.append("mine")  # type: ignore[arg-type]
    session.messages[0]["content"] = "mine"
    session.runs[0]["status"] = "mine"
    assert [m["content"] for m in session.messages] == ["hi", "x"]
    assert session.runs[0]["status"] == "success"


def test_the_connection_is_kept_between_turns_and_closed_with_the_session() -> None:
    with serve_frames(answer("x")) as server:
        with connect(server.url) as session:
            session.ask("hi")
            session.ask("hi")
            transport = session.options.transport
            assert transport._made.connections.is_open  # type: ignore[attr-defined]
        until(lambda: not transport._made.connections.is_open)  # type: ignore[attr-defined]
        assert session.ask("still usable").outcome == "success"


def test_to_the_letter_a_message_goes_on_under_its_old_id_and_is_in_the_result() -> None:
    with serve_frames(answer("one ", mid="same"), answer("two", mid="same")) as server:
        session = connect(server.url, strict=True)
        session.ask("hi")
        assert session.ask("more").text == "one two"


def test_an_agent_with_one_id_for_all_its_messages_is_told_apart_and_hears_its_own_id() -> None:
    frames = [answer(word, mid="same") for word in ("one", "two", "three")]
    with serve_frames(*frames) as server:
        session = connect(server.url)
        assert [session.ask("hi").text for _ in frames] == ["one", "two", "three"]
        sent = [m["id"] for m in server.requests[2].body["messages"] if m["role"] == "assistant"]
    assert sent == ["same", "same"]
    assert len({message["id"] for message in session.messages}) == 6
    assert (
        session.warnings
        == [
            "The agent used the id of text message same again for another one: event 2 of this run."
        ]
        * 2
    )


def test_a_forgotten_session_closes_its_connections() -> None:
    with serve_frames(answer("x")) as server:
        session = connect(server.url)
        session.ask("hi")
        transport = session.options.transport
        del session
        gc.collect()
        until(lambda: not transport._made.connections.is_open)  # type: ignore[attr-defined]


def test_a_session_says_what_it_is() -> None:
    session = connect("http://127.0.0.1:1/x", name="weather", thread_id="t")
    assert repr(session) == "<Session weather: 0 messages, thread t>"
    assert connect("http://127.0.0.1:1/x").name == "127.0.0.1:1"
    assert isinstance(session, Session)


def test_a_server_stands_for_its_url_and_its_token() -> None:
    with serve(str.upper) as server:
        assert connect(server).ask("hello").text == "HELLO"
        with pytest.raises(AGUIError):
            connect(server, token="another").ask("hello")


def test_the_error_and_the_advice_are_two_sentences() -> None:
    def fails(text: str) -> str:
        raise ValueError(text)

    with serve(fails) as server:
        result = connect(server).start("no digits").result(DEADLINE)
    assert "**RunFailed**: ValueError: no digits. The agent's own code failed: mend it" in str(
        result._repr_markdown_()
    )
