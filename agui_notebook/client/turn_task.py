"""A turn in flight: what it runs on and how it is stopped. Knows nothing of what a turn does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from ..runtime.loop import Future

NEVER = 86_400 * 30  # seconds


class Job:
    """One turn in flight. ``stop`` may be called from any thread, at any time, twice."""

    def __init__(self, previous: Job | None) -> None:
        self.future: Future[Any] | None = None
        self.stopped = False
        self._task: asyncio.Task[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._previous = previous

    @property
    def running(self) -> bool:
        """Whether the turn still goes on; one that was told to stop does not."""
        return not self.stopped and not (self.future is not None and self.future.done())

    async def enter(self) -> None:
        """The turn begins: from here on it can be stopped. Waits for a stopped one to wind up."""
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        before, self._previous = self._previous, None
        if before is not None:
            await before.wait_closed()

    async def wait_closed(self) -> None:
        """Wait until the turn has wound up, if it began on this very loop."""
        if self._task is not None and self._loop is asyncio.get_running_loop():
            await asyncio.wait({self._task})

    def check(self) -> None:
        """Raise CancelledError if the turn was stopped before it got going."""
        if self.stopped:
            raise asyncio.CancelledError

    def limit(self, seconds: float | None, late: Callable[[], None]) -> asyncio.Handle:
        """Stop the turn after ``seconds``, having called ``late``; cancel what is returned."""

        def expire() -> None:
            late()
            self.stop()

        here = asyncio.get_running_loop()
        return here.call_later(NEVER if seconds is None else seconds, expire)

    def stop(self) -> None:
        """Cancel the turn."""
        self.stopped = True
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):  # its loop is gone, and the turn with it
                self._loop.call_soon_threadsafe(self._task.cancel)
