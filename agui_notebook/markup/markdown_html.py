"""An agent's Markdown as HTML with the structure that the widget gives it.

markdown-it reads; here is written, from the few tags named below and from nothing of the agent's
but escaped text and addresses that may be followed. tests/golden/markdown.json holds both halves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from ..late_pattern import late
from ..values import Json
from .blocks import DEEPEST, is_beyond_reason
from .inert import quiet_tex
from .markdown_rules import markdown_reader

# a URL that stands in the text without any mark, as the widget has it
_BARE = late(
    r"(?i)(?<![\w/@.-])(?:https?://|www\.(?=[a-z0-9]))[^\s<>`\"\u2010-\u2027\u2030-\u205e\u3000-\u30ff"
    r"\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef]{2,}"
)
_NO_FORMULA = late(r"\$|\\(?=[(\[]|begin\b)")
_TAIL = late(r"(?i)(?:&[a-z0-9]+;|[?!.,:;*_~'\"\]])$")


def format_markdown(source: str) -> str:
    """An agent's Markdown as HTML; as it was written where it is long or nested beyond reason."""
    tokens = None if is_beyond_reason(source) else markdown_reader().parse(source)
    if tokens is None or any(token.level > DEEPEST for token in tokens):
        return f"<pre>{escape(source, quote=False)}</pre>" if source.strip() else ""
    return _write(tokens)


def _write(tokens: Sequence[Json]) -> str:
    # hidden is a paragraph in a list whose items are lines
    shown = (token for token in tokens if not token.hidden)
    return "".join(_WRITERS.get(token.type, _as_text)(token) for token in shown)


def _as_text(token: Json) -> str:
    return escape(str(token.content), quote=False)


def _tag(opening: str, closing: str | None = None) -> dict[str, Callable[[Json], str]]:
    """Writers of a pair of tokens, both known by what stands before ``_open``."""
    name = closing or opening
    return {
        f"{opening}_open": lambda token: f"<{name}>",
        f"{opening}_close": lambda token: f"</{name}>",
    }


def _heading(closing: str) -> Callable[[Json], str]:
    # h1 and h2 belong to the page around
    return lambda token: f"<{closing}h{min(6, int(token.tag[1]) + 2)}>"


def _ordered_list(token: Json) -> str:
    """A list that goes on after something else, code say, goes on counting."""
    start = token.attrGet("start")
    return "<ol>" if start is None else f'<ol start="{int(start)}">'


def _code_block(token: Json) -> str:
    if token.info.strip() == "math" and token.content.strip() and "$" not in token.content:
        return f"<div>$${_formula(token).strip()}$$</div>"
    return f"<pre><code>{escape(token.content.removesuffix(chr(10)), quote=False)}</code></pre>"


def _code(token: Json) -> str:
    return f"<code>{_as_text(token)}</code>"


def _text(token: Json) -> str:
    """Words, and the addresses among them as links."""
    written, done = "", 0
    for found in _BARE.finditer(token.content):
        url = _without_tail(found[0])
        to = f"http://{url}" if url[:4].lower() == "www." else url
        written += f"{_words(token.content[done : found.start()])}{_anchor(to)}{_words(url)}</a>"
        done = found.start() + len(url)
    return written + _words(token.content[done:])


def _formula(token: Json) -> str:
    return escape(quiet_tex(token.content), quote=False)


def _words(text: str) -> str:
    """What begins no formula stands in an element of its own, where no page looks for one."""
    return _NO_FORMULA.sub(r"<span>\g<0></span>", escape(text, quote=False))


def _without_tail(url: str) -> str:
    """Without the punctuation of the sentence around it."""
    end, unbalanced = len(url), url.count(")") - url.count("(")
    while True:
        if url[end - 1] == ")" and unbalanced > 0:
            end, unbalanced = end - 1, unbalanced - 1
        elif tail := _TAIL.search(url[max(0, end - 33) : end]):
            end -= len(tail[0])
        else:
            return url[:end]


def _anchor(address: str) -> str:
    return f'<a href="{escape(address)}" rel="noopener noreferrer">'


def _link(token: Json) -> str:
    return _anchor(token.attrGet("href"))


def _inline(token: Json) -> str:
    written, links = [], 0
    if not token.children:
        return _as_text(token)
    for part in token.children:
        links += part.nesting if part.type.startswith("link_") else 0
        if part.type == "image":
            written.append(_image(part, links))
        else:
            written.append(
                _words(part.content) if links and part.type == "text" else _write([part])
            )
    return "".join(written)


def _image(token: Json, links: int) -> str:
    """What stands for an image, which nothing here fetches: a link to it, or its words in one."""
    words, address = escape(_alt(token), quote=False), token.attrGet("src")
    if links:
        return words
    return f"{_anchor(address)}{words or escape(address, quote=False)}</a>"


def _alt(token: Json) -> str:
    inner = token.children or ()
    return "".join(map(_alt, inner)) if token.type == "image" else str(token.content)


_WRITERS: dict[str, Callable[[Json], str]] = {
    **_tag("paragraph", "p"),
    **_tag("blockquote"),
    **_tag("bullet_list", "ul"),
    **_tag("ordered_list", "ol"),
    **_tag("list_item", "li"),
    **_tag("table"),
    **_tag("tr"),
    **_tag("th"),
    **_tag("td"),
    **_tag("em"),
    **_tag("strong"),
    **_tag("s", "del"),
    **dict.fromkeys(("thead_open", "thead_close", "tbody_open", "tbody_close"), lambda token: ""),
    "heading_open": _heading(""),
    "heading_close": _heading("/"),
    "ordered_list_open": _ordered_list,
    "link_open": _link,
    "link_close": lambda token: "</a>",
    "fence": _code_block,
    "code_block": _code_block,
    "code_inline": _code,
    "hr": lambda token: "<hr>",
    "softbreak": lambda token: "\n",
    "hardbreak": lambda token: "<br>",
    "text": _text,
    "note": lambda token: f"<sup>{_as_text(token)}</sup>",
    "alert": lambda token: f"<strong>{_as_text(token)}</strong>",
    "formula": lambda token: _formula(token),
    "formula_block": lambda token: f"<div>{_formula(token)}</div>",
    "inline": _inline,
}
