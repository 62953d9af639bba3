"""What the protocol does not describe is taken out with a warning; what it describes and is
malformed is an error. The shapes are schema.py's; every check here walks that table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from ..errors import ProtocolError
from ..late_pattern import late
from ..values import Json
from .document.operations import copy_json
from .document.shape import Event
from .schema import EVENTS, OBJECTS, OPEN, UNIONS, Field, fields
from .tolerance.values import DEFAULTS, NOTHING, reading_of

_LIMIT = 2**53 - 1
_POINTER = late(r"(/([^/~]|~[01])*)*")
_PYTHON = {"str": str, "object": dict, "bool": bool, "safeint": int}
GONE: Final = object()  # the value is a member nobody described; its place decides what goes


class Malformed(ValueError):
    """A described value the schema rejects (C-PROC-02); ``path`` is its JSON pointer."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__(text)
        self.path = path


def mismatch(what: str, value: Json, path: str) -> Malformed:
    """The usual complaint."""
    return Malformed(path, f"Invalid input: expected {what}, received {_kind_name(value)}")


class Judge:
    """How strictly one stream is read, and who hears about what was taken out.

    With ``blame``, malformed values are read as what they were meant to be.
    """

    def __init__(
        self,
        strict: bool,
        warn: Callable[[str], None],
        quiet_nulls: bool = False,
        blame: Callable[[str], None] | None = None,
    ) -> None:
        self.strict = strict
        self.blame = blame
        self.warn = warn
        self.subject = ""
        self._nulls = quiet_nulls

    def note_removal(self, path: str) -> None:
        """Say which material went (C-PROC-04)."""
        self.warn(
            f"[ag-ui][enforce] Removed unrecognised material at '{path}' on {self.subject}: "
            "no middleware translated it and the protocol does not describe it."
        )

    def null(self, path: str) -> None:
        """Tolerantly, a null where an optional field stands is an absent field; said once."""
        if self.strict:
            text = f"with '{_dotted_path(path)}: null'. The field is optional — omit it entirely."
            raise Malformed(path, f"Cannot send '{self.subject}' {text}")
        if not self._nulls:
            self._nulls = True
            self.warn(
                f"Null at '{path}' on {self.subject} is read as absent, and so are further ones; "
                "optional fields should be omitted."
            )

    def mend(self, error: Malformed, field: Field, value: Json, path: str) -> Json:
        """The value as it was meant, or GONE where it may be left out. Raises ``error`` if not."""
        if self.blame is None:
            raise error
        reading = reading_of(field.kind, value, field.required)
        if reading is not NOTHING:
            try:
                kept = check(field.kind)(reading, path, self)
            except Malformed:
                kept = GONE
            if kept is not GONE:
                self.blame(f"sent {self.subject} with a malformed '{path}', which is mended")
                return kept
        if field.required:
            raise error
        self.blame(f"sent {self.subject} with a malformed '{path}', which is left out")
        return GONE

    def default(self, shape: str, name: str, path: str) -> Json:
        """What a required member means that is not there, or GONE."""
        known = DEFAULTS.get(shape, {})
        if self.blame is None or name not in known:
            return GONE
        self.blame(f"sent {self.subject} without '{path}'")
        return copy_json(known[name])


Check = Callable[[Json, str, Judge], Json]
_shapes: dict[str, ObjectCheck] = {}


class Enforcement:
    """The stage between middleware and chunk expansion: one event in, clean or dropped."""

    def __init__(
        self,
        strict: bool,
        warn: Callable[[str], None],
        blame: Callable[[str], None] | None = None,
    ) -> None:
        self._judge = Judge(strict, warn, blame=blame)

    def __call__(self, event: Event) -> Event | None:
        """The event without what nobody described, or None when all of it goes.

        Raises ProtocolError on a malformed value. ``event`` itself is not changed.
        """
        shape = _shapes.get(event["type"]) or _event_shape(event["type"])
        if shape is None:
            return self._drop_unknown(event)
        for name, kind in shape.simple:  # the short way, for nearly every event
            if type(event.get(name)) is not kind:
                return self._thoroughly(shape, event)
        if len(event) == len(shape.simple) or shape.is_plain(event):
            return event
        return self._thoroughly(shape, event)

    def _drop_unknown(self, event: Event) -> Event | None:
        """An event type nobody described is dropped (C-PROC-03)."""
        self._judge.warn(
            f"[ag-ui][enforce] Dropping unrecognised event '{event['type']}': no middleware "
            "translated it and the protocol does not describe it."
        )
        return None

    def _thoroughly(self, shape: ObjectCheck, event: Event) -> Event | None:
        self._judge.subject = event["type"]
        try:
            clean = shape(event, "", self._judge)
        except Malformed as error:
            text = _sentence(event, error) + _spelling(event, error.path)
            raise ProtocolError(text, rule="C-PROC-02", event=event) from None
        if clean is GONE:
            self._judge.note_removal("")
            return None
        return clean if isinstance(clean, dict) else None


