"""One run streamed to one caller: frames straight to ASGI, keep-alive comments, hanging up.

The agent runs as a task of its own, on this loop or on another thread's (``loop="kernel"``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence

from .. import limits
from ..agents.agent import Agent, RunRequest
from ..agents.emitter import Emitter
from ..agents.run import drive
from ..values import Json, JsonObject
from ..wire.sse_writer import HEADERS, KEEP_ALIVE, FrameWriter
from .caller import Caller
from .frame_batch import Outbox

Send = Callable[[JsonObject], Awaitable[None]]
TakeEvent = Callable[[JsonObject], Coroutine[None, None, None]]
HeaderPairs = Sequence[tuple[bytes, bytes]]
MOMENT = 0.2  # seconds for which a stop is put off
PATIENCE = 1.0  # seconds an agent has to end after it was cancelled


class CallerStream:
    """The answer to one caller: its head, frames, keep-alive comments, its end."""

    def __init__(self, send: Send, keep_alive: float) -> None:
        self._asgi, self._keep_alive = send, keep_alive
        self._here = asyncio.get_running_loop()
        self._outbox = Outbox(self._put)
        self._writing_since: float | None = None  # since when the caller leaves a piece unread
        self._stalled = False

    async def _open(self, headers: HeaderPairs) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": [*HEADERS, *headers]}
        await self._asgi(start)

    async def _first(self, ways_out: Sequence[asyncio.Future[Json]]) -> None:
        done: set[asyncio.Future[Json]] = set()
        while not done and not self._stalled:
            quiet = self._here.time() - self._outbox.last
            if quiet >= self._keep_alive and self._writing_since is None:
                await self._outbox.put(KEEP_ALIVE)
                quiet = 0.0
            patience = max(min(self._keep_alive - quiet, limits.READER_SECONDS / 2), 0.01)
            done, _ = await asyncio.wait(
                ways_out, timeout=patience, return_when=asyncio.FIRST_COMPLETED
            )
            unread = self._here.time() - (self._writing_since or self._here.time())
            self._stalled = unread > limits.READER_SECONDS

    async def _close(self) -> None:
        await self._outbox.close()
        if not self._stalled:
            await self._asgi({"type": "http.response.body", "body": b"", "more_body": False})

    async def _put(self, data: bytes) -> None:
        if self._stalled:
            return  # nobody reads any more: the run is only being wound up
        self._writing_since = self._here.time()
        try:
            await self._asgi({"type": "http.response.body", "body": data, "more_body": True})
        finally:
            self._writing_since = None


class RunStream(CallerStream):
    """Serves one run, which ends when its caller hangs up."""

    def __init__(
        self,
        agent: Agent,
        request: RunRequest,
        send: Send,
        *,
        keep_alive: float,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(send, keep_alive)
        self._agent, self._request = agent, request
        self._there = None if loop is self._here else loop
        self._writer = FrameWriter()
        take = self._write if self._there is None else Carry(self._write, self._here)
        self._emit = Emitter(request, take)

    async def serve(self, caller: Caller, headers: HeaderPairs = ()) -> None:
        """Stream until the run has ended. When the caller hangs up, the agent is cancelled at
        once.
        """
        await self._open(headers)
        await self._emit.start_run()
        await self._outbox.flush()
        ended, cancel = begin_run(self._agent, self._request, self._emit, self._here, self._there)
        gone = caller.leaves()
        try:
            await self._first([ended, gone])
        finally:
            gone.cancel()
            if not ended.done():
                await self._end(ended, cancel)
        if ended.done() and not ended.cancelled():
            ended.result()  # raises what sending raised, under servers that say so
        await self._close()

    async def _end(self, ended: asyncio.Future[Json], cancel: Callable[[], object]) -> None:
        cancel()
        await asyncio.wait([ended], timeout=PATIENCE)
        await self._emit.cancel_run()  # for an agent that will not listen; else it has been said

    def _write(self, event: JsonObject) -> Coroutine[None, None, None]:
        return self._outbox.put(self._writer.write(event))


class Carry:
    """Takes events of an agent on another thread's loop to ``here``, where ``take`` gets them.

    A stop is put off for a moment while it does: in the agent's own waiting it closes what is
    waited for, here it would leave a model's connection to the collector.
    """

    def __init__(self, take: TakeEvent, here: asyncio.AbstractEventLoop) -> None:
        self._take, self._here = take, here
        self._stopped: float | None = None  # when the agent was told to stop while it spoke

    async def __call__(self, event: JsonObject) -> None:
        """Hand over one event."""
        taken = asyncio.run_coroutine_threadsafe(self._take(event), self._here)
        sent = asyncio.wrap_future(taken)
        try:
            await asyncio.shield(sent)
        except asyncio.CancelledError:
            clock = asyncio.get_running_loop().time
            self._stopped = self._stopped or clock()
            await asyncio.wait([sent], timeout=MOMENT)
            task = asyncio.current_task()
            if task is None or sent.cancelled() or clock() - self._stopped > MOMENT:
                raise
            task.cancel()


def begin_run(
    agent: Agent,
    request: RunRequest,
    emit: Emitter,
    here: asyncio.AbstractEventLoop,
    there: asyncio.AbstractEventLoop | None,
) -> tuple[asyncio.Future[Json], Callable[[], object]]:
    """Let the agent go to work: a future that ends with it, and its cancel."""
    run = drive(agent, request, emit)
    if there is not None:
        return _elsewhere(run, there, here)
    task = here.create_task(run)
    return task, task.cancel


def _elsewhere(
    run: Json, there: asyncio.AbstractEventLoop, here: asyncio.AbstractEventLoop
) -> tuple[asyncio.Future[Json], Callable[[], object]]:
    """Start ``run`` on another thread's loop: a future here that ends with it, and its cancel."""
    ended: asyncio.Future[None] = here.create_future()
    tasks: list[asyncio.Task[None]] = []

    def tell(task: asyncio.Task[None]) -> None:
        here.call_soon_threadsafe(_settle, ended)

    def begin() -> None:
        tasks.append(there.create_task(run))
        tasks[0].add_done_callback(tell)

    there.call_soon_threadsafe(begin)
    return ended, lambda: there.call_soon_threadsafe(lambda: tasks[0].cancel())


def _settle(ended: asyncio.Future[None]) -> None:
    if not ended.done():
        ended.set_result(None)
