"""What users' own code does to our loops beside raising: it blocks, spins, or never returns.

What it may raise, at every door, is test_user_doors.py's.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from support.servers import FINISHED, HANG, STARTED, answer, called, said, serve_frames

from agui_notebook import AGUIError, InvalidInput, Timeout, connect
from agui_notebook.runtime import loop
from agui_notebook.runtime.user_code import call_in_thread, user_error

DEADLINE = 10
DONE = answer("done", mid="end")
STOPS = [SystemExit, KeyboardInterrupt, GeneratorExit, RecursionError, asyncio.CancelledError]


def raising(kind: type[BaseException]) -> Callable[..., Any]:
    def mine(*_: Any, **__: Any) -> Any:
        raise kind("enough")

    return mine


def test_an_exit_in_a_callback_leaves_the_loop_running() -> None:
    background = loop.background()
    for kind in (SystemExit, KeyboardInterrupt):
        background.call(raising(kind))
    assert background.submit(asyncio.sleep(0, "alive")).result(DEADLINE) == "alive"
    assert loop.background() is background


def test_a_loop_whose_thread_has_died_is_made_anew() -> None:
    former = loop.background()
    assert isinstance(former, loop.ThreadLoop)
    former.close()
    with serve_frames(DONE) as server:
        assert connect(server.url).ask("hi").text == "done"
    assert loop.background() is not former
    with pytest.raises(AGUIError):
        former.submit(asyncio.sleep(0)).result(DEADLINE)


def test_a_headers_function_that_hangs_is_bounded_by_the_time_of_the_run() -> None:
    never = threading.Event()

    def mine() -> dict[str, str]:
        never.wait(DEADLINE)
        return {}

    with serve_frames(DONE) as server:
        session = connect(server.url, headers=mine, timeout=Timeout(run=0.2))
        other = connect(server.url)
        future = session.start("hi")
        assert other.ask("meanwhile").text == "done"
        assert (result := future.result(DEADLINE)) is not None
        assert result.outcome == "incomplete"
        assert "longer than 0.2 s" in str(result.error)
    never.set()


def spin(*_: Any) -> Any:
    """Never returns, and lets nobody else have a turn."""
    while True:
        time.sleep(0.01)


@pytest.mark.parametrize("how", ["limit", "stop"])
def test_middleware_that_never_returns_is_stopped_and_the_loop_goes_on(how: str) -> None:
    entered = threading.Event()

    def mine(event: Any) -> Any:
        entered.set()
        spin()

    with serve_frames(DONE) as server:
        limit = 0.2 if how == "limit" else None
        session = connect(server.url, middleware=[mine], timeout=Timeout(run=limit))
        before = loop.background()
        future = session.start("hi")
        assert entered.wait(DEADLINE)
        if how == "stop":
            session.stop()
        assert (result := future.result(DEADLINE)) is not None
        assert result.outcome != "success"
        assert session.ask("again", middleware=[]).text == "done"
        assert loop.background() is before


def test_an_observer_that_never_returns_is_bounded_by_the_time_of_the_run() -> None:
    with serve_frames(DONE) as server:
        session = connect(server.url, timeout=Timeout(run=0.2))
        session.observe(spin)  # told of the question, before anything is sent
        result = session.start("hi").result(DEADLINE)
        assert result is not None
        assert (result.outcome, session.running) == ("incomplete", False)
        assert connect(server.url).ask("still there?").text == "done"


def test_middleware_whose_events_never_end_is_named() -> None:
    def mine(event: Any) -> Any:
        return itertools.repeat(event)

    with serve_frames(DONE) as server:
        with pytest.raises(AGUIError, match="'mine' gave more than 100,000 events for one"):
            connect(server.url, middleware=[mine]).ask("hi")
        assert connect(server.url).ask("still there?").text == "done"


@pytest.mark.kernel  # where no tracer counts branches: with one the loop is not given up
def test_a_loop_that_nothing_can_free_is_given_up_and_another_made() -> None:
    entered, release = threading.Event(), threading.Event()

    def mine(event: Any) -> Any:
        entered.set()
        release.wait(DEADLINE)  # waits in C: no exception reaches it
        return [event]

    with serve_frames(DONE) as server:
        session = connect(server.url, middleware=[mine])
        before = loop.background()
        future = session.start("hi")
        assert entered.wait(DEADLINE)
        session.stop()
        deadline = time.monotonic() + DEADLINE
        while loop.existing_loop() is before and time.monotonic() < deadline:
            time.sleep(0.01)
        assert connect(server.url).ask("hi").text == "done"
        assert loop.background() is not before
    release.set()
    assert future.result(DEADLINE) is None or future.result() is not None


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [*STOPS, StopIteration, ValueError])
async def test_a_call_in_a_thread_raises_what_it_raises(kind: type[BaseException]) -> None:
    try:
        await call_in_thread(raising(kind))
    except BaseException as error:
        told = error
    assert isinstance(told, kind) or isinstance(told.__cause__, kind)


def test_an_error_of_ours_stays_as_it_is() -> None:
    error = AGUIError("Say it like this.")
    assert user_error(error) is error


pytestmark_signals = pytest.mark.skipif(os.name == "nt", reason="signals differ on Windows")


def wait_long(entered: threading.Event) -> Callable[[], str]:
    def wait() -> str:
        """Wait."""
        entered.set()
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until:
            time.sleep(0.01)
        return "too late"

    return wait


def wait_in_c(entered: threading.Event) -> Callable[[], str]:
    def wait() -> str:
        """Wait."""
        entered.set()
        time.sleep(DEADLINE)
        return "too late"

    return wait


@pytestmark_signals
@pytest.mark.anyio
async def test_a_blocking_tool_of_a_turn_begun_beside_is_interrupted_by_stop() -> None:
    entered = threading.Event()
    with serve_frames([STARTED, *called("wait"), FINISHED], DONE) as server:
        session = connect(server.url, tools=[wait_in_c(entered)])
        session.home = asyncio.get_running_loop()  # as a notebook's chat has it
        before = time.monotonic()
        future = session.start("hi")

        def stop() -> None:
            entered.wait(DEADLINE)
            session.stop()

        threading.Thread(target=stop).start()
        result = await asyncio.wait_for(asyncio.wrap_future(future), DEADLINE)
        assert time.monotonic() - before < DEADLINE / 2
        assert result is not None
        assert result.outcome == session.runs[-1]["status"] == "cancelled"
        assert (await session.run("next")).text == "done"


@pytestmark_signals
@pytest.mark.anyio
async def test_a_blocking_tool_between_cells_is_interrupted_by_the_kernels_interrupt() -> None:
    entered = threading.Event()
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a kernel has it between cells
    try:
        with serve_frames([STARTED, *called("wait"), FINISHED], DONE) as server:
            session = connect(server.url, tools=[wait_long(entered)])
            session.home = asyncio.get_running_loop()
            future = session.start("hi")

            def press() -> None:
                entered.wait(DEADLINE)
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

            before = time.monotonic()
            threading.Thread(target=press).start()
            result = await asyncio.wait_for(asyncio.wrap_future(future), DEADLINE)
            assert time.monotonic() - before < DEADLINE / 2
            assert result is not None
            [told] = [m for m in server.requests[1].body["messages"] if m["role"] == "tool"]
            assert told["error"] == "The tool was stopped by KeyboardInterrupt in 'wait'"
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, former)


@pytestmark_signals
def test_a_time_limit_holds_while_a_tool_blocks_the_main_thread() -> None:
    entered = threading.Event()
    with serve_frames([STARTED, *called("wait"), FINISHED], DONE) as server:
        session = connect(server.url, tools=[wait_long(entered)])
        before = time.monotonic()
        result = session.ask("hi", timeout=Timeout(run=0.3), check=False)
        assert time.monotonic() - before < DEADLINE / 2
        assert (result.outcome, session.runs[-1]["status"]) == ("incomplete", "incomplete")
        assert session.ask("next").text == "done"


@pytestmark_signals
@pytest.mark.parametrize("awaited", [False, True])
def test_an_interrupt_while_a_tool_runs_leaves_the_run_cancelled(awaited: bool) -> None:
    entered = threading.Event()
    calls = [STARTED, *called("wait"), FINISHED]

    def press() -> None:
        entered.wait(DEADLINE)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with serve_frames(calls, DONE) as server:
            session = connect(server.url, tools=[wait_long(entered)])
            threading.Thread(target=press).start()
            run = (lambda text: asyncio.run(session.run(text))) if awaited else session.ask
            with pytest.raises(KeyboardInterrupt):
                run("hi")
            assert [run["status"] for run in session.runs] == ["cancelled"]
            assert session.ask("next").text == "done"
    finally:
        signal.signal(signal.SIGINT, former)


@pytest.mark.anyio
async def test_a_cancelled_run_whose_tool_waits_is_cancelled() -> None:
    entered = threading.Event()

    async def wait() -> None:
        """Wait."""
        entered.set()
        await asyncio.Event().wait()

    with serve_frames([STARTED, *called("wait"), FINISHED], DONE) as server:
        session = connect(server.url, tools=[wait])
        task = asyncio.ensure_future(session.run("hi"))
        assert await asyncio.to_thread(entered.wait, DEADLINE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await session.run("next")).text == "done"
        assert [run["status"] for run in session.runs] == ["cancelled", "success"]


def test_many_sessions_that_rest_hold_no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    from agui_notebook.wire import connections

    monkeypatch.setattr(connections, "KEEP_ALIVE", 0.05)
    with serve_frames(lambda request: answer("done", mid=request.body["runId"])) as server:
        sessions = [connect(server.url) for _ in range(20)]
        for session in sessions:
            session.ask("hi")
        kept = [session.options.transport._made.connections for session in sessions]  # type: ignore[attr-defined]
        deadline = time.monotonic() + DEADLINE
        while any(each.is_open for each in kept) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not any(each.is_open for each in kept)
        assert sessions[0].ask("again").text == "done"


def test_a_stream_that_runs_keeps_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    from agui_notebook.wire import connections

    monkeypatch.setattr(connections, "KEEP_ALIVE", 0.01)
    with serve_frames(DONE, [STARTED, *said("half")[:-1], HANG]) as server:
        session = connect(server.url)
        session.ask("one")
        session.start("two")
        assert server.hanging.wait(DEADLINE)
        time.sleep(0.1)  # longer than an idle client lives
        assert session.running
        assert session.options.transport._made.connections.is_open  # type: ignore[attr-defined]
        session.stop()


async def forgotten(event: Any) -> Any:
    return [event]


async def async_yielding(event: Any) -> Any:
    yield event


@pytest.mark.parametrize(
    "stage",
    [lambda _: None, lambda _: 5, lambda _: [1], lambda _: [None], lambda _: [{}], lambda e: e,
     lambda _: "text", forgotten, async_yielding],
)  # fmt: skip
def test_middleware_that_gives_no_events_is_named_and_not_the_agent(stage: Any) -> None:
    stage.__name__ = "mine"
    with serve_frames(DONE) as server:
        with pytest.raises(AGUIError, match=r"The middleware 'mine' gave .* is due: let it yield"):
            connect(server.url, middleware=[stage]).ask("hi")
        assert connect(server.url).ask("still there?").text == "done"


@pytest.mark.parametrize("stage", [None, 5, "name"])
def test_middleware_that_is_no_function_is_said_so(stage: Any) -> None:
    with serve_frames(DONE) as server, pytest.raises(InvalidInput, match="is no function"):
        connect(server.url, middleware=[stage]).ask("hi")


@pytest.mark.parametrize("given", [5, ["a"], [("a",)], "abc", {1: "a"}, {"X a": "b"}, {"": "b"}])
def test_headers_that_are_no_headers_are_named_with_their_function(given: Any) -> None:
    def mine() -> Any:
        return given

    with serve_frames(DONE) as server:
        with pytest.raises(InvalidInput, match=r"The headers function 'mine' gave a .* no mapping"):
            connect(server.url, headers=mine).ask("hi")
        with pytest.raises(InvalidInput, match=r"headers= (?:gave a|is a dict: write)"):
            connect(server.url, headers=given).ask("hi")


@pytest.mark.parametrize("given", [None, {}, {"X-A": "b"}, [("X-A", "b")], {b"X-A": b"b"}])
def test_headers_may_be_told_in_every_form_that_http_libraries_take(given: Any) -> None:
    with serve_frames(DONE) as server:
        assert connect(server.url, headers=lambda: given).ask("hi").text == "done"
        assert server.requests[0].headers.get("x-a") == ("b" if given else None)
