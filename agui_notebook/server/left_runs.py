"""Runs that go on when their callers leave, with all they have said, until nobody joins any more.

Knows agents and frames; how frames reach a caller is following.py's business. What is kept is
bounded: in seconds by ``keep``, in number and bytes by limits.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

from .. import limits
from ..agents.agent import Agent, RunRequest
from ..agents.emitter import Emitter
from ..errors import InvalidInput
from ..protocol.hydration.left_run import announce_kept
from ..values import Json, JsonObject
from ..wire.sse_writer import FrameWriter, frame
from .body import Refused
from .run_stream import PATIENCE, Carry, begin_run

KeptFrame = bytes | JsonObject  # as bytes, or as the event where each caller's ids go into it
BREATH = 64  # frames after which an agent that never waits lets the loop's other tasks go on


class Trimmed(Exception):
    """The beginning of a run is not kept any more."""


class LeftRun:
    """One run on its own, which any number of callers may follow from its beginning."""

    def __init__(
        self,
        agent: Agent,
        request: RunRequest,
        size: int,
        *,
        grew: Callable[[LeftRun, int], None],
        loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        self.request, self.size, self.over = request, size, False
        self._agent, self._grew = agent, grew
        self._here = asyncio.get_running_loop()
        self._there = None if loop is self._here else loop
        self._frames: list[KeptFrame] = []
        self._dropped = 0  # frames that were at the beginning
        self._writer = FrameWriter()
        self._news: asyncio.Future[None] = self._here.create_future()
        self._places: dict[object, int] = {}  # how far each of those who follow has come
        self._unfollowed: asyncio.TimerHandle | None = None
        take = self._take if self._there is None else Carry(self._take, self._here)
        self._emit = Emitter(request, take)

    @property
    def run_id(self) -> str:
        """What its first caller named it."""
        return str(self.request["runId"])

    async def begin(self) -> None:
        """Let the agent go to work."""
        await self._emit.start_run()
        self._ended, self._cancel = begin_run(
            self._agent, self.request, self._emit, self._here, self._there
        )
        self._ended.add_done_callback(self._end)

    async def stop(self) -> None:
        """End it, with its terminal event, if it still goes on."""
        if not self._ended.done():
            self._cancel()
            await asyncio.wait([self._ended], timeout=PATIENCE)
            await self._emit.cancel_run()  # for an agent that will not listen
            self._end()

    def since(self, place: int) -> Sequence[KeptFrame]:
        """The frames from the one numbered ``place`` on. Raises Trimmed."""
        if place < self._dropped:
            raise Trimmed
        return self._frames[place - self._dropped :]

    async def wait_for_more(self, place: int) -> None:
        """Wait until there is a frame of that number, or the run is over."""
        while place >= self._dropped + len(self._frames) and not self.over:
            await asyncio.shield(self._news)

    def join(self, follower: object, place: int) -> None:
        """Somebody follows, and has heard what comes before the frame numbered ``place``."""
        self._places[follower] = place
        if self._unfollowed is not None:
            self._unfollowed.cancel()

    def leave(self, follower: object) -> None:
        """One of those who follow does so no more; a run that all have left ends some day."""
        del self._places[follower]
        if not self._places and not self.over:
            stop = lambda: self._here.create_task(self.stop())  # noqa: E731
            self._unfollowed = self._here.call_later(limits.LEFT_SECONDS, stop)

    def trim(self) -> None:
        """Let go of what came first and all who follow have heard; it is not joined any more."""
        heard = min(self._places.values(), default=self._dropped + len(self._frames) // 2)
        count = heard - self._dropped
        freed = sum(map(_length, self._frames[:count]))
        del self._frames[:count]
        self._dropped += count
        self.size -= freed
        self._grew(self, -freed)

    # -- what the agent says ----------------------------------------------------------------

    async def _take(self, event: JsonObject) -> None:
        for made in self._write(event):
            self._frames.append(made)
            self.size += _length(made)
            self._grew(self, _length(made))
        self._tell()
        if len(self._frames) % BREATH == 0:
            await asyncio.sleep(0)

    def _write(self, event: JsonObject) -> Iterator[KeptFrame]:
        if "runId" not in event:
            written = self._writer.write(event)
            yield from (written,) if written else ()
            return
        for whole in self._writer.mend(event):
            yield self._boundary(whole) if "runId" in whole else frame(whole)

    def _boundary(self, event: JsonObject) -> JsonObject:
        return announce_kept(event, self.run_id) if event["type"] == "RUN_STARTED" else event

    def _tell(self) -> None:
        told, self._news = self._news, self._here.create_future()
        told.set_result(None)

    def _end(self, ended: asyncio.Future[Json] | None = None) -> None:
        if ended is not None and not ended.cancelled():
            ended.exception()  # it has been said in the stream
        if not self.over:
            self.over = True
            if self._unfollowed is not None:
                self._unfollowed.cancel()
            self._grew(self, 0)
            self._tell()


class LeftRuns:
    """The runs of one server, the latest of each thread; those that ended for ``keep`` seconds."""

    def __init__(self, keep: float) -> None:
        self._keep = keep
        self._runs: dict[tuple[int, str], LeftRun] = {}
        self._size = 0

    def find(self, agent: Agent, thread_id: str) -> LeftRun | None:
        """The run of this thread that may be joined."""
        return self._runs.get((id(agent), thread_id))

    async def begin(
        self,
        agent: Agent,
        request: RunRequest,
        size: int,
        loop: asyncio.AbstractEventLoop | None,
    ) -> LeftRun:
        """Begin one; ``size`` is that of its request, in bytes. Raises Refused."""
        place = id(agent), request["threadId"]
        former = self._runs.get(place)
        if former is not None and not former.over:
            raise Refused(409, "A run of this thread still goes on: join it, or stop it first.")
        self._drop(place)
        self._make_room()
        run = LeftRun(agent, request, size, grew=self._note, loop=loop)
        self._runs[place] = run
        self._size += size
        await run.begin()
        return run

    async def stop_all(self) -> None:
        """End those that go on."""
        await asyncio.gather(*(run.stop() for run in self._runs.values()))

    def _make_room(self) -> None:
        if len(self._runs) >= limits.LEFT_RUNS and not self._drop_oldest():
            raise Refused(
                503, f"{limits.LEFT_RUNS} runs go on here already: wait until one has ended."
            )

    def _note(self, run: LeftRun, more: int) -> None:
        """A run has grown, or ended."""
        self._size += more
        if run.over:
            run_is = [place for place, each in self._runs.items() if each is run]
            loop = asyncio.get_running_loop()
            for place in run_is:
                loop.call_later(self._keep, self._forget, place, run)
        while more > 0 and self._size > limits.LEFT_BYTES:
            if not self._drop_oldest():
                run.trim()
                return

    def _drop_oldest(self) -> bool:
        """Let go of the run that ended first, if any has."""
        place = next((place for place, run in self._runs.items() if run.over), None)
        if place is not None:
            self._drop(place)
        return place is not None

    def _forget(self, place: tuple[int, str], run: LeftRun) -> None:
        if self._runs.get(place) is run:
            self._drop(place)

    def _drop(self, place: tuple[int, str]) -> None:
        run = self._runs.pop(place, None)
        if run is not None:
            self._size -= run.size


def left_runs(detach: bool, keep: float) -> LeftRuns | None:
    """Where runs are kept, if they are. Raises InvalidInput for what is no time."""
    if not isinstance(keep, int | float) or isinstance(keep, bool) or not keep >= 0:
        raise InvalidInput(f"keep= is seconds, as in keep=600, not {keep!r}.")
    return LeftRuns(keep) if detach else None


def _length(made: KeptFrame) -> int:
    return len(made) if isinstance(made, bytes) else len(frame(made))
