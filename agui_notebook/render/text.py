"""A conversation as plain text, for logs, diffs and viewers that show nothing richer."""

from __future__ import annotations

from collections.abc import Callable

from ..markup.outlets import terminal
from ..values import JsonView
from .transcript import Entry, entries


def text(document: JsonView, *, agent: str = "Agent") -> str:
    """``document`` as plain text, entries parted by blank lines."""
    return "\n\n".join(entry_text(entry) for entry in entries(document, agent))


def entry_text(entry: Entry) -> str:
    """One entry of a transcript as plain text."""
    return terminal(_KINDS[entry.kind](entry))


def _titled_line(entry: Entry) -> str:
    return f"{entry.title}: {entry.text}"


def _bracketed_line(entry: Entry) -> str:
    return f"[{entry.title}: {entry.text}]" if entry.text else f"[{entry.title}]"


def _call(entry: Entry) -> str:
    return f"[{entry.title} -> {entry.text}]" if entry.text else f"[{entry.title}]"


_KINDS: dict[str, Callable[[Entry], str]] = {
    "user": _titled_line,
    "assistant": _titled_line,
    "reasoning": _bracketed_line,
    "call": _call,
    "approval": _titled_line,
    "activity": _bracketed_line,
    "note": _bracketed_line,
    "alert": _bracketed_line,
}
