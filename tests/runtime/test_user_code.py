"""Whatever users' own code does on our loops: the loop survives, the run ends with a sentence."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from support.servers import FINISHED, HANG, STARTED, answer, called, said, serve_frames

from agui_notebook import AGUIError, Timeout, connect, serve
from agui_notebook.runtime import loop
from agui_notebook.runtime.user_code import call_in_thread, user_error

DEADLINE = 10
DONE = answer("done", mid="end")
STOPS = [SystemExit, KeyboardInterrupt, GeneratorExit, RecursionError, asyncio.CancelledError]


class Unspeakable(Exception):
    """Cannot say what it is."""

    def __str__(self) -> str:
        raise SystemExit("not even this")


def raising(kind: type[BaseException]) -> Callable[..., Any]:
    def mine(*_: Any, **__: Any) -> Any:
        raise kind("enough")

    return mine


def async_raising(kind: type[BaseException]) -> Callable[..., Any]:
    async def mine(*_: Any, **__: Any) -> Any:
        await asyncio.sleep(0)
        raise kind("enough")

    return mine


class Auth(httpx.Auth):
    """An auth flow of the user's."""

    def __init__(self, kind: type[BaseException]) -> None:
        self.kind = kind

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        def mine() -> None:
            raise self.kind("enough")

        mine()
        yield request


def transport_of(kind: type[BaseException]) -> Any:
    class Broken:
        async def __aenter__(self) -> AsyncIterator[Any]:
            return self.mine()

        async def __aexit__(self, *_: object) -> None:
            pass

        async def mine(self) -> AsyncIterator[Any]:
            yield {"type": "RUN_STARTED", "threadId": "t", "runId": "r"}
            raise kind("enough")

    return lambda request, **_: Broken()


PLACES: dict[str, Callable[[type[BaseException]], dict[str, Any]]] = {
    "a headers function": lambda kind: {"headers": raising(kind)},
    "an async headers function": lambda kind: {"headers": async_raising(kind)},
    "middleware": lambda kind: {"middleware": [raising(kind)]},
    "an auth flow": lambda kind: {"auth": Auth(kind)},
    "a transport": lambda kind: {"transport": transport_of(kind)},
}


@pytest.mark.parametrize("kind", [*STOPS, StopIteration, Unspeakable])
@pytest.mark.parametrize("place", PLACES)
def test_what_users_code_raises_ends_its_run_with_a_sentence(
    place: str, kind: type[BaseException]
) -> None:
    options = PLACES[place](kind)
    transport = options.pop("transport", None)
    with serve_frames(DONE) as server:
        session = connect(server.url, **options)
        session.options.transport = transport or session.options.transport
        result = session.ask("hi", check=False)
        assert session.running is False
        assert result.outcome == "error"
        assert isinstance(result.error, AGUIError)
        assert str(result.error).startswith("The run broke off: 'mine' raised ")
        assert kind.__name__ in str(result.error)
        assert connect(server.url).ask("still there?").text == "done"


@pytest.mark.parametrize("kind", STOPS)
def test_what_an_observer_raises_is_a_warning(kind: type[BaseException]) -> None:
    with serve_frames(DONE) as server:
        session = connect(server.url)
        session.observe(raising(kind))
        assert session.ask("hi").text == "done"
        assert session.warnings == [f"The observer 'mine' failed: {kind.__name__}: enough"]


class Shy:
    """A tool's result that cannot be told to a model."""

    def __init__(self, kind: type[BaseException]) -> None:
        self.kind = kind

    def __str__(self) -> str:
        raise self.kind("enough")

    __repr__ = __str__


@pytest.mark.parametrize("kind", [*STOPS, Unspeakable, ValueError])
def test_a_result_that_cannot_be_told_ruins_neither_turn_nor_loop(
    kind: type[BaseException],
) -> None:
    def look() -> Any:
        """Look."""
        return Shy(kind)

    with serve_frames([STARTED, *called("look"), FINISHED], DONE) as server:
        session = connect(server.url, tools=[look])
        if kind is KeyboardInterrupt:
            with pytest.raises(KeyboardInterrupt):
                session.ask("hi")
        else:
            assert session.ask("hi").text == "done"
            [told] = [m for m in server.requests[1].body["messages"] if m["role"] == "tool"]
            assert told["content"]  # a sentence in its place, or the error
    assert loop.background().submit(asyncio.sleep(0, "alive")).result(DEADLINE) == "alive"


@pytest.mark.parametrize("kind", [*STOPS, Unspeakable])
@pytest.mark.parametrize("make", [raising, async_raising])
def test_an_agent_that_raises_anything_fails_its_run_and_no_other(
    make: Callable[..., Any], kind: type[BaseException]
) -> None:
    broken = make(kind)

    def agent(text: str) -> str:
        return text.upper()

    async def fails(text: str) -> Any:
        return await broken() if make is async_raising else broken()

    with serve({"broken": fails, "fine": agent}, name="pair") as server:
        session = connect(server.url + "broken", token=server.token)
        result = session.ask("hi", check=False)
        assert result.outcome in ("error", "cancelled")
        assert connect(server.url + "fine", token=server.token).ask("hi").text == "HI"


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
            assert told["error"] == "The tool was stopped by KeyboardInterrupt"
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
