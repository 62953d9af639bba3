"""What server tests share: a run inside this process, requests over a socket, and the judge."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from agui_notebook import Agent, Emitter
from agui_notebook.agents import drive
from agui_notebook.protocol import Pipeline, check_event, new_document
from agui_notebook.protocol import read_input as read
from agui_notebook.runtime.ids import mint
from agui_notebook.wire import FrameReader, decode

Event = dict[str, Any]


def asked(text: str = "hello", **more: Any) -> dict[str, Any]:
    """A request body with one user message."""
    return {
        "threadId": "t1",
        "runId": "r1",
        "protocolVersion": "1.0",
        "messages": [{"id": "u1", "role": "user", "content": text}],
        **more,
    }


async def events_of(agent: Agent, body: dict[str, Any] | None = None) -> list[Event]:
    """Every event of one run of ``agent`` in this process, judged."""
    events: list[Event] = []

    async def send(event: Event) -> None:
        events.append(json.loads(json.dumps(event)))

    request = dict(read(body or asked(), mint))
    emit = Emitter(request, send)
    await emit.start_run()
    await drive(agent, request, emit)
    return judged(events, request)


def judged(events: list[Event], request: dict[str, Any]) -> list[Event]:
    """``events``, when each is valid and all of them pass the strict pipeline without a word."""
    assert [problem for event in events for problem in check_event(event)] == []
    document(events, request)
    return events


def document(events: Iterable[Event], request: dict[str, Any]) -> dict[str, Any]:
    """What a strict client holds after ``events``."""
    held = new_document(request["threadId"], request["messages"], request.get("state"))
    pipeline = Pipeline(held, request, strict=True)
    for event in events:
        list(pipeline.feed(event))
    list(pipeline.close())
    assert pipeline.warnings == []
    assert pipeline.outcome != "incomplete"
    return dict(held)


def said(events: Iterable[Event]) -> str:
    """All text of an answer."""
    return "".join(e["delta"] for e in events if e["type"] == "TEXT_MESSAGE_CONTENT")


def kinds(events: Iterable[Event]) -> list[str]:
    """The events' types, runs of the same type once."""
    types = [event["type"] for event in events]
    return [each for at, each in enumerate(types) if at == 0 or types[at - 1] != each]


@asynccontextmanager
async def streaming(
    url: str, body: dict[str, Any], headers: dict[str, str] | None = None
) -> AsyncIterator[AsyncIterator[Event]]:
    """The events of one run over a real socket, as they come."""
    async with (
        httpx.AsyncClient(timeout=10, verify=False) as client,
        client.stream("POST", url, json=body, headers=headers or {}) as response,
    ):
        assert response.status_code == 200, await response.aread()
        yield _decoded(response)


async def _decoded(response: httpx.Response) -> AsyncIterator[Event]:
    reader = FrameReader()
    async for chunk in response.aiter_bytes():
        for data in reader.feed(chunk):
            event = decode(data)
            assert isinstance(event, dict)
            yield event


async def all_of(server: Any, body: dict[str, Any] | None = None, path: str = "") -> list[Event]:
    """Every event of one run on a LocalServer, judged."""
    body = body or asked()
    async with streaming(server.url + path, body, server.headers) as events:
        got = [event async for event in events]
    return judged(got, body)
