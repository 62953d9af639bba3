"""Which dollars and brackets of a text are formulas, and which are money or a number in brackets.

Pure. Twin of js/src/markdown/formulas.js: both read the patterns in formulas.json, and
tests/golden/formulas.json holds them to the same formulas. How one is written is not known here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ..late_pattern import late

_OPENER = late(r"\\[(\[]|\$\$|\$|\\.", re.DOTALL)
_CLOSERS = {"\\(": "\\)", "\\[": "\\]", "$$": "$$"}


class Stretch(NamedTuple):
    """A formula's TeX without its marks, on a line of its own if ``display``; or text as it is."""

    text: str
    formula: bool = False
    display: bool = False


class _FormulaTable(NamedTuple):
    longest: int
    before: re.Pattern[str]
    after: re.Pattern[str]
    money: re.Pattern[str]
    reference: re.Pattern[str]


@cache
def _rule() -> _FormulaTable:
    table = json.loads((Path(__file__).parent / "formulas.json").read_text("ascii"))
    longest = table.pop("longest")
    return _FormulaTable(longest, **{name: late(pattern) for name, pattern in table.items()})


def pieces(text: str) -> Iterator[Stretch]:
    """Text and formulas of a paragraph, in order.

    >>> [piece.text for piece in pieces("$5 or $6 for $x$") if piece.formula]
    ['x']
    """
    done = at = 0
    while opened := _OPENER.search(text, at):
        start, at = opened.span()
        if found := formula_at(text, start):
            yield Stretch(text[done:start])
            yield found[0]
            done = at = found[1]
    yield Stretch(text[done:])


def formula_at(text: str, start: int) -> tuple[Stretch, int] | None:
    """The formula that begins at ``start``, and where it ends."""
    opened = _OPENER.match(text, start)
    if not opened:
        return None
    mark, at = opened[0], opened.end()
    stop = _dollar(text, at) if mark == "$" else _bracket(text, at, mark)
    if stop < 0:
        return None
    formula = Stretch(text[at:stop].strip(), formula=True, display=mark in ("$$", "\\["))
    return formula, stop + len(mark)


def _bracket(text: str, start: int, mark: str) -> int:
    """Where the formula ends whose mark has a closing one; -1 if it is none."""
    rule = _rule()
    closer = _CLOSERS.get(mark)
    stop = text.find(closer, start, start + rule.longest + 2) if closer else -1
    refers = stop >= 0 and mark != "$$" and rule.reference.match(text[start:stop])
    return -1 if refers else stop


def _dollar(text: str, start: int) -> int:
    """Dollars are prices more often: the inner sides must touch, and the next dollar decides."""
    rule = _rule()
    if (
        rule.before.search(text[max(0, start - 2) : start - 1])
        or not text[start : start + 1].strip()
    ):
        return -1
    line = text[start : start + rule.longest].partition("\n")[0]
    stop = line.find("$")
    while stop > 0 and line[stop - 1] == "\\":
        stop = line.find("$", stop + 1)
    if stop <= 0 or line[stop - 1].isspace() or rule.money.match(line[:stop]):
        return -1
    return -1 if rule.after.match(text[start + stop + 1 : start + stop + 3]) else start + stop
