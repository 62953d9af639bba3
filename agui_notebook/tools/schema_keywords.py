"""What each keyword of JSON Schema asks of a value. Pure.

A check yields one phrase for each thing that is wrong. References and bounds are validate.py's.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from fractions import Fraction
from itertools import islice
from typing import NamedTuple, Protocol

from ..values import Json, JsonView

MOST_NAMED = 30  # alternatives that a phrase lists

_BRIEF = reprlib.Repr()
_BRIEF.maxlist = _BRIEF.maxdict = _BRIEF.maxstring = _BRIEF.maxlong = _BRIEF.maxother = 61


class Checker(Protocol):
    """What keywords need of the check they belong to."""

    def spend(self, steps: int) -> None:
        """Note work; raises when it is too much."""

    def problems(self, value: object, schema: object, where: str) -> list[str]:
        """What is wrong with ``value`` under another schema."""

    def follow(self, value: object, reference: str, where: str) -> list[str]:
        """What is wrong with ``value`` under the schema that ``reference`` names."""

    def matches(self, source: str, text: str) -> bool | None:
        """Whether a pattern occurs in ``text``; None where that is not checked."""


class Place(NamedTuple):
    """Where a keyword stands: the check, the schema around it, and the part of the value."""

    check: Checker
    schema: JsonView
    where: str

    def __str__(self) -> str:
        return self.where or "the value"

    def member(self, name: str) -> str:
        """The name of a member of this part."""
        return f"{self.where}.{name}" if self.where else name

    def fits(self, value: object, schema: object) -> bool:
        """Whether a value, here, fits another schema."""
        return not self.check.problems(value, schema, self.where)


Problems = Iterator[str]
KeywordCheck = Callable[[Json, Json, Place], Problems]


def canonical(value: object) -> str:
    """Two JSON values are the same where this is: true is not 1, and 1 is 1.0."""
    return json.dumps(_whole(value), sort_keys=True)


def _whole(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value


def _costly_canonical(value: object, place: Place) -> str:
    text = canonical(value)
    place.check.spend(1 + len(text) // 16)
    return text


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    return _is_number(value) and value % 1 == 0  # type: ignore[operator]


_TYPES: dict[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": _is_integer,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def _type(value: object, wanted: Json, place: Place) -> Problems:
    kinds = [wanted] if isinstance(wanted, str) else list(wanted)
    if not any(kind not in _TYPES or _TYPES[kind](value) for kind in kinds):
        yield f"{place} must be {_or_list(kinds)}, not {_short(value)}"


def _enum(value: object, wanted: Json, place: Place) -> Problems:
    own = canonical(value)
    if not any(_costly_canonical(member, place) == own for member in wanted):
        yield f"{place} must be {_or_list(wanted)}, not {_short(value)}"


def _const(value: object, wanted: Json, place: Place) -> Problems:
    return _enum(value, [wanted], place)


# -- objects -------------------------------------------------------------------------------------


def _required_names(value: object, wanted: Json, place: Place) -> Problems:
    if isinstance(value, dict):
        for name in wanted:
            if name not in value:
                yield f"{place.member(name)} is missing"


def _dependent_required(value: object, wanted: Json, place: Place) -> Problems:
    if isinstance(value, dict):
        for name in wanted.keys() & value.keys():
            yield from _required_names(value, wanted[name], place)


def _dependent_schemas(value: object, wanted: Json, place: Place) -> Problems:
    if isinstance(value, dict):
        for name in wanted.keys() & value.keys():
            yield from place.check.problems(value, wanted[name], place.where)


def _properties(value: object, wanted: Json, place: Place) -> Problems:
    if isinstance(value, dict):
        for name, schema in wanted.items():
            if name in value:
                yield from place.check.problems(value[name], schema, place.member(name))


def _pattern_properties(value: object, wanted: Json, place: Place) -> Problems:
    if isinstance(value, dict):
        for pattern, schema in wanted.items():
            for name in value:
                if place.check.matches(pattern, name):
                    yield from place.check.problems(value[name], schema, place.member(name))


def _additional(value: object, wanted: Json, place: Place) -> Problems:
    if not isinstance(value, dict):
        return
    patterns = place.schema.get("patternProperties", {})
    for name in value.keys() - place.schema.get("properties", {}).keys():
        if any(place.check.matches(pattern, name) is not False for pattern in patterns):
            continue
        if wanted is False:
            yield f"{place.member(name)} is unknown"
        else:
            yield from place.check.problems(value[name], wanted, place.member(name))


def _names(value: object, wanted: Json, place: Place) -> Problems:
    if isinstance(value, dict):
        for name in value:
            yield from place.check.problems(name, wanted, f"the name {name!r} in {place}")


# -- arrays --------------------------------------------------------------------------------------


def _prefix(value: object, wanted: Json, place: Place) -> Problems:
    if isinstance(value, list):
        for index, (item, schema) in enumerate(zip(value, wanted, strict=False)):
            yield from place.check.problems(item, schema, f"{place.where}[{index}]")


def _items(value: object, wanted: Json, place: Place) -> Problems:
    if isinstance(wanted, list):  # as older drafts wrote prefixItems
        yield from _prefix(value, wanted, place)
    elif isinstance(value, list):
        first = len(place.schema.get("prefixItems", ()))
        for index, item in enumerate(value[first:], first):
            yield from place.check.problems(item, wanted, f"{place.where}[{index}]")


def _contains(value: object, wanted: Json, place: Place) -> Problems:
    if not isinstance(value, list):
        return
    count = sum(place.fits(item, wanted) for item in value)
    least, most = place.schema.get("minContains", 1), place.schema.get("maxContains")
    if count < least:
        yield f"{place} must contain at least {least} of what is asked for"
    if most is not None and count > most:
        yield f"{place} must contain at most {most} of what is asked for"


def _unique(value: object, wanted: Json, place: Place) -> Problems:
    if wanted is not True or not isinstance(value, list):
        return
    if len({_costly_canonical(item, place) for item in value}) < len(value):
        yield f"{place} must not hold the same twice"


# -- schemas combined ------------------------------------------------------------------------------


def _any_of(value: object, wanted: Json, place: Place) -> Problems:
    tried = [place.check.problems(value, schema, place.where) for schema in wanted]
    if tried and all(tried):
        yield " or ".join(dict.fromkeys(found[0] for found in tried))


def _one_of(value: object, wanted: Json, place: Place) -> Problems:
    tried = [place.check.problems(value, schema, place.where) for schema in wanted]
    if tried and all(tried):
        yield " or ".join(dict.fromkeys(found[0] for found in tried))
    elif tried.count([]) > 1:
        yield f"{place} fits more than one of the alternatives, and only one may fit"


def _all_of(value: object, wanted: Json, place: Place) -> Problems:
    for schema in wanted:
        yield from place.check.problems(value, schema, place.where)


def _not(value: object, wanted: Json, place: Place) -> Problems:
    if isinstance(wanted, Mapping | bool) and place.fits(value, wanted):
        yield f"{place} must not be {_short(value)}"


def _if(value: object, wanted: Json, place: Place) -> Problems:
    branch = "then" if place.fits(value, wanted) else "else"
    yield from place.check.problems(value, place.schema.get(branch, True), place.where)


def _ref(value: object, wanted: Json, place: Place) -> Problems:
    yield from place.check.follow(value, wanted, place.where)


# -- texts and numbers ----------------------------------------------------------------------------


def _pattern(value: object, wanted: Json, place: Place) -> Problems:
    if isinstance(value, str) and place.check.matches(wanted, value) is False:
        yield f"{place} must match {wanted}, not {_short(value)}"


def _multiple_of(value: object, wanted: Json, place: Place) -> Problems:
    if _is_number(value) and Fraction(str(value)) % Fraction(str(wanted)) != 0:
        yield f"{place} must be a multiple of {wanted}, not {_short(value)}"


def _limit(
    words: str, measure: Callable[[Json], Json], fits: Callable[[Json, Json], bool]
) -> KeywordCheck:
    def check(value: object, wanted: Json, place: Place) -> Problems:
        size = measure(value)
        if size is not None and not fits(size, wanted):
            yield f"{place} must {words} {wanted}, not {_short(value)}"

    return check


def _number(value: object) -> object:
    return value if _is_number(value) else None


def _length_of(kind: type[Sized]) -> Callable[[object], int | None]:
    return lambda value: len(value) if isinstance(value, kind) else None


def _at_least(size: Json, limit: Json) -> bool:
    return bool(size >= limit)


def _at_most(size: Json, limit: Json) -> bool:
    return bool(size <= limit)


KEYWORDS: dict[str, KeywordCheck] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "required": _required_names,
    "dependentRequired": _dependent_required,
    "dependentSchemas": _dependent_schemas,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "prefixItems": _prefix,
    "items": _items,
    "contains": _contains,
    "uniqueItems": _unique,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "allOf": _all_of,
    "not": _not,
    "if": _if,
    "$ref": _ref,
    "pattern": _pattern,
    "multipleOf": _multiple_of,
    "minimum": _limit("be at least", _number, _at_least),
    "maximum": _limit("be at most", _number, _at_most),
    "exclusiveMinimum": _limit("be above", _number, lambda size, limit: size > limit),
    "exclusiveMaximum": _limit("be below", _number, lambda size, limit: size < limit),
    "minLength": _limit("have a length of at least", _length_of(str), _at_least),
    "maxLength": _limit("have a length of at most", _length_of(str), _at_most),
    "minItems": _limit("have a length of at least", _length_of(list), _at_least),
    "maxItems": _limit("have a length of at most", _length_of(list), _at_most),
    "minProperties": _limit("have a size of at least", _length_of(dict), _at_least),
    "maxProperties": _limit("have a size of at most", _length_of(dict), _at_most),
}


def _or_list(values: Iterable[object]) -> str:
    first = [str(value) for value in islice(values, MOST_NAMED + 1)]
    return " or ".join([*first[:MOST_NAMED], "…"] if len(first) > MOST_NAMED else first)


def _short(value: object) -> str:
    text = repr(value[:61]) if isinstance(value, str) else _BRIEF.repr(value)
    return text if len(text) <= 60 else text[:60] + "…"
