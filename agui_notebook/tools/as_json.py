"""A Python value as JSON, the one notion of it: tool results, events and state that are sent.

What is data gets its JSON form. What is none is a TypeError for ``as_json``, and words without an
object's address for ``as_text``, which never fails: one result must not ruin a conversation.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import io
import ipaddress
import json
import math
import os
import types
import uuid
from collections import deque
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Set, ValuesView
from itertools import islice

from ..late_pattern import late
from ..values import Json, JsonObject

DEEPEST = 100  # values within values
MOST_DRAWN = 100_000  # items taken from what makes them as it goes, and may never end

_MORE = f"(more than {MOST_DRAWN:,} items; the rest is left out)"
_ADDRESS = late(r" at 0x[0-9A-Fa-f]+")
_LAZY = (range, deque, KeysView, ValuesView, ItemsView, Iterator)
_MISSING = frozenset({"NaTType", "NAType"})  # pandas' words for nothing

Convert = Callable[[Json], Json]


def as_json(value: Json) -> Json:
    """``value`` as plain JSON. Raises TypeError for what is no data, ValueError for a circle.

    >>> as_json({datetime.date(2026, 1, 2): {decimal.Decimal("1.5")}})
    {'2026-01-02': ['1.5']}
    """
    return _Conversion(_refuse, _rows).write(value)


def as_exact_json(value: Json) -> Json:
    """The same where nothing may be lost: NaN and infinities are refused, a text says where.

    Raises TypeError or ValueError, in words that end a sentence.
    """
    conversion = _Conversion(_refuse, _rows, _refuse_number)
    try:
        return conversion.write(value)
    except (TypeError, ValueError) as error:
        place = "".join(f"/{step}" for step in conversion.path)
        raise type(error)(f"{error}, at {place}" if place else str(error)) from error


def as_plain_json(value: Json) -> Json:
    """``value`` as plain JSON whatever it is: words stand for what is no data."""
    try:
        return _Conversion(_words, _rows).write(value)
    except RecursionError:
        return "(nested too deep to be shown)"


def as_text(value: Json, limit: int | None = None) -> str:
    """What a model reads: a text as it is, data as JSON, anything else as Python prints it.

    Of a text beyond ``limit`` characters the beginning and the end are kept, and it is said.
    """
    try:
        plain = _Conversion(_words, _words).write(value)
        text = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
    except RecursionError:
        text = "(nested too deep to be shown)"
    return text if limit is None else shorten(text, limit)


def draw_out(value: Json) -> Json:
    """What an iterator gives, which can be asked but once; any other value is itself.

    >>> draw_out(map(str, [1, 2]))
    ['1', '2']
    """
    if not isinstance(value, Iterator) or isinstance(value, io.IOBase):
        return value
    items = list(islice(value, MOST_DRAWN + 1))
    if len(items) > MOST_DRAWN:
        items[MOST_DRAWN] = _MORE
    return items


def shorten(text: str, limit: int) -> str:
    """``text`` with its middle left out, which is said there, when it is longer than ``limit``."""
    if len(text) <= limit:
        return text
    head = limit * 3 // 4
    left_out = f"\n[... {len(text) - limit:,} of {len(text):,} characters are left out here ...]\n"
    return text[:head] + left_out + text[len(text) - (limit - head) :]


def whole_characters(text: str) -> str:
    """``text`` with � for each half of a character, which no JSON reader takes."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode(
        "utf-16", "replace"
    )  # fmt: skip