def _sentence(event: Event, error: Malformed) -> str:
    text = str(error)
    if text.startswith("Cannot send"):
        return text
    return f"Malformed {event['type']} at '{error.path}': {json.dumps(text)}"


def _spelling(event: Event, path: str) -> str:
    """A word to the server's author when the missing field is there in snake_case."""
    name = path.rsplit("/", 1)[-1]
    snake = re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", name)
    if snake == name or snake not in event:
        return ""
    return f" (the server sends '{snake}'; AG-UI is camelCase: serialise by alias)"


def check_event(event: Mapping[str, Json]) -> list[str]:
    """Everything the schema has against ``event``, one sentence each; empty when it conforms."""
    problems: list[str] = []
    try:
        Enforcement(True, problems.append)(dict(event))
    except (ProtocolError, KeyError) as error:
        problems.append(str(error))
    return problems


class ObjectCheck:
    """A closed object of the table, checked field by field."""

    def __init__(self, row: str, name: str = "", is_open: bool = False) -> None:
        self._name = name
        self._fields = {word: (check(f.kind), f) for word, f in fields(row).items()}
        self._open = is_open
        self.required = {word for word, f in fields(row).items() if f.required}
        known = {word: _PYTHON.get(f.kind) for word, f in fields(row).items()}
        self._plain = {word: kind for word, kind in known.items() if kind is not None}
        # required fields and their Python types; empty when that alone does not tell
        self.simple = [(word, known[word]) for word in fields(row) if word in self.required]
        if None in (kind for _, kind in self.simple):
            self.simple = []

    def __call__(self, value: Json, path: str, judge: Judge) -> Json:
        if type(value) is not dict:
            raise mismatch("object", value, path)
        clean = {}
        for key, item in value.items():
            kept = self._field(key, item, f"{path}/{_escape(key)}", judge)
            if kept is not GONE:
                clean[key] = kept
            elif key in self.required:
                return GONE  # the removal cascades (C-PROC-05)
        for name in sorted(self.required - clean.keys()):
            clean[name] = self._absent(name, f"{path}/{name}", judge)
        return clean

    def _absent(self, name: str, path: str, judge: Judge) -> Json:
        default = judge.default(self._name, name, path)
        if default is GONE:
            text = f"Cannot send '{judge.subject}' without a '{_dotted_path(path)}'."
            raise Malformed(path, text)
        return default

    def is_plain(self, event: Event) -> bool:
        """Is there nothing in ``event``, its required fields apart, that needs a closer look?"""
        if any(self._plain.get(key) is not type(value) for key, value in event.items()):
            return False
        return bool(self.simple) and -_LIMIT <= event.get("timestamp", 0) <= _LIMIT

    def _field(self, key: str, item: Json, path: str, judge: Judge) -> Json:
        if key not in self._fields:
            if self._open:
                return item
            judge.note_removal(path)
            return GONE
        check_value, field = self._fields[key]
        if item is None and not field.required:
            judge.null(path)
            return GONE
        try:
            kept = check_value(item, path, judge)
        except Malformed as error:
            if item is None and (default := judge.default(self._name, key, path)) is not GONE:
                return default
            return judge.mend(error, field, item, path)
        if kept is GONE and not field.required:
            judge.note_removal(path)
        return kept


