"""The ASGI app over real sockets: streams, their frames and endings, pages and documents."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from support.wire import all_of, asked, judged, kinds, said, streaming

from agui_notebook import Emitter, InvalidInput, LocalServer, create_app
from agui_notebook.agents import Demo, RunRequest, Wrapped

pytestmark = pytest.mark.anyio
Serving = Callable[..., LocalServer]
LINE_ENDS = "a\u2028b\u2029c\u0085d\r\ne é 🎈"


def get(server: LocalServer, path: str = "", **headers: str) -> httpx.Response:
    return httpx.get(server.url + path, headers=headers)


class Gate(Wrapped):
    """Says hello, then waits; tells when it began and how it ended."""

    def __init__(self) -> None:
        super().__init__("gate")
        self.began, self.ended = threading.Event(), threading.Event()
        self.how = ""

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        self.began.set()
        try:
            await emit.text("hello")
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.how = "cancelled"
            raise
        finally:
            self.ended.set()


async def test_frames_end_in_line_feeds_only_and_are_ascii(serving: Serving) -> None:
    server = serving(lambda text: text)
    body = asked(LINE_ENDS)
    async with httpx.AsyncClient() as client:
        response = await client.post(server.url, json=body, headers=server.headers)
    assert dict(response.headers) | {"date": ""} == {
        "date": "",
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache",
        "x-accel-buffering": "no",
        "transfer-encoding": "chunked",
    }
    assert response.content.isascii()
    assert b"\r" not in response.content
    frames = response.content.split(b"\n\n")
    assert frames.pop() == b""
    assert all(frame.startswith(b"data: {") for frame in frames)
    events = judged([json.loads(frame[6:]) for frame in frames], body)
    assert said(events) == LINE_ENDS


async def test_run_started_arrives_before_the_agent_says_anything(serving: Serving) -> None:
    release = threading.Event()

    def agent(text: str) -> Iterator[str]:
        release.wait(10)
        yield "late"

    server = serving(agent)
    async with streaming(server.url, asked(), server.headers) as events:
        assert await anext(events) == {
            "type": "RUN_STARTED",
            "threadId": "t1",
            "runId": "r1",
            "protocolVersion": "1.0",
        }
        release.set()
        assert kinds([event async for event in events])[-1] == "RUN_FINISHED"


async def test_a_silent_agent_is_kept_alive_by_comments(serving: Serving) -> None:
    agent = Gate()
    server = serving(agent, keep_alive=0.05)
    async with (
        httpx.AsyncClient() as client,
        client.stream("POST", server.url, json=asked(), headers=server.headers) as response,
    ):
        seen = b""
        async for chunk in response.aiter_bytes():
            seen += chunk
            if seen.count(b": keep-alive\n\n") >= 2:
                break
    assert b"hello" in seen


async def test_hanging_up_cancels_the_agent_within_a_second(serving: Serving) -> None:
    agent = Gate()
    server = serving(agent)
    async with streaming(server.url, asked(), server.headers) as events:
        assert (await anext(events))["type"] == "RUN_STARTED"
    assert await asyncio.to_thread(agent.ended.wait, 1)
    assert agent.how == "cancelled"


async def test_hanging_up_stops_a_synchronous_agent_at_its_next_yield(serving: Serving) -> None:
    closed = threading.Event()

    def agent(text: str) -> Iterator[str]:
        pause = threading.Event()
        try:
            while True:
                yield "more"
                pause.wait(0.01)
        finally:
            closed.set()

    server = serving(agent)
    async with streaming(server.url, asked(), server.headers) as events:
        await anext(events)
    assert await asyncio.to_thread(closed.wait, 1)


async def test_stopping_ends_streams_with_a_proper_terminal_event(serving: Serving) -> None:
    agent = Gate()
    server = serving(agent)
    async with streaming(server.url, asked(), server.headers) as events:
        got = [await anext(events), await anext(events)]
        await asyncio.to_thread(server.stop)
        got += [event async for event in events]
    assert kinds(judged(got, asked()))[-2:] == ["TEXT_MESSAGE_END", "RUN_FINISHED"]
    assert got[-1]["outcome"] == {"type": "cancelled"}
    assert (agent.how, server.running) == ("cancelled", False)


async def test_an_agent_that_will_not_stop_does_not_hold_up_the_server(serving: Serving) -> None:
    class Stubborn(Gate):
        async def run(self, request: RunRequest, emit: Emitter) -> None:
            self.began.set()
            while not self.ended.is_set():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(60)

    agent = Stubborn()
    server = serving(agent)
    async with streaming(server.url, asked(), server.headers) as events:
        got = [await anext(events)]
        await asyncio.to_thread(agent.began.wait, 5)
        stopping = asyncio.create_task(asyncio.to_thread(server.stop))
        got += [event async for event in events]
        agent.ended.set()
        await stopping
    assert kinds(judged(got, asked()))[-1] == "RUN_FINISHED"
    assert got[-1]["outcome"] == {"type": "cancelled"}


async def test_several_agents_live_at_their_paths_and_the_first_at_the_root(
    serving: Serving,
) -> None:
    server = serving({"weather": lambda t: "sunny", "finance": lambda t: "rich"}, name="two")
    answers = [said(await all_of(server, path=path)) for path in ("", "weather", "finance/")]
    assert answers == ["sunny", "sunny", "rich"]
    assert {path: agent.name for path, agent in server.agents.items()} == {
        "/": "weather",
        "/weather": "weather",
        "/finance": "finance",
    }


@pytest.mark.parametrize("name", ["healthz", "a/b", "<script>", "capabilities"])
def test_names_that_cannot_be_paths_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be an agent's path"):
        create_app({name: lambda text: ""})


def test_a_browser_is_told_what_this_is_and_nothing_is_executed(serving: Serving) -> None:
    evil = Demo(name="<img src=x onerror=alert(1)>", description="<script>alert(2)</script>")
    server = serving({"evil": evil, "demo": Demo()})
    page = get(server, accept="text/html,application/xhtml+xml", **server.headers)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "&lt;img" in page.text
    assert "Authorization: Bearer TOKEN" in page.text.replace("&quot;", '"')
    assert str(server.token) not in page.text
    assert 'href="/demo"' in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_without_the_token_nothing_is_told_but_that_it_is_needed(serving: Serving) -> None:
    server = serving(Demo(name="private"))
    for accept in ("text/html", "*/*"):
        told = get(server, accept=accept)
        assert told.json() == {
            "detail": "This server wants its token: POST with 'Authorization: Bearer'."
        }


def test_no_page_may_frame_the_server(serving: Serving) -> None:
    page = get(serving(Demo(), token=False), accept="text/html")
    assert page.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [{"role": []}]},
        {"messages": [{"role": {}, "content": "x"}]},
        {"messages": [{"role": "user", "content": {"a": []}}]},
        {"messages": [{"role": "assistant", "toolCalls": [{"function": []}]}]},
        {"messages": [{"role": "user", "content": [{"type": []}]}]},
        {"messages": [], "tools": [{"name": []}], "resume": [{"interruptId": []}]},
        {"messages": [], "context": [4], "resume": [[]], "state": None},
        {"messages": [], "threadId": [], "runId": {}},
    ],
)
def test_values_of_a_wrong_type_are_no_fault_of_the_server(serving: Serving, body: object) -> None:
    server = serving(Demo(pace=0))
    assert httpx.post(server.url, json=body, headers=server.headers).status_code in (200, 422)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"messages":[],"state":1e999}', "1e999 is beyond every double"),
        (b'{"messages":[],"messages":[]}', "it names 'messages' twice in one object"),
        (b'{"messages":[{"role":"user","content":"\\ud800"}]}', "half a surrogate pair"),
    ],
)
def test_what_others_would_read_otherwise_is_refused(
    serving: Serving, body: bytes, sentence: str
) -> None:
    server = serving(Demo(pace=0))
    headers = {**server.headers, "Content-Type": "application/json"}
    response = httpx.post(server.url, content=body, headers=headers)
    assert (response.status_code, sentence in response.json()["detail"]) == (422, True)


def test_an_empty_token_is_refused() -> None:
    with pytest.raises(InvalidInput, match="An empty token would let everybody call"):
        create_app(Demo(), token="")


def test_a_program_is_told_in_json(serving: Serving) -> None:
    server = serving(Demo())
    assert get(server, **server.headers).json() == {
        "name": "demo",
        "description": Demo().description,
        "url": server.url,
        "agents": {"/": "demo"},
        "howTo": "POST an AG-UI RunAgentInput here as application/json; "
        "the answer is text/event-stream.",
    }
    assert get(server, "healthz").json() == {"status": "ok"}


def test_capabilities_are_declared_per_agent(serving: Serving) -> None:
    server = serving({"demo": Demo(), "plain": lambda text: ""}, name="both")
    plain = get(server, "plain/capabilities", **server.headers).json()
    assert plain == {
        "identity": {"name": "plain", "type": "agui_notebook"},
        "transport": {"streaming": True},
    }
    demo = get(server, "capabilities", **server.headers).json()
    assert demo["humanInTheLoop"]["approvals"] is True
    assert demo["custom"]["agui_notebook"]["suggestions"] == list(Demo().suggestions)


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b"{", 400, "is not JSON"),
        (b'{"messages": NaN}', 400, "NaN is no JSON number"),
        (b"\xff\xfe", 400, "is not JSON"),
        (b"[1]", 422, "must be a JSON object"),
        (b'{"messages": 4}', 422, "messages must be a list"),
        (b'{"messages": [4]}', 422, "must be a list of objects"),
        (b'{"state":' + b"[" * 200 + b"]" * 200 + b"}", 422, "deeper than 100 levels"),
        (b'{"state":' + b"[" * 200_000 + b"]" * 200_000 + b"}", 422, "deeper than 100 levels"),
    ],
)
def test_an_unusable_body_is_refused_with_a_sentence(
    serving: Serving, body: bytes, status: int, sentence: str
) -> None:
    server = serving(Demo(pace=0))
    headers = {**server.headers, "Content-Type": "application/json"}
    response = httpx.post(server.url, content=body, headers=headers)
    assert response.status_code == status
    assert sentence in response.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("PUT", "", 405, "Ask an agent with POST"),
        ("POST", "nowhere", 404, "There is no agent at /nowhere; this server has /."),
        ("GET", "nowhere", 404, "There is no agent at /nowhere; this server has /."),
    ],
)
def test_a_wrong_door_says_where_the_right_one_is(
    serving: Serving, method: str, path: str, status: int, sentence: str
) -> None:
    server = serving(Demo())
    headers = {**server.headers, "Content-Type": "application/json"}
    response = httpx.request(method, server.url + path, headers=headers, content=b"{}")
    assert response.status_code == status
    assert sentence in response.json()["detail"]


async def test_many_streams_run_side_by_side(serving: Serving) -> None:
    async def agent(text: str) -> AsyncIterator[str]:
        for _ in range(20):
            yield text
            await asyncio.sleep(0.005)

    server = serving(agent)
    bodies = [asked(f"{n},", runId=f"r{n}") for n in range(50)]
    answers = await asyncio.gather(*(all_of(server, body) for body in bodies))
    assert [said(events) for events in answers] == [f"{n}," * 20 for n in range(50)]


async def test_the_app_is_plain_asgi_with_a_lifespan_that_closes_agents() -> None:
    class Closing(Gate):
        closed = False

        async def aclose(self) -> None:
            self.closed = True

    agent = Closing()
    app = create_app({"one": agent, "two": agent})
    sent: list[dict[str, Any]] = []
    inbox = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> dict[str, Any]:
        return inbox.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app({"type": "lifespan"}, receive, send)
    assert [each["type"] for each in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert agent.closed


async def test_a_large_body_is_read_beside_the_loop(serving: Serving) -> None:
    """19 MB take a second to read; others are answered meanwhile."""
    server = serving(Demo(pace=0))
    row = '{"id": 1, "text": "some words"},'
    body = ('{"messages": [], "state": [' + row * (8_000_000 // len(row)) + "1]}").encode()
    body = body[:-1] + b', "forwardedProps": {"text": "' + b"x" * 11_000_000 + b'"}}'
    headers = {**server.headers, "Content-Type": "application/json"}
    async with httpx.AsyncClient(timeout=60) as client:
        posting = asyncio.create_task(client.post(server.url, content=body, headers=headers))
        answered = 0
        while not posting.done():
            answered += (await client.get(f"{server.url}healthz")).status_code == 200
        response = await posting
    assert (response.status_code, answered > 3) == (200, True)
