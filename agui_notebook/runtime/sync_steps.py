"""Runs a user's synchronous code in a thread of its own, beside an event loop.

A thread per run and not a pool: a pool of six would let six slow agents stop all others, and a
daemon thread never keeps a kernel from ending.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
AHEAD = 64  # items a generator may be ahead of what was sent


class Lane(Generic[T]):
    """The items of an iterable that is made and stepped in one thread, context variables kept.

    Iterate over it once, inside ``async with``: leaving stops the thread at its next item and
    closes the iterator there, so that its ``finally`` runs.
    """

    def __init__(self, start: Callable[[], Iterable[T]]) -> None:
        self._loop = asyncio.get_running_loop()
        self._items: deque[T] = deque()
        self._wake, self._told = asyncio.Event(), False
        self._room = threading.Semaphore(AHEAD)
        self._stopped = self._over = False
        self._error: BaseException | None = None
        work = contextvars.copy_context().run
        threading.Thread(target=work, args=(self._work, start), daemon=True).start()

    async def __aenter__(self) -> Lane[T]:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._stopped = True
        self._room.release()

    async def __aiter__(self) -> AsyncIterator[T]:
        over = False
        while not over:
            await self._wake.wait()
            self._wake.clear()
            self._told, over = False, self._over  # in this order: see _tell
            while self._items:
                yield self._items.popleft()
                self._room.release()
        if self._error is not None:
            raise self._error

    def _work(self, start: Callable[[], Iterable[T]]) -> None:
        try:
            self._step(iter(start()))
        except BaseException as error:  # SystemExit too: it must not end the loop's thread
            self._error = error
        self._over = True
        self._told = False
        self._tell()

    def _step(self, iterator: Iterator[T]) -> None:
        try:
            for item in iterator:
                self._room.acquire()
                if self._stopped:
                    return
                self._items.append(item)
                self._tell()
        finally:
            getattr(iterator, "close", lambda: None)()

    def _tell(self) -> None:
        """Wake the reader once per batch: it resets ``_told`` before it takes the items."""
        if not self._told:
            self._told = True
            with contextlib.suppress(RuntimeError):  # the loop has gone, and the reader with it
                self._loop.call_soon_threadsafe(self._wake.set)
