"""Python in a web page (Pyodide): its one event loop, and how to block there.

No threads and no sockets: whoever wants one asks ``background().single`` or finds out by trying;
threads are tried by ``bridge.start_thread``, since some hosts emulate them on the one loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import sys
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TypeVar

from ..errors import AGUIError
from ..values import Foreign

T = TypeVar("T")


def in_page() -> bool:
    """Whether this Python runs in a web page."""
    return sys.platform == "emscripten"


class PageLoop:
    """The loop that the page runs everything on. ``single``: it is the only one there is."""

    usable = True
    single = True

    def __init__(self) -> None:
        self.guests: weakref.WeakSet[Foreign] = weakref.WeakSet()

    def submit(self, coroutine: Coroutine[Foreign, Foreign, T]) -> Future[T]:
        """Run ``coroutine`` as a task of the running loop."""
        future: Future[T] = Future()
        task = asyncio.ensure_future(coroutine)
        task.add_done_callback(lambda done: _hand_over(done, future))
        future.add_done_callback(lambda done: task.cancel() if done.cancelled() else None)
        return future

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Call ``function`` soon; while Python ends there may be no loop, and nobody waits."""
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().call_soon(function, *args)

    def here(self) -> bool:
        """Always: there is only one loop."""
        return True

    def unblock(self) -> None:
        """Nobody can: what blocks blocks everything."""


def block(coroutine: Coroutine[Foreign, Foreign, T]) -> T:
    """Wait for ``coroutine`` while the page goes on. Raises AGUIError where it cannot.

    WebAssembly is put aside until then (JSPI), which not every browser can, and none within a
    callback.
    """
    try:
        ffi: Foreign = importlib.import_module("pyodide.ffi")
        able = ffi.can_run_sync()
    except ImportError:
        able = False
    if not able:
        coroutine.close()
        raise AGUIError(
            "A blocking call cannot wait here: this browser cannot put Python aside meanwhile "
            "(it lacks JSPI), or this code runs in a callback: use `await session.run(...)` "
            "instead of `session.ask(...)`, or a newer browser."
        )
    waited: T = ffi.run_sync(coroutine)
    return waited


def _hand_over(task: asyncio.Task[T], future: Future[T]) -> None:
    if future.cancelled():
        return
    if task.cancelled():
        future.cancel()
    elif (error := task.exception()) is not None:
        future.set_exception(error)
    else:
        future.set_result(task.result())
