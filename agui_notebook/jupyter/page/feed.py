"""What the browser is told, and when: operations joined into few numbered messages.

Lives on one thread, the loop's. Knows neither comm nor session: it is given a way to send, a
clock, and the conversation to follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import TYPE_CHECKING, Protocol

from ...protocol.document.operations import Operation, coalesce
from ...values import JsonObject, JsonView
from .. import messages
from ..messages import Content

if TYPE_CHECKING:
    from ...client.judged_frames import JudgedFrames

TICK = 1 / 30  # seconds; a server drops what exceeds 1,000 messages per second, silently
AT_ONCE = 1_000_000  # characters in one tick
RATE = 2_000_000  # characters a second
LAST = 0.004  # seconds; the end of an answer and the end of its turn leave together


class Timer(Protocol):
    """Something that can still be called off."""

    def cancel(self) -> None:
        """Call it off."""


class Source(Protocol):
    """The conversation a feed tells of."""

    @property
    def running(self) -> bool:
        """Whether a turn goes on."""

    def document(self) -> JsonView:
        """A copy of the document as it is now."""

    def view(self) -> JsonView:
        """What is around it."""

    def events(self) -> Sequence[JsonView]:
        """All event records so far."""

    def wire(self) -> JudgedFrames:
        """What went over the wire, from its first row on."""

    def is_current(self, frames: JudgedFrames) -> bool:
        """Whether that is still what it tells of."""


class Feed:
    """Numbers and paces what goes to the browser.

    Changes leave at most every ``TICK`` seconds, and what ends a turn after ``LAST``. The first
    after a pause waits as long: what was said, the run's start and first tokens leave together.
    """

    def __init__(
        self,
        send: Callable[[Content], None],
        later: Callable[[float, Callable[[], None]], Timer],
    ) -> None:
        self._send, self._later = send, later
        self._source: Source
        self._waiting: list[Operation] = []
        self._timer: Timer | None = None
        self._next_event: int | None = None  # None: nobody looks at the events
        self._wire: JudgedFrames | None = None  # None: nobody looks at the wire
        self._size = 0  # characters of what was sent last
        self._running = False  # as the browser knows it
        self.seq = 0

    def follow(self, source: Source) -> None:
        """Tell of this conversation from now on."""
        self._source, self._waiting = source, []
        self._next_event = None if self._next_event is None else 0
        self.snapshot()

    def operations(self, operations: Sequence[Operation]) -> None:
        """The document has changed by these."""
        for operation in operations:
            if len(operation.path) == 1:  # what waited for this member is overtaken
                member = operation.path[0]
                self._waiting = [each for each in self._waiting if each.path[0] != member]
            self._waiting.append(operation)
        self._due()

    def note_turn(self) -> None:
        """A turn has begun or ended."""
        if self._source.running:
            self._due()
            return
        if self._timer:
            self._timer.cancel()
        self._timer = self._later(LAST, self._tick)

    def event(self) -> None:
        """One more event has come."""
        if self._next_event is not None or self._wire is not None:
            self._due()

    def snapshot(self) -> None:
        """Send the whole conversation; what waited is part of it."""
        document, rest = messages.split_document(self._source.document())
        self._waiting.clear()
        self._send(messages.snapshot(self.seq, document, self._view()))
        self._send_numbered(messages.batches(rest))

    def beat(self) -> None:
        """Send a number and nothing else: a page that misses it asks for the whole."""
        self._send_numbered([[]])

    def view(self) -> None:
        """Send what is around the conversation. It has no number of its own."""
        self._flush()
        self._send(messages.view(self.seq, self._view()))

    def open_events(self, start: int) -> None:
        """Send the events from ``start`` on, and every one that follows."""
        self._next_event = max(0, min(start, len(self._source.events())))
        if not self._flush_events():
            self._send(messages.events(self._next_event, self._next_event, ()))
        self._due()

    def close_events(self) -> None:
        """Nobody looks at the events any more."""
        self._next_event = None

    def open_wire(self, start: int) -> None:
        """Send what went over the wire from row ``start`` on, and what follows.

        The rows are read anew where that is not where it stopped.
        """
        wire = self._wire
        if wire is None or wire.told != start or not self._source.is_current(wire):
            self._wire = self._source.wire()
        if not self._flush_wire():
            assert self._wire is not None
            self._send(messages.wire(self._wire.told, (), ()))
        self._due()

    def close_wire(self) -> None:
        """Nobody looks at the wire any more."""
        self._wire = None

    def close(self) -> None:
        """Send nothing more."""
        if self._timer:
            self._timer.cancel()
        self._waiting.clear()
        self._next_event = self._wire = None

    def _due(self) -> None:
        if self._timer is None:
            self._timer = self._later(TICK, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._flush(most=AT_ONCE) | self._flush_events() | self._flush_wire():
            # as fast as a server lets it pass and a page can draw it, whatever an agent says
            self._timer = self._later(max(TICK, self._size / RATE), self._tick)

    def _flush(self, most: float = inf) -> bool:
        """Send what waits, or about ``most`` characters of it."""
        waiting, self._waiting, self._size = messages.part(coalesce(self._waiting), most)
        if not waiting and self._running == self._source.running:
            return False
        self._send_numbered(messages.batches(waiting) if waiting else [[]])
        return True

    def _send_numbered(self, groups: Iterable[Sequence[Operation]]) -> None:
        for group in groups:
            self.seq += 1
            self._send(messages.ops(self.seq, group, **self._pulse()))

    def _pulse(self) -> JsonObject:
        self._running = self._source.running
        return {"running": self._running, "eventCount": len(self._source.events())}

    def _view(self) -> JsonObject:
        return {**self._source.view(), **self._pulse()}

    def _flush_events(self) -> bool:
        start, records = self._next_event, self._source.events()
        if start is None or start >= len(records):
            return False
        items = messages.first_batch(records[start : start + messages.EVENTS_AT_ONCE])
        self._next_event = start + len(items)
        self._send(messages.events(start, len(records), items))
        return True

    def _flush_wire(self) -> bool:
        wire = self._wire
        if wire is None:
            return False
        if not self._source.is_current(wire):
            wire = self._wire = self._source.wire()
        start, rows, facts = wire.told, wire.more(messages.ROWS_AT_ONCE), wire.facts()
        if rows or facts:
            self._send(messages.wire(start, rows, facts))
        return bool(rows)
