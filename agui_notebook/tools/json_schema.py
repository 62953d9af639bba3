"""Type hints to JSON Schema, and JSON values back to what the hints promise.

Knows Python types only; docstrings and calls belong to tool.py.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import enum
import types
import typing
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Union

from .validate import problems


class TypeShape(NamedTuple):
    """The schema of a hint, and the step from a JSON value that fits it to the hinted type."""

    schema: dict[str, Any]
    convert: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


_ANY = TypeShape({}, _same)
_PLAIN: dict[Any, TypeShape] = {
    str: TypeShape({"type": "string"}, _same),
    int: TypeShape({"type": "integer"}, int),
    float: TypeShape({"type": "number"}, float),
    bool: TypeShape({"type": "boolean"}, _same),
    None: TypeShape({"type": "null"}, _same),
    type(None): TypeShape({"type": "null"}, _same),
    list: TypeShape({"type": "array"}, _same),
    tuple: TypeShape({"type": "array"}, tuple),
    set: TypeShape({"type": "array"}, set),
    dict: TypeShape({"type": "object"}, _same),
    Path: TypeShape({"type": "string"}, Path),
    datetime.datetime: TypeShape(
        {"type": "string", "format": "date-time"},
        lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00")),
    ),
    datetime.date: TypeShape({"type": "string", "format": "date"}, datetime.date.fromisoformat),
    datetime.time: TypeShape({"type": "string", "format": "time"}, datetime.time.fromisoformat),
}


def shape(hint: Any) -> TypeShape:
    """The shape of any hint; one we do not know accepts everything."""
    build = _ORIGINS.get(typing.get_origin(hint))
    if build is not None:
        return build(hint)
    if hint is None or isinstance(hint, type):
        return _PLAIN.get(hint) or _of_class(hint)
    return _ANY


def fields(hints: dict[str, Any], required: list[str]) -> TypeShape:
    """An object with these members, as a dict of converted values."""
    shapes = {name: shape(hint) for name, hint in hints.items()}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: part.schema for name, part in shapes.items()},
        "additionalProperties": False,
    }
    if required:
        schema["required"] = required
    return TypeShape(schema, lambda value: {k: shapes[k].convert(v) for k, v in value.items()})


def with_definitions(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema with every definition at its root, where references look for them."""
    found: dict[str, Any] = {}
    clean: dict[str, Any] = _lift_definitions(schema, found)
    return {**clean, "$defs": found} if found else clean


def _lift_definitions(value: Any, found: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_lift_definitions(item, found) for item in value]
    if not isinstance(value, dict):
        return value
    found |= value.get("$defs", {})
    return {key: _lift_definitions(item, found) for key, item in value.items() if key != "$defs"}


_open: ContextVar[frozenset[Any]] = ContextVar("_open", default=frozenset())


def _of_class(hint: Any) -> TypeShape:
    """A class's shape; one that contains itself is an object whose inside is not described."""
    if hint in _open.get():
        return TypeShape({"type": "object"}, lambda value: shape(hint).convert(value))
    token = _open.set(_open.get() | {hint})
    try:
        return _of_new_class(hint)
    finally:
        _open.reset(token)


def _of_new_class(hint: Any) -> TypeShape:
    if issubclass(hint, enum.Enum):
        return TypeShape({"enum": [member.value for member in hint]}, hint)
    if hasattr(hint, "model_json_schema"):  # pydantic, without importing it
        return TypeShape(hint.model_json_schema(), hint.model_validate)
    if dataclasses.is_dataclass(hint):
        members = [f for f in dataclasses.fields(hint) if f.init]
        needed = [f.name for f in members if _has_no_default(f)]
        return _record(hint, [f.name for f in members], needed)
    if typing.is_typeddict(hint):
        return fields(_members(hint), sorted(hint.__required_keys__))
    if issubclass(hint, tuple) and hasattr(hint, "_fields"):
        names = list(hint._fields)
        return _record(hint, names, [n for n in names if n not in hint._field_defaults])
    return _ANY


def _members(kind: Any) -> dict[str, Any]:
    """The hints of a class's members; none of them where one names what is not there."""
    try:
        return typing.get_type_hints(kind, include_extras=True)
    except (NameError, TypeError):
        return dict.fromkeys(getattr(kind, "__annotations__", ()), Any)


def _has_no_default(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _record(kind: Any, names: list[str], required: list[str]) -> TypeShape:
    hints = _members(kind)
    part = fields({name: hints.get(name, Any) for name in names}, required)
    return TypeShape(part.schema, lambda value: kind(**part.convert(value)))


def _annotated_shape(hint: Any) -> TypeShape:
    inner, *notes = typing.get_args(hint)
    part = shape(inner)
    extra: dict[str, Any] = {}
    for note in notes:
        extra |= _note(note)
    return TypeShape({**part.schema, **extra}, part.convert)


_LIMITS = {
    "description": "description",
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
}


def _note(note: Any) -> dict[str, Any]:
    """What one piece of Annotated metadata adds: words, a schema, or pydantic-like limits."""
    if isinstance(note, str):
        return {"description": note}
    if isinstance(note, dict):
        return note
    found: dict[str, Any] = {}
    for part in (note, *getattr(note, "metadata", ())):
        found |= {
            word: value
            for name, word in _LIMITS.items()
            if (value := getattr(part, name, None)) is not None and not callable(value)
        }
    return found


def _union(hint: Any) -> TypeShape:
    parts = [shape(arm) for arm in typing.get_args(hint)]

    def convert(value: Any) -> Any:
        fitting = (part for part in parts if not problems(value, part.schema, trusted=True))
        return next(fitting, _ANY).convert(value)

    return TypeShape({"anyOf": [part.schema for part in parts]}, convert)


def _literal(hint: Any) -> TypeShape:
    return TypeShape({"enum": list(typing.get_args(hint))}, _same)


def _array(make: Callable[[Any], Any]) -> Callable[[Any], TypeShape]:
    def build(hint: Any) -> TypeShape:
        part = shape(next(iter(typing.get_args(hint)), Any))
        schema: dict[str, Any] = {"type": "array"}
        if part.schema:
            schema["items"] = part.schema
        return TypeShape(schema, lambda value: make(part.convert(item) for item in value))

    return build


def _tuple(hint: Any) -> TypeShape:
    arms = typing.get_args(hint)
    if len(arms) == 2 and arms[1] is Ellipsis:
        return _array(tuple)(hint)
    parts = [shape(arm) for arm in arms]
    size = {"minItems": len(parts), "maxItems": len(parts)}
    schema = {"type": "array", "prefixItems": [part.schema for part in parts], **size}
    return TypeShape(
        schema, lambda value: tuple(p.convert(v) for p, v in zip(parts, value, strict=True))
    )


def _mapping(hint: Any) -> TypeShape:
    part = shape((*typing.get_args(hint), Any, Any)[1])
    schema = {"type": "object", "additionalProperties": part.schema}
    return TypeShape(
        schema if part.schema else {"type": "object"},
        lambda value: {key: part.convert(item) for key, item in value.items()},
    )


_ORIGINS: dict[Any, Callable[[Any], TypeShape]] = {
    Annotated: _annotated_shape,
    Union: _union,
    types.UnionType: _union,
    Literal: _literal,
    list: _array(list),
    collections.abc.Sequence: _array(list),
    collections.abc.Iterable: _array(list),
    set: _array(set),
    frozenset: _array(frozenset),
    tuple: _tuple,
    dict: _mapping,
    collections.abc.Mapping: _mapping,
}
