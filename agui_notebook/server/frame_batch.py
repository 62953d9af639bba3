"""Gathers frames for a moment, so that a fast agent costs one write for many events.

The first frame after a pause goes out at once; what follows it within a moment goes together.
Knows bytes and the clock of its loop; nothing of events.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

MOMENT = 0.005  # seconds; nobody sees it, and server and client together then cost half per token
LIMIT = 64 * 1024  # bytes that wait for nobody: the writer feels a slow reader


class Outbox:
    """Frames go in by ``put``, and out through ``write`` in order."""

    def __init__(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        self._loop = asyncio.get_running_loop()
        self._write = write
        self._frames: list[bytes] = []
        self._size = 0
        self._turn = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._later: asyncio.Task[None] | None = None
        self.last = self._loop.time() - MOMENT

    async def put(self, frame: bytes) -> None:
        """Take one frame; returns at once unless it is time to write."""
        self._frames.append(frame)
        self._size += len(frame)
        if self._size >= LIMIT or self._loop.time() - self.last >= MOMENT:
            await self.flush()
        elif self._timer is None:
            self._timer = self._loop.call_at(self.last + MOMENT, self._due)

    async def flush(self) -> None:
        """Write what has been gathered."""
        await self._turn.acquire()  # `async with` costs twice as much, and this is for each token
        try:
            if self._frames:
                gathered, self._frames, self._size = b"".join(self._frames), [], 0
                self.last = self._loop.time()
                await self._write(gathered)
        finally:
            self._turn.release()

    async def close(self) -> None:
        """Write the rest; raises what writing in the meantime raised."""
        if self._timer is not None:
            self._timer.cancel()
        if self._later is not None:
            await self._later
        await self.flush()

    def _due(self) -> None:
        self._timer = None
        self._later = self._loop.create_task(self.flush())
