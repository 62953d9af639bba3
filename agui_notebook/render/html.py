"""A conversation as HTML that needs nothing else: no script, no style sheet, nothing fetched.

What remains of a chat on a page without a kernel. Every character of the agent's is escaped; how
its Markdown is written is markdown_html.py's business.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from ..markup.markdown_html import format_markdown
from ..values import JsonView
from .transcript import Entry, entries

IMAGE_LIMIT = 200_000  # characters of base64: a larger picture is named, not embedded


def html(document: JsonView, *, agent: str = "Agent") -> str:
    """``document`` as a fragment of escaped, self-contained HTML."""
    return "\n".join(entry_html(entry) for entry in entries(document, agent))


def entry_html(entry: Entry) -> str:
    """One entry of a transcript as HTML."""
    return _KINDS[entry.kind](entry)


def _user(entry: Entry) -> str:
    said = escape(entry.text, quote=False).replace("\n", "<br>")
    return f"<blockquote><strong>{escape(entry.title)}</strong><br>{said}</blockquote>"


def _assistant(entry: Entry) -> str:
    return f"<div><strong>{escape(entry.title)}</strong>{format_markdown(entry.text)}</div>"


def _disclosure(entry: Entry) -> str:
    return (
        f"<details><summary>{escape(entry.title)}</summary>{format_markdown(entry.text)}</details>"
    )


def _call(entry: Entry) -> str:
    head = f"<code>{escape(entry.title, quote=False)}</code>"
    shown = escape(entry.text, quote=False)
    if not shown:
        return f"<div>{head}</div>{_picture(entry)}"
    return f"<details><summary>{head}</summary><pre>{shown}</pre></details>{_picture(entry)}"


def _approval(entry: Entry) -> str:
    head = f"<code>{escape(entry.title, quote=False)}</code>"
    return f"<div>{head}</div><pre>{escape(entry.text, quote=False)}</pre>"


def _picture(entry: Entry) -> str:
    return "".join(_image(bundle, entry.title) for bundle in entry.bundles)


def _image(bundle: JsonView, title: str) -> str:
    found = ((kind, bundle[kind]) for kind in _PICTURES if kind in bundle)
    kind, data = next(found, ("", ""))
    if not kind or len(data) > IMAGE_LIMIT:
        return ""
    encoded = "".join(data.split())
    return f'<p><img alt="{escape(title)}" src="data:{kind};base64,{escape(encoded)}"></p>'


_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def _line(entry: Entry) -> str:
    said = f": {escape(entry.text, quote=False)}" if entry.text else ""
    return f"<p><em>{escape(entry.title, quote=False)}{said}</em></p>{_picture(entry)}"


def _alert(entry: Entry) -> str:
    said = f": {escape(entry.text, quote=False)}" if entry.text else ""
    return f"<p><strong>{escape(entry.title, quote=False)}</strong>{said}</p>"


_KINDS: dict[str, Callable[[Entry], str]] = {
    "user": _user,
    "assistant": _assistant,
    "reasoning": _disclosure,
    "call": _call,
    "approval": _approval,
    "activity": _line,
    "note": _line,
    "alert": _alert,
}
