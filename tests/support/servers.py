"""A tiny HTTP server that plays prepared answers over a real socket. For tests only.

    with serve_frames([{"type": "RUN_STARTED", ...}, ...]) as server:
        connect(server.url)

Every answer serves one request, the last one all that follow. An answer is a list of what to send:
an event (dict), raw bytes, or one of the words below. Instead of a list, a function that takes the
request and gives such a list; or a ``Reply`` with a status and headers of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

CUT = "cut"  # break the connection without ending the body
HANG = "hang"  # send nothing more until the client goes away
DEADLINE = 10  # seconds: how long a test waits before it fails


@dataclass
class Reply:
    """An answer with its own status line and headers."""

    items: Sequence[Any] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "text/event-stream"})


@dataclass
class Request:
    """What a client sent."""

    path: str
    headers: dict[str, str]
    body: Any


Answer = Sequence[Any] | Reply | Callable[[Request], Any]


class Server:
    """A running server. ``requests`` is what came in; ``gone`` is set when a client goes away."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.requests: list[Request] = []
        self.hanging = threading.Event()
        self.gone = threading.Event()
        self.url = ""
        self._answers = list(answers)
        self._gates: dict[str, threading.Event] = {}

    def gate(self, name: str) -> threading.Event:
        """An answer's item ``("gate", name)`` waits until this event is set."""
        return self._gates.setdefault(name, threading.Event())

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, as many requests as come."""
        stopped = (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with contextlib.suppress(*stopped):
            while (request := await _read(reader)) is not None:
                self.requests.append(request)
                number = min(len(self.requests), len(self._answers)) - 1
                if not await self._answer(request, self._answers[number], reader, writer):
                    break
        writer.transport.abort()

    async def _answer(
        self,
        request: Request,
        answer: Answer,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        made = answer(request) if callable(answer) else answer
        reply = made if isinstance(made, Reply) else Reply(made)
        head = {"transfer-encoding": "chunked", **reply.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        writer.write(f"HTTP/1.1 {reply.status} X\r\n{lines}\r\n".encode())
        for item in reply.items:
            if item == CUT:
                writer.transport.abort()
                return False
            if item == HANG:
                self.hanging.set()
                try:
                    await writer.drain()
                    await reader.read()
                finally:
                    self.gone.set()
                return False
            await self._send(item, request, writer)
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _send(self, item: Any, request: Request, writer: asyncio.StreamWriter) -> None:
        if isinstance(item, tuple):
            await writer.drain()
            await asyncio.to_thread(self.gate(item[1]).wait, DEADLINE)
            return
        data = item if isinstance(item, bytes) else frame(_echoed(item, request))
        if data:
            writer.write(b"%x\r\n%s\r\n" % (len(data), data))
            await writer.drain()


def frame(event: dict[str, Any]) -> bytes:
    """One SSE frame."""
    return b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n"


def _echoed(event: dict[str, Any], request: Request) -> dict[str, Any]:
    """Run boundaries without ids of their own get the request's."""
    if event.get("type") not in ("RUN_STARTED", "RUN_FINISHED"):
        return event
    return {"threadId": request.body["threadId"], "runId": request.body["runId"], **event}


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode().strip().split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(first.split()[1], headers, json.loads(body) if body else None)


@contextlib.contextmanager
def serve_frames(*answers: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve ``answers`` on a free port of this machine, from a thread of its own."""
    server = Server(answers)
    loop = asyncio.new_event_loop()

    def play() -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()

    thread = threading.Thread(target=play, daemon=True)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(_listen(server, tls), loop).result(DEADLINE)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_end(listening), loop).result(DEADLINE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(DEADLINE)
        loop.close()


async def _listen(server: Server, tls: ssl.SSLContext | None) -> asyncio.Server:
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0, limit=2**26, ssl=tls)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    return listening


async def _end(listening: asyncio.Server) -> None:
    listening.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)  # transports close on the next turn of the loop


# -- events that most tests need -------------------------------------------------------------------

STARTED: dict[str, Any] = {"type": "RUN_STARTED"}
FINISHED: dict[str, Any] = {"type": "RUN_FINISHED"}


def said(*deltas: str, mid: str = "m1") -> list[dict[str, Any]]:
    """A text message in these pieces."""
    return [
        {"type": "TEXT_MESSAGE_START", "messageId": mid, "role": "assistant"},
        *({"type": "TEXT_MESSAGE_CONTENT", "messageId": mid, "delta": d} for d in deltas),
        {"type": "TEXT_MESSAGE_END", "messageId": mid},
    ]


def called(name: str, arguments: str = "{}", cid: str = "c1") -> list[dict[str, Any]]:
    """A tool call with these arguments."""
    return [
        {"type": "TOOL_CALL_START", "toolCallId": cid, "toolCallName": name},
        {"type": "TOOL_CALL_ARGS", "toolCallId": cid, "delta": arguments},
        {"type": "TOOL_CALL_END", "toolCallId": cid},
    ]


def asked(*interrupts: dict[str, Any]) -> dict[str, Any]:
    """The end of a run that waits for answers."""
    outcome = {"type": "interrupt", "interrupts": list(interrupts)}
    return {"type": "RUN_FINISHED", "outcome": outcome}


def answer(*deltas: str, mid: str = "m1") -> list[dict[str, Any]]:
    """A whole run that says this."""
    return [STARTED, *said(*deltas, mid=mid), FINISHED]
