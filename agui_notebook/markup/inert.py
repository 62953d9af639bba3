"""Markdown that is safe to show in a trusted notebook.

Hosts render trusted Markdown without a sanitiser, so what an agent says is made inert here: no
raw HTML, no scheme but http, https and mailto, no image that would be fetched. Code stays as it is.
"""

from __future__ import annotations

import html
import re

from ..late_pattern import late
from .blocks import Block, blocks, spans
from .formulas import Stretch, pieces

_TAG = late(r"<(?=[A-Za-z/!?])(?!(?:https?://|mailto:)[^\s<>\"'`]*>)")
# where a dollar stands decides what may stand for it: in an address no tag may
_DOLLAR = late(r"(?P<address>\]\([^)\s]*|https?://[^\s<>]*)|\\\$|\\.|(?P<dollar>\$)", re.DOTALL)
_SEEN = 200  # characters of an address that are looked at: a scheme is at its beginning
# links may overlap: look ahead only
_LINK = late(rf"\](?=[(:]\s*<?(?P<to>[^\s)>]{{0,{_SEEN}}}))")
_TEX = late(r"\\(?=(?:href|url|style|class|cssId|data|require|unicode|mmlToken)\b)")
_UNSEEN = late(r"[\x00-\x20\\\u200b-\u200f\u2028\u2029]+")
_ALLOWED = late(r"(?:https?:|mailto:|[^:]*$|[/#?.])", re.IGNORECASE)
_KNOWN = late(r"https?:|mailto:", re.IGNORECASE)
_MARKS = late(r"[^\w\s]")
_STRUCTURE = late(r"[\\`*_~#|$&<>\[\]]")


def safe(source: str) -> str:
    """An agent's Markdown without what a trusted host would run, fetch or follow (C-TRUST-02)."""
    return "\n\n".join(piece for block in blocks(source) if (piece := _block(block)))


def allowed(address: str) -> bool:
    """Whether a link may lead to ``address``: http, https, mailto, or within the page."""
    plain = _UNSEEN.sub("", html.unescape(_UNSEEN.sub("", address)))
    return _ALLOWED.match(plain) is not None and not plain.startswith("//")


def _block(block: Block) -> str:
    if block.code:
        formula = block.language == "math" and _display(block.text)
        return formula or fence_text(block.text, block.language)
    # a blank line ends every construct, so paragraphs can be looked at one by one
    paragraphs = re.split(r"(\n[ \t]*\n)", block.text)
    return "".join(map(_paragraph, paragraphs)).strip("\n")


def _paragraph(paragraph: str) -> str:
    return "".join(_code(text) if code else _text(text) for code, text in spans(paragraph))


def _text(text: str) -> str:
    return "".join(_tex(piece) if piece.formula else _prose(piece.text) for piece in pieces(text))


def _tex(piece: Stretch) -> str:
    """A formula between the dollars that every host knows."""
    mark = "$$" if piece.display else "$"
    return f"{mark}{_quiet(piece.text, '< ')}{mark}"


def _display(tex: str) -> str:
    """What stands in a fence of TeX, as a formula; nothing if a host would see its end before."""
    whole = tex.strip() and "$" not in tex and not re.search(r"\n[ \t]*\n", tex.strip())
    return f"$$\n{_quiet(tex.strip(), '< ')}\n$$" if whole else ""


def _prose(text: str) -> str:
    return _DOLLAR.sub(_money, _quiet(text, "&lt;"))


def _quiet(text: str, less: str) -> str:
    inert = _TAG.sub(less, text).replace("![", "[image: ")
    return _TEX.sub(r"\\text ", _LINK.sub(_close, inert))


def _money(found: re.Match[str]) -> str:
    """A dollar that begins no formula, where hosts would see one: they look in one element only."""
    if found["address"]:
        return found[0].replace("$", "&#36;")
    return "<span>&#36;</span>" if found[0].endswith("$") else found[0]


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
