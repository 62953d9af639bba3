"""Markdown source cut where code begins and ends: fences, and code spans within a paragraph.

Only cutting lives here. Both cuts take time in proportion to the text, whatever the text.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from typing import NamedTuple

from ..late_pattern import late

# a fence may stand in a list or a quotation
_OPENING = late(r"([\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*)(`{3,}|~{3,})([^`]*)$")
_RUN = late(r"`+")


class Block(NamedTuple):
    """A fenced piece of code with its language (``code`` is true), or the prose between fences."""

    code: bool
    text: str
    language: str = ""


def blocks(source: str) -> Iterator[Block]:
    """Prose and fenced code of ``source`` in order; a fence left open reaches to the end."""
    prose: list[str] = []
    lines = iter(source.split("\n"))
    for line in lines:
        opened = _OPENING.match(line)
        if not opened:
            prose.append(line)
            continue
        prefix, fence, info = opened.groups()
        yield Block(False, "\n".join([*prose, prefix.rstrip()] if prefix.strip() else prose))
        prose = []
        yield Block(True, _read_fence(lines, prefix, fence), info.strip().split(" ")[0].strip())
    yield Block(False, "\n".join(prose))


def _read_fence(lines: Iterator[str], prefix: str, fence: str) -> str:
    closing = re.compile(rf"[\s>]*{re.escape(fence[0])}{{{len(fence)},}}\s*$")
    quoted = re.compile(r"\s*>+ ?" if ">" in prefix else rf"\s{{0,{len(prefix)}}}")
    held = []
    for line in lines:
        if closing.match(line):
            break
        held.append(quoted.sub("", line, count=1))
    return "\n".join(held)


def spans(paragraph: str) -> Iterator[tuple[bool, str]]:
    """``(is code, text)`` pieces of a paragraph; the backticks around code are taken off."""
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
        yield False, paragraph[done:start]
        yield True, paragraph[end : runs[closing][0]]
        done, number = runs[closing][1], closing + 1
    yield False, paragraph[done:]


def _next(numbers: deque[int], after: int) -> int | None:
    while numbers and numbers[0] <= after:
        numbers.popleft()
    return numbers[0] if numbers else None
