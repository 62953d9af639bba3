"""A caller that reads nothing: the agent held for it ends after a stated time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from agui_notebook import LocalServer, limits


def test_an_agent_held_for_a_caller_that_never_reads_is_let_go(
    serving: Callable[..., LocalServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "READER_SECONDS", 0.5)
    ended = threading.Event()

    async def endless(text: str) -> Any:
        try:
            while True:
                yield "x" * 100_000
        finally:
            ended.set()

    server = serving(endless, token=False)
    body = b'{"messages":[{"role":"user","content":"go"}]}'
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as caller:
        caller.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        assert ended.wait(20)
