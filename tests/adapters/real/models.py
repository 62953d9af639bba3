"""Two mock model servers on loopback: aimock, which speaks every provider's dialect, and a
scripted one for what it cannot do (errors in the middle, holding a stream open, exact requests).
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

AIMOCK = (
    Path(__file__).resolve().parents[3]
    / ".lanes/aimock/node_modules/@copilotkit/aimock/dist/cli.js"
)
KEY = "sk-abcdefghijklmnopqrstuvwx"
CALLS = [
    {"id": "call_a", "name": "get_weather", "arguments": {"city": "Oslo"}},
    {"id": "call_b", "name": "get_weather", "arguments": {"city": "Rome"}},
]
USAGE = {
    "prompt_tokens": 5,
    "completion_tokens": 7,
    "total_tokens": 12,
    "input_tokens": 5,
    "output_tokens": 7,
    "promptTokenCount": 5,
    "candidatesTokenCount": 7,
    "totalTokenCount": 12,
}
LIMITED = {
    "message": f"Rate limit reached for key {KEY}",
    "type": "rate_limit_error",
    "code": "rate_limit_exceeded",
}
FIXTURES = [
    {
        "match": {"userMessage": "hello"},
        "response": {"content": "Hello from the model", "usage": USAGE},
        "chunkSize": 10,
    },
    {
        "match": {"userMessage": "think"},
        "response": {"reasoning": "First I think.", "reasoningSignature": "c2ln", "content": "So."},
    },
    {
        "match": {"userMessage": "two cities", "hasToolResult": False},
        "response": {"content": "Looking.", "toolCalls": CALLS},
    },
    {
        "match": {"userMessage": "two cities", "hasToolResult": True},
        "response": {"content": "Oslo 3, Rome 20"},
    },
    {"match": {"userMessage": "limit"}, "response": {"error": LIMITED, "status": 429}},
]


class Aimock:
    """The aimock process; ``url`` is its root."""

    def __enter__(self) -> Aimock:
        self._folder = tempfile.TemporaryDirectory()
        fixtures = Path(self._folder.name, "fixtures.json")
        fixtures.write_text(json.dumps({"fixtures": FIXTURES}), encoding="utf-8")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        options = ["-p", str(port), "-f", str(fixtures), "--log-level", "silent"]
        self._process = subprocess.Popen(["node", str(AIMOCK), *options])
        until(self._answers)
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._folder.cleanup()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health") as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


class Hold:
    """In place of a frame: keep the stream open until the other side goes away."""


class Scripted(ThreadingHTTPServer):
    """Answers every POST with ``frames``; ``requests`` are the bodies it got.

    ``later`` are the frames from the second request on, if those are others. ``refusal`` is a
    status and a body in place of any answer.
    """

    daemon_threads = True
    # a client that was told to go away may still be writing
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.frames: list[bytes | Hold] = []
        self.later: list[bytes | Hold] | None = None
        self.content_type = "text/event-stream"
        self.refusal: tuple[int, bytes] | None = None
        self.requests: list[dict[str, Any]] = []
        self.holding, self.gone = threading.Event(), threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Scripted:
        threading.Thread(target=self.serve_forever, args=(0.005,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what some tests want."""


class Answer(BaseHTTPRequestHandler):
    server: Scripted
    protocol_version = "HTTP/1.1"  # connections stay open, for a pool to keep

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(json.loads(body))
        if self.server.refusal:
            self.refuse(*self.server.refusal)
            return
        self.send_response(200)
        self.send_header("Content-Type", self.server.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        again = len(self.server.requests) > 1 and self.server.later is not None
        for frame in (self.server.later or ()) if again else self.server.frames:
            if isinstance(frame, Hold):
                self.hold()
                return
            self.wfile.write(b"%x\r\n%b\r\n" % (len(frame), frame))
        self.wfile.write(b"0\r\n\r\n")

    def refuse(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hold(self) -> None:
        self.server.holding.set()
        if select.select([self.connection], [], [], 20)[0]:
            self.server.gone.set()
        self.close_connection = True

    def log_message(self, *parts: Any) -> None:
        """Tests say what matters."""


def sse(*events: dict[str, Any]) -> list[bytes]:
    """Events as server-sent events; those with a type are named after it."""
    names = (f"event: {event['type']}\n" if "type" in event else "" for event in events)
    frames = zip(names, events, strict=True)
    return [f"{name}data: {json.dumps(event)}\n\n".encode() for name, event in frames]


def lines(*events: dict[str, Any]) -> list[bytes]:
    """Events as JSON lines."""
    return [json.dumps(event).encode() + b"\n" for event in events]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Any, seconds: float = 20.0) -> None:
    """Wait for something to become true. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(true)
        time.sleep(0.02)


os.environ.setdefault("NO_PROXY", "127.0.0.1")
