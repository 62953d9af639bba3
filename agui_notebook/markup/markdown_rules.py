"""How an answer is read for a page without a kernel: as markdown-it does, and as the widget.

Formulas, bold beside CJK characters, ``<br>``, and the limits that keep reading linear. Nothing is
written here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from ..late_pattern import late
from ..values import Json
from .blocks import DEEPEST
from .formulas import formula_at
from .inert import UNSPACED, allowed

MOST_CELLS = 20_000  # of one table; a larger one, mostly padding, is shown as it was written
MOST_LINES = 200  # of one formula
MOST_BRACKETS = 3_000  # of one answer; each begins what may be a link

_BREAK = late(r"(?i)<br ?/?>")
_DISPLAY = late(r"\$\$(?!\$)|\\\[|\\begin\{([a-z]+\*?)\}")
_NOTE = late(r"\[\^([^\]\s]{1,40})\](?![\[(])")
_ALERT = late(r"\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\n")
_TASK = late(r"^\[([ xX])\][ \t]+")
_CLOSERS = {"$$": "$$", "\\[": "\\]"}


@cache
def markdown_reader() -> Json:
    """markdown-it with our rules, made when it is first needed."""
    # here: it takes 50 ms, and most chats are never shown as HTML
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import reference, table
    from markdown_it.rules_inline import emphasis, strikethrough

    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST + 10}).enable(
        ["table", "strikethrough"]
    )
    reader.validateLink = allowed  # type: ignore[method-assign, assignment]
    reader.core.ruler.at("inline", _read_inlines)
    block, inline = reader.block.ruler, reader.inline.ruler
    block.at("table", _limit_cells(table), {"alt": ["paragraph", "reference"]})
    interrupts: Json = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    block.before("fence", "formula", _read_display, interrupts)
    block.before("reference", "note", _begin_note, {"alt": ["paragraph", "reference"]})
    block.at("reference", _unless_note(reference), {"alt": []})
    inline.before("escape", "formula", _read_formula)
    inline.before("link", "note", _read_note)
    inline.before("autolink", "break", _read_break)
    inline.at("emphasis", _beside_cjk(emphasis.tokenize))
    inline.at("strikethrough", _beside_cjk(strikethrough.tokenize))
    return reader


def _read_inlines(state: Json) -> None:
    """The rule for what stands in a line; beyond the limit it stays text."""
    left = MOST_BRACKETS
    for token in state.tokens:
        left -= token.content.count("[") if token.type == "inline" else 0
        if token.type == "inline" and left >= 0:
            state.md.inline.parse(token.content, state.md, state.env, token.children)
    for around, _, token in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if around.type == "list_item_open" and token.type == "inline" and token.children:
            token.children[0].content = _TASK.sub(_box, token.children[0].content)
        if around.type == "blockquote_open" and _ALERT.match(token.content) and token.children[1:]:
            title, line_end = token.children[:2]
            title.type, title.content, line_end.type = "alert", title.content[2:-1], "hardbreak"


def _box(found: re.Match[str]) -> str:
    return "\u2610 " if found[1] == " " else "\u2611 "


def _limit_cells(read_table: Callable[..., bool]) -> Callable[..., bool]:
    """The rule for tables, which fills up every row of a table to the width of its head."""

    def read(state: Json, start: int, end: int, silent: bool) -> bool:
        head = state.src[state.bMarks[start] : state.eMarks[start]]
        cells = head.count("|") * (end - start)
        return cells <= MOST_CELLS and read_table(state, start, end, silent)

    return read


def _read_display(state: Json, start: int, end: int, silent: bool) -> bool:
    """The rule for formulas in lines of their own: no blank line within, no words behind."""
    lines = _lines_until_blank(state, start, end)
    mark = _DISPLAY.match(lines[0]) if lines else None
    if not mark or state.is_code_block(start):
        return False
    closer = _CLOSERS.get(mark[0], f"\\end{{{mark[1]}}}")
    text = "\n".join(lines)
    stop = text.find(closer, mark.end())
    tex, behind = text[mark.end() : stop], text[stop + len(closer) :].partition("\n")[0]
    if stop < 0 or behind.strip() or not tex.strip(" \t\n\\0123456789,;.-"):
        return False
    if not silent:
        token = state.push("formula_block", "", 0)
        token.content = text[: stop + len(closer)] if mark[1] else f"$${tex.strip()}$$"
        token.map = [start, start + text.count("\n", 0, stop) + 1]
        state.line = token.map[1]
    return True


def _lines_until_blank(state: Json, start: int, end: int) -> list[str]:
    lines: list[str] = []
    for line in range(start, min(end, start + MOST_LINES)):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            break
        lines.append(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]])
        if not lines[0].startswith(("$$", "\\")):
            break
    return lines


def _read_formula(state: Json, silent: bool) -> bool:
    """The rule for formulas within a line."""
    found = formula_at(state.src, state.pos)
    if not found or found[1] > state.posMax:
        return False
    if not silent:
        mark = "$$" if found[0].display else "$"
        state.push("formula", "", 0).content = f"{mark}{found[0].text}{mark}"
    state.pos = found[1]
    return True


def _read_note(state: Json, silent: bool) -> bool:
    """The rule for the number of a footnote."""
    found = _NOTE.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        state.push("note", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _note(state: Json, line: int) -> bool:
    start = state.bMarks[line] + state.tShift[line]
    return bool(_NOTE.match(state.src, start)) and "]:" in state.src[start : start + 44]


def _unless_note(read_reference: Callable[..., bool]) -> Callable[..., bool]:
    """The rule for what links lead to, which has the same looks."""

    def read(state: Json, start: int, end: int, silent: bool) -> bool:
        return not _note(state, start) and read_reference(state, start, end, silent)

    return read


def _begin_note(state: Json, start: int, end: int, silent: bool) -> bool:
    """A footnote ends the paragraph above, and is one itself."""
    return silent and _note(state, start)


def _read_break(state: Json, silent: bool) -> bool:
    """The one tag we know: models break lines in table cells with it."""
    found = _BREAK.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("hardbreak", "", 0)
    state.pos = found.end()
    return True


def _beside_cjk(tokenize: Callable[..., bool]) -> Callable[..., bool]:
    """The rule for emphasis, where a letter beside the mark may be one that needs no space."""

    def read(state: Json, silent: bool) -> bool:
        start, known = state.pos, len(state.delimiters)
        if not tokenize(state, silent) or state.src[start] == "_":
            return bool(state.pos > start)
        before, after = state.src[max(0, start - 1) : start], state.src[state.pos :][:1]
        for mark in state.delimiters[known:]:
            mark.open = mark.open or bool(UNSPACED.match(before) and after.strip())
            mark.close = mark.close or bool(UNSPACED.match(after) and before.strip())
        return True

    return read
