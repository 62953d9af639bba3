"""The server inside the kernel: names, ports, replacing, stopping, forking, loops."""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from support.wire import all_of, asked, said, streaming

from agui_notebook import InvalidInput, LocalServer, ServerError, UnsupportedAgent, connect, serve
from agui_notebook.agents import Demo
from agui_notebook.server import servers

pytestmark = pytest.mark.anyio
Serving = Callable[..., LocalServer]
QUICK = Demo(pace=0)


def free_port() -> int:
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def test_a_server_tells_where_it_is_and_how_to_get_in(serving: Serving) -> None:
    server = serving(QUICK, name="first")
    assert server.url == f"http://127.0.0.1:{server.port}/"
    assert server.headers == {"Authorization": f"Bearer {server.token}"}
    assert repr(server) == f"<LocalServer 'first' {server.url} running, token required>"
    assert servers() == {"first": server}
    assert said(await all_of(server, asked("2 + 2"))) == "2 + 2 equals 4."
    server.stop()
    server.stop()
    assert (server.running, servers()) == (False, {})
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


async def test_a_second_server_of_a_name_takes_the_place_of_the_first(serving: Serving) -> None:
    old = serving(lambda text: "old", name="same")
    new = serving(lambda text: "new", name="same")
    assert (old.running, new.running) == (False, True)
    assert (new.url, new.token) == (old.url, old.token)
    assert said(await all_of(old)) == "new"


def test_a_server_that_cannot_be_made_leaves_the_running_one_alone(serving: Serving) -> None:
    old = serving(lambda text: "old", name="same")
    with pytest.raises(UnsupportedAgent, match=r"Nothing here wraps a builtins\.int; pass a funct"):
        serving(4, name="same")
    assert old.running


def test_a_port_of_ones_own_and_what_happens_when_it_is_taken(serving: Serving) -> None:
    port = free_port()
    first = serving(QUICK, name="first", port=port)
    assert first.port == port
    with pytest.raises(ServerError, match=f"Port {port} cannot be used .*'first' of this notebook"):
        serving(QUICK, name="second", port=port)
    first.stop()
    again = serving(QUICK, name="second", port=port)
    assert httpx.get(again.url + "healthz").status_code == 200


@pytest.mark.parametrize("port", [-1, 65536, "8888"])
def test_a_port_that_is_none_is_said_at_once(serving: Serving, port: Any) -> None:
    with pytest.raises(InvalidInput, match="A port is a number up to 65535"):
        serving(QUICK, port=port)


@pytest.mark.parametrize("token", [None, "", 5, " ", "two\nlines", "clé"])
def test_no_token_by_accident(serving: Serving, token: Any) -> None:
    with pytest.raises(InvalidInput, match="False for none"):
        serving(QUICK, token=token)


def test_a_server_whose_new_port_is_taken_stays(serving: Serving) -> None:
    first, old = serving(QUICK, name="first"), serving(QUICK, name="old")
    with pytest.raises(ServerError, match="'first' of this notebook"):
        serving(QUICK, name="old", port=first.port)
    assert old.running


def test_a_port_that_another_program_has_is_named_too(serving: Serving) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ServerError, match="perhaps it is taken by another program"):
            serving(QUICK, port=taken.getsockname()[1])


def test_a_server_is_a_context_manager() -> None:
    with serve(QUICK, name="inside") as server:
        assert httpx.get(server.url + "healthz").is_success
    assert not server.running


def test_the_last_words_of_an_answer_do_not_wait_for_an_acknowledgement(serving: Serving) -> None:
    """Nagle's algorithm and a delayed acknowledgement together hold them back for 40 ms."""
    server = serving(QUICK)
    session = connect(server.url, headers=server.headers)
    session.ask("hello")
    spent: list[float] = []
    while not spent or (min(spent) >= 0.03 and len(spent) < 60):  # others may be busy beside us
        start = time.perf_counter()
        session.ask("hello")
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.03  # with the two of them, each would take longer


