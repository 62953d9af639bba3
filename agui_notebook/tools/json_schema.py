"""Type hints to JSON Schema, and JSON values back to what the hints promise.

Knows Python types only; docstrings and calls belong to tool.py.
"""

from __future__ import annotations

import collections
import collections.abc
import dataclasses
import enum
import itertools
import sys
import types
import typing
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Annotated, Any, Literal, Union

from ..values import Json, JsonObject
from .lax import Choices, read_lax
from .plain_types import PLAIN, TypeShape, as_is, of_subclass
from .schema_keywords import canonical
from .validate import problems


class NoSchema(TypeError):
    """No agent can say a value of this type in JSON; the text says which."""


_ANY = TypeShape({}, as_is)
_NEVER = (type, types.ModuleType, types.FunctionType, range, slice, collections.abc.Callable)


def shape(hint: Any) -> TypeShape:
    """The shape of any hint; one we do not know accepts everything. Raises NoSchema."""
    hint = _hint_behind(hint)
    build = _ORIGINS.get(typing.get_origin(hint))
    if build is not None:
        return build(hint)
    if hint in _NEVER or typing.get_origin(hint) in _NEVER:
        raise NoSchema(f"{getattr(hint, '__name__', hint)} has no form in JSON")
    if hint is None or isinstance(hint, type):
        return PLAIN.get(hint) or _of_class(hint)
    return _ANY


def _hint_behind(hint: Any) -> Any:
    """What stands behind a name of a type: NewType, ``type X = ...``, a variable's bound."""
    for _ in range(20):
        bound = getattr(hint, "__bound__", None) if isinstance(hint, typing.TypeVar) else None
        inner = getattr(hint, "__supertype__", None) or getattr(hint, "__value__", None) or bound
        if inner is None or isinstance(hint, enum.Enum | type):
            return hint
        hint = inner
    return Any


def fields(hints: JsonObject, required: list[str]) -> TypeShape:
    """An object with these members, as a dict of converted values."""
    shapes = {name: shape(hint) for name, hint in hints.items()}
    schema: JsonObject = {
        "type": "object",
        "properties": {name: part.schema for name, part in shapes.items()},
        "additionalProperties": False,
    }
    if required:
        schema["required"] = required
    return TypeShape(schema, lambda value: {k: _read(shapes[k], k, v) for k, v in value.items()})


def _read(part: TypeShape, name: str, value: Json) -> Any:
    try:
        return part.convert(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from error


def with_definitions(schema: JsonObject) -> JsonObject:
    """The same schema with every definition at its root, where references look for them.

    Two definitions of one name that differ are told apart by a number.
    """
    found: JsonObject = {}
    clean: JsonObject = _lift_definitions(schema, found, {})
    return {**clean, "$defs": found} if found else clean


def _lift_definitions(value: Json, found: JsonObject, names: Mapping[str, str]) -> Any:
    if isinstance(value, list) and not isinstance(value, Choices):
        return [_lift_definitions(item, found, names) for item in value]
    if isinstance(value, str) and value.startswith(_DEFINITIONS):
        name = value.removeprefix(_DEFINITIONS)
        return _DEFINITIONS + names.get(name, name)
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("$defs"), dict):
        names = _add_definitions(value["$defs"], found)
    return {k: _lift_definitions(item, found, names) for k, item in value.items() if k != "$defs"}


def _add_definitions(given: JsonObject, found: JsonObject) -> Mapping[str, str]:
    """Put them among the others; returns which have to have another name there."""
    names: dict[str, str] = {}
    while True:
        lifted = {names.get(n, n): _lift_definitions(d, found, names) for n, d in given.items()}
        taken = [n for n in given if found.get(names.get(n, n), lifted[names.get(n, n)])
                 != lifted[names.get(n, n)]]  # fmt: skip
        if not taken:
            found |= lifted
            return names
        for name in taken:  # what refers to it differs by that, and is looked at again
            others = (f"{name}_{number}" for number in itertools.count(2))
            names[name] = next(other for other in others if other not in {*found, *given})


_DEFINITIONS = "#/$defs/"


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
        return _of_enum(hint)
    if hasattr(hint, "model_json_schema"):  # pydantic, without importing it
        return TypeShape(hint.model_json_schema(), hint.model_validate)
    if hasattr(hint, "__get_pydantic_core_schema__"):
        return _of_pydantic(hint)
    if names := getattr(hint, "__attrs_attrs__", ()):
        needed = [each.alias for each in names if each.init and each.default is _attrs_nothing()]
        return _record(hint, [each.alias for each in names if each.init], needed)
    if dataclasses.is_dataclass(hint):
        members = [f for f in dataclasses.fields(hint) if f.init]
        needed = [f.name for f in members if _has_no_default(f)]
        return _record(hint, [f.name for f in members], needed)
    if typing.is_typeddict(hint):
        return _of_typed_dict(hint)
    if issubclass(hint, tuple) and hasattr(hint, "_fields"):
        names = list(hint._fields)
        return _record(hint, names, [n for n in names if n not in hint._field_defaults])
    return of_subclass(hint) or _ANY


