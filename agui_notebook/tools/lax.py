"""What models send, read as it was meant where there is one reading: "3" for 3, a list as text.

The readings are those of pydantic's lax mode. What fits a schema as it is stays as it is, and
what has two readings is left for validate.py to refuse.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from ..late_pattern import late
from ..values import Json, JsonView
from .validate import problems

Schema = JsonView

_INTEGER = late(r"\s*[+-]?\d{1,4000}(?:\.0*)?\s*")
_NUMBER = late(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*")
_YES = frozenset({"true", "1", "yes", "on", "y", "t"})
_NO = frozenset({"false", "0", "no", "off", "n", "f"})
DEEPEST = 64  # values within values


def read_lax(value: Json, schema: Json, root: Json = None, depth: int = 0) -> Json:
    """``value``, or what it means under ``schema`` where it does not fit and one thing is meant."""
    schema = _target(schema, schema if root is None else root)
    root = schema if root is None else root
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return value
    if "anyOf" in schema:
        return _read_any(value, schema["anyOf"], root, depth)
    if "enum" in schema and isinstance(value, str) and value not in schema["enum"]:
        return _choose(value, schema["enum"])
    kind = schema.get("type")
    value = _READERS.get(kind, _same)(value) if isinstance(kind, str) else value
    if isinstance(value, dict):
        return {name: read_lax(item, _member(schema, name), root, depth + 1)
                for name, item in value.items()}  # fmt: skip
    if isinstance(value, list):
        return [read_lax(item, part, root, depth + 1)
                for item, part in zip(value, _items(schema), strict=False)]  # fmt: skip
    return value


class Choices(list[Json]):
    """The values of an ``enum`` that a model is told, and the names that Python has for them."""

    def __init__(self, values: Iterable[Json], names: Mapping[str, Json]) -> None:
        super().__init__(values)
        self.names = names


def _choose(text: str, choices: list[Json]) -> Json:
    """The one choice that is written like this, has this name, or differs from it in case only."""
    written = [(str(choice), choice) for choice in choices]
    written += getattr(choices, "names", {}).items()
    for fold in (str, str.casefold):
        meant = [choice for name, choice in written if fold(name) == fold(text)]
        if meant:
            return meant[0] if all(choice == meant[0] for choice in meant) else text
    return text


def _read_any(value: Json, arms: Json, root: Json, depth: int) -> Json:
    """As it is where an alternative takes it; else what the only alternative makes of it."""
    within = {"$defs": root.get("$defs", {})} if isinstance(root, Mapping) else {}
    whole = [{**arm, **within} if isinstance(arm, Mapping) else arm for arm in arms]
    if any(not problems(value, arm, trusted=True) for arm in whole):
        return value
    readings = [read_lax(value, arm, root, depth + 1) for arm in arms]
    fitting = [reading for reading, arm in zip(readings, whole, strict=True)
               if not problems(reading, arm, trusted=True)]  # fmt: skip
    return fitting[0] if len(fitting) == 1 else value


def _target(schema: Json, root: Json) -> Json:
    for _ in range(DEEPEST):
        reference = schema.get("$ref") if isinstance(schema, Mapping) else None
        if not isinstance(reference, str) or not reference.startswith("#/$defs/"):
            break
        schema = root.get("$defs", {}).get(reference.removeprefix("#/$defs/"))
    return schema


def _member(schema: Schema, name: str) -> Json:
    known = schema.get("properties")
    known = known if isinstance(known, Mapping) else {}
    return known.get(name, schema.get("additionalProperties"))


def _items(schema: Schema) -> Iterator[Json]:
    yield from schema.get("prefixItems", ())
    while True:
        yield schema.get("items")


def _same(value: Json) -> Json:
    return value


def _integer(value: Json) -> Json:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value.partition(".")[0])
    return value


def _number(value: Json) -> Json:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    return int(value) if _INTEGER.fullmatch(value) and "." not in value else float(value)


def _boolean(value: Json) -> Json:
    if not isinstance(value, str):
        return bool(value) if value in (0, 1) else value
    text = value.strip().lower()
    return text in _YES if text in _YES | _NO else value


def _container(kind: type) -> Callable[[Json], Json]:
    def read(value: Json) -> Json:
        try:
            found = json.loads(value) if isinstance(value, str) else None
        except (ValueError, RecursionError):
            return value
        return found if isinstance(found, kind) else value

    return read


_READERS: dict[str, Callable[[Json], Json]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "array": _container(list),
    "object": _container(dict),
}
