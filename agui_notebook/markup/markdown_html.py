"""An agent's Markdown as HTML with the structure that the widget gives it.

markdown-it reads; here is written, from the few tags named below and from nothing of the agent's
but escaped text and addresses that may be followed. tests/golden/markdown.json holds both halves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from html import escape

from ..late_pattern import late
from ..values import Json
from .blocks import DEEPEST as DEEPEST
from .blocks import is_beyond_reason
from .inert import allowed

MOST_CELLS = 20_000  # of one table; a larger one, mostly padding, is shown as it was written
MOST_BRACKETS = 3_000  # of one answer; each begins what may be a link

_BREAK = late(r"&lt;br ?/?&gt;")


def format_markdown(source: str) -> str:
    """An agent's Markdown as HTML; as it was written where it is long or nested beyond reason."""
    tokens = [] if is_beyond_reason(source) else _reader().parse(source)
    if not tokens or max(token.level for token in tokens) > DEEPEST:
        return f"<pre>{escape(source, quote=False)}</pre>" if source.strip() else ""
    return _write(tokens)


@cache
def _reader() -> Json:
    # here: it takes 50 ms, and most chats are never shown as HTML
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import table

    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST + 10}).enable(
        ["table", "strikethrough"]
    )
    reader.validateLink = allowed  # type: ignore[method-assign, assignment]
    reader.core.ruler.at("inline", _read_inlines)
    reader.block.ruler.at("table", _limit_cells(table), {"alt": ["paragraph", "reference"]})
    return reader


def _read_inlines(state: Json) -> None:
    """The rule for what stands in a line; beyond the limit it stays text."""
    left = MOST_BRACKETS
    for token in state.tokens:
        left -= token.content.count("[") if token.type == "inline" else 0
        if token.type == "inline" and left >= 0:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _limit_cells(read_table: Callable[..., bool]) -> Callable[..., bool]:
    """The rule for tables, which fills up every row of a table to the width of its head."""

    def read(state: Json, start: int, end: int, silent: bool) -> bool:
        head = state.src[state.bMarks[start] : state.eMarks[start]]
        cells = head.count("|") * (end - start)
        return cells <= MOST_CELLS and read_table(state, start, end, silent)

    return read


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
    return f"<pre><code>{escape(token.content.removesuffix(chr(10)), quote=False)}</code></pre>"


def _code(token: Json) -> str:
    return f"<code>{_as_text(token)}</code>"


def _text(token: Json) -> str:
    return _BREAK.sub("<br>", _as_text(token))


def _link(token: Json) -> str:
    return f'<a href="{escape(token.attrGet("href"))}" rel="noopener noreferrer">'


def _inline(token: Json) -> str:
    written, links = [], 0
    if not token.children:
        return _as_text(token)
    for part in token.children:
        links += part.nesting if part.type.startswith("link_") else 0
        shown = _image(part, links) if part.type == "image" else _write([part])
        written.append(shown)
    return "".join(written)


def _image(token: Json, links: int) -> str:
    """What stands for an image, which nothing here fetches: a link to it, or its words in one."""
    words, address = escape(token.content, quote=False), token.attrGet("src")
    if links:
        return words
    link = f'<a href="{escape(address)}" rel="noopener noreferrer">'
    return f"{link}{words or escape(address, quote=False)}</a>"


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
    "inline": _inline,
}
