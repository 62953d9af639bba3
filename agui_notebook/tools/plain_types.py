"""Types of the standard library that JSON has no word for: their schema, and how they are read.

Only types without parts; what is made of other types is json_schema.py's.
"""

from __future__ import annotations

import base64
import datetime
import decimal
import fractions
import ipaddress
import numbers
import re
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from ..late_pattern import late
from ..values import Json, JsonObject


class TypeShape(NamedTuple):
    """The schema of a hint, and the step from a JSON value that fits it to the hinted type."""

    schema: JsonObject
    convert: Callable[[Any], Any]


_DURATION = late(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
# as Python writes one, and pydantic reads it
_CLOCK = late(
    r"(?P<sign>-?)(?:(?P<days>\d+) ?d(?:ays?)?,? *)?"
    r"(?P<hours>\d+):(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d(?:\.\d+)?)"
)
_SECONDS = late(r"[+-]?\d+(?:\.\d+)?")
_SHORT_DAY = late(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_SHORT_HOUR = late(r"(^|[T ])(\d:\d\d)")
_FRACTION = late(r"(:\d\d\.)(\d{1,5})(?!\d)")


def as_is(value: Json) -> Any:
    """The value itself."""
    return value


def _text(format_: str, convert: Callable[[Any], Any]) -> TypeShape:
    return TypeShape({"type": "string", "format": format_}, convert)


def _with_zeros(text: str) -> str:
    """A day or a time whose parts lack their zeros, as ISO 8601 has it: 2026-1-2, 9:30.

    Fractions of a second too: Python 3.10 reads three or six digits of them, and no others.
    """
    text = _SHORT_DAY.sub(lambda found: "{}-{:0>2}-{:0>2}".format(*found.groups()), text.strip())
    text = _FRACTION.sub(lambda found: found[1] + found[2].ljust(6, "0"), text)
    return _SHORT_HOUR.sub(r"\g<1>0\g<2>", text).replace("Z", "+00:00")


def _moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(_with_zeros(text))


def _time(text: str) -> datetime.time:
    return datetime.time.fromisoformat(_with_zeros(text))


def _duration(value: Json) -> datetime.timedelta:
    if not isinstance(value, str):
        return datetime.timedelta(seconds=value)
    if _SECONDS.fullmatch(value.strip()):
        return datetime.timedelta(seconds=float(value))
    found = _DURATION.fullmatch(value) or _CLOCK.fullmatch(value.strip())
    if found is None or value.endswith(("P", "T")):
        raise ValueError(f"{value!r} is no duration: write seconds, or PT1H30M")
    parts = {name: float(part) for name, part in found.groupdict().items()
             if part and name != "sign"}  # fmt: skip
    return datetime.timedelta(**parts) * (-1 if found["sign"] == "-" else 1)


def _decimal(value: Json) -> decimal.Decimal:
    try:
        read = decimal.Decimal(str(value))
    except decimal.InvalidOperation:
        raise ValueError(f"{value!r} is no number") from None
    if not read.is_finite():
        raise ValueError(f"{value!r} is no number")
    return read


def _fraction(value: Json) -> fractions.Fraction:
    try:
        return fractions.Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{value!r} is no fraction") from None


def _bytes(text: str) -> bytes:
    whole = text.translate(_URL_SAFE) + "=" * (-len(text) % 4)
    return base64.b64decode(whole, validate=True)


def _day(text: str) -> datetime.date:
    text = _with_zeros(text)
    day, _, time = text.replace(" ", "T").partition("T")
    return datetime.date.fromisoformat(day if _MIDNIGHT.fullmatch(time) else text)


_URL_SAFE = str.maketrans("-_", "+/")
_MIDNIGHT = late(r"00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:00)?")


_NUMBER_OR_TEXT = {"anyOf": [{"type": "number"}, {"type": "string"}]}
_SECONDS_OR_TEXT = {"anyOf": [{"type": "number"}, {"type": "string", "format": "duration"}]}

PLAIN: dict[Any, TypeShape] = {
    str: TypeShape({"type": "string"}, as_is),
    int: TypeShape({"type": "integer"}, int),
    float: TypeShape({"type": "number"}, float),
    bool: TypeShape({"type": "boolean"}, as_is),
    None: TypeShape({"type": "null"}, as_is),
    type(None): TypeShape({"type": "null"}, as_is),
    object: TypeShape({}, as_is),
    list: TypeShape({"type": "array"}, as_is),
    tuple: TypeShape({"type": "array"}, tuple),
    set: TypeShape({"type": "array"}, set),
    frozenset: TypeShape({"type": "array"}, frozenset),
    dict: TypeShape({"type": "object"}, as_is),
    Path: TypeShape({"type": "string"}, Path),
    bytes: TypeShape({"type": "string", "contentEncoding": "base64"}, _bytes),
    complex: TypeShape({"type": "string"}, complex),
    re.Pattern: _text("regex", re.compile),
    uuid.UUID: _text("uuid", uuid.UUID),
    decimal.Decimal: TypeShape(_NUMBER_OR_TEXT, _decimal),
    fractions.Fraction: TypeShape(_NUMBER_OR_TEXT, _fraction),
    datetime.timedelta: TypeShape(_SECONDS_OR_TEXT, _duration),
    datetime.datetime: _text("date-time", _moment),
    datetime.date: _text("date", _day),
    datetime.time: _text("time", _time),
    ipaddress.IPv4Address: _text("ipv4", ipaddress.IPv4Address),
    ipaddress.IPv6Address: _text("ipv6", ipaddress.IPv6Address),
}

# what others derive from these or register as such: numpy's scalars, pandas' Timestamp
_FAMILIES: list[tuple[type, JsonObject]] = [
    (datetime.datetime, {"type": "string", "format": "date-time"}),
    (datetime.date, {"type": "string", "format": "date"}),
    (numbers.Integral, {"type": "integer"}),
    (numbers.Real, {"type": "number"}),
    (str, {"type": "string"}),
]
_TABLES: dict[str, JsonObject] = {
    "ndarray": {"type": "array"},
    "Series": {"type": "array"},
    "DataFrame": {"type": "array", "items": {"type": "object"}},
}


def of_subclass(kind: type) -> TypeShape | None:
    """A class that is one of these with another name, or a table of numpy's, pandas' or polars'."""
    for family, schema in _FAMILIES:
        if issubclass(kind, family):
            return TypeShape(schema, kind)
    if kind.__name__ in _TABLES and kind.__module__.partition(".")[0] in (
        "numpy",
        "pandas",
        "polars",
    ):
        make: Any = sys.modules["numpy"].asarray if kind.__name__ == "ndarray" else kind
        return TypeShape(_TABLES[kind.__name__], make)
    return None
