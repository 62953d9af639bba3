"""The process's one background event loop, and blocking or ticking waits for what runs there.

Knows nothing of agents. Everything here works after somebody applied nest_asyncio(2).
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import os
import sys
import threading
import weakref
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from ..errors import AGUIError
from .bridge import TICK, Pump

T = TypeVar("T")
Future = concurrent.futures.Future


class Loop(Protocol):
    """One event loop that other threads may hand work to."""

    pid: int
    guests: weakref.WeakSet[Any]  # objects with an ``aclose`` to be awaited before the loop ends

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run ``coroutine`` on the loop; cancelling the future cancels it."""

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Call ``function`` soon, on the loop's thread."""

    def here(self) -> bool:
        """Whether the caller is already running on this loop."""


class ThreadLoop:
    """A loop in a daemon thread: it goes on while the main thread computes."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.guests: weakref.WeakSet[Any] = weakref.WeakSet()  # closed with the loop, if they last
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="agui", daemon=True)
        self._thread.start()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run ``coroutine`` on the loop, in a copy of the caller's context."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Call ``function`` soon, on the loop's thread."""
        soon = self.loop.call_soon if self.here() else self.loop.call_soon_threadsafe
        soon(function, *args)

    def here(self) -> bool:
        """Whether the caller runs on the loop's thread."""
        return threading.current_thread() is self._thread

    def close(self) -> None:
        """Cancel what still runs, stop the thread and free the loop (at interpreter exit)."""
        if self.pid != os.getpid() or not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(_wind_up(list(self.guests)), self.loop)
        self._thread.join(timeout=2)
        if not self._thread.is_alive():
            self.pid = 0  # nobody's any more: a finalizer that comes later finds no loop
            self.loop.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()


class HostLoop:
    """The host's own running loop, for hosts that cannot start threads (Pyodide)."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.guests: weakref.WeakSet[Any] = weakref.WeakSet()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run ``coroutine`` as a task of the running loop."""
        future: Future[T] = Future()
        task = asyncio.ensure_future(coroutine)
        task.add_done_callback(lambda done: _hand_over(done, future))
        future.add_done_callback(lambda done: task.cancel() if done.cancelled() else None)
        return future

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Call ``function`` soon."""
        asyncio.get_running_loop().call_soon(function, *args)

    def here(self) -> bool:
        """Always: there is only one loop."""
        return True


_current: Loop | None = None
_starting = threading.Lock()


def background() -> Loop:
    """The process's background loop, started when first asked for; a forked child gets its own."""
    global _current
    with _starting:
        if _current is None or _current.pid != os.getpid():
            _current = _new_loop()
        return _current


def existing_loop() -> Loop | None:
    """The background loop if this process has one."""
    return _current if _current is not None and _current.pid == os.getpid() else None


async def await_in_ticks(future: Future[T]) -> T:
    """Await ``future`` in ticks of at most 100 ms; being cancelled cancels the future."""
    wrapped = asyncio.wrap_future(future)
    try:
        while not wrapped.done():
            await asyncio.wait({wrapped}, timeout=TICK)
    except asyncio.CancelledError:
        wrapped.cancel()
        raise
    return wrapped.result()


def wait(future: Future[T], pump: Pump | None = None) -> T:
    """Block this thread until ``future`` is done, running ``pump``'s jobs meanwhile.

    KeyboardInterrupt cancels the future. Raises AGUIError where blocking can never end.
    """
    if background().here():
        future.cancel()
        raise AGUIError(
            "A blocking call cannot run here, on the very loop it would wait for: "
            "use `await session.run(...)` instead of `session.ask(...)`."
        )
    try:
        return (pump or Pump()).until(future)
    except KeyboardInterrupt:
        future.cancel()
        raise


def wait_nested(future: Future[T]) -> T:
    """Block inside the running loop while that loop goes on serving what ``future`` needs.

    The only place that patches asyncio: async tools, or an agent, live on the loop that blocks.
    """
    loop = asyncio.get_running_loop()
    try:
        _let_nest(loop)
    except ValueError as error:
        future.cancel()
        kind = type(loop).__name__
        raise AGUIError(
            f"A blocking call cannot let {kind} go on meanwhile: use `await session.run(...)`."
        ) from error
    try:
        return loop.run_until_complete(await_in_ticks(future))
    except KeyboardInterrupt:
        future.cancel()
        raise


def _let_nest(loop: asyncio.AbstractEventLoop) -> None:
    if not hasattr(loop, "_nest_patched"):  # by the user, with whichever of the two packages
        import nest_asyncio2

        nest_asyncio2.apply(loop)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop running on this thread, or None."""
    with contextlib.suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None


def _new_loop() -> Loop:
    if sys.platform == "emscripten":
        return HostLoop()
    loop = ThreadLoop()
    atexit.register(loop.close)
    return loop


async def _wind_up(guests: list[Any]) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=1)
    await asyncio.gather(*(guest.aclose() for guest in guests), return_exceptions=True)
    await asyncio.sleep(0)  # sockets close on the next turn of the loop
    asyncio.get_running_loop().stop()


def _hand_over(task: asyncio.Task[T], future: Future[T]) -> None:
    if future.cancelled():
        return
    if task.cancelled():
        future.cancel()
    elif (error := task.exception()) is not None:
        future.set_exception(error)
    else:
        future.set_result(task.result())


def _after_fork() -> None:
    global _current, _starting
    _current, _starting = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
