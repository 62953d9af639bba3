"""The one bridge between threads and event loops: a queue, and a thread that steps an iterator.

Whatever one thread hands to another goes through here; what it is does not matter.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from ..values import Json
from .browser import in_page

T = TypeVar("T")
TICK = 0.1  # seconds: a kernel's interrupt does not wake a wait, it is seen at the next tick
USER_THREAD = "agui-user"  # the name of threads in which a user's functions run
AHEAD = 64  # items that a thread may be ahead of the loop that reads them


class ThreadQueue(Generic[T]):
    """Items from any thread, in order, for one reader, who is woken once for many.

    ``wake`` is called on the thread that puts, when the reader may be asleep. With ``room`` a
    put waits while so many items do; without, what is put should be held elsewhere anyway.
    """

    def __init__(self, wake: Callable[[], object], *, room: int | None = None) -> None:
        self._wake = wake
        self._items: deque[T] = deque()
        self._room = None if room is None else threading.Semaphore(room)
        self._told = False  # the reader has been woken, and has not looked since
        self.closed = False  # nothing more will come
        self.left = False  # nobody reads any more
        self.error: BaseException | None = None

    def put(self, item: T) -> bool:
        """Hand over one item. False: nobody reads any more."""
        if self._room is not None:
            self._room.acquire()
        if self.left:
            return False
        self._items.append(item)
        self._tell()
        return True

    def close(self, error: BaseException | None = None) -> None:
        """Nothing more will come; ``error`` says why, if not because all is said."""
        self.error = error
        self.closed = True
        self._told = False
        self._tell()

    def leave(self) -> None:
        """The reader goes: what waits is dropped, and who puts more is told."""
        self.left = True
        self._items.clear()
        if self._room is not None:
            self._room.release()

    def take(self) -> Iterator[T]:
        """What has come so far; to be called whenever the reader was woken.

        A reader that looks at ``closed`` first knows whether this was all.
        """
        self._told = False  # before looking: whatever comes later wakes again
        while self._items:
            yield self._items.popleft()
            if self._room is not None:
                self._room.release()

    def drop(self) -> None:
        """Forget what has come so far."""
        for _ in self.take():
            pass

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            self._wake()


class LoopQueue(ThreadQueue[T]):
    """The same, iterated over on the loop it was made on; ``error`` is raised at its end."""

    def __init__(self, *, room: int | None = None) -> None:
        super().__init__(self._rouse, room=room)
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[T]:
        over = False
        while not over:
            await self._sleep()
            over = self.closed
            for item in self.take():
                yield item
        if self.error is not None:
            raise self.error

    async def _sleep(self) -> None:
        """Until woken, or for a tick: an interrupt gets in, and a lost wake-up is made up for."""
        timer = self._loop.call_later(TICK, self._woken.set)
        try:
            await self._woken.wait()
        finally:
            timer.cancel()
        self._woken.clear()

    def _rouse(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has gone, and the reader with it
            self._loop.call_soon_threadsafe(self._woken.set)


class Pump:
    """Jobs that other threads hand to a thread that blocks."""

    def __init__(self) -> None:
        self._woken = threading.Event()
        self._jobs: ThreadQueue[Callable[[], object]] = ThreadQueue(self._woken.set)

    def put(self, job: Callable[[], object]) -> None:
        """Let the blocked thread run ``job``."""
        self._jobs.put(job)

    def until(self, future: Future[T]) -> T:
        """Run the jobs as they come, until ``future`` is done; give back or raise what it holds."""
        future.add_done_callback(lambda _: self._woken.set())
        while not future.done():
            self._woken.wait(TICK)
            self._woken.clear()
            for job in self._jobs.take():
                job()
        return future.result()


class Stepped(Generic[T]):
    """The items of an iterable that is made and stepped on the loop itself, others in between."""

    def __init__(self, start: Callable[[], Iterable[T]]) -> None:
        self.closed = False  # nothing more will come
        self._items = self._step(start)

    def __aiter__(self) -> AsyncGenerator[T, None]:
        return self._items

    async def aclose(self) -> None:
        """Stop here, and close the iterable."""
        await self._items.aclose()

    async def _step(self, start: Callable[[], Iterable[T]]) -> AsyncGenerator[T, None]:
        source = start()
        try:
            for item in source:
                yield item
                await asyncio.sleep(0)
            self.closed = True
        finally:
            close_source(source)


@asynccontextmanager
async def iterate_in_thread(
    start: Callable[[], Iterable[T]],
) -> AsyncIterator[LoopQueue[T] | Stepped[T]]:
    """The items of an iterable that is made and stepped in a thread of its own.

    Iterate once over what is given; what the iterable raises, any exception, is raised there. It
    is kept at most ``AHEAD`` items ahead. Leaving the block stops the thread at its next item and
    closes the iterable there, so that its ``finally`` runs. A thread each and not a pool: six slow
    ones must not stop all others, and a daemon thread never keeps Python from ending. Where no
    thread can be had, the loop steps it.
    """
    queue: LoopQueue[T] = LoopQueue(room=AHEAD)
    try:
        start_thread(_step, start, queue)
        stepped = None
    except RuntimeError:
        stepped = Stepped(start)
    try:
        yield stepped or queue
    finally:
        queue.leave()
        if stepped is not None:
            await stepped.aclose()


def start_thread(function: Callable[..., object], *args: Json) -> None:
    """Run ``function`` in a daemon thread, with the caller's context variables.

    Raises RuntimeError where none can be had: in a web page, or beyond the system's limit.
    """
    start_daemon(USER_THREAD, contextvars.copy_context().run, function, *args)


def start_daemon(name: str, function: Callable[..., object], *args: Json) -> None:
    """Run ``function`` in a daemon thread of this name. Raises RuntimeError where none can be had.

    In a page none is tried: marimo's are steps of the page's only loop, where none may block.
    """
    if in_page():
        raise RuntimeError("a web page has no threads")
    threading.Thread(target=function, args=args, name=name, daemon=True).start()


def _step(start: Callable[[], Iterable[T]], queue: LoopQueue[T]) -> None:
    try:
        _pass_on(start(), queue)
    except BaseException as error:  # SystemExit too: it belongs to whoever reads
        queue.close(error)
    else:
        queue.close()


def _pass_on(source: Iterable[T], queue: LoopQueue[T]) -> None:
    try:
        if not queue.left:  # the reader may have gone before anything was made
            for item in source:
                if not queue.put(item):
                    return
    finally:
        close_source(source)


def close_source(source: object) -> None:
    """Let a generator's, or a stream's, own clearing up run."""
    getattr(source, "close", lambda: None)()
