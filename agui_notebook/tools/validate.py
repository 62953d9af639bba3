"""Whether a JSON value fits a JSON Schema (2020-12): tool arguments and answers to questions. Pure.

What each keyword asks is schema_keywords.py's; here are references and the bounds, since a schema
may be an agent's. Unknown keywords are ignored, so nothing valid is refused (C-TOOL-13, C-INT-07).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from urllib.parse import unquote

from ..values import Json
from .patterns import Pattern, compile_pattern
from .schema_keywords import KEYWORDS, Place

# tests/golden/schema_limits.json holds the browser's forms to the same numbers
STEPS = 50_000  # schemas and characters of patterns looked at, beside some for each part of a value
DEEPEST = 64  # schemas within schemas, references followed included
STEPS_PER_PART = 4
LONGEST_TEXT = 4_000  # characters that a pattern is looked for in; a longer text is not checked


class TooComplicated(Exception):
    """Checking takes more steps, or goes deeper, than is allowed."""


def problems(value: object, schema: object, *, trusted: bool = False) -> list[str]:
    """What is wrong with ``value`` under ``schema``, one phrase each; empty when it fits.

    A keyword that is malformed refuses nothing, nor does a schema that is too complicated. One of
    the user's own is ``trusted`` to take as many steps as it needs.
    """
    return _run_check(value, schema, trusted) or []


def is_too_complicated(value: object, schema: object) -> bool:
    """Whether checking ``value`` would take more than is allowed, so that it goes unchecked."""
    return _run_check(value, schema, trusted=False) is None


def _run_check(value: object, schema: object, trusted: bool) -> list[str] | None:
    steps = math.inf if trusted else STEPS + STEPS_PER_PART * _size(value)
    longest = math.inf if trusted else LONGEST_TEXT
    try:
        return _Check(schema, steps, longest).problems(value, schema, "")
    except (TooComplicated, RecursionError):
        return None


class _Check:
    """One check of one value: what is left of its steps, and where references lead."""

    def __init__(self, root: object, steps: float, longest: float) -> None:
        self._root = root
        self._left = steps
        self._longest = longest
        self._depth = 0
        self._known: dict[tuple[int, int, str], list[str]] = {}
        self._patterns: dict[str, Pattern] = {}

    def spend(self, steps: int) -> None:
        """Note work. Raises TooComplicated when it is too much."""
        self._left -= steps
        if self._left < 0:
            raise TooComplicated

    def matches(self, source: str, text: str) -> bool | None:
        """Whether a pattern occurs in ``text``; None where that is not checked."""
        if len(text) > self._longest:
            return None
        if source not in self._patterns:
            self._patterns[source] = compile_pattern(source)
            self.spend(self._patterns[source].size)
        return self._patterns[source].is_in(text, self.spend)

    def problems(self, value: object, schema: object, where: str) -> list[str]:
        """What is wrong with a part of the value, which stands at ``where``."""
        self.spend(1)
        if not isinstance(schema, Mapping):
            return [f"{where or 'the value'} is not allowed"] if schema is False else []
        if self._depth >= DEEPEST:
            raise TooComplicated
        self._depth += 1
        place = Place(self, schema, where)
        found: list[str] = []
        for keyword, wanted in schema.items():
            if keyword in KEYWORDS:
                found += self._keyword(keyword, wanted, value, place)
        self._depth -= 1
        return found

    def _keyword(self, keyword: str, wanted: Json, value: object, place: Place) -> list[str]:
        self.spend(len(wanted) // 8 if isinstance(wanted, list | dict) else 0)
        try:
            return list(KEYWORDS[keyword](value, wanted, place))
        except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError):
            return []  # malformed

    def follow(self, value: object, reference: str, where: str) -> list[str]:
        """What is wrong under the schema that ``reference`` names, nothing if it is elsewhere.

        Looked at once for each part of the value, however many references lead there: alternatives
        within alternatives would double the work at each level.
        """
        schema = self._resolve(reference)
        key = (id(schema), id(value), where)
        if key not in self._known:
            self._known[key] = self.problems(value, schema, where)
        return self._known[key]

    def _resolve(self, reference: str) -> object:
        if not reference.startswith("#"):
            return True
        pointer = unquote(reference[1:])
        if pointer and not pointer.startswith("/"):
            return self._find_anchor(pointer)
        found: Json = self._root
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            found = found[int(key)] if isinstance(found, list) else found[key]
        return found

    def _find_anchor(self, name: str) -> object:
        waiting: list[Json] = [self._root]
        while waiting:
            part = waiting.pop()
            self.spend(1)
            if isinstance(part, Mapping):
                if part.get("$anchor") == name:
                    return part
                waiting += part.values()
            elif isinstance(part, list):
                waiting += part
        return True


def _size(value: object) -> int:
    """How many parts a JSON value has; a long text counts for as many as it has characters."""
    size, waiting = 0, [value]
    while waiting:
        part = waiting.pop()
        size += len(part) if isinstance(part, str) else 1
        if isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return size
