"""Markdown source cut where code begins and ends: blocks of it, and spans within a paragraph.

Only cutting lives here; which lines are code is for markdown-it to say. Both cuts take time in
proportion to the text, whatever the text.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ..late_pattern import late
from ..values import Json

LONGEST = 1_000_000  # characters; a longer text is shown as it was written
DEEPEST = 18  # lists, which count double, and quotations within each other
MOST_LOOKS = 30_000  # lines, times the depth of quotations that each of them may go on

_CONTAINERS = late(r"^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))+", re.MULTILINE)
_MARK = late(r"[>\-*+.)]")
_MAY_BE_CODE = late(r"```|~~~| {4}|\t")
_RUN = late(r"`+")


class Block(NamedTuple):
    """Code with its language (``code`` is true), or the prose between.

    ``within`` is what stands before code in a list or quotation: indents and marks.
    """

    code: bool
    text: str
    language: str = ""
    within: str | None = None


def is_beyond_reason(source: str) -> bool:
    """Whether to read it would take more than its length: too long, or too deeply nested."""
    marks = (len(_MARK.findall(found[0])) for found in _CONTAINERS.finditer(source))
    depth = max(marks, default=0)
    deep = depth > DEEPEST or depth * source.count("\n") > MOST_LOOKS
    return len(source) > LONGEST or deep


def blocks(source: str) -> Iterator[Block]:
    """Prose and code of ``source`` in order; a fence left open reaches to the end.

    What is nested beyond reason is code from its beginning to its end.
    """
    source = re.sub(r"\r\n?", "\n", source)
    if not _MAY_BE_CODE.search(source):
        yield Block(False, source)
        return
    tokens = None if is_beyond_reason(source) else _reader().parse(source)
    if tokens is None or any(token.level > DEEPEST for token in tokens):
        yield Block(True, source)
        return
    lines, done = source.split("\n"), 0
    for token in tokens:
        if token.type not in ("fence", "code_block"):
            continue
        start, end = token.map
        if start > done:
            yield Block(False, "\n".join(lines[done:start]))
        yield _code_block(token, lines[start])
        done = end
    yield Block(False, "\n".join(lines[done:]))


@cache
def _reader() -> Json:
    # here: it takes 50 ms, and many answers have no code
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST + 10})
    reader.core.ruler.enableOnly(["normalize", "block"])
    return reader.enable("table")


def _code_block(token: Json, line: str) -> Block:
    language = token.info.split()[0] if token.info.strip() else ""
    text = token.content.removesuffix("\n")
    within = _marks_before(token, line) if token.level else None
    return Block(True, text, language, within)


def _marks_before(token: Json, line: str) -> str:
    if token.type == "fence":
        return line[: line.index(token.markup)]
    first = token.content.partition("\n")[0].expandtabs(4)
    marks = line[: len(line) - len(first.lstrip())].expandtabs(4)
    return marks[: max(0, len(marks) - 4 - (len(first) - len(first.lstrip())))]


def spans(paragraph: str) -> Iterator[tuple[str, str]]:
    """Pieces of a paragraph: the backticks around code, none around words, and what is inside."""
    runs = [(m.start(), m.end()) for m in _RUN.finditer(paragraph)]
    waiting: dict[int, deque[int]] = defaultdict(deque)
    for number, (start, end) in enumerate(runs):
        waiting[end - start].append(number)
    done = number = 0
    while number < len(runs):
        start, end = runs[number]
        closing = _next(waiting[end - start], number)
        if closing is None or paragraph[start - 1 : start] == "\\":
            number += 1
            continue
        yield "", paragraph[done:start]
        yield paragraph[start:end], paragraph[end : runs[closing][0]]
        done, number = runs[closing][1], closing + 1
    yield "", paragraph[done:]


def _next(numbers: deque[int], after: int) -> int | None:
    while numbers and numbers[0] <= after:
        numbers.popleft()
    return numbers[0] if numbers else None