def test_starting_is_quick_once_imported(serving: Serving) -> None:
    serving(QUICK, name="warm")
    took: list[float] = []
    while not took or (min(took) >= 0.05 and len(took) < 20):  # others may be busy beside us
        began = time.perf_counter()
        serving(QUICK, name=f"start-{len(took)}")
        took.append(time.perf_counter() - began)
    assert min(took) < 0.05  # uvicorn alone looks every 0.1 s whether it has come up


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_owns_none_of_the_servers(serving: Serving) -> None:
    server = serving(QUICK, name="parent")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            server.stop()
            own = serve(QUICK, name="child")
            answer = httpx.get(own.url + "healthz").json()["status"]
            os.write(writing, f"{server.running} {list(servers())} {answer}".encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 1000) == b"False ['child'] ok"
    assert server.running
    assert httpx.get(server.url + "healthz").is_success


def test_two_processes_serve_side_by_side(serving: Serving) -> None:
    code = (
        "from agui_notebook.server.local import serve; from agui_notebook.agents.demo import agent;"
        "import sys; s = serve(agent, name='demo'); print(s.url, flush=True); sys.stdin.read()"
    )
    here = serving(QUICK, name="demo")
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        url = other.stdout.readline().strip()
        assert httpx.get(url + "healthz").is_success
        assert url != here.url
        _, errors = other.communicate("", timeout=20)
    assert (other.returncode, errors) == (0, "")
    assert here.running


def test_a_process_that_ends_while_streaming_ends_quietly_and_properly() -> None:
    code = """
import asyncio, threading, httpx
from agui_notebook.server.local import serve
started, seen = threading.Event(), []
HELLO = [{"role": "user", "content": "hi"}]
async def agent(text):
    yield "hello"
    await asyncio.sleep(60)
server = serve(agent)
def read():
    with httpx.stream("POST", server.url, json={"messages": HELLO}, headers=server.headers) as r:
        for line in r.iter_lines():
            if "hello" in line: started.set()
            if "cancelled" in line: print("ended properly", flush=True)
threading.Thread(target=read, daemon=True).start()
assert started.wait(10)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ended properly\n", "")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_patched_asyncio_changes_nothing(when: str) -> None:
    code = """
import asyncio, sys, httpx, nest_asyncio2
from agui_notebook.server.local import serve
HELLO = [{"role": "user", "content": "hi"}]
async def main():
    if sys.argv[1] == "before": nest_asyncio2.apply()
    server = serve(lambda text: "hello")
    if sys.argv[1] == "after": nest_asyncio2.apply()
    async def ask():
        async with httpx.AsyncClient() as client:
            return await client.post(server.url, json={"messages": HELLO}, headers=server.headers)
    assert "hello" in asyncio.run(ask()).text
    server.stop()
asyncio.run(main())
"""
    command = [sys.executable, "-W", "error", "-c", code, when]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_blocking_question_by_url_reaches_an_agent_on_the_loop_it_blocks() -> None:
    code = """
import asyncio
from agui_notebook import connect, serve
async def agent(text):
    await asyncio.sleep(0)
    yield text.upper()
async def cell():
    server = serve(agent, loop="kernel")
    print(connect(server.url.replace("127.0.0.1", "localhost"), token=server.token).ask("hi").text)
    server.stop()
