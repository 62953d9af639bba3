"""How late the loop is: time in which what had arrived waited for us, and not for an agent."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from ..measured import clock

STEP = 0.01  # seconds between two looks


class Lateness:
    """Adds up, as ``total`` seconds, by how much the running loop is late. Use with ``async with``.

    While several agents answer at once, what one keeps the loop busy with is no time of another's.
    """

    def __init__(self) -> None:
        self.total = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Lateness:
        self._task = asyncio.ensure_future(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _watch(self) -> None:
        while True:
            before = clock()
            await asyncio.sleep(STEP)
            self.total += max(clock() - before - STEP, 0.0)