class _Conversion:
    """One value being written; ``odd`` is asked for what is no data, ``frame`` for a table.

    ``lost`` is asked for numbers that JSON lacks; ``path`` leads to what was written last.
    """

    def __init__(self, odd: Convert, frame: Convert, lost: Convert = lambda number: None) -> None:
        self._odd = odd
        self._frame = frame
        self.lost = lost
        self.path: list[str] = []
        self._open: set[int] = set()

    def write(self, value: Json) -> Json:
        if value is None or value is True or value is False:
            return value
        try:
            return self._look(value)
        except BaseException as error:
            if self._odd is _refuse or isinstance(error, RecursionError | KeyboardInterrupt):
                raise
            return f"(a {type(value).__name__} that cannot be shown: {_kind(error)})"

    def _look(self, value: Json) -> Json:
        for kind, convert in _SCALARS:
            if isinstance(value, kind):
                return convert(self, value)
        if type(value).__name__ in _MISSING:
            return None
        return self._within(value)

    def _within(self, value: Json) -> Json:
        """A value with others in it, which must not be one of those around it."""
        if id(value) in self._open or len(self._open) >= DEEPEST:
            if self._odd is _refuse:
                raise ValueError("it contains itself, or is nested too deep")
            return "(the same again)" if id(value) in self._open else "(nested too deep)"
        self._open.add(id(value))
        try:
            return self._parts(value)
        finally:
            self._open.discard(id(value))

    def _parts(self, value: Json) -> Json:
        if isinstance(value, Mapping):
            return self.members(value.items())
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return self.members(zip(value._fields, value, strict=True))
        if isinstance(value, list | tuple):
            return self._items(value)
        if isinstance(value, Set) and not isinstance(value, _LAZY):
            return self._items(sorted(value, key=str))
        if isinstance(value, _LAZY) and not isinstance(value, io.IOBase):
            return self._drawn_items(value)
        return self._object(value)

    def members(self, pairs: Json) -> JsonObject:
        """A JSON object of names and values."""
        return {(text := self._name(name)): self._part(text, value) for name, value in pairs}

    def _items(self, items: Json) -> list[Json]:
        return [self._part(number, item) for number, item in enumerate(items)]

    def _part(self, step: str | int, value: Json) -> Json:
        """What stands at ``step``; what fails there leaves the path to it."""
        self.path.append(str(step))
        written = self.write(value)
        self.path.pop()
        return written

    def _name(self, name: Json) -> str:
        if isinstance(name, str) and not isinstance(name, enum.Enum):
            return whole_characters(str(name))
        written = self.write(name)
        return written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)

    def _drawn_items(self, value: Json) -> list[Json]:
        items = self._items(islice(value, MOST_DRAWN + 1))
        if len(items) > MOST_DRAWN:
            items[MOST_DRAWN] = _MORE
        return items

    def _object(self, value: Json) -> Json:
        if isinstance(value, type | types.ModuleType):
            return self._odd(value)
        if dataclasses.is_dataclass(value):
            return self.members((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        if names := getattr(type(value), "__attrs_attrs__", ()):
            return self.members((each.name, getattr(value, each.name)) for each in names)
        return self._foreign(value)

    def _foreign(self, value: Json) -> Json:
        """Pydantic, NumPy, pandas and what is like them, known by what they can be asked."""
        if hasattr(value, "model_dump"):
            return self.write(_dump(value))
        if type(value).__name__ == "Styler":
            return self.write(value.data)
        if hasattr(value, "to_string") or type(value).__name__ in ("DataFrame", "Series"):
            frame = self._frame(value)
            return frame if isinstance(frame, str) else self.write(frame)
        if self._frame is _words and (size := _large_shape(value)):
            return f"{_words(value)}\n(an array of {' x '.join(map(str, size))} values)"
        for ask in ("tolist", "to_pylist", "isoformat", "to_dict"):
            if callable(getattr(value, ask, None)):
                return self.write(getattr(value, ask)())
        return self._odd(value)


def _large_shape(value: Json) -> tuple[int, ...]:
    """The shape of an array that no model would read whole; it is told as it prints itself."""
    shape = getattr(value, "shape", ())
    counts = isinstance(shape, tuple) and all(isinstance(each, int) for each in shape)
    return tuple(shape) if counts and math.prod(shape) > MOST_DRAWN else ()


def _dump(model: Json) -> Json:
    try:
        return model.model_dump(mode="json")
    except Exception:  # a field without a JSON form; or a model of another make
        return model.model_dump()


def _rows(frame: Json) -> Json:
    """A table as its rows, a column as what stands in it under its index."""
    if hasattr(frame, "to_dicts"):  # polars
        return frame.to_dicts()
    if type(frame).__name__ == "DataFrame":
        return frame.to_dict(orient="records")
    return frame.to_dict() if hasattr(frame, "to_dict") else list(frame)


def _refuse(value: Json) -> Json:
    raise TypeError(f"a {type(value).__name__} is no JSON value")


def _refuse_number(value: float) -> Json:
    raise ValueError(f"{float(value)} is no JSON number")


def _words(value: Json) -> str:
    if isinstance(value, BaseException):
        return whole_characters(f"{type(value).__name__}: {value}".rstrip(": "))
    own = getattr(value, "data", None) if type(value).__module__.startswith("IPython.") else None
    return whole_characters(_ADDRESS.sub("", own if isinstance(own, str) else str(value)))


def _kind(error: BaseException) -> str:
    """An error in words, though it may not be able to say them either."""
    try:
        return f"{type(error).__name__}: {error}"
    except BaseException:
        return type(error).__name__


def _member(writer: _Conversion, value: enum.Enum) -> Json:
    try:
        return _Conversion(_refuse, _rows).write(value.value)
    except (TypeError, ValueError):
        return value.name


def _instant(writer: _Conversion, value: Json) -> Json:
    return None if type(value).__name__ in _MISSING else value.isoformat()


def _duration(writer: _Conversion, value: datetime.timedelta) -> Json:
    if type(value).__name__ in _MISSING:
        return None
    seconds = value.total_seconds()
    return f"{'-' if seconds < 0 else ''}PT{abs(seconds):f}".rstrip("0").rstrip(".") + "S"


def _bytes(writer: _Conversion, value: Json) -> str:
    return base64.b64encode(bytes(value)).decode("ascii")


_SCALARS: list[tuple[Json, Callable[[_Conversion, Json], Json]]] = [
    (enum.Enum, _member),
    (str, lambda _, value: whole_characters(str(value))),
    (bool, lambda _, value: value),
    (int, lambda _, value: int(value)),
    (float, lambda writer, value: float(value) if math.isfinite(value) else writer.lost(value)),
    ((datetime.date, datetime.time), _instant),
    (datetime.timedelta, _duration),
    ((decimal.Decimal, uuid.UUID, os.PathLike), lambda _, value: whole_characters(str(value))),
    ((ipaddress.IPv4Address, ipaddress.IPv6Address), lambda _, value: str(value)),
    ((bytes, bytearray, memoryview), _bytes),
]
