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

# what begins a tag; an address in angles is none, and a host would link it
_TAG = late(
    r"(?<!\\)(?P<even>(?:\\\\)*)\\?<(?=[A-Za-z/!?])"
    r"(?!(?:(?i:https?://|mailto:)[^\s<>\"'`]*|[\w.+-]+@[\w-]+(?:\.[\w-]+)*)>)"
)
_NOTE = late(r"(?P<line>(?<=\n) {0,3})?\[\^(?P<name>[\w-]{1,40})\](?(line):)(?![\[(])")
_IMAGE = late(r"(?<!\\)(?P<even>(?:\\\\)*)!\[")
_TARGET = late(r"(?<=\]\()<([^<>\n\\]+)>|(?<=\]:)(\s*)<([^<>\n\\]+)>")
# where a dollar stands decides what may stand for it: in an address no tag may
_DOLLAR = late(r"(?P<address>\]\([^)\s]*|https?://[^\s<>]*)|\\\$|\\.|(?P<dollar>\$)", re.DOTALL)
# words that are not set apart: between one of these and a bracket a mark may stand, **“是”**的
UNSPACED = late(
    "[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
_BOLD = late(r"\*\*(?=\S)(?P<inner>[^*\n]{1,200})(?<=\S)\*\*")
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
    lines: list[str] = []
    for block in blocks(source):
        shown = _block(block).split("\n")
        if block.code and block.within is None:  # a fence stands alone
            while lines and not lines[-1].strip():
                lines.pop()
            shown = ["", *shown, ""]
        lines += shown
    return "\n".join(lines).strip("\n")


def allowed(address: str) -> bool:
    """Whether a link may lead to ``address``: http, https, mailto, or within the page."""
    plain = _UNSEEN.sub("", html.unescape(_UNSEEN.sub("", address)))
    return _ALLOWED.match(plain) is not None and not plain.startswith("//")


def _block(block: Block) -> str:
    if block.code:
        formula = block.language == "math" and not block.within and _display(block.text)
        return formula or _code_block(block)
    # a blank line ends every construct, so paragraphs can be looked at one by one
    paragraphs = re.split(r"(\n[ \t]*\n)", block.text)
    return "".join(map(_paragraph, paragraphs))


def _code_block(block: Block) -> str:
    """At the margin a fence; elsewhere one line that is harmless wherever a host sees its end."""
    if block.within is None:
        return fence_text(block.text, block.language)
    named = f' class="language-{name}"' if (name := _language(block.language)) else ""
    inner = _MARKS.sub(_entity, f"{block.text}\n").replace("\n", "&#10;")
    return f"{block.within}<pre><code{named}>{inner}</code></pre>"


def _paragraph(paragraph: str) -> str:
    return "".join(_code(text, ticks) if ticks else _text(text) for ticks, text in spans(paragraph))


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


def quiet_tex(tex: str) -> str:
    """A formula without the commands that follow, load or style something."""
    return _TEX.sub(r"\\text ", tex)


def _prose(text: str) -> str:
    return _DOLLAR.sub(_money, _BOLD.sub(_bold, _quiet(text, "&lt;")))


def _quiet(text: str, less: str) -> str:
    inert = _TAG.sub(rf"\g<even>{less}", _TARGET.sub(_plain_target, text))
    inert = _NOTE.sub(_show_note, _IMAGE.sub(r"\g<even>[image: ", inert))
    return quiet_tex(_LINK.sub(_close, inert))


def _bold(found: re.Match[str]) -> str:
    """Bold that hosts miss: its mark stands between a letter that needs no space and a bracket."""
    inner, whole = found["inner"], found.string
    before, after = (
        whole[max(0, found.start() - 1) : found.start()],
        whole[found.end() : found.end() + 1],
    )
    begins = UNSPACED.match(before) and _MARKS.match(inner)
    ends = UNSPACED.match(after) and _MARKS.match(inner[-1])
    return f"<strong>{inner}</strong>" if begins or ends else found[0]


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


def _show_note(found: re.Match[str]) -> str:
    """A footnote's number, and the note in a paragraph of its own: no host has links for them."""
    number = f"<sup>{found['name']}</sup>"
    return number if found["line"] is None else f"\n{found['line']}{number}:"


def _plain_target(found: re.Match[str]) -> str:
    """An address in angles without them: where its bracket is none, they would be a tag."""
    url = found[1] or found[3]
    return (found[2] or "") + re.sub(r"[()]", r"\\\g<0>", url.strip().replace(" ", "%20"))


def _code(text: str, ticks: str = "`") -> str:
    if not re.search(r"[<\[\]!`]", text):
        return f"{ticks}{text}{ticks}"
    # as entities it stays code even where a host sees the backticks differently
    inner = text[1:-1] if text.strip() and text[0] == text[-1] == " " else text
    return f"<code>{_MARKS.sub(_entity, inner)}</code>"


def _entity(mark: re.Match[str]) -> str:
    return f"&#{ord(mark[0])};"


def fence_text(text: str, language: str = "") -> str:
    """``text`` as a fence at the margin that nothing inside can close."""
    ticks = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"{fence}{_language(language)}\n{text}\n{fence}"


def _language(name: str) -> str:
    # a host would draw a diagram, and fetch
    return "" if name.lower() == "mermaid" else re.sub(r"[^A-Za-z0-9_+#.-]", "", name)


def inline(text: str) -> str:
    """``text`` as code within a line, on one line."""
    return _code(" ".join(text.split())) if text.strip() else ""


def plain(text: str) -> str:
    """``text`` with everything Markdown or HTML would take for a mark made literal."""
    return _STRUCTURE.sub(_entity, text)
