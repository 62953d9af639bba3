"""The process's one background event loop: it survives what it runs, and ends with Python.

Knows nothing of agents; how one waits for what runs there is in waiting.py.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import logging
import os
import sys
import threading
import weakref
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from ..errors import AGUIError
from .browser import PageLoop, in_page
from .raise_in_thread import raise_in_thread
from .user_code import Blocked, function_of, stack_of

T = TypeVar("T")
Future = concurrent.futures.Future
THREAD = "agui"  # the name of the thread that a background loop has
PATIENCE = 1.0  # seconds a loop may take before it counts as blocked
logger = logging.getLogger(__name__)


class Loop(Protocol):
    """One event loop that other threads may hand work to."""

    guests: weakref.WeakSet[Any]  # objects with an ``aclose`` to be awaited before the loop ends
    single: bool  # nothing runs beside it: no threads, no sockets, nobody to wait for who blocks

    @property
    def usable(self) -> bool:
        """Whether it runs, and in this process."""

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run ``coroutine`` on the loop; cancelling the future cancels it."""

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Call ``function`` soon, on the loop's thread."""

    def here(self) -> bool:
        """Whether the caller is already running on this loop."""

    def unblock(self) -> None:
        """Stop a function of the user's that keeps the loop from going on, if there is one."""


class ThreadLoop:
    """A loop in a daemon thread: it goes on while the main thread computes, whatever it runs."""

    single = False

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.guests: weakref.WeakSet[Any] = weakref.WeakSet()  # closed with the loop, if they last
        self.loop = asyncio.new_event_loop()
        self._ending = False
        self._open: set[Future[Any]] = set()
        self._thread = threading.Thread(target=self._serve, name=THREAD, daemon=True)
        self._thread.start()

    @property
    def usable(self) -> bool:
        """Whether it runs, and in this process."""
        return self.pid == os.getpid() and not self._ending and self._thread.is_alive()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run ``coroutine`` on the loop, in a copy of the caller's context."""
        if not self.usable:
            return _refuse(coroutine)
        future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Call ``function`` soon, on the loop's thread."""
        soon = self.loop.call_soon if self.here() else self.loop.call_soon_threadsafe
        with contextlib.suppress(RuntimeError):  # it has just ended: nobody waits any more
            soon(function, *args)

    def here(self) -> bool:
        """Whether the caller runs on the loop's thread."""
        return threading.current_thread() is self._thread

    def unblock(self) -> None:
        """If a function of the user's keeps the loop from going on, stop it; else give up the loop.

        Blocks for a moment. What runs on a loop that was given up fails, the next runs on another.
        """
        if self.here() or not self.usable or self._goes_on():
            return
        blocking = function_of(stack_of(self._thread.ident or 0))
        if not blocking:
            return  # it is busy, but with work of ours
        raise_in_thread(self._thread.ident or 0, Blocked)
        if not self._goes_on():
            self._give_up(AGUIError(f"The run was given up: {blocking!r} did not return."))

    def close(self) -> None:
        """Cancel what still runs, stop the thread and free the loop (at interpreter exit)."""
        if not self.usable:
            return
        asyncio.run_coroutine_threadsafe(self._wind_up(), self.loop)
        self._thread.join(timeout=2)
        self._ending = True
        if not self._thread.is_alive():
            self.loop.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        while not self._ending and not self.loop.is_closed():
            try:
                self.loop.run_forever()
            except BaseException:  # an exit in a callback of the user's: it is not ours to end
                logger.debug("a callback tried to end the loop", exc_info=True)

    def _goes_on(self) -> bool:
        answered = threading.Event()
        self.call(answered.set)
        return answered.wait(PATIENCE)

    def _give_up(self, error: AGUIError) -> None:
        self._ending = True
        for future in list(self._open):
            if not future.done():
                future.set_exception(error)

    async def _wind_up(self) -> None:
        await _wind_up(list(self.guests))
        self._ending = True
        self.loop.stop()


class EndedLoop:
    """In place of a loop while Python ends: finalizers may call, and nothing happens any more."""

    usable = True
    single = False

    def __init__(self) -> None:
        self.guests: weakref.WeakSet[Any] = weakref.WeakSet()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run nothing; the future says so."""
        return _refuse(coroutine)

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Call nothing."""

    def here(self) -> bool:
        """Never."""
        return False

    def unblock(self) -> None:
        """There is nothing to stop."""


_current: Loop | None = None
_starting = threading.Lock()


def background() -> Loop:
    """The process's background loop, started when first asked for, and anew if it came to an end.

    A forked child gets its own.
    """
    global _current
    with _starting:
        if _current is None or not _current.usable:
            _current = EndedLoop() if sys.is_finalizing() else _new_loop()
        return _current


def existing_loop() -> Loop | None:
    """The background loop if this process has one."""
    return _current if _current is not None and _current.usable else None


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop running on this thread, or None."""
    with contextlib.suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None


def _new_loop() -> Loop:
    if in_page():
        return PageLoop()
    atexit.unregister(_end)
    atexit.register(_end)
    return ThreadLoop()


def _end() -> None:
    """Python ends: so does the loop, and no finalizer starts another."""
    global _current
    former, _current = _current, EndedLoop()
    if isinstance(former, ThreadLoop):
        former.close()


def _refuse(coroutine: Coroutine[Any, Any, T]) -> Future[T]:
    coroutine.close()
    future: Future[T] = Future()
    future.set_exception(AGUIError("Nothing can be run any more: Python is ending."))
    return future


async def _wind_up(guests: list[Any]) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=1)
    await asyncio.gather(*(guest.aclose() for guest in guests), return_exceptions=True)
    await asyncio.sleep(0)  # sockets close on the next turn of the loop


def _after_fork() -> None:
    global _current, _starting
    _current, _starting = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
