"""Every event of a thread, kept small: neighbouring deltas share one text and one template.

A hundred thousand tokens cost four bytes each beyond their text; events are rebuilt on demand.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import Any, TypedDict, overload

Event = dict[str, Any]
BLOCK = 1024  # deltas in one block: bounds what finding a single event costs
SHORT = 65_535  # what an array of two-byte numbers holds


class EventRecord(TypedDict):
    """One event as it was delivered: when (ms since the epoch), in which run, and the event."""

    at: int
    runId: str
    event: Event


class _One:
    """Any event, as JSON text: what the document later does to its values cannot reach it."""

    __slots__ = ("_at", "_run", "_text")

    def __init__(self, at: int, run: str, event: Event) -> None:
        self._at, self._run = at, run
        try:
            self._text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        except RecursionError:
            self._text = json.dumps({"type": event.get("type")})

    def records(self, skip: int = 0) -> Iterator[EventRecord]:
        yield {"at": self._at, "runId": self._run, "event": json.loads(self._text)}


class _Deltas:
    """Events that differ in nothing but ``delta`` (and ``timestamp``, where they carry one)."""

    __slots__ = ("_at", "_last", "_run", "_template", "gaps", "sizes", "stamps", "text")

    def __init__(self, at: int, run: str, template: Event) -> None:
        self._at = self._last = at
        self._run = run
        self._template = template
        self.text = ""
        self.sizes = array("H")  # characters of each delta
        self.gaps = array("H")  # ms since the one before
        self.stamps = array("q") if "timestamp" in template else None

    def take(self, at: int, run: str, event: Event) -> bool:
        """Add ``event`` if it is one more of the same."""
        delta, gap = event["delta"], max(at - self._last, 0)
        template = _template(event)
        if template != self._template or run != self._run or len(self.sizes) == BLOCK:
            return False
        if len(delta) > SHORT or gap > SHORT:
            return False
        text, self.text = self.text, ""  # a single reference lets CPython extend in place
        text += delta
        self.text = text
        self.sizes.append(len(delta))
        self.gaps.append(gap)
        self._last += gap
        if self.stamps is not None:
            self.stamps.append(event["timestamp"])
        return True

    def records(self, skip: int = 0) -> Iterator[EventRecord]:
        ends = accumulate(self.sizes)
        times = accumulate(self.gaps, initial=self._at)
        next(times)
        for index, (end, at) in islice(enumerate(zip(ends, times, strict=True)), skip, None):
            event = {**self._template, "delta": self.text[end - self.sizes[index] : end]}
            if self.stamps is not None:
                event["timestamp"] = self.stamps[index]
            yield {"at": at, "runId": self._run, "event": event}


class EventLog(Sequence[EventRecord]):
    """The events of a thread in order; reading one makes a fresh copy."""

    def __init__(self) -> None:
        self._blocks: list[_One | _Deltas] = []
        self._starts: list[int] = []
        self._open: _Deltas | None = None
        self._count = 0

    def add(self, at: int, run: str, event: Event) -> None:
        """Append one event; the caller keeps it and may change it afterwards."""
        if "delta" not in event or not _plain(event):
            self._open = None
            self._push(_One(at, run, event))
        elif self._open is None or not self._open.take(at, run, event):
            self._open = _Deltas(at, run, _template(event))
            self._push(self._open)
            self._open.take(at, run, event)
        self._count += 1

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> EventRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[EventRecord]: ...
    def __getitem__(self, index: int | slice) -> EventRecord | list[EventRecord]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._count)
            if step != 1:
                return [self[position] for position in range(start, stop, step)]
            return list(islice(self._since(start), max(stop - start, 0)))
        position = index + self._count if index < 0 else index
        if not 0 <= position < self._count:
            raise IndexError(index)
        return next(self._since(position))

    def __iter__(self) -> Iterator[EventRecord]:
        return self._since(0)

    def _since(self, position: int) -> Iterator[EventRecord]:
        first = bisect_right(self._starts, position) - 1
        for number in range(max(first, 0), len(self._blocks)):
            skip = position - self._starts[number] if number == first else 0
            yield from self._blocks[number].records(skip)

    def _push(self, block: _One | _Deltas) -> None:
        self._blocks.append(block)
        self._starts.append(self._count)


def _template(event: Event) -> Event:
    template = {**event, "delta": None}
    if "timestamp" in template:
        template["timestamp"] = None
    return template


def _plain(event: Event) -> bool:
    """Whether a delta event holds only what the columns of a block can hold."""
    if type(event["delta"]) is not str or len(event["delta"]) > SHORT:
        return False
    if type(event.get("timestamp", 0)) is not int:
        return False
    return "metadata" not in event and "rawEvent" not in event