asyncio.run(cell())
"""
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("HI\n", "")


async def test_an_agent_on_the_loop_of_the_cell_runs_on_its_thread(serving: Serving) -> None:
    here = threading.current_thread()
    threads: list[threading.Thread] = []

    async def agent(text: str) -> AsyncIterator[str]:
        threads.append(threading.current_thread())
        yield "from the kernel"
        await asyncio.sleep(0)
        yield "'s loop"

    server = serving(agent, loop="kernel")
    assert server.loop is asyncio.get_running_loop()
    assert said(await all_of(server)) == "from the kernel's loop"

    def plain(text: str) -> str:
        threads.append(threading.current_thread())
        return "sync"

    assert said(await all_of(serving(plain, loop="kernel"))) == "sync"
    assert threads == [here, here]


async def test_an_agent_on_the_loop_of_the_cell_is_cancelled_when_the_caller_hangs_up(
    serving: Serving,
) -> None:
    ended = asyncio.Event()

    async def agent(text: str) -> AsyncIterator[str]:
        try:
            yield "hello"
            await asyncio.sleep(60)
        finally:
            ended.set()

    server = serving(agent, loop="kernel")
    async with streaming(server.url, asked(), server.headers) as events:
        await anext(events)
        await anext(events)
    await asyncio.wait_for(ended.wait(), 1)


async def test_a_stop_while_it_speaks_lands_where_the_agent_waits(serving: Serving) -> None:
    """Its model's stream is closed by whoever reads it, and not left to the collector."""
    landed: asyncio.Queue[str] = asyncio.Queue()
    left = asyncio.Event()

    async def agent(text: str) -> AsyncIterator[str]:
        try:
            while not left.is_set():
                yield "x"
            landed.put_nowait("while waiting")
            await asyncio.sleep(60)
        finally:
            landed.put_nowait("the end")

    server = serving(agent, loop="kernel")
    async with streaming(server.url, asked(), server.headers) as events:
        await anext(events)
    asyncio.get_running_loop().call_later(0.05, left.set)
    ends = [await asyncio.wait_for(landed.get(), 5) for _ in range(2)]
    assert ends == ["while waiting", "the end"]


async def test_an_agent_that_never_waits_is_stopped_all_the_same(serving: Serving) -> None:
    ended = asyncio.Event()

    async def agent(text: str) -> AsyncIterator[str]:
        try:
            while True:
                yield "x"
        finally:
            ended.set()

    server = serving(agent, loop="kernel")
    async with streaming(server.url, asked(), server.headers) as events:
        await anext(events)
    await asyncio.wait_for(ended.wait(), 5)


async def test_while_the_cell_is_busy_the_run_has_started_and_can_be_stopped(
    serving: Serving,
) -> None:
    def agent(text: str) -> str:
        return "at last"

    server = serving(agent, loop="kernel")
    body: dict[str, Any] = asked()

    def ask_and_stop() -> str:
        with httpx.stream("POST", server.url, json=body, headers=server.headers) as response:
            lines = response.iter_lines()
            first = next(lines)
            server.stop()
            return first + "".join(lines)

    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.append(ask_and_stop()))
    thread.start()
    thread.join(10)  # this blocks the cell's loop meanwhile, as a busy cell would
    assert "RUN_STARTED" in seen[0]
    assert '"outcome":{"type":"cancelled"}' in seen[0]


def test_the_loop_of_the_cell_needs_a_cell() -> None:
    with pytest.raises(InvalidInput, match="needs a running event loop"):
        serve(QUICK, loop="kernel")


async def test_a_server_cannot_be_started_from_inside_an_agent(serving: Serving) -> None:
    async def agent(text: str) -> str:
        serve(QUICK, name="inner")
        return "never"

    events = await all_of(serving(agent))
    assert events[-1]["type"] == "RUN_ERROR"
    assert "from inside an agent" in events[-1]["message"]


async def test_an_agent_may_stop_its_own_server(serving: Serving) -> None:
    box: list[LocalServer] = []

    async def agent(text: str) -> AsyncIterator[str]:
        yield "goodbye"
        box[0].stop()
        await asyncio.sleep(60)

    box.append(serving(agent))
    events = await all_of(box[0])
    assert events[-1]["outcome"] == {"type": "cancelled"}


def test_a_made_up_token_can_be_given_to_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: "-begins-like-an-option")
    with serve(str.upper) as server:
        assert server.token == "t-begins-like-an-option"
