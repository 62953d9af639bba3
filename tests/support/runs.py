"""Drives a wrapped agent through one run and reads its events the way a strict client would."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agui_notebook import Agent, Emitter
from agui_notebook.agents import drive
from agui_notebook.protocol import WARNING, Pipeline, check_event, new_document

numbers = itertools.count(1)
WEATHER_TOOL = {
    "name": "get_weather",
    "description": "The weather in a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}


def get_weather(city: str) -> str:
    """The weather in a city."""
    return {"Oslo": "3", "Rome": "20"}[city]


@dataclass
class Ran:
    """One run as a strict client sees it."""

    request: dict[str, Any]
    document: Any
    events: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def said(self) -> list[dict[str, Any]]:
        """The messages this run added, without ids."""
        new = self.document["messages"][len(self.request["messages"]) :]
        return [{k: v for k, v in message.items() if k != "id"} for message in new]

    @property
    def end(self) -> dict[str, Any]:
        """The terminal event, without ids."""
        ids = ("threadId", "runId")
        return {key: value for key, value in self.events[-1].items() if key not in ids}


def request_of(messages: str | Sequence[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """A request in wire form."""
    if isinstance(messages, str):
        messages = [{"id": f"u{next(numbers)}", "role": "user", "content": messages}]
    return {
        "threadId": f"t{next(numbers)}",
        "runId": f"r{next(numbers)}",
        "protocolVersion": "1.0",
        "messages": list(messages),
        "tools": [],
        "context": [],
        "state": {},
        "forwardedProps": {},
        **fields,
    }


async def run(
    agent: Agent,
    messages: str | Sequence[dict[str, Any]],
    seen: list[Any] | None = None,
    warned: bool = False,
    **fields: Any,
) -> Ran:
    """Run to the end; every event is checked as it leaves. ``seen`` gets them as they come.

    Nothing may be wrong with the stream; ``warned`` says that the agent may warn by itself.
    """
    request = request_of(messages, **fields)
    ran = Ran(request, new_document(request["threadId"], request["messages"]))
    pipeline = Pipeline(ran.document, request, strict=True)

    async def send(event: dict[str, Any]) -> None:
        assert check_event(event) == []
        ran.events.append(event)
        if seen is not None:
            seen.append(event)
        for _ in pipeline.feed(event):
            pass

    emit = Emitter(request, send)
    await emit.start_run()
    await drive(agent, request, emit)
    print(ran.events[-1])  # shown when a test fails
    told = [e["value"]["message"] for e in ran.events if e.get("name") == WARNING]
    ran.warnings = [" ".join(text.split()) for text in told]  # on one line, as they are shown
    assert pipeline.warnings == (ran.warnings if warned else [])
    return ran


def calls_said(text: str = "Looking.", ids: Sequence[str] = ("call_a", "call_b")) -> dict[str, Any]:
    """The assistant message that asks for the weather in two cities."""
    return {
        "role": "assistant",
        "content": text,
        "toolCalls": [
            {
                "id": call,
                "type": "function",
                "function": {"name": "get_weather", "arguments": f'{{"city":"{city}"}}'},
            }
            for call, city in zip(ids, ("Oslo", "Rome"), strict=True)
        ],
    }
