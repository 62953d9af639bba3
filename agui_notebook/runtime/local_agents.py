"""Which agents of this process live on somebody's own loop, or behind no socket, by their address.

A server and a session know no more of each other than a URL. A session that would block that very
loop asks here first, or it would wait for an answer that cannot come; and so does a client, where
no socket leads to the app that it calls.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost")
_loops: dict[int, asyncio.AbstractEventLoop] = {}  # by port
_apps: dict[int, Callable[..., Any]] = {}  # ASGI apps that only this process can call, by port


def move_in(port: int, loop: asyncio.AbstractEventLoop) -> None:
    """The agent at this port of our own runs on ``loop``."""
    _loops[port] = loop


def move_out(port: int) -> None:
    """It is there no longer."""
    _loops.pop(port, None)


def lives_on(loop: asyncio.AbstractEventLoop, url: str) -> bool:
    """Whether the agent at ``url`` cannot answer while ``loop`` is blocked."""
    split = urlsplit(url)
    return split.hostname in LOOPBACK and _loops.get(split.port or 80) is loop


def serve_app(port: int, app: Callable[..., Any]) -> None:
    """Calls of this port of our own go to ``app`` directly."""
    _apps[port] = app


def drop_app(port: int) -> None:
    """They do so no longer."""
    _apps.pop(port, None)


def app_at(url: str) -> Callable[..., Any] | None:
    """The app of this process that is called by ``url`` without a socket."""
    split = urlsplit(url)
    return _apps.get(split.port or 80) if split.hostname in LOOPBACK else None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_loops.clear)
