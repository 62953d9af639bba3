"""Agents that are another server: any AG-UI URL, any ASGI app."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.wire import all_of, asked, events_of, kinds, said, streaming

from agui_notebook import InvalidInput, LocalServer, create_app
from agui_notebook.agents import Demo, wrap
from agui_notebook.protocol import Pipeline, new_document
from agui_notebook.wire import frame

pytestmark = pytest.mark.anyio
Serving = Callable[..., LocalServer]


async def test_a_url_is_an_agent_whose_events_are_passed_on(serving: Serving) -> None:
    there = serving(Demo(pace=0), name="there")
    here = serving(there.url, name="here", headers=there.headers)
    events = await all_of(here, asked("Plan a weekend in Lisbon"))
    assert (events[0]["threadId"], events[0]["runId"]) == ("t1", "r1")
    direct = await all_of(there, asked("Plan a weekend in Lisbon"))
    assert kinds(events) == kinds(direct)
    assert events[-1]["usage"] == direct[-1]["usage"]
    failed = await all_of(here, asked("Fail, please"))
    assert failed[-1] == (await all_of(there, asked("Fail, please")))[-1]


async def test_a_url_that_nobody_answers_is_an_error_with_what_to_do() -> None:
    last = (await events_of(wrap("http://127.0.0.1:9/")))[-1]
    assert last["type"] == "RUN_ERROR"
    assert "http://127.0.0.1:9/" in last["message"]


def test_a_url_hides_the_password_in_it() -> None:
    agent = wrap("http://user:hunter2@example.org/x")
    assert agent.name == "example.org"
    assert "hunter2" not in agent.description


class Sloppy:
    """An ASGI app that answers with the frames it was given, at POST /agent only."""

    routes = ()

    def __init__(self, frames: list[bytes], wait: asyncio.Event | None = None) -> None:
        self.frames, self.wait = frames, wait
        self.seen: list[dict[str, Any]] = []
        self.life: list[str] = []
        self.cancelled = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        body = (await receive())["body"]
        self.seen.append({"path": scope["path"], **json.loads(body)})
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for data in self.frames:
            await send({"type": "http.response.body", "body": data, "more_body": True})
        try:
            if self.wait is not None:
                await self.wait.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        await send({"type": "http.response.body", "body": b""})

    async def _lifespan(self, receive: Any, send: Any) -> None:
        for word in ("startup", "shutdown"):
            assert (await receive())["type"] == f"lifespan.{word}"
            self.life.append(word)
            await send({"type": f"lifespan.{word}.complete"})


def frames(*events: dict[str, Any]) -> list[bytes]:
    return [frame(event) for event in events]


BOUNDS = {"threadId": "t1", "runId": "r1"}


async def test_an_asgi_app_is_an_agent_with_its_lifespan_and_no_socket() -> None:
    app = Sloppy(
        frames(
            {"type": "RUN_STARTED", **BOUNDS},
            {"type": "TEXT_MESSAGE_CHUNK", "messageId": "m", "delta": "hi"},
            {"type": "RUN_FINISHED", **BOUNDS},
        )
    )
    agent = wrap(app, path="/agent", name="inside")
    events = await events_of(agent)
    assert (agent.name, said(events)) == ("inside", "hi")
    assert app.seen[0]["path"] == "/agent"
    assert app.seen[0]["messages"] == asked()["messages"]
    await agent.aclose()  # type: ignore[attr-defined]
    assert app.life == ["startup", "shutdown"]


async def test_an_asgi_app_streams_and_is_cancelled_when_the_caller_hangs_up(
    serving: Serving,
) -> None:
    app = Sloppy(frames({"type": "RUN_STARTED", **BOUNDS}), asyncio.Event())
    app.frames += frames({"type": "TEXT_MESSAGE_CHUNK", "messageId": "m", "delta": "first"})
    server = serving(app)
    async with streaming(server.url, asked(), server.headers) as events:
        got = [await anext(events) for _ in range(3)]
    assert said(got) == "first"
    deadline = asyncio.get_running_loop().time() + 2
    while not app.cancelled and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.01)
    assert app.cancelled


async def test_a_stream_cut_short_behind_us_is_an_error_and_never_a_success() -> None:
    app = Sloppy(
        frames(
            {"type": "RUN_STARTED", **BOUNDS},
            {"type": "TEXT_MESSAGE_CHUNK", "messageId": "m", "delta": "half"},
        )
    )
    events = await events_of(wrap(app, name="cut"))
    assert (said(events), events[-1]["type"]) == ("half", "RUN_ERROR")
    assert events[-1]["message"] == "cut stopped in the middle of its answer; ask again."


OPEN = {"type": "TEXT_MESSAGE_START", "messageId": "m", "role": "assistant"}
TEXT = {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "hi"}
CLOSE = {"type": "TEXT_MESSAGE_END", "messageId": "m"}
BEGIN, FINISH = {"type": "RUN_STARTED", **BOUNDS}, {"type": "RUN_FINISHED", **BOUNDS}
STEP = {"type": "STEP_FINISHED", "stepName": "x"}
ARGS = {"type": "TOOL_CALL_ARGS", "toolCallId": "c", "delta": "{}"}
FAULTS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "content after the end": ([BEGIN, OPEN, CLOSE, TEXT, FINISH], "hi"),
    "a message open at the end": ([BEGIN, OPEN, TEXT, FINISH], "hi"),
    "a message started twice": ([BEGIN, OPEN, OPEN, TEXT, CLOSE, FINISH], "hi"),
    "a step finished twice": ([BEGIN, STEP, STEP, OPEN, TEXT, CLOSE, FINISH], "hi"),
    "no start of the run": ([OPEN, TEXT, CLOSE, FINISH], "hi"),
    "events behind the end": ([BEGIN, FINISH, OPEN, TEXT, CLOSE], "hi"),
    "a start and then a chunk": (
        [BEGIN, OPEN, {**TEXT, "type": "TEXT_MESSAGE_CHUNK"}, CLOSE, FINISH],
        "hi",
    ),
    "arguments of a call that never began": ([BEGIN, ARGS, OPEN, TEXT, CLOSE, FINISH], "hi"),
    "a time in words": ([{**BEGIN, "timestamp": "now"}, OPEN, TEXT, CLOSE, FINISH], "hi"),
    "an id as a number": ([BEGIN, {**TEXT, "messageId": 5}, FINISH], "hi"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_wrong_upstream_leaves_us_right(fault: str) -> None:
    sent, text = FAULTS[fault]
    events = await events_of(wrap(Sloppy(frames(*sent))))
    assert (said(events), events[-1]["type"]) == (text, "RUN_FINISHED")
    pipeline = Pipeline(new_document("t1"), BOUNDS, strict=True)
    for event in events:
        list(pipeline.feed(event))
    assert pipeline.warnings == []


async def test_a_call_cut_off_upstream_is_answered_and_not_left_to_the_caller() -> None:
    cut = {"type": "TOOL_CALL_START", "toolCallId": "c", "toolCallName": "purge"}
    events = await events_of(wrap(Sloppy(frames(BEGIN, cut, FINISH))))
    results = [e["content"] for e in events if e["type"] == "TOOL_CALL_RESULT"]
    assert results == ["Error: the call was cut off before its arguments; it was not run."]
    assert "pendingToolCallIds" not in events[-1]["outcome"]


async def test_an_app_that_raises_or_refuses_is_an_error_with_its_words() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            raise RuntimeError("no database")

    assert "no database" in (await events_of(wrap(broken)))[-1]["message"]

    app = create_app(Demo(pace=0), token="x")
    refused = (await events_of(wrap(app)))[-1]["message"]
    assert "401" in refused
    answered = wrap(app, headers={"Authorization": "Bearer x"})
    assert said(await events_of(answered, asked("2 + 2"))) == "2 + 2 equals 4."


def test_an_app_with_several_agents_wants_to_know_which() -> None:
    class Route:
        def __init__(self, path: str, *methods: str) -> None:
            self.path, self.methods = path, set(methods)

    app = Sloppy([])
    app.routes = (Route("/docs", "GET"), Route("/a", "POST"))  # type: ignore[assignment]
    assert wrap(app).transport.url == "http://127.0.0.1/a"  # type: ignore[attr-defined]
    app.routes = (*app.routes, Route("/b", "POST"))  # type: ignore[assignment]
    with pytest.raises(InvalidInput, match="answers POST at /a, /b; say which"):
        wrap(app)


async def test_a_synchronous_agent_of_an_app_in_another_thread_is_no_problem(
    serving: Serving,
) -> None:
    seen: list[str] = []

    def agent(text: str) -> Iterator[str]:
        seen.append(threading.current_thread().name)
        yield text

    assert said(await all_of(serving(create_app(agent)), asked("through"))) == "through"
    assert seen[0] != threading.current_thread().name
