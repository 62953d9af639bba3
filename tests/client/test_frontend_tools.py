"""Frontend tools in a session: rounds, errors, threads, and what is never run."""

from __future__ import annotations

import asyncio
import concurrent.futures
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from support.servers import CUT, FINISHED, HANG, STARTED, answer, asked, called, said, serve_frames

from agui_notebook import connect, tool
from agui_notebook.runtime.loop import background

DONE = answer("done", mid="end")
DEADLINE = 10


def pending(*calls: list[dict[str, Any]], **outcome: Any) -> list[dict[str, Any]]:
    """A run that ends with calls for us."""
    finished = {**FINISHED, "outcome": {"type": "success", **outcome}} if outcome else FINISHED
    return [STARTED, *(event for call in calls for event in call), finished]


def sent_tool_messages(request: Any) -> list[dict[str, Any]]:
    messages = [m for m in request.body["messages"] if m["role"] == "tool"]
    return [{k: v for k, v in m.items() if k not in ("id", "role")} for m in messages]


def test_a_call_is_run_answered_and_the_agent_goes_on() -> None:
    with serve_frames(pending(called("add", '{"a": 2, "b": 3}')), DONE) as server:
        session = connect(server.url)

        @session.tool
        def add(a: int, b: int) -> dict[str, int]:
            """Add."""
            return {"sum": a + b}

        result = session.ask("2+3?")
    assert result.text == "done"
    assert result.tool_calls == [
        {"id": "c1", "name": "add", "arguments": {"a": 2, "b": 3}, "result": '{"sum": 5}'}
    ]
    assert [t["name"] for t in server.requests[0].body["tools"]] == ["add"]
    assert sent_tool_messages(server.requests[1]) == [{"toolCallId": "c1", "content": '{"sum": 5}'}]
    assert session.document["items"]["call:c1"]["by"] == "notebook"
    assert session.document["items"]["call:c1"]["status"] == "done"
    assert session.document["outputs"] == {"c1": {"text/plain": '{"sum": 5}'}}
    assert server.requests[0].body["runId"] != server.requests[1].body["runId"]


def test_every_kind_of_failure_becomes_a_tool_message_with_an_error() -> None:
    def fails(kind: str) -> None:
        raise {"value": ValueError, "exit": SystemExit}[kind]("no good")

    calls = pending(
        called("fails", '{"kind": "value"}', cid="c1"),
        called("fails", '{"kind": "exit"}', cid="c2"),
        called("fails", '{"kind": 3}', cid="c3"),
        called("fails", "{", cid="c4"),
        called("fails", '{"kind": "value"}', cid="c5"),
    )
    with serve_frames(calls, DONE) as server:
        assert connect(server.url, tools=[fails]).ask("go").text == "done"
    errors = {m["toolCallId"]: m["error"] for m in sent_tool_messages(server.requests[1])}
    assert errors == {
        "c1": "ValueError: no good",
        "c2": "The tool was stopped by SystemExit in 'fails'",
        "c3": "Wrong arguments: kind must be string, not 3",
        "c4": errors["c4"],
        "c5": "ValueError: no good",
    }
    assert errors["c4"].startswith("The arguments are not JSON")
    contents = [m["content"] for m in sent_tool_messages(server.requests[1])]
    assert contents[0] == "Error: ValueError: no good"


class Odd(BaseException):
    """No ordinary exception."""


STOPS = (Odd, SystemExit, StopIteration, asyncio.CancelledError, concurrent.futures.CancelledError)


@pytest.mark.parametrize("kind", STOPS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
@pytest.mark.parametrize("how", ["ask", "run", "start"])
def test_nothing_a_tool_raises_ends_more_than_its_call(how: str, kind: type[BaseException]) -> None:
    def fails() -> None:
        raise kind

    assert told_of(fails, how) == f"The tool was stopped by {kind.__name__} in 'fails'"


@pytest.mark.parametrize("how", ["ask", "run", "start"])
def test_an_exit_in_an_async_tool_ends_its_call_only(how: str) -> None:
    async def fails() -> None:
        raise SystemExit

    assert told_of(fails, how) == "The tool was stopped by SystemExit in 'fails'"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="who cancelled is not told before 3.11")
@pytest.mark.parametrize("how", ["ask", "run", "start"])
def test_a_cancellation_of_the_tools_own_ends_its_call_only(how: str) -> None:
    async def fails() -> None:
        mine = asyncio.ensure_future(asyncio.sleep(DEADLINE))
        mine.cancel()
        await mine

    assert told_of(fails, how) == "The tool was stopped by CancelledError in 'fails'"


def told_of(fails: Any, how: str) -> str:
    """The error the agent is told of a tool that fails, in a turn that goes on nevertheless."""
    with serve_frames(pending(called("fails")), DONE) as server:
        session = connect(server.url, tools=[fails])
        begin = {
            "ask": session.ask,
            "run": lambda text: asyncio.run(session.run(text)),
            "start": lambda text: session.start(text).result(DEADLINE),
        }
        assert begin[how]("go").text == "done"  # type: ignore[operator]
    error: str = sent_tool_messages(server.requests[1])[0]["error"]
    return error


