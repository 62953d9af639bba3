"""What the browser is told, and when: operations joined into few numbered messages.

Lives on one thread, the loop's. Knows neither comm nor session: it is given a way to send, a
clock, and the conversation to follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from ..protocol.document.operations import Operation, coalesce
from ..values import JsonObject, JsonView
from . import messages
from .messages import Content

TICK = 1 / 30  # seconds; a server drops what exceeds 1,000 messages per second, silently
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
        self._running = False  # as the browser knows it
        self.seq = 0

    def follow(self, source: Source) -> None:
        """Tell of this conversation from now on."""
        self._source, self._waiting = source, []
        self._next_event = None if self._next_event is None else 0
        self.snapshot()

    def operations(self, operations: Sequence[Operation]) -> None:
        """The document has changed by these."""
        self._waiting.extend(operations)
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
        if self._next_event is not None:
            self._due()

    def snapshot(self) -> None:
        """Send the whole conversation; what waited is part of it."""
        document, rest = messages.split_document(self._source.document())
        self._waiting.clear()
        self._send(messages.snapshot(self.seq, document, self._view()))
        self._send_numbered(messages.batches(rest))

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

    def close(self) -> None:
        """Send nothing more."""
        if self._timer:
            self._timer.cancel()
        self._waiting.clear()
        self._next_event = None

    def _due(self) -> None:
        if self._timer is None:
            self._timer = self._later(TICK, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._flush() | self._flush_events():
            self._timer = self._later(TICK, self._tick)

    def _flush(self) -> bool:
        waiting, self._waiting = coalesce(self._waiting), []
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
