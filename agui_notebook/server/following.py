"""One caller who follows a run that does not need it: from the beginning on, until either ends.

Which runs there are is left_runs.py's business; this file hands over what they have said.
"""

from __future__ import annotations

import asyncio

from ..agents.agent import Agent, RunRequest
from ..agents.emitter import Emitter
from ..agents.run import is_hydration
from ..protocol.hydration.left_run import run_to_stop
from ..values import JsonObject
from ..wire.sse_writer import frame
from .caller import Caller
from .left_runs import KeptFrame, LeftRun, LeftRuns, Trimmed
from .run_stream import CallerStream, HeaderPairs, Send

UNKNOWN = (
    "Nothing is kept of this thread here: it never had a run, or its last one ended too long ago."
)
TRIMMED = "This run has said more than is kept of one: its beginning is gone, it cannot be joined."


async def find_run(
    runs: LeftRuns,
    agent: Agent,
    request: RunRequest,
    size: int,
    loop: asyncio.AbstractEventLoop | None,
) -> LeftRun | None:
    """The run that a request begins, joins or stops; None where there is none to join.

    Raises Refused.
    """
    stopping = run_to_stop(request)
    if stopping is None and not is_hydration(request):
        return await runs.begin(agent, request, size, loop)
    run = runs.find(agent, request["threadId"])
    if run is not None and run.run_id == stopping:
        await run.stop()
    return run


class Following(CallerStream):
    """Serves what one run says to one caller, in the caller's own ids."""

    def __init__(self, request: RunRequest, send: Send, keep_alive: float) -> None:
        super().__init__(send, keep_alive)
        self._request = request

    async def serve(self, run: LeftRun | None, caller: Caller, headers: HeaderPairs) -> None:
        """Stream until the run has ended, or the caller hangs up; the run does not mind."""
        await self._open(headers)
        told = self._here.create_task(self._refuse(UNKNOWN) if run is None else self._tell(run))
        gone = caller.leaves()
        try:
            await self._first([told, gone])
            if run is not None and run.over:
                await asyncio.wait([told], timeout=1.0)  # the server closes: the end is told yet
        finally:
            gone.cancel()
            told.cancel()
            await asyncio.wait([told])
        await self._close()

    async def _tell(self, run: LeftRun) -> None:
        run.join(self, 0)
        try:
            await self._follow(run)
        except Trimmed:
            await self._refuse(TRIMMED)
        finally:
            run.leave(self)

    async def _follow(self, run: LeftRun) -> None:
        place = 0
        while fresh := await self._frames(run, place):
            run.join(self, place)
            for made in fresh:
                await self._outbox.put(made if isinstance(made, bytes) else self._own(made))
                if place == 0 and self._request is not run.request:
                    await self._restate(run.request)
                place += 1

    async def _frames(self, run: LeftRun, place: int) -> list[KeptFrame]:
        await run.wait_for_more(place)
        return list(run.since(place))

    def _own(self, event: JsonObject) -> bytes:
        """A boundary of the run as the caller's own request names it (P-INPUT-02)."""
        ids = {key: self._request[key] for key in ("threadId", "runId")}
        return frame({**event, **ids})

    async def _restate(self, begun_with: RunRequest) -> None:
        """What the run began with: whoever joins may have none of it, or more."""
        messages = {"type": "MESSAGES_SNAPSHOT", "messages": begun_with["messages"]}
        await self._outbox.put(frame(messages))
        await self._outbox.put(frame({"type": "STATE_SNAPSHOT", "snapshot": begun_with["state"]}))

    async def _refuse(self, why: str) -> None:
        async def write(event: JsonObject) -> None:
            await self._outbox.put(frame(event))

        emit = Emitter(self._request, write)
        await emit.start_run()
        await emit.error(why, code="nothing_kept")