@pytest.mark.anyio
async def test_parallel_calls_of_async_tools_run_side_by_side() -> None:
    arrived = {1: asyncio.Event(), 2: asyncio.Event()}
    loops = []

    async def meet(n: int) -> int:
        loops.append(asyncio.get_running_loop())
        arrived[n].set()
        await asyncio.wait_for(arrived[3 - n].wait(), DEADLINE)
        return n

    calls = pending(called("meet", '{"n": 1}', cid="c1"), called("meet", '{"n": 2}', cid="c2"))
    with serve_frames(calls, DONE) as server:
        result = await connect(server.url, tools=[meet]).run("go")
    assert {call["result"] for call in result.tool_calls} == {"1", "2"}
    assert loops == [asyncio.get_running_loop()] * 2


def where() -> str:
    """Say where this runs."""
    return threading.current_thread().name


def test_tools_run_on_the_thread_that_waits() -> None:
    with serve_frames(pending(called("where")), DONE) as server:
        [call] = connect(server.url, tools=[where]).ask("go").tool_calls
    assert call["result"] == threading.current_thread().name


@pytest.mark.anyio
async def test_tools_run_on_the_loop_that_awaits() -> None:
    with serve_frames(pending(called("where")), DONE) as server:
        [call] = (await connect(server.url, tools=[where]).run("go")).tool_calls
    assert call["result"] == threading.current_thread().name


@pytest.mark.anyio
async def test_a_threaded_tool_runs_beside_them() -> None:
    with serve_frames(pending(called("where")), DONE) as server:
        session = connect(server.url, tools=[tool(thread=True)(where)])
        [call] = (await session.run("go")).tool_calls
    assert call["result"] not in (threading.current_thread().name, "agui")


@pytest.mark.anyio
async def test_a_session_with_a_home_runs_its_tools_there() -> None:
    with serve_frames(pending(called("where")), DONE) as server:
        session = connect(server.url, tools=[where])
        session.home = asyncio.get_running_loop()
        future = session.start("go")
        result = await asyncio.wrap_future(future)
    assert result is not None
    assert result.tool_calls[0]["result"] == threading.current_thread().name


def test_started_without_a_home_tools_run_beside_the_loop() -> None:
    with serve_frames(pending(called("where")), DONE) as server:
        result = connect(server.url, tools=[where]).start("go").result(DEADLINE)
    assert result is not None
    assert result.tool_calls[0]["result"] not in (threading.current_thread().name, "agui")


def test_an_async_tool_works_in_a_plain_script() -> None:
    async def later() -> str:
        await asyncio.sleep(0)
        return "async"

    with serve_frames(pending(called("later")), DONE) as server:
        [call] = connect(server.url, tools=[later]).ask("go").tool_calls
    assert call["result"] == "async"


def test_rounds_are_limited() -> None:
    calls = iter(range(100))

    def again(request: Any) -> list[dict[str, Any]]:
        return pending(called("where", cid=f"c{next(calls)}"))

    with serve_frames(again) as server:
        session = connect(server.url, tools=[where], max_rounds=3)
        result = session.ask("go")
        assert len(server.requests) == 3
        assert result.outcome == "success"
        assert result.warnings == [
            "The turn was stopped after 3 rounds of tool calls (max_rounds)."
        ]
        assert [("result" in call) for call in result.tool_calls] == [True, True, False]


def test_what_a_generator_yields_is_a_list() -> None:
    with serve_frames(pending(called("count", '{"to": 3}')), DONE) as server:
        session = connect(server.url)

        @session.tool
        def count(to: int) -> Iterator[int]:
            yield from range(to)

        assert session.ask("go").text == "done"
    assert sent_tool_messages(server.requests[1]) == [{"toolCallId": "c1", "content": "[0, 1, 2]"}]


def test_what_an_iterator_gives_is_read_once_for_the_model_and_the_user() -> None:
    with serve_frames(pending(called("count", '{"to": 3}')), DONE) as server:
        session = connect(server.url)

        @session.tool
        def count(to: int) -> Iterator[int]:
            return map(int, range(to))

        assert session.ask("go").text == "done"
    assert sent_tool_messages(server.requests[1]) == [{"toolCallId": "c1", "content": "[0, 1, 2]"}]
    assert session.thread.document["outputs"]["c1"] == {"text/plain": "[0, 1, 2]"}


def test_a_call_left_open_is_answered_before_the_thread_goes_on() -> None:
    with serve_frames(pending(called("where")), DONE) as server:
        session = connect(server.url, tools=[where], max_rounds=1)
        session.ask("go")
        session.ask("and now?")
    not_run = "This tool was not run: the turn ended first."
    messages = server.requests[1].body["messages"]
    assert [m["role"] for m in messages] == ["user", "assistant", "tool", "user"]
    assert sent_tool_messages(server.requests[1]) == [
        {"toolCallId": "c1", "content": not_run, "error": not_run}
    ]


