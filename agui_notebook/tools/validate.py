"""The part of JSON Schema that tool arguments and interrupt answers need. Pure.

Unknown keywords are ignored, so a valid value is never refused over them (C-TOOL-13, C-INT-07).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def problems(value: object, schema: object) -> list[str]:
    """What is wrong with ``value`` under ``schema``, one phrase each; empty when it fits.

    A schema that is malformed itself, or has no end, refuses nothing.
    """
    try:
        return list(_check(value, schema, "", schema))
    except (TypeError, ValueError, AttributeError, OverflowError, RecursionError, re.error):
        return []


def _check(value: object, schema: object, where: str, root: object) -> Iterator[str]:
    if not isinstance(schema, Mapping):
        if schema is False:
            yield f"{where or 'the value'} is not allowed"
        return
    for keyword, wanted in schema.items():
        check = _KEYWORDS.get(keyword)
        if check is not None:
            yield from check(value, wanted, where, _Place(schema, root))


class _Place:
    """The schema a keyword stands in, and the root its references start from."""

    def __init__(self, schema: Schema, root: object) -> None:
        self.schema = schema
        self.root = root


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and value % 1 == 0,  # type: ignore[operator]
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def _type(value: object, wanted: Any, where: str, _: _Place) -> Iterator[str]:
    kinds = [wanted] if isinstance(wanted, str) else list(wanted)
    if not any(kind not in _TYPES or _TYPES[kind](value) for kind in kinds):
        yield f"{where or 'the value'} must be {_or_list(kinds)}, not {_short(value)}"


def _enum(value: object, wanted: Any, where: str, _: _Place) -> Iterator[str]:
    if not any(_same(value, member) for member in wanted):
        yield f"{where or 'the value'} must be {_or_list(wanted)}, not {_short(value)}"


def _const(value: object, wanted: Any, where: str, place: _Place) -> Iterator[str]:
    return _enum(value, [wanted], where, place)


def _required_names(value: object, wanted: Any, where: str, _: _Place) -> Iterator[str]:
    if isinstance(value, dict):
        for name in wanted:
            if name not in value:
                yield f"{_at(where, name)} is missing"


def _properties(value: object, wanted: Any, where: str, place: _Place) -> Iterator[str]:
    if isinstance(value, dict):
        for name, schema in wanted.items():
            if name in value:
                yield from _check(value[name], schema, _at(where, name), place.root)


def _additional(value: object, wanted: Any, where: str, place: _Place) -> Iterator[str]:
    if isinstance(value, dict):
        known = place.schema.get("properties", {})
        for name in value.keys() - known.keys():
            if wanted is False:
                yield f"{_at(where, name)} is unknown"
            else:
                yield from _check(value[name], wanted, _at(where, name), place.root)


def _items(value: object, wanted: Any, where: str, place: _Place) -> Iterator[str]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _check(item, wanted, f"{where}[{index}]", place.root)


def _any_of(value: object, wanted: Any, where: str, place: _Place) -> Iterator[str]:
    tried = [list(_check(value, schema, where, place.root)) for schema in wanted]
    if tried and all(tried):
        yield min(tried, key=len)[0] if len(tried) == 1 else " or ".join(t[0] for t in tried)


def _all_of(value: object, wanted: Any, where: str, place: _Place) -> Iterator[str]:
    for schema in wanted:
        yield from _check(value, schema, where, place.root)


def _ref(value: object, wanted: Any, where: str, place: _Place) -> Iterator[str]:
    found = place.root
    for step in str(wanted).removeprefix("#").strip("/").split("/"):
        found = found.get(step) if isinstance(found, Mapping) else None
    if found is not None:
        yield from _check(value, found, where, place.root)


def _pattern(value: object, wanted: Any, where: str, _: _Place) -> Iterator[str]:
    if isinstance(value, str) and not re.search(wanted, value):
        yield f"{where or 'the value'} must match {wanted}, not {_short(value)}"


def _limit(words: str, measure: Callable[[Any], Any], fits: Callable[[Any, Any], bool]) -> Any:
    def check(value: object, wanted: Any, where: str, _: _Place) -> Iterator[str]:
        size = measure(value)
        if size is not None and not fits(size, wanted):
            yield f"{where or 'the value'} must {words} {wanted}, not {_short(value)}"

    return check


def _number(value: object) -> object:
    return value if _is_number(value) else None


def _length(value: object) -> int | None:
    return len(value) if isinstance(value, str | list) else None


_KEYWORDS: dict[str, Callable[[object, Any, str, _Place], Iterator[str]]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "required": _required_names,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "anyOf": _any_of,
    "oneOf": _any_of,
    "allOf": _all_of,
    "$ref": _ref,
    "pattern": _pattern,
    "minimum": _limit("be at least", _number, lambda size, limit: size >= limit),
    "maximum": _limit("be at most", _number, lambda size, limit: size <= limit),
    "exclusiveMinimum": _limit("be above", _number, lambda size, limit: size > limit),
    "exclusiveMaximum": _limit("be below", _number, lambda size, limit: size < limit),
    "minLength": _limit("have a length of at least", _length, lambda size, limit: size >= limit),
    "maxLength": _limit("have a length of at most", _length, lambda size, limit: size <= limit),
    "minItems": _limit("have a length of at least", _length, lambda size, limit: size >= limit),
    "maxItems": _limit("have a length of at most", _length, lambda size, limit: size <= limit),
}


def _same(one: object, other: object) -> bool:
    """JSON equality: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _or_list(values: Iterable[object]) -> str:
    return " or ".join(str(value) for value in values)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "…"
