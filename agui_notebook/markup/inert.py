"""Markdown that is safe to show in a trusted notebook.

Hosts render trusted Markdown without a sanitiser, so what an agent says is made inert here: no
raw HTML, no scheme but http, https and mailto, no image that would be fetched. Code stays as it is.
"""

from __future__ import annotations

import html
import re

from .blocks import Block, blocks, spans

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_SEEN = 200  # characters of an address that are looked at: a scheme is at its beginning
# links may overlap: look ahead only
_LINK = re.compile(rf"\](?=[(:]\s*<?(?P<to>[^\s)>]{{0,{_SEEN}}}))")
_TEX = re.compile(r"\\(?=(?:href|url|style|class|cssId|data|require|unicode|mmlToken)\b)")
_UNSEEN = re.compile(r"[\x00-\x20\\\u200b-\u200f\u2028\u2029]+")
_ALLOWED = re.compile(r"(?:https?:|mailto:|[^:]*$|[/#?.])", re.IGNORECASE)
_KNOWN = re.compile(r"https?:|mailto:", re.IGNORECASE)
_MARKS = re.compile(r"[^\w\s]")
_STRUCTURE = re.compile(r"[\\`*_~#|$&<>\[\]]")


def safe(source: str) -> str:
    """An agent's Markdown without what a trusted host would run, fetch or follow (C-TRUST-02)."""
    return "\n\n".join(piece for block in blocks(source) if (piece := _block(block)))


def allowed(address: str) -> bool:
    """Whether a link may lead to ``address``: http, https, mailto, or within the page."""
    plain = _UNSEEN.sub("", html.unescape(_UNSEEN.sub("", address)))
    return _ALLOWED.match(plain) is not None and not plain.startswith("//")


def _block(block: Block) -> str:
    if block.code:
        return fence_text(block.text, block.language)
    # a blank line ends every construct, so paragraphs can be looked at one by one
    pieces = re.split(r"(\n[ \t]*\n)", block.text)
    return "".join(_paragraph(piece) for piece in pieces).strip("\n")


def _paragraph(paragraph: str) -> str:
    return "".join(_code(text) if code else _prose(text) for code, text in spans(paragraph))


def _prose(text: str) -> str:
    inert = _TAG.sub("&lt;", text).replace("![", "[image: ")
    return _TEX.sub(r"\\text ", _LINK.sub(_close, inert))


def _close(found: re.Match[str]) -> str:
    """A link that may not be followed is none; nor is one whose scheme might come later."""
    to = found["to"]
    good = allowed(to) if len(to) < _SEEN else _KNOWN.match(to) is not None
    return "]" if good else "]\\"


def _code(text: str) -> str:
    if not re.search(r"[<\[\]!`]", text):
        return f"`{text}`"
    # as entities it stays code even where a host sees the backticks differently
    return f"<code>{_MARKS.sub(_entity, text.strip())}</code>"


def _entity(mark: re.Match[str]) -> str:
    return f"&#{ord(mark[0])};"


def fence_text(text: str, language: str = "") -> str:
    """``text`` as a fence at the margin that nothing inside can close."""
    ticks = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, ticks + 1)
    named = "" if language.lower() == "mermaid" else language  # a host would draw, and fetch
    return f"{fence}{re.sub(r'[^A-Za-z0-9_+#.-]', '', named)}\n{text}\n{fence}"


def inline(text: str) -> str:
    """``text`` as code within a line, on one line."""
    return _code(" ".join(text.split())) if text.strip() else ""


def plain(text: str) -> str:
    """``text`` with everything Markdown or HTML would take for a mark made literal."""
    return _STRUCTURE.sub(_entity, text)
