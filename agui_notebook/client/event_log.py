"""Every event of a thread, kept small: neighbouring deltas share one text and one template.

A hundred thousand tokens cost less than their text does; events are rebuilt on demand.
"""

from __future__ import annotations

import json
import marshal
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import accumulate, islice, pairwise
from typing import TypedDict, overload

from ..protocol.document.shape import Event
from ..values import Json, JsonObject, JsonView

BLOCK = 1024  # deltas in one block: bounds what finding a single event costs
AT_ONCE = 128  # deltas that are put into a block's columns together


class EventRecord(TypedDict):
    """One event as it was delivered: when (ms since the epoch), in which run, and the event."""

    at: int
    runId: str
    event: Event


def dump(value: Json) -> str:
    """``value`` as JSON, as short as it can be; half characters stay."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _One:
    """Any event, as JSON text: what the document later does to its values cannot reach it."""

    __slots__ = ("_at", "_run", "_text")

    def __init__(self, at: int, run: str, event: Event) -> None:
        self._at, self._run = at, run
        try:
            self._text = dump(event)
        except RecursionError:
            self._text = json.dumps({"type": event.get("type")})

    def records(self, skip: int = 0) -> Iterator[EventRecord]:
        yield {"at": self._at, "runId": self._run, "event": json.loads(self._text)}

    def text(self, first: int, last: int) -> str:
        """The record as JSON."""
        return f'{{"at":{self._at},"runId":{dump(self._run)},"event":{self._text}}}'


class _Flat:
    """An event of nothing but texts, and perhaps a timestamp: none of them ever changes."""

    __slots__ = ("_at", "event", "run")
    pieces: tuple[()] = ()  # there is no room for more of the same
    room = 0

    def __init__(self, at: int, run: str, event: Event) -> None:
        self._at, self.run, self.event = at, run, {**event}

    def records(self, skip: int = 0) -> Iterator[EventRecord]:
        yield {"at": self._at, "runId": self.run, "event": {**self.event}}

    def text(self, first: int, last: int) -> str:
        """The record as JSON."""
        return dump({"at": self._at, "runId": self.run, "event": self.event})

    def with_more(self, at: int, run: str, event: Event) -> _Deltas | None:
        """A block of this delta and one more, if they are of one kind."""
        if run != self.run or "delta" not in event or event["type"] != self.event["type"]:
            return None
        block = _Deltas(self._at, run, self.event)
        return block if block.take(self._at, self.event) and block.take(at, event) else None


class _Deltas:
    """Events that differ in nothing but ``delta`` (and ``timestamp``, where they carry one)."""

    __slots__ = (
        *("_at", "_last", "_template", "gaps", "run", "sizes", "stamps", "told"),
        *("pieces", "room", "times"),
    )

    def __init__(self, at: int, run: str, event: Event) -> None:
        self._at = self._last = at
        self.run = run
        self._template = {**event, "delta": None}
        self.told = ""
        self.sizes = array("B")  # characters of each delta
        self.gaps = array("B")  # ms since the one before
        self.stamps = array("q") if "timestamp" in event else None
        self.pieces: list[str] = []  # what came last, and when: not yet in the columns
        self.times: list[int] = []
        self.room = AT_ONCE  # how many of these there may be
        if self.stamps is not None:
            self._template["timestamp"] = None

    def take(self, at: int, event: Event) -> bool:
        """Add ``event`` if it is one more of the same."""
        delta = event.get("delta")
        if type(delta) is not str:
            return False
        rest = {**event, "delta": None}
        if self.stamps is not None and _is_stamp(rest.get("timestamp")):
            rest["timestamp"] = None
        if len(self.pieces) == self.room:
            self.settle()
        if rest != self._template or not self.room:
            return False
        if self.stamps is not None:
            self.stamps.append(event["timestamp"])
        self.pieces.append(delta)
        self.times.append(at)
        return True

    def settle(self) -> None:
        """Put what came last into the columns: all at once costs a fraction of one by one."""
        if not self.pieces:
            return
        self.told += "".join(self.pieces)
        times = list(accumulate(self.times, max, initial=self._last))  # a clock may go back
        self._last = times[-1]
        self.sizes = _extend(self.sizes, list(map(len, self.pieces)))
        self.gaps = _extend(self.gaps, [at - before for before, at in pairwise(times)])
        self.room = min(AT_ONCE, BLOCK - len(self.sizes))
        self.pieces, self.times = [], []

    def dump(self) -> tuple[Json, ...]:
        """Everything in it, as plain values."""
        self.settle()
        columns = (self.sizes, self.gaps, self.stamps or array("q"))
        packed = [(column.typecode, column.tobytes()) for column in columns]
        return self._at, self.run, self._template, self.told, packed

    @classmethod
    def load(cls, at: int, run: str, template: Event, text: str, packed: list[Json]) -> _Deltas:
        """The block again."""
        block = cls(at, run, template)
        block.told = text
        block.sizes, block.gaps, stamps = (array(code, data) for code, data in packed)
        block.stamps = stamps or None
        return block

    def records(self, skip: int = 0) -> Iterator[EventRecord]:
        self.settle()
        ends = accumulate(self.sizes)
        times = accumulate(self.gaps, initial=self._at)
        next(times)
        for index, (end, at) in islice(enumerate(zip(ends, times, strict=True)), skip, None):
            event = {**self._template, "delta": self.told[end - self.sizes[index] : end]}
            if self.stamps is not None:
                event["timestamp"] = self.stamps[index]
            yield {"at": at, "runId": self.run, "event": event}

    def text(self, first: int, last: int) -> str:
        """Deltas ``first`` to ``last`` of the block as one JSON text, and how they came."""
        self.settle()
        sizes, gaps = self.sizes[first:last], self.gaps[first:last]
        start = sum(self.sizes[:first])
        event = {**self._template, "delta": self.told[start : start + sum(sizes)]}
        at = self._at + sum(self.gaps[: first + 1])
        gaps[0] = 0
        parts: JsonObject = {"sizes": _column(sizes), "gaps": _column(gaps)}
        if self.stamps is not None:
            parts["stamps"] = self.stamps[first:last].tolist()
            event["timestamp"] = parts["stamps"][0]
        line = {"at": at, "runId": self.run, "event": event}
        return dump({**line, "deltas": parts} if len(sizes) > 1 else line)

    @classmethod
    def of(cls, at: int, run: str, event: Event, parts: JsonView) -> _Deltas:
        """The block that such a text stands for. Raises ValueError where it is not whole."""
        block = cls(at, run, event)
        block.told = event["delta"]
        block.sizes, block.gaps = _array("I", parts["sizes"]), _array("I", parts["gaps"])
        block.stamps = _array("q", parts["stamps"]) if "stamps" in parts else None
        columns = [block.sizes, block.gaps, *([block.stamps] if block.stamps else [])]
        if sum(block.sizes) != len(block.told) or len(set(map(len, columns))) != 1:
            raise ValueError("the deltas do not make up their text")
        block._last = at + sum(block.gaps)
        return block


def _extend(column: array[int], numbers: list[int]) -> array[int]:
    """The column with more numbers, in four bytes each where one is too small."""
    if column.typecode == "B" and max(numbers) > 255:
        column = array("I", column)
    column.extend(numbers)
    return column


def _column(numbers: array[int]) -> str | list[int]:
    """Numbers for JSON: two hex digits each while all are below 256, which costs nothing."""
    return numbers.tobytes().hex() if numbers.typecode == "B" else numbers.tolist()


def _array(code: str, column: Json) -> array[int]:
    """The numbers again. Raises ValueError for what is no such column."""
    try:
        return array(code, list(bytes.fromhex(column)) if isinstance(column, str) else column)
    except (TypeError, OverflowError) as error:
        raise ValueError("the deltas have no such sizes") from error


class _Packed:
    """A full block of deltas, compressed: who looks at old events can wait a moment."""

    __slots__ = ("_data",)

    def __init__(self, block: _Deltas) -> None:
        self._data = zlib.compress(marshal.dumps(block.dump()), 1)

    def records(self, skip: int = 0) -> Iterator[EventRecord]:
        yield from self._block().records(skip)

    def text(self, first: int, last: int) -> str:
        """As a block's."""
        return self._block().text(first, last)

    def _block(self) -> _Deltas:
        return _Deltas.load(*marshal.loads(zlib.decompress(self._data)))