class Union:
    """One of several shapes, told apart by a discriminator (C-PROC-07)."""

    def __init__(self, name: str) -> None:
        self._key, rows = UNIONS[name]
        self._shapes = {
            word: ObjectCheck(f"{self._key}:={word}! {row}", word, name in OPEN)
            for word, row in rows.items()
        }

    def __call__(self, value: Json, path: str, judge: Judge) -> Json:
        if type(value) is not dict:
            raise mismatch("object", value, path)
        word = value.get(self._key)
        if not isinstance(word, str):
            raise mismatch("string", word, f"{path}/{self._key}")
        shape = self._shapes.get(word)
        return GONE if shape is None else shape(value, path, judge)


def _event_shape(event_type: str) -> ObjectCheck | None:
    """The shape of an event type, made when it first occurs."""
    if event_type not in EVENTS:
        return None
    # the type has been looked up, so its being a string is all there is left to say
    shape = _shapes[event_type] = ObjectCheck(f"type:str! {EVENTS[event_type]}", event_type)
    return shape


@cache
def check(kind: str) -> Check:
    """The check of one kind of the table; returns the value without what went, or GONE."""
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind.startswith("="):
        return _constant(kind[1:])
    if kind.startswith("str/"):
        return _either(check(kind[4:]))
    if kind.startswith("["):
        return _list_of(kind[1:].rstrip("]+"), 1 if kind.endswith("+]") else 0)
    if "|" in kind:
        return _one_of(kind.split("|"))
    return Union(kind) if kind in UNIONS else ObjectCheck(OBJECTS[kind], kind)


def _type_check(name: str, fits: Callable[[Json], bool]) -> Check:
    def apply(value: Json, path: str, judge: Judge) -> Json:
        if not fits(value):
            raise mismatch(name, value, path)
        return value

    return apply


def _whole(value: Json) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return -_LIMIT <= value <= _LIMIT and value == int(value)


_SCALARS: dict[str, Check] = {
    "str": _type_check("string", lambda value: isinstance(value, str)),
    "bool": _type_check("boolean", lambda value: isinstance(value, bool)),
    "object": _type_check("object", lambda value: isinstance(value, dict)),
    "any": lambda value, path, judge: value,
    "nonnull": _type_check("a value other than null", lambda value: value is not None),
    "safeint": _type_check("an integer within 2^53", _whole),
    "count": _type_check("a count (integer from 0)", lambda value: _whole(value) and value >= 0),
    "pointer": _type_check(
        "a JSON pointer", lambda value: isinstance(value, str) and bool(_POINTER.fullmatch(value))
    ),
}


def _constant(word: str) -> Check:
    def apply(value: Json, path: str, judge: Judge) -> Json:
        if value != word:
            shown = json.dumps(value) if isinstance(value, str) else _kind_name(value)
            raise Malformed(path, f'Invalid input: expected "{word}", received {shown}')
        return value

    return apply


def _one_of(words: list[str]) -> Check:
    """A closed set: an unknown member goes (C-PROC-06), strictly it fails as in the reference."""

    def apply(value: Json, path: str, judge: Judge) -> Json:
        if value in words:
            return value
        if judge.strict or not isinstance(value, str):
            options = "|".join(f'"{word}"' for word in words)
            raise Malformed(path, f"Invalid option: expected one of {options}")
        return GONE

    return apply


def _either(other: Check) -> Check:
    def apply(value: Json, path: str, judge: Judge) -> Json:
        return value if isinstance(value, str) else other(value, path, judge)

    return apply


def _list_of(kind: str, least: int) -> Check:
    # part of a patch is worse than none: what is wrong with one operation is wrong with all
    item_check, field = check(kind), Field(kind, required=kind == "Operation")

    def apply(value: Json, path: str, judge: Judge) -> Json:
        if type(value) is not list:
            raise mismatch("array", value, path)
        if len(value) < least:
            raise Malformed(path, f"Too small: expected array to have >={least} items")
        return [
            kept
            for n, item in enumerate(value)
            if (kept := one(item, f"{path}/{n}", judge)) is not GONE
        ]

    def one(item: Json, path: str, judge: Judge) -> Json:
        try:
            kept = item_check(item, path, judge)
        except Malformed as error:
            return judge.mend(error, field, item, path)
        if kept is GONE:
            judge.note_removal(path)
        return kept

    return apply


def _kind_name(value: Json) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _dotted_path(path: str) -> str:
    return path[1:].replace("/", ".")
