"""What a session needs of a transport, whatever carries the frames; how one is read to its end.

Needs no HTTP library: sessions import this before anything is sent.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..errors import InvalidInput
from ..markup.outlets import address
from ..values import Foreign

# One run: a RunAgentInput goes out, the decoded JSON frames of the answer come in (T-CUST-14).
Transport = Callable[..., AbstractAsyncContextManager[AsyncIterator[object]]]
Burst = Iterable[object]  # of frames that came in together
GRACE = 1.0  # seconds for what may follow the event that ends a run


@dataclass(frozen=True)
class Timeout:
    """How long to wait, in seconds; None waits for ever.

    ``connect``: to reach the agent. ``idle``: without a single byte from it (keep-alive comments
    count as life). ``run``: for a whole turn, tool rounds included. Raises InvalidInput.

    >>> Timeout(idle=30, run=600).connect
    10.0
    """

    connect: float | None = 10.0
    idle: float | None = 120.0
    run: float | None = None

    def __post_init__(self) -> None:
        for wait in (self.connect, self.idle, self.run):
            if wait is not None and not (isinstance(wait, int | float) and wait > 0):
                raise InvalidInput(f"A timeout is seconds above 0, or None for ever, not {wait!r}.")


def as_timeout(given: Timeout | float | None) -> Timeout:
    """A Timeout as it is, or one from the seconds between two bytes."""
    if isinstance(given, Timeout):
        return given
    return Timeout() if given is None else Timeout(idle=given)


def check_url(url: str) -> str:
    """``url`` without space around it. Raises InvalidInput when nothing can be posted to it."""
    found = url.strip() if isinstance(url, str) else ""
    try:
        parts = urlsplit(found)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half an IPv6 address, a port beyond 65535
        fits = False
    if not fits or len(found.split()) != 1:
        shown = address(str(url))
        raise InvalidInput(f"{shown!r} is not an agent's URL: write it like http://127.0.0.1:8888/")
    return found


class Bursts(AsyncIterator[Burst]):
    """What a transport gives, in bursts if it has them, until it ends or all was said.

    Servers that keep the connection open behind the last event are left alone after ``GRACE``.
    """

    def __init__(self, frames: Foreign, is_over: Callable[[], bool]) -> None:
        self._reading: AsyncIterator[Burst] = aiter(
            getattr(frames, "bursts", None) or single_bursts(frames)
        )
        self._is_over = is_over
        self._deadline = 0.0

    def __anext__(self) -> Awaitable[Burst]:
        """The source's own, for as long as nothing is over: no layer that costs with each burst."""
        return self._in_time() if self._is_over() else anext(self._reading)

    async def _in_time(self) -> Burst:
        self._deadline = self._deadline or asyncio.get_running_loop().time() + GRACE
        try:
            return await _until(self._deadline, anext(self._reading))
        except asyncio.TimeoutError:
            raise StopAsyncIteration from None


async def _until(deadline: float, coming: Awaitable[Burst]) -> Burst:
    """What is coming, or TimeoutError; without a task of its own where Python can do without."""
    if sys.version_info >= (3, 11):
        async with asyncio.timeout_at(deadline):
            return await coming
    return await asyncio.wait_for(coming, deadline - asyncio.get_running_loop().time())


async def single_bursts(frames: AsyncIterator[object]) -> AsyncIterator[Burst]:
    """Frames one by one, each a burst of its own."""
    async for frame in frames:
        yield (frame,)
