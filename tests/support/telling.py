"""A conversation told to a pipeline in one line. For tests only."""

from __future__ import annotations

from typing import Any

from agui_notebook.protocol import Document, Pipeline, new_document

Event = dict[str, Any]

REQUEST = {"threadId": "t", "runId": "r"}
STARTED: Event = {"type": "RUN_STARTED", "threadId": "t", "runId": "r"}
FINISHED: Event = {"type": "RUN_FINISHED", "threadId": "t", "runId": "r"}
USER = {"id": "u", "role": "user", "content": "hi"}


def start(item: str, **more: Any) -> Event:
    return {"type": "TEXT_MESSAGE_START", "messageId": item, **more}


def delta(item: str, text: str, **more: Any) -> Event:
    return {"type": "TEXT_MESSAGE_CONTENT", "messageId": item, "delta": text, **more}


def end(item: str, **more: Any) -> Event:
    return {"type": "TEXT_MESSAGE_END", "messageId": item, **more}


def text(item: str, *deltas: str, **more: Any) -> list[Event]:
    return [start(item, **more), *(delta(item, d) for d in deltas), end(item)]


def call(item: str, *deltas: str, name: str = "f", **more: Any) -> list[Event]:
    args = [{"type": "TOOL_CALL_ARGS", "toolCallId": item, "delta": d} for d in deltas]
    first = {"type": "TOOL_CALL_START", "toolCallId": item, "toolCallName": name, **more}
    return [first, *args, {"type": "TOOL_CALL_END", "toolCallId": item}]


def result(item: str, call_id: str, content: Any = "ok") -> Event:
    named = {"messageId": item, "toolCallId": call_id}
    return {"type": "TOOL_CALL_RESULT", **named, "content": content}


class Told:
    """What a stream came to. ``events`` are those that reached application code."""

    def __init__(
        self, messages: Any = (), state: Any = None, *, resume: Any = None, **options: Any
    ) -> None:
        self.document: Document = new_document("t", messages, state)
        request = {**REQUEST, "resume": resume} if resume else REQUEST
        self.pipeline = Pipeline(self.document, request, **options)
        self.events: list[Event] = []

    def tell(self, *events: object) -> Told:
        """Feed events. Raises ProtocolError."""
        for event in events:
            for told, *_ in self.pipeline.feed(event, 1):
                if told is not None:
                    self.events.append(told)
        return self

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.document["messages"]

    @property
    def warnings(self) -> list[str]:
        return self.pipeline.warnings

    @property
    def run(self) -> Any:
        return self.document["runs"][-1]


def run(*events: object, messages: Any = (), state: Any = None, **options: Any) -> Told:
    """A whole run with ``events`` in it."""
    return Told(messages, state, **options).tell(STARTED, *events, FINISHED)
