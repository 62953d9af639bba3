"""What of one answer is not in another, word by word, as HTML: within a bound of work.

The shortest way from one to the other (Myers); answers that have little in common are not
compared. Pure.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ...late_pattern import late
from ...markup.outlets import html as escape
from ...markup.outlets import terminal

LONGEST = 20_000  # characters of an answer that is compared
MOST_CHANGES = 1_000  # words and gaps that are only in one of the two
_WORDS = late(r"\S+|\s+")
_MARKS = {"-": "del", "+": "ins"}


def mark_differences(former: str, text: str) -> str:
    """``text`` as HTML, with what is not in ``former`` inserted and what is only there struck out.

    "" where the two are the same, too long to compare or too different.
    """
    if former == text or max(len(former), len(text)) > LONGEST:
        return ""
    return _mark(former, text)


@lru_cache(maxsize=64)  # all columns are drawn again whenever one of them grows
def _mark(former: str, text: str) -> str:
    before, now = _WORDS.findall(terminal(former)), _WORDS.findall(terminal(text))
    pieces, last = list[str](), ""
    for sign, word in reversed(list(_steps_back(before, now))):
        if sign != last:
            pieces += _end(last), f"<{_MARKS[sign]}>" if sign in _MARKS else ""
        pieces.append(escape(word))
        last = sign
    return "".join([*pieces, _end(last)]) if {*pieces} & {"<del>", "<ins>"} else ""


def _end(sign: str) -> str:
    return f"</{_MARKS[sign]}>" if sign in _MARKS else ""


def _steps_back(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[str, str]]:
    """From the last word to the first: those in both, only in ``a`` (-), only in ``b`` (+).

    None at all where there are more changes than MOST_CHANGES.
    """
    x, y = len(a), len(b)
    rounds = _search(a, b)
    for changes in range(len(rounds) - 1, -1, -1):
        reached, at = rounds[changes], x - y
        down = at == -changes or (at != changes and reached[at - 1] < reached[at + 1])
        left = at + 1 if down else at - 1
        start = (reached[left] if changes else 0) + (0 if down or not changes else 1)
        while x > start:
            x, y = x - 1, y - 1
            yield "", a[x]
        if changes:
            x, y = reached[left], reached[left] - left
            yield ("+", b[y]) if down else ("-", a[x])


def _search(a: Sequence[str], b: Sequence[str]) -> list[array[int]]:
    """How far each diagonal reaches before each round of changes; [] where they are too many.

    Diagonals below 0 are at the end.
    """
    most = min(len(a) + len(b), MOST_CHANGES)
    reached = array("i", [0]) * (2 * most + 3)
    rounds: list[array[int]] = []
    for changes in range(most + 1):
        rounds.append(reached[:])
        for at in range(-changes, changes + 1, 2):
            down = at == -changes or (at != changes and reached[at - 1] < reached[at + 1])
            x = reached[at + 1] if down else reached[at - 1] + 1
            while x < len(a) and 0 <= x - at < len(b) and a[x] == b[x - at]:
                x += 1
            reached[at] = x
            if x >= len(a) and x - at >= len(b):
                return rounds
    return []
