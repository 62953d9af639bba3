"""The background loop, and a session wherever Python runs: scripts, loops, patched loops, forks."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from support.servers import FINISHED, HANG, STARTED, answer, called, said, serve_frames

from agui_notebook import AGUIError, connect
from agui_notebook.runtime import loop, waiting

DEADLINE = 10
DONE = answer("done", mid="end")
HERE = Path(__file__).parent


def calling(name: str) -> list[dict[str, Any]]:
    return [STARTED, *called(name), FINISHED]


def script(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in a fresh interpreter; warnings are errors."""
    path = [str(HERE.parent), str(HERE.parent.parent)]
    return subprocess.run(
        [sys.executable, "-W", "error", *options, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_there_is_one_background_loop_and_it_goes_on_while_we_block() -> None:
    ticks = []

    async def tick() -> None:
        for n in range(3):
            ticks.append(n)
            await asyncio.sleep(0)

    first = loop.background()
    assert loop.background() is first
    first.submit(tick()).result(DEADLINE)
    assert ticks == [0, 1, 2]
    assert not first.here()


def test_cancelling_the_future_cancels_the_coroutine() -> None:
    started, ended = threading.Event(), threading.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    future = loop.background().submit(work())
    assert started.wait(DEADLINE)
    future.cancel()
    assert ended.wait(DEADLINE)


@pytest.mark.anyio
async def test_an_awaited_future_ticks_so_that_an_interrupt_can_land(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = asyncio.get_running_loop()
    run_once = here._run_once  # type: ignore[attr-defined]
    ticks = 0

    def counted() -> None:
        nonlocal ticks
        ticks += 1
        run_once()
        if ticks == 50:
            release.set()

    async def work() -> str:
        await asyncio.to_thread(release.wait, DEADLINE)
        return "done"

    release = threading.Event()
    assert waiting.TICK <= 0.1
    monkeypatch.setattr(waiting, "TICK", 0.001)
    monkeypatch.setattr(here, "_run_once", counted)
    assert (
        await asyncio.wait_for(waiting.await_in_ticks(loop.background().submit(work())), DEADLINE)
        == "done"
    )
    assert ticks >= 50  # nothing else wakes this loop: without ticks it would sleep to the end


@pytest.mark.anyio
async def test_a_turn_begins_only_when_the_stopped_one_before_it_has_wound_up() -> None:
    log: list[str] = []
    hanging = threading.Event()

    class Slow(Played):
        """Says nothing, and takes its time to close."""

        async def _play(self) -> AsyncIterator[object]:
            hanging.set()
            await asyncio.Event().wait()
            yield  # type: ignore[misc]

        async def __aexit__(self, *_: object) -> None:
            for _ in range(20):  # type: ignore[assignment]
                await asyncio.sleep(0)
            log.append("closed")

    def transport(request: dict[str, Any]) -> Any:
        log.append("opened")
        return (Slow if len(log) == 1 else Played)(answer("x"), request)

    session = connect("http://127.0.0.1:9/")
    session.options.transport = transport
    first = session.start("one")
    assert await asyncio.to_thread(hanging.wait, DEADLINE)
    session.stop()
    assert (await session.run("two")).text == "x"
    assert first.result(DEADLINE) is not None
    assert log == ["opened", "closed", "opened"]


@pytest.mark.anyio
async def test_a_cancelled_wait_stops_the_run() -> None:
    with serve_frames([STARTED, *said("half")[:-1], HANG], DONE) as server:
        session = connect(server.url)
        task = asyncio.ensure_future(session.run("hi"))
        assert await asyncio.to_thread(server.hanging.wait, DEADLINE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(server.gone.wait, DEADLINE)
        assert not session.running
        assert (await session.run("next")).text == "done"
        assert [run["status"] for run in session.runs] == ["cancelled", "success"]


def test_ask_in_a_script_and_run_in_an_async_program_share_a_session() -> None:
    with serve_frames(answer("a", mid="1"), answer("b", mid="2"), answer("c", mid="3")) as server:
        session = connect(server.url)
        assert session.ask("one").text == "a"
        assert asyncio.run(session.run("two")).text == "b"
        assert asyncio.run(session.run("three")).text == "c"


@pytest.mark.anyio
async def test_ask_inside_a_running_loop_blocks_it_but_not_the_run() -> None:
    def where() -> str:
        """Where."""
        return threading.current_thread().name

    with serve_frames(calling("where"), DONE) as server:
        result = connect(server.url, tools=[where]).ask("hi")
    assert result.text == "done"
    assert result.tool_calls[0]["result"] == threading.current_thread().name


@pytest.mark.anyio
async def test_ask_on_the_background_loop_is_refused_not_deadlocked() -> None:
    async def inside() -> None:
        connect("http://127.0.0.1:9/").ask("hi")

    with pytest.raises(AGUIError, match="use `await session"):
        await waiting.await_in_ticks(loop.background().submit(inside()))


@pytest.mark.anyio
async def test_a_run_may_be_awaited_on_the_background_loop_itself() -> None:
    with serve_frames(DONE) as server:
        result = await waiting.await_in_ticks(
            loop.background().submit(connect(server.url).run("hi"))
        )
    assert result.text == "done"


def test_many_sessions_run_side_by_side() -> None:
    with serve_frames(lambda request: answer(request.body["messages"][0]["content"])) as server:

        async def main() -> list[str]:
            sessions = [connect(server.url) for _ in range(20)]
            results = await asyncio.gather(*(s.run(f"{n}") for n, s in enumerate(sessions)))
            return [result.text for result in results]

        assert asyncio.run(main()) == [f"{n}" for n in range(20)]


NESTED = """
    import asyncio, threading
    from support.servers import *
    from agui_notebook import connect
    {before}
    async def later() -> str:
        "An async tool, on the loop that blocks."
        await asyncio.sleep(0)
        return str(asyncio.get_running_loop() is main_loop)
    async def main():
        global main_loop
        main_loop = asyncio.get_running_loop()
        with serve_frames([STARTED, *called("later"), FINISHED], answer("done", mid="e")) as server:
            session = connect(server.url, tools=[later])
            first = session.ask("hi")
            print(first.text, first.tool_calls[0]["result"], flush=True)
        with serve_frames(answer("fine")) as server:
            print((await connect(server.url).run("hi")).text)
            print(connect(server.url).ask("hi").text)
    asyncio.run(main())
"""


@pytest.mark.parametrize("patched_by", [None, "nest_asyncio2", "nest_asyncio"])
def test_an_async_tool_on_the_loop_that_blocks_gets_its_turn(patched_by: str | None) -> None:
    before = ""
    if patched_by is not None:
        pytest.importorskip(patched_by)
        before = f"import {patched_by}; {patched_by}.apply()"
    ran = script(NESTED.format(before=before))
    assert (ran.stdout, ran.stderr) == ("done True\nfine\nfine\n", "")


def test_asyncio_is_left_alone_where_nothing_needs_the_patch() -> None:
    ran = script(
        """
        import asyncio, sys
        from support.servers import *
        from agui_notebook import connect
        def now() -> str:
            "A plain tool."
            return "now"
        async def main():
            with serve_frames([STARTED, *called("now"), FINISHED], answer("done", mid="e")) as s:
                print(connect(s.url, tools=[now]).ask("hi").text)
        asyncio.run(main())
        print("nest_asyncio2" in sys.modules)
        """
    )
    assert (ran.stdout, ran.stderr) == ("done\nFalse\n", "")


def test_a_script_that_just_ends_leaves_no_noise() -> None:
    with serve_frames(answer("bye"), [STARTED, HANG]) as server:
        ran = script(
            f"""
            import threading
            from agui_notebook import connect
            session = connect({server.url!r})
            print(session.ask("hi").text)
            begun = threading.Event()
            session.observe_events(lambda record: begun.set())
            session.start("and on")
            begun.wait(10)
            """
        )
        assert server.gone.wait(DEADLINE)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "bye\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_gets_a_loop_of_its_own() -> None:
    ran = script(
        """
        import os, sys, warnings
        from support.servers import *
        from agui_notebook import connect
        warnings.simplefilter("ignore", DeprecationWarning)  # fork beside threads, on purpose
        with serve_frames(answer("hello")) as server:
            session = connect(server.url)
            session.ask("hi")
            child = os.fork()
            if child == 0:
                print("child", session.ask("hi again").outcome, flush=True)
                os._exit(0)
            os.waitpid(child, 0)
            print("parent", session.ask("hi again").outcome)
        """
    )
    assert (ran.stdout, ran.stderr) == ("child success\nparent success\n", "")


@pytest.mark.skipif(os.name == "nt", reason="signals differ on Windows")
def test_ctrl_c_stops_a_blocking_ask_and_the_run() -> None:
    with serve_frames([STARTED, *said("half")[:-1], HANG], DONE) as server:
        session = connect(server.url)

        def press() -> None:
            server.hanging.wait(DEADLINE)
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

        threading.Thread(target=press, daemon=True).start()
        before = time.monotonic()
        # whoever starts the tests in the background has them ignore the signal
        former = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            with pytest.raises(KeyboardInterrupt):
                session.ask("hi")
        finally:
            signal.signal(signal.SIGINT, former)
        assert time.monotonic() - before < DEADLINE / 2
        assert server.gone.wait(DEADLINE)
        assert session.ask("next").text == "done"
        assert session.runs[0]["status"] == "cancelled"


@pytest.mark.anyio
async def test_a_host_without_threads_runs_everything_on_its_own_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(loop, "_current", None)
    monkeypatch.setattr(loop, "ThreadLoop", None)
    frames = answer("here")

    def transport(request: dict[str, Any]) -> Any:
        return Played(frames, request)

    session = connect("http://127.0.0.1:9/")
    session.options.transport = transport
    assert (await session.run("hi")).text == "here"
    assert [event["type"] async for event in session.stream("hi")][-1] == "RUN_FINISHED"
    with pytest.raises(AGUIError, match="use `await session"):
        session.ask("hi")


class Played:
    """Frames from memory, as a transport gives them."""

    def __init__(self, frames: list[dict[str, Any]], request: dict[str, Any]) -> None:
        ids = {"threadId": request["threadId"], "runId": request["runId"]}
        self._frames = [{**ids, **f} if f["type"].startswith("RUN_") else f for f in frames]

    async def __aenter__(self) -> AsyncIterator[object]:
        return self._play()

    async def __aexit__(self, *_: object) -> None: ...

    async def _play(self) -> AsyncIterator[object]:
        for frame in self._frames:
            await asyncio.sleep(0)
            yield frame