def test_a_call_of_a_run_that_broke_off_is_answered_too() -> None:
    with serve_frames([STARTED, *called("where"), CUT], DONE) as server:
        session = connect(server.url, tools=[where])
        session.ask("go", check=False)
        session.ask("and now?")
    assert [m["toolCallId"] for m in sent_tool_messages(server.requests[1])] == ["c1"]


def test_an_unadvertised_tool_is_never_run() -> None:
    with serve_frames(pending(called("rm_rf")), DONE) as server:
        session = connect(server.url, tools=[where])
        result = session.ask("go")
        assert len(server.requests) == 1
        assert result.tool_calls == [{"id": "c1", "name": "rm_rf", "arguments": {}}]


def test_beside_a_tool_of_ours_an_unknown_one_is_answered_as_unknown() -> None:
    calls = pending(called("rm_rf", cid="c1"), called("where", cid="c2"))
    with serve_frames(calls, DONE) as server:
        connect(server.url, tools=[where]).ask("go")
    first, second = sent_tool_messages(server.requests[1])
    assert first["error"] == "There is no tool named 'rm_rf' here."
    assert "error" not in second


def test_a_call_the_agent_answered_itself_is_left_alone() -> None:
    result_event = {
        "type": "TOOL_CALL_RESULT",
        "messageId": "t1",
        "toolCallId": "c1",
        "content": "by the agent",
    }
    events = [STARTED, *called("where"), result_event, *said("ok"), FINISHED]
    with serve_frames(events) as server:
        result = connect(server.url, tools=[where]).ask("go")
        assert len(server.requests) == 1
    assert result.tool_calls[0]["result"] == "by the agent"


def test_an_empty_list_of_pending_calls_does_not_mean_there_are_none() -> None:
    with serve_frames(pending(called("where"), pendingToolCallIds=[]), DONE) as server:
        assert connect(server.url, tools=[where]).ask("go").text == "done"


def test_nothing_is_run_when_the_agent_asks_first() -> None:
    ran = []
    events = [STARTED, *called("note"), asked({"id": "i1", "reason": "approval"})]
    with serve_frames(events) as server:
        session = connect(server.url)
        session.tool(tool(name="note")(lambda: ran.append(1)))
        assert session.ask("go").outcome == "interrupt"
    assert ran == []


def test_a_tool_may_be_taken_back() -> None:
    with serve_frames(DONE) as server:
        session = connect(server.url, tools=[where])
        assert list(session.tools) == ["where"]
        session.remove_tool("where")
        session.ask("go")
    assert server.requests[0].body["tools"] == []


def test_the_result_goes_behind_its_call_whatever_came_after() -> None:
    calls = [STARTED, *called("where"), *said("Looking", mid="m1"), FINISHED]
    with serve_frames(calls, DONE) as server:
        connect(server.url, tools=[where]).ask("go")
    assert [m["role"] for m in server.requests[1].body["messages"]] == [
        "user",
        "assistant",
        "tool",
        "assistant",
    ]


def test_a_host_may_perform_tools_in_its_own_way_and_show_what_they_return() -> None:
    def perform(call: Any) -> Any:
        value = call()
        return value, {"text/html": f"<b>{value}</b>"}

    with serve_frames(pending(called("where")), DONE) as server:
        session = connect(server.url, tools=[where])
        session.options.perform = perform
        session.ask("go")
    name = threading.current_thread().name
    assert session.document["outputs"] == {"c1": {"text/html": f"<b>{name}</b>"}}


def test_a_stop_while_a_tool_runs_ends_the_turn() -> None:
    entered = threading.Event()
    leave = threading.Event()

    @tool(thread=True)
    def slow() -> None:
        """Take long."""
        entered.set()
        leave.wait(DEADLINE)

    with serve_frames(pending(called("slow")), DONE) as server:
        session = connect(server.url, tools=[slow])
        future = session.start("go")
        assert entered.wait(DEADLINE)
        session.stop()
        result = future.result(DEADLINE)
        leave.set()
        assert result is not None
        assert result.outcome == session.runs[-1]["status"] == "cancelled"
        assert session.ask("next").text == "done"
        assert [m["error"] for m in sent_tool_messages(server.requests[1])]


def test_an_interrupt_inside_a_tool_stops_the_whole_turn() -> None:
    def press_ctrl_c() -> None:
        signal.raise_signal(signal.SIGINT)

    with serve_frames(pending(called("press_ctrl_c")), DONE) as server:
        session = connect(server.url, tools=[press_ctrl_c])
        with pytest.raises(KeyboardInterrupt):
            session.ask("go")
        assert session.ask("still alive?").text == "done"
        assert background().submit(asyncio.sleep(0, "alive")).result(DEADLINE) == "alive"


def test_hanging_up_while_the_agent_hangs() -> None:
    with serve_frames([STARTED, HANG]) as server:
        with connect(server.url) as session:
            session.start("go")
            assert server.hanging.wait(DEADLINE)
        assert server.gone.wait(DEADLINE)
