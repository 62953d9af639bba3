"""A conversation as Markdown that is safe to show in a trusted notebook.

Which entries there are is transcript.py's business, what makes a text harmless markup's.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from ..markup.inert import fence_text, inline, plain, safe
from ..values import JsonView
from .transcript import Entry, entries


def markdown(document: JsonView, *, agent: str = "Agent") -> str:
    """``document`` as safe Markdown, entries parted by blank lines."""
    return "\n\n".join(entry_markdown(entry) for entry in entries(document, agent))


def entry_markdown(entry: Entry) -> str:
    """One entry of a transcript as safe Markdown."""
    return _KINDS[entry.kind](entry)


def quote_block(text: str) -> str:
    """Safe Markdown as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _user(entry: Entry) -> str:
    return f"**{plain(entry.title)}**\n\n{quote_block(safe(entry.text))}"


def _assistant(entry: Entry) -> str:
    return f"**{plain(entry.title)}**\n\n{safe(entry.text)}"


def _reasoning(entry: Entry) -> str:
    return quote_block(f"*Reasoning*\n\n{safe(entry.text)}")


def _call(entry: Entry) -> str:
    head = f"🔧 {inline(entry.title)}"
    if "\n" not in entry.text and len(entry.text) <= 80:
        return f"{head} → {inline(entry.text)}" if entry.text else head
    return f"{head}\n\n{fence_text(_pretty(entry.text))}"


def _approval(entry: Entry) -> str:
    return f"🔧 {inline(entry.title)}\n\n{fence_text(entry.text)}"


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _activity(entry: Entry) -> str:
    return (
        f"*{plain(entry.title)}* {inline(entry.text)}" if entry.text else f"*{plain(entry.title)}*"
    )


def _note(entry: Entry) -> str:
    return f"*{plain(entry.title)}*"


def _alert(entry: Entry) -> str:
    said = f" {plain(entry.text)}" if entry.text else ""
    return f"⚠️ **{plain(entry.title)}**{'.' if not said else ':'}{said}"


_KINDS: dict[str, Callable[[Entry], str]] = {
    "user": _user,
    "assistant": _assistant,
    "reasoning": _reasoning,
    "call": _call,
    "approval": _approval,
    "activity": _activity,
    "note": _note,
    "alert": _alert,
}