class EventLog(Sequence[EventRecord]):
    """The events of a thread in order; reading one makes a fresh copy. Any thread may read."""

    def __init__(self, lock: AbstractContextManager[Json]) -> None:
        self._lock = lock  # held by whoever adds; readers on other threads take it per block
        self._blocks: list[_One | _Flat | _Deltas | _Packed] = []
        self._starts: list[int] = []
        self._open: _Deltas | _Flat | None = None
        self._count = 0

    def add(self, at: int, run: str, event: Event, more: bool = False) -> None:
        """Append one event; the caller keeps it and may change it afterwards.

        ``more``: it differs from the event before it in nothing but a delta of text.
        """
        block = self._open
        if more and type(block) is _Deltas and len(block.pieces) < block.room:
            block.pieces.append(event["delta"])
            block.times.append(at)
        elif block is None or not self._goes_on(block, at, run, event):
            self._begin(at, run, event)
        self._count += 1

    def _goes_on(self, block: _Deltas | _Flat, at: int, run: str, event: Event) -> bool:
        """Whether the event is one more of what is open, where it then is."""
        if type(block) is _Deltas:
            return block.run == run and block.take(at, event)
        assert type(block) is _Flat
        more = block.with_more(at, run, event)
        if more is not None:
            self._open = self._blocks[-1] = more
        return more is not None

    def add_line(self, line: JsonView) -> None:
        """Append what a text of ``texts()`` says. Raises ValueError for one that is not whole."""
        parts, event = line.get("deltas"), line["event"]
        if parts is None:
            self.add(line["at"], line["runId"], event)
            return
        block = _Deltas.of(line["at"], line["runId"], event, parts)
        self._push(block)
        self._open = None
        self._count += len(block.sizes)

    def texts(self, first: int, last: int) -> Iterator[str]:
        """Events ``first`` to ``last`` as JSON texts of records, deltas in a row as one."""
        number = max(bisect_right(self._starts, first) - 1, 0)
        while first < last:
            start = self._starts[number]
            number += 1
            end = min(self._starts[number] if number < len(self._starts) else last, last)
            with self._lock:
                text = self._blocks[number - 1].text(first - start, end - start)
            yield text
            first = end

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
            with self._lock:
                records = list(self._blocks[number].records(skip))
            yield from records

    def _begin(self, at: int, run: str, event: Event) -> None:
        """A new block: for this event and more like it, or for itself alone."""
        if type(self._open) is _Deltas:
            self._open.settle()
            if not self._open.room:
                self._blocks[-1] = _Packed(self._open)
        self._open = None
        if _is_flat(event):
            flat = _Flat(at, run, event)
            self._open = flat if "delta" in event else None
            self._push(flat)
        else:
            self._push(_One(at, run, event))

    def _push(self, block: _One | _Flat | _Deltas) -> None:
        self._blocks.append(block)
        self._starts.append(self._count)


def _is_flat(event: Event) -> bool:
    """Whether an event has nothing but strings in it and perhaps a timestamp."""
    kinds = set(map(type, event.values()))
    if kinds == {str}:
        return True
    rest = [value for key, value in event.items() if key != "timestamp"]
    return _is_stamp(event.get("timestamp")) and set(map(type, rest)) == {str}


def _is_stamp(value: object) -> bool:
    return type(value) is int and -(2**53) <= value <= 2**53
