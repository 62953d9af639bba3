"""Streams that public reports tell of, each with what it has to come to.

The streams are in reported_streams.jsonl, each with the report it is from and what is right: of
what is not said there, the text "hello" and nothing else. ``legal`` ones are read strictly, too.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agui_notebook import Session
from agui_notebook.client import RunOptions

LINES = (Path(__file__).parent / "reported_streams.jsonl").read_text("utf-8").splitlines()
STREAMS = {line["name"]: line for line in map(json.loads, LINES)}
PROMPTS = ("one", "two", "three")


class Played:
    """What a session made of the runs of one report."""

    def __init__(self, name: str, *, strict: bool = False) -> None:
        self.runs = list(STREAMS[name]["runs"])
        self.sent: list[dict[str, Any]] = []
        self.ran: list[Any] = []
        self.session = Session(RunOptions(self._answer, strict=strict), thread_id="t")
        self.session.add_tool(self.purge)
        self.texts: list[str] = []
        self.errors: list[str] = []
        asyncio.run(self._talk(STREAMS[name].get("prompts", PROMPTS[: len(self.runs)])))

    def purge(self, path: str = "/") -> str:
        """Delete all that is there."""
        self.ran.append(path)
        return "purged"

    async def _talk(self, prompts: Sequence[str]) -> None:
        for prompt in prompts:
            if not self.runs or self.session.interrupts:
                return
            result = await self.session.run(prompt, check=False)
            self.texts.append(result.text)
            self.errors += [] if result.error is None else [str(result.error)]

    @asynccontextmanager
    async def _answer(self, request: dict[str, Any], **_: Any) -> AsyncIterator[Any]:
        self.sent.append(json.loads(json.dumps(request)))
        events = self.runs.pop(0)

        async def frames() -> AsyncIterator[Any]:
            for event in events:
                yield self._with_ids(event, request)

        yield frames()

    def _with_ids(self, event: Any, request: dict[str, Any]) -> Any:
        """The stream's placeholders: the request's ids, and those of what we said."""
        said = {m["content"]: m["id"] for m in request["messages"] if m["role"] == "user"}
        messages = [
            {**m, "id": said.get(m["content"], m["id"])} if m.get("id") == "u-local" else m
            for m in event.get("messages", ())
        ]
        ids = {k: request[k] for k in ("threadId", "runId") if k in event}
        return {**event, **ids, **({"messages": messages} if "messages" in event else {})}

    @property
    def thread(self) -> list[str]:
        return [_brief(message) for message in self.session.messages]


def _brief(message: dict[str, Any]) -> str:
    calls = "".join(
        f"+{call['function']['name']}({call['function']['arguments']})"
        for call in message.get("toolCalls", ())
    )
    content = message.get("content", "")
    return (
        f"{message['role']}:{content if isinstance(content, str) else json.dumps(content)}{calls}"
    )


@pytest.mark.parametrize("name", STREAMS)
def test_what_servers_really_send_is_read_as_it_was_meant(name: str) -> None:
    right = {
        "thread": ["user:one", "assistant:hello"],
        "texts": ["hello"],
        "errors": [],
        "ran": [],
        "state": {},
        "asked": [],
        "warned": None,
        **STREAMS[name]["right"],
    }
    played = Played(name)
    assert {
        "thread": played.thread,
        "texts": played.texts,
        "errors": played.errors,
        "ran": played.ran,
        "state": played.session.state,
        "asked": [[asked.id, asked.message] for asked in played.session.interrupts],
        "warned": next(iter(played.session.warnings), None),
    } == right


@pytest.mark.parametrize("name", STREAMS)
def test_to_the_letter_it_is_refused_unless_it_is_legal(name: str) -> None:
    played = Played(name, strict=True)
    assert bool(played.errors) == (not STREAMS[name].get("legal"))
