"""Sessions whose agent is a function of the request, and the comm a widget thinks it has."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from comm.base_comm import BaseComm

from agui_notebook import Append, Session, Set
from agui_notebook.client import RunOptions
from agui_notebook.protocol import apply

Event = dict[str, Any]


def says(*deltas: str) -> list[Event]:
    """The events of an answer."""
    return [
        {"type": "TEXT_MESSAGE_START", "messageId": "a", "role": "assistant"},
        *({"type": "TEXT_MESSAGE_CONTENT", "messageId": "a", "delta": d} for d in deltas),
        {"type": "TEXT_MESSAGE_END", "messageId": "a"},
    ]


def session(script: Callable[[Event], Iterable[Event]], name: str = "agent") -> Session:
    """A session whose agent answers a request with the events of ``script(request)``."""

    @asynccontextmanager
    async def transport(request: Event, **_: Any) -> AsyncIterator[AsyncIterator[Event]]:
        ids = {"threadId": request["threadId"], "runId": request["runId"]}

        async def frames() -> AsyncIterator[Event]:
            yield {"type": "RUN_STARTED", **ids}
            for event in script(request):
                await asyncio.sleep(0)
                mid = f"{event['messageId']}-{ids['runId']}" if "messageId" in event else None
                yield {**event, **({"messageId": mid} if mid else {})}
                if event["type"] in ("RUN_FINISHED", "RUN_ERROR"):
                    return
            yield {"type": "RUN_FINISHED", **ids}

        yield frames()

    return Session(RunOptions(transport), name=name)


class Browser(BaseComm):
    """A comm with a browser at its end that keeps what it is sent and the document it makes."""

    opened: list[Browser]

    def __init__(self, *args: Any, **options: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        self.buffers: list[bytes] = []
        self.closed = False
        self.document: dict[str, Any] = {}
        self.view: dict[str, Any] = {}
        self.seq = -1
        self._arrived = threading.Condition()
        super().__init__(*args, **options)
        Browser.opened.append(self)

    def publish_msg(self, msg_type: str, data: Any = None, *args: Any, **more: Any) -> None:
        self.closed = self.closed or msg_type == "comm_close"
        if (data or {}).get("method") != "custom":
            return
        content = json.loads(json.dumps(data["content"], allow_nan=False).encode())
        json.dumps(data["content"], ensure_ascii=False).encode("utf-8")
        with self._arrived:
            self.sent.append(content)
            self.buffers += more.get("buffers") or []
            self._follow(content)
            self._arrived.notify_all()

    def _follow(self, content: dict[str, Any]) -> None:
        self.view = content.get("view", self.view)
        if content["kind"] == "snapshot":
            self.document, self.seq = content["document"], content["seq"]
        if content["kind"] == "ops":
            assert content["seq"] == self.seq + 1
            self.seq = content["seq"]
            self.view = {**self.view, "running": content["running"]}
            for word, path, value in content["ops"]:
                apply(self.document, (Append if word == "append" else Set)(tuple(path), value))

    def until(self, done: Callable[[], object]) -> None:
        """Wait until ``done``, but not for ever."""
        deadline = time.monotonic() + 10
        with self._arrived:
            while not done():
                left = deadline - time.monotonic()
                assert left > 0, [content["kind"] for content in self.sent]
                self._arrived.wait(left)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [content for content in self.sent if content["kind"] == kind]

    def status(self) -> str:
        """How the last run stands."""
        return str((self.document.get("runs") or [{"status": "none"}])[-1]["status"])

    def says(self, **content: Any) -> None:
        """What the browser's half of the widget sends."""
        data = {"method": "custom", "content": content}
        assert self._msg_callback is not None
        self._msg_callback({"content": {"data": data}, "buffers": []})
