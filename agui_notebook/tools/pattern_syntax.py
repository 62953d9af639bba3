"""The part of ECMAScript's regular expressions that schemas use, read into a tree of nodes.

Only reading lives here: patterns.py matches. What is not read raises NotChecked, never guesses.
tests/golden/patterns.json holds what they find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..late_pattern import late

LONGEST = 1_000  # characters of a pattern that is looked at
MOST_REPEATS = 2_000  # the largest number in {m,n}
DEEPEST_GROUP = 30  # groups within groups

Ranges = tuple[tuple[int, int], ...]

_LAST = 0x10FFFF
_DIGIT: Ranges = ((48, 57),)
WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Ranges = (
    *((9, 13), (32, 32), (160, 160), (5760, 5760), (8192, 8202), (8232, 8233)),
    *((8239, 8239), (8287, 8287), (12288, 12288), (65279, 65279)),
)
_LINE_END: Ranges = ((10, 10), (13, 13), (8232, 8233))
_CONTROLS = {"n": 10, "r": 13, "t": 9, "f": 12, "v": 11, "0": 0}

_QUANTIFIER = late(r"([*+?])|\{([0-9]{1,9})(?:(,)([0-9]{1,9})?)?\}")
_GROUP = late(r"\((?:\?(?::|<[A-Za-z_$][A-Za-z0-9_$]*>))?")
_HEX = late(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}")


class NotChecked(Exception):
    """The pattern uses what is not read here, or is too large."""


class Node(NamedTuple):
    """A part of a pattern. ``kind`` is set, edge, all (in a row), any (of these) or repeat."""

    kind: str
    ranges: Ranges = ()
    edge: str = ""
    parts: tuple[Node, ...] = ()
    least: int = 0
    most: int | None = None


def read_pattern(source: str) -> Node:
    """The tree of ``source``. Raises NotChecked where it says more than is read here."""
    if len(source) > LONGEST:
        raise NotChecked
    return _Reader(source).whole()


def inverse(ranges: Ranges) -> Ranges:
    """All other characters."""
    found: list[tuple[int, int]] = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            found.append((start, low - 1))
        start = max(start, high + 1)
    return (*found, (start, _LAST)) if start <= _LAST else tuple(found)


_CLASSES: dict[str, Ranges] = {
    "d": _DIGIT,
    "w": WORD,
    "s": _SPACE,
    "D": inverse(_DIGIT),
    "W": inverse(WORD),
    "S": inverse(_SPACE),
}


class _Reader:
    """Reads from left to right."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0

    def whole(self) -> Node:
        node = self._choice(0)
        if self._at < len(self._source):
            raise NotChecked
        return node

    def _next(self, length: int = 1) -> str:
        return self._source[self._at : self._at + length]

    def _take(self) -> str:
        char = self._next()
        if not char:
            raise NotChecked
        self._at += 1
        return char

    def _match(self, form: re.Pattern[str]) -> re.Match[str] | None:
        found = form.match(self._source, self._at)
        self._at = found.end() if found else self._at
        return found

    def _choice(self, depth: int) -> Node:
        if depth > DEEPEST_GROUP:
            raise NotChecked
        arms = [self._row(depth)]
        while self._next() == "|":
            self._at += 1
            arms.append(self._row(depth))
        return Node("any", parts=tuple(arms)) if len(arms) > 1 else arms[0]

    def _row(self, depth: int) -> Node:
        parts = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repetition(self._atom(depth)))
        return Node("all", parts=tuple(parts))

    def _repetition(self, atom: Node) -> Node:
        found = self._match(_QUANTIFIER)
        if found is None:
            return atom
        least, most = _bounds(found)
        if self._next() == "?":  # lazy or not: whether there is a match is the same
            self._at += 1
        if atom.kind == "edge" or _QUANTIFIER.match(self._source, self._at):
            raise NotChecked
        return Node("repeat", parts=(atom,), least=least, most=most)

    def _atom(self, depth: int) -> Node:
        if self._next() == "(":
            return self._group(depth)
        char = self._take()
        if char in "^$":
            return Node("edge", edge=char)
        if char in "*+?":
            raise NotChecked
        if char == "\\" and self._next() in ("b", "B"):
            return Node("edge", edge=self._take())
        return Node("set", ranges=self._set(char))

    def _group(self, depth: int) -> Node:
        opening = self._match(_GROUP)
        if opening is None or self._next() == "?":
            raise NotChecked  # looks ahead or behind, or sets a flag
        inner = self._choice(depth + 1)
        if self._take() != ")":
            raise NotChecked
        return inner

    def _set(self, char: str) -> Ranges:
        if char == ".":
            return inverse(_LINE_END)
        if char == "[":
            return self._class()
        return self._escape() if char == "\\" else _one(ord(char))

    def _escape(self) -> Ranges:
        if found := self._match(_HEX):
            return _code(int(found[1] or found[2] or found[3], 16))
        char = self._take()
        if char in _CLASSES:
            return _CLASSES[char]
        if char in _CONTROLS and not (char == "0" and self._next().isdigit()):
            return _one(_CONTROLS[char])
        if not char.isascii() or char.isalnum() or char == "_":
            raise NotChecked  # a reference back, a property, an escape of another language
        return _one(ord(char))

    def _class(self) -> Ranges:
        others = self._next() == "^"
        self._at += int(others)
        found: list[tuple[int, int]] = []
        while self._next() != "]":
            found += self._class_part()
        self._at += 1
        return inverse(tuple(found)) if others else tuple(found)

    def _class_part(self) -> Iterator[tuple[int, int]]:
        first = self._class_atom()
        if self._next() != "-" or self._next(2) in ("-]", "-"):
            yield from first
            return
        self._at += 1
        last = self._class_atom()
        (low, same_low), (same_high, high) = first[0], last[-1]
        if len(first) + len(last) > 2 or low != same_low or same_high != high or low > high:
            raise NotChecked
        yield low, high

    def _class_atom(self) -> Ranges:
        char = self._take()
        if char != "\\":
            return _one(ord(char))
        if self._next() == "b":
            self._at += 1
            return _one(8)
        return self._escape()


def _bounds(found: re.Match[str]) -> tuple[int, int | None]:
    sign, least, comma, most = found.groups()
    if sign:
        return (1 if sign == "+" else 0), (1 if sign == "?" else None)
    low = int(least)
    high = int(most) if most else None if comma else low
    if max(low, high or 0) > MOST_REPEATS or (high is not None and low > high):
        raise NotChecked
    return low, high


def _one(code: int) -> Ranges:
    return ((code, code),)


def _code(code: int) -> Ranges:
    if code > _LAST or 0xD800 <= code <= 0xDFFF:  # halves of a pair are no characters
        raise NotChecked
    return _one(code)
