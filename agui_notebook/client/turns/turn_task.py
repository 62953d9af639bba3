"""A turn in flight: what it runs on and how it is stopped. Knows nothing of what a turn does."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable

from ...runtime.bridge import start_thread
from ...runtime.loop import Future, background, existing_loop
from ...values import Json
from ..result import RunResult

WIND_UP = 2.0  # seconds a stopped turn is waited for


class Job:
    """One turn in flight. ``stop`` may be called from any thread, at any time, twice."""

    def __init__(self, previous: Job | None) -> None:
        self.future: Future[Json] | None = None
        self.stopped = False
        self.left = False
        self._task: asyncio.Task[Json] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._previous = previous
        self._over = threading.Event()

    @property
    def running(self) -> bool:
        """Whether the turn still goes on; one that was told to stop does not."""
        over = self.future is not None and self.future.done()
        return not (self.stopped or self.left or over)

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody wanted the turn to end, rather than that its own code says so."""
        return self.stopped or self.left or (self.future is not None and self.future.cancelled())

    async def enter(self) -> None:
        """The turn begins: from here on it can be stopped. Waits for a stopped one to wind up."""
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self._task is not None:
            self._task.add_done_callback(lambda _: self._over.set())
        before, self._previous = self._previous, None
        if before is not None:
            await before.wait_closed()

    async def wait_closed(self) -> None:
        """Wait until the turn has wound up, if it began on this very loop."""
        if self._task is not None and self._loop is asyncio.get_running_loop():
            await asyncio.wait({self._task})

    def check(self) -> None:
        """Raise CancelledError if the turn was stopped before it got going."""
        if self.stopped or self.left:
            raise asyncio.CancelledError

    def limit(self, seconds: float | None, late: Callable[[], None]) -> Callable[[], object]:
        """Stop the turn after ``seconds``, having called ``late``; call what is returned first.

        A thread counts the time: the loop itself may be what does not go on.
        """
        if seconds is None:
            return lambda: None

        def expire() -> None:
            late()
            self.stop()

        timer = threading.Timer(seconds, expire)
        timer.daemon = True
        try:
            timer.start()
        except RuntimeError:  # no threads here
            return asyncio.get_running_loop().call_later(seconds, expire).cancel
        return timer.cancel

    def stop(self) -> None:
        """Cancel the turn, and what of the user's blocks the loop that it runs on."""
        self.stopped = True
        self._cancel()

    def leave(self) -> None:
        """The same, but a run that the server lets go on is left to it."""
        self.left = True
        self._cancel()

    def _cancel(self) -> None:
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):  # its loop is gone, and the turn with it
                self._loop.call_soon_threadsafe(self._task.cancel)
        if (running := existing_loop()) is not None:
            with contextlib.suppress(RuntimeError):  # no threads here
                start_thread(running.unblock)

    async def wind_up_here(self) -> None:
        """The same for somebody who awaits."""
        until = time.monotonic() + WIND_UP
        while self._task is not None and not self._over.is_set() and time.monotonic() < until:
            await asyncio.sleep(WIND_UP / 200)

    def wind_up(self) -> None:
        """Block until a stopped turn has said in its document how it ended, if it does so soon."""
        if self._task is not None and not background().single:
            self._over.wait(WIND_UP)


def check_result(result: RunResult, check: bool) -> RunResult:
    """The result, unless it is to raise what made its run fail."""
    if check and result.error is not None:
        raise result.error
    return result


def close_quietly(transport: Json, job: Job | None = None) -> None:
    """Close a transport's connections on the loop they live on, if there are any."""
    running = existing_loop()
    if running is not None and getattr(transport, "used", False):
        running.submit(_close_transport(transport, job))


async def _close_transport(transport: Json, job: Job | None) -> None:
    if job is not None:
        await job.wait_closed()
    await transport.aclose()
