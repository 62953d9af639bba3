"""A conversation as HTML that needs nothing else: no script, no style sheet, nothing fetched.

What remains of a chat on a page without a kernel. Every character of the agent's is escaped; the
Markdown read here is the small part that answers are made of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any

from ..markup.blocks import Block, blocks, spans
from ..markup.inert import allowed
from .transcript import Entry, entries

IMAGE_LIMIT = 200_000  # characters of base64: a larger picture is named, not embedded

_LINES = (
    ("blank", re.compile(r"\s*$")),
    ("heading", re.compile(r" {0,3}#{1,6}\s")),
    ("rule", re.compile(r" {0,3}([-*_])(?:\s*\1){2,}\s*$")),
    ("item", re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")),
    ("quote", re.compile(r" {0,3}>")),
    ("row", re.compile(r"\s*\|.*\|\s*$")),
)
_INLINE = re.compile(
    r"!?\[(?P<label>[^\]\n]*)\]\((?P<to>[^()\s]+)\)"
    r"|\*\*(?P<strong>[^*\n]+)\*\*"
    r"|(?<![\w*])\*(?P<em>[^*\s][^*\n]*)\*(?![\w*])"
    r"|(?P<br>(?: {2,}|\\)\n|<br ?/?>)"
)
_PIPE = re.compile(r"(?<!\\)\|")
_RULED = re.compile(r"\s*:?-+:?\s*")


def html(document: Mapping[str, Any], *, agent: str = "Agent") -> str:
    """``document`` as a fragment of escaped, self-contained HTML."""
    return "\n".join(entry_html(entry) for entry in entries(document, agent))


def entry_html(entry: Entry) -> str:
    """One entry of a transcript as HTML."""
    return _KINDS[entry.kind](entry)


def format_markdown(source: str) -> str:
    """An agent's Markdown as HTML."""
    return "".join(_block(block) for block in blocks(source))


def _block(block: Block) -> str:
    if block.code:
        return f"<pre><code>{escape(block.text, quote=False)}</code></pre>"
    groups = groupby(block.text.split("\n"), _kind)
    return "".join(_GROUPS[kind](list(lines)) for kind, lines in groups)


def _kind(line: str) -> str:
    return next((name for name, looks in _LINES if looks.match(line)), "text")


def _blank(lines: list[str]) -> str:
    return ""


def _text(lines: list[str]) -> str:
    return f"<p>{_inline(chr(10).join(lines))}</p>"


def _heading(lines: list[str]) -> str:
    return "".join(f"<p><strong>{_inline(line.strip(' #'))}</strong></p>" for line in lines)


def _rule(lines: list[str]) -> str:
    return "<hr>"


def _quote(lines: list[str]) -> str:
    inner = "\n".join(re.sub(r"^\s*> ?", "", line) for line in lines)
    return f"<blockquote><p>{_inline(inner)}</p></blockquote>"


def _items(lines: list[str]) -> str:
    opened: list[tuple[int, str]] = []
    written = ""
    for line in lines:
        mark = line.lstrip()[0]
        depth, tag = len(line) - len(line.lstrip()), "ul" if mark in "-*+" else "ol"
        while opened and (
            depth < opened[-1][0] or (depth == opened[-1][0] and tag != opened[-1][1])
        ):
            written += f"</{opened.pop()[1]}>"
        if not opened or depth > opened[-1][0]:
            opened.append((depth, tag))
            written += f"<{tag}{_start(line)}>"
        written += f"<li>{_inline(line.split(None, 1)[1] if line.split()[1:] else '')}</li>"
    return written + "".join(f"</{tag}>" for _, tag in reversed(opened))


def _start(line: str) -> str:
    """A list that goes on after something else, code say, goes on counting."""
    number = re.match(r"\s*(\d+)", line)
    return f' start="{int(number[1])}"' if number and int(number[1]) != 1 else ""


def _rows(lines: list[str]) -> str:
    rows = [_PIPE.split(line.strip().strip("|")) for line in lines]
    ruled = [all(map(_RULED.fullmatch, row)) for row in rows]
    heads = int(ruled[1:2] == [True])
    tags = ("th" if number < heads else "td" for number in range(len(rows)))
    body = (_row(row, tag) for row, rule, tag in zip(rows, ruled, tags, strict=True) if not rule)
    return f"<table>{''.join(body)}</table>"


def _row(cells: Iterable[str], tag: str) -> str:
    texts = (_inline(cell.strip().replace("\\|", "|")) for cell in cells)
    return f"<tr>{''.join(f'<{tag}>{text}</{tag}>' for text in texts)}</tr>"


_GROUPS: dict[str, Callable[[list[str]], str]] = {
    "blank": _blank,
    "heading": _heading,
    "rule": _rule,
    "item": _items,
    "quote": _quote,
    "row": _rows,
    "text": _text,
}


def _inline(text: str) -> str:
    pieces = (
        f"<code>{escape(piece, quote=False)}</code>" if code else "".join(_prose(piece))
        for code, piece in spans(text)
    )
    return "".join(pieces)


def _prose(text: str) -> Iterator[str]:
    done = 0
    for found in _INLINE.finditer(text):
        yield escape(text[done : found.start()], quote=False)
        yield _inline_html(found)
        done = found.end()
    yield escape(text[done:], quote=False)


def _inline_html(found: re.Match[str]) -> str:
    if found["br"]:
        return "<br>"
    if found["strong"] or found["em"]:
        tag = "strong" if found["strong"] else "em"
        return f"<{tag}>{escape(found['strong'] or found['em'], quote=False)}</{tag}>"
    if not allowed(found["to"]):
        return escape(found[0], quote=False)
    link = f'<a href="{escape(found["to"])}" rel="noopener noreferrer">'
    return f"{link}{escape(found['label'] or found['to'], quote=False)}</a>"


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


def _picture(entry: Entry) -> str:
    found = ((kind, entry.bundle[kind]) for kind in _PICTURES if kind in entry.bundle)
    kind, data = next(found, ("", ""))
    if not kind or len(data) > IMAGE_LIMIT:
        return ""
    encoded = "".join(data.split())
    return f'<p><img alt="{escape(entry.title)}" src="data:{kind};base64,{escape(encoded)}"></p>'


_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def _line(entry: Entry) -> str:
    said = f": {escape(entry.text, quote=False)}" if entry.text else ""
    return f"<p><em>{escape(entry.title, quote=False)}{said}</em></p>"


def _alert(entry: Entry) -> str:
    said = f": {escape(entry.text, quote=False)}" if entry.text else ""
    return f"<p><strong>{escape(entry.title, quote=False)}</strong>{said}</p>"


_KINDS: dict[str, Callable[[Entry], str]] = {
    "user": _user,
    "assistant": _assistant,
    "reasoning": _disclosure,
    "call": _call,
    "activity": _line,
    "note": _line,
    "alert": _alert,
}