def _members(kind: Any) -> JsonObject:
    """The hints of a class's members; Any for one that names what is not there."""
    try:
        return typing.get_type_hints(kind, include_extras=True)
    except (NameError, TypeError):
        space = vars(sys.modules.get(kind.__module__, types))
        written = getattr(kind, "__annotations__", {})
        return {name: evaluate(hint, space) for name, hint in written.items()}


def evaluate(written: Any, space: JsonObject) -> Any:
    """One hint as it was written; Any where it names what is not there at run time."""

    def holder() -> None: ...

    holder.__annotations__ = {"hint": written}
    try:
        return typing.get_type_hints(holder, space, include_extras=True)["hint"]
    except (NameError, TypeError, SyntaxError, AttributeError):
        return Any


def _of_typed_dict(hint: Any) -> TypeShape:
    """Its members; what is NotRequired may stand in a hint that was only a text at first."""
    needed, hints = set(hint.__required_keys__), {}
    for name, member in _members(hint).items():
        word = getattr(typing.get_origin(member), "_name", "")
        hints[name] = typing.get_args(member)[0] if word in _PRESENCE else member
        needed -= {name} if word == "NotRequired" else set()
        needed |= {name} if word == "Required" else set()
    return fields(hints, sorted(needed))


_PRESENCE = frozenset({"Required", "NotRequired", "ReadOnly"})


def _of_enum(hint: Any) -> TypeShape:
    """By value where all values are JSON, else by name; flags by their number."""
    if issubclass(hint, enum.Flag):
        return TypeShape({"type": "integer"}, hint)
    values = [member.value for member in hint]
    if all(isinstance(value, str | int | float | None) for value in values):
        names = {name: member.value for name, member in hint.__members__.items()}
        return TypeShape({**_choice(values), "enum": Choices(values, names)}, hint)
    return TypeShape(_choice([member.name for member in hint]), hint.__getitem__)


def _choice(values: list[Any]) -> JsonObject:
    """One of these, with the type where they have one in common: some models insist on it."""
    kinds = {type(value) for value in values}
    schema = PLAIN[kinds.pop()].schema if len(kinds) == 1 and kinds <= PLAIN.keys() else {}
    return {**schema, "enum": values}


def _of_pydantic(hint: Any) -> TypeShape:
    """A type of pydantic's own that is no model: SecretStr, HttpUrl."""
    adapter = sys.modules["pydantic"].TypeAdapter(hint)
    return TypeShape(adapter.json_schema(), adapter.validate_python)


def _attrs_nothing() -> Any:
    return sys.modules["attr"].NOTHING


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
    extra: JsonObject = {}
    for note in notes:
        extra |= _note(note)
    if part.schema.get("type") == "array":
        extra = {_OF_LISTS.get(word, word): value for word, value in extra.items()}
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
    "multiple_of": "multipleOf",
}
_OF_LISTS = {"minLength": "minItems", "maxLength": "maxItems"}


def _note(note: Any) -> JsonObject:
    """What one piece of Annotated metadata adds: words, a schema, or pydantic-like limits."""
    if isinstance(note, str):
        return {"description": note}
    if isinstance(note, dict):
        return note
    found: JsonObject = {}
    for part in (note, *getattr(note, "metadata", ())):
        found |= {
            word: value
            for name, word in _LIMITS.items()
            if (value := getattr(part, name, None)) is not None and not callable(value)
        }
    return found


def _union(hint: Any) -> TypeShape:
    parts = [shape(arm) for arm in typing.get_args(hint)]

    def convert(value: Json) -> Any:
        fitting = [part for part in parts if not problems(value, part.schema, trusted=True)]
        for part in fitting[:-1]:
            with suppress(TypeError, ValueError):
                return part.convert(value)
        return fitting[-1].convert(value) if fitting else value

    return TypeShape({"anyOf": [part.schema for part in parts]}, convert)


def _literal(hint: Any) -> TypeShape:
    arms = typing.get_args(hint)
    plain = [arm.value if isinstance(arm, enum.Enum) else arm for arm in arms]
    if not all(isinstance(value, str | int | None) for value in plain):
        raise NoSchema(f"{hint} holds what has no form in JSON")
    meant = dict(zip(map(canonical, plain), arms, strict=True))
    return TypeShape(_choice(plain), lambda value: meant[canonical(value)])


def _array(make: Callable[[Any], Any]) -> Callable[[Any], TypeShape]:
    def build(hint: Any) -> TypeShape:
        part = shape(next(iter(typing.get_args(hint)), Any))
        schema: JsonObject = {"type": "array"}
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
    name, part = map(shape, (*typing.get_args(hint), Any, Any)[:2])
    schema: JsonObject = {"type": "object"}
    if part.schema:
        schema["additionalProperties"] = part.schema
    if "enum" in name.schema:
        schema["propertyNames"] = name.schema
    return TypeShape(
        schema,
        lambda value: {
            name.convert(read_lax(key, name.schema)): part.convert(item)
            for key, item in value.items()
        },
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
    collections.abc.MutableMapping: _mapping,
    collections.OrderedDict: _mapping,
    collections.defaultdict: _mapping,
    collections.abc.Collection: _array(list),
    collections.abc.MutableSequence: _array(list),
    collections.abc.Set: _array(set),
    collections.abc.MutableSet: _array(set),
    collections.deque: _array(collections.deque),
}
