"""Which agents of this process live on somebody's own loop, known by their address.

A server and a session know no more of each other than a URL. A session that would block that very
loop asks here first, or it would wait for an answer that cannot come.
"""

from __future__ import annotations

import asyncio
import os
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost")
_loops: dict[int, asyncio.AbstractEventLoop] = {}  # by port


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


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_loops.clear)
