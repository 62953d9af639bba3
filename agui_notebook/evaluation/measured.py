"""When things arrived, noted in the transport: before anything is read, judged or shown.

Wraps any transport; what the times mean to a reader is said by whoever shows them.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ..markup.outlets import Secrets
from ..values import Foreign, Json, JsonObject
from ..wire.transport import Burst, Transport, single_bursts

clock = time.perf_counter
SPOKEN = ("TEXT_MESSAGE", "REASONING_MESSAGE")


@dataclass
class Arrival:
    """One request, in seconds of ``clock``: sent, answered (headers), first words, last frame."""

    sent: float
    opened: float | None = None
    spoke: float | None = None
    last: float | None = None


class Measured:
    """A transport that is another one, and notes when things arrive.

    Nothing is closed through it: what it wraps is shared by many conversations. ``owner`` lives
    for as long as it does.
    """

    used = False

    def __init__(self, transport: Transport, owner: object = None) -> None:
        self._transport, self.owner = transport, owner
        self.secrets: Secrets = getattr(transport, "secrets", None) or Secrets()
        self.url: str = getattr(transport, "url", "")
        self.callers_loop: bool = getattr(transport, "callers_loop", False)
        self.arrivals: list[Arrival] = []

    @asynccontextmanager
    async def __call__(self, request: JsonObject, **extras: Json) -> AsyncIterator[Stamped]:
        """One run."""
        noted = Arrival(clock())
        self.arrivals.append(noted)
        async with self._transport(request, **extras) as frames:
            noted.opened = clock()
            yield Stamped(frames, noted)

    @property
    def network(self) -> float | None:
        """Seconds until answers began: connecting, sending, the server's first word."""
        spans = [each.opened - each.sent for each in self.arrivals if each.opened is not None]
        return sum(spans) if spans else None

    @property
    def agent(self) -> float | None:
        """Seconds in which answers came."""
        spans = [
            each.last - each.opened
            for each in self.arrivals
            if each.last is not None and each.opened is not None
        ]
        return sum(spans) if spans else None

    @property
    def first_token(self) -> float | None:
        """Seconds from the first request to the first words."""
        spoke = next((each.spoke for each in self.arrivals if each.spoke is not None), None)
        return None if spoke is None else spoke - self.arrivals[0].sent


class Stamped:
    """The frames of an answer as they are, each burst noted as it comes."""

    def __init__(self, frames: Foreign, noted: Arrival) -> None:
        self._frames, self._noted = frames, noted
        self._source = aiter(getattr(frames, "bursts", None) or single_bursts(frames))

    @property
    def bursts(self) -> Stamped:
        """Itself: what is iterated over are bursts."""
        return self

    @property
    def complaint(self) -> str:
        """What the wrapped frames complain of."""
        return str(getattr(self._frames, "complaint", ""))

    @property
    def notes(self) -> Iterable[str]:
        """What the wrapped frames note."""
        notes: Iterable[str] = getattr(self._frames, "notes", ())
        return notes

    def __aiter__(self) -> Stamped:
        return self

    async def __anext__(self) -> Burst:
        burst: Burst = await anext(self._source)
        self._noted.last = at = clock()
        if self._noted.spoke is None and isinstance(burst, list | tuple) and _speaks(burst):
            self._noted.spoke = at
        return burst


def _speaks(burst: Iterable[object]) -> bool:
    return any(
        isinstance(frame, dict)
        and bool(frame.get("delta"))
        and str(frame.get("type")).startswith(SPOKEN)
        for frame in burst
    )
