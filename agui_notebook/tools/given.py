"""What callers pass, looked at where they pass it: one sentence, with how it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import InvalidInput

MODEL_LIMIT = 100_000  # characters of a result that a model is given, some 25,000 tokens


def check_list(word: str, value: Any) -> None:
    """Raise InvalidInput where one thing was given in place of a list of them."""
    if isinstance(value, str):
        raise InvalidInput(f"{word}= is a list: write {word}=[{value!r}].")
    if isinstance(value, Mapping):
        raise InvalidInput(f"{word}= is a list: write {word}=[{', '.join(map(str, value))}].")
    if callable(value) or not (isinstance(value, Iterable | bool)):
        name = getattr(value, "name", None) or getattr(value, "__name__", None) or "..."
        raise InvalidInput(f"{word}= is a list: write {word}=[{name}].")


def check_mapping(word: str, value: Any, example: str) -> None:
    """Raise InvalidInput for what is no dict, where one is due."""
    if value is not None and not isinstance(value, Mapping):
        raise InvalidInput(f"{word}= is a dict: write {word}={example}.")


def check_text(word: str, value: Any) -> None:
    """Raise InvalidInput for what is no text, where one is due."""
    if not isinstance(value, str | None):
        raise InvalidInput(f"{word}= is a text, not {value!r}: write {word}={str(value)!r}.")


def check_count(word: str, value: Any, least: int) -> None:
    """Raise InvalidInput for what is no whole number from ``least`` on."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise InvalidInput(f"{word}= is a whole number from {least} on, not {value!r}.")
