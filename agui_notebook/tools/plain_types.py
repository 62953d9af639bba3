"""Types of the standard library that JSON has no word for: their schema, and how they are read.

Only types without parts; what is made of other types is json_schema.py's.
"""

from __future__ import annotations

import base64
import datetime
import decimal
import ipaddress
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from ..values import Json, JsonObject


class TypeShape(NamedTuple):
    """The schema of a hint, and the step from a JSON value that fits it to the hinted type."""

    schema: JsonObject
    convert: Callable[[Any], Any]


_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


def as_is(value: Json) -> Any:
    """The value itself."""
    return value


def _text(format_: str, convert: Callable[[Any], Any]) -> TypeShape:
    return TypeShape({"type": "string", "format": format_}, convert)


def _moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def _duration(value: Json) -> datetime.timedelta:
    if not isinstance(value, str):
        return datetime.timedelta(seconds=value)
    found = _DURATION.fullmatch(value)
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


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


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
    datetime.timedelta: TypeShape(_SECONDS_OR_TEXT, _duration),
    datetime.datetime: _text("date-time", _moment),
    datetime.date: _text("date", datetime.date.fromisoformat),
    datetime.time: _text("time", datetime.time.fromisoformat),
    ipaddress.IPv4Address: _text("ipv4", ipaddress.IPv4Address),
    ipaddress.IPv6Address: _text("ipv6", ipaddress.IPv6Address),
}
