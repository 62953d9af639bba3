"""Text as it stands: what cannot be seen, or looks like something else, as a mark that can be read.

Pure. For what somebody is to decide on; prose is not marked. Twin of js/src/ui/visible.js: both
read the characters in visible.json, and tests/golden/visible.json holds them to the same marks.
"""

from __future__ import annotations

import json
import re
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from ..late_pattern import late

_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_ASCII = late("[0-9A-Za-z]")
_TOKEN = late(r"[^ \t\n]+")
_WORD = late("[0-9A-Za-z_\x80-\U0010ffff]+")


class _Patterns(NamedTuple):
    hidden: re.Pattern[str]
    alike: re.Pattern[str]
    other: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Made when the first text needs them: it takes longer than all else at import."""
    table = json.loads((Path(__file__).parent / "visible.json").read_text("ascii"))
    hidden, alike = _ranges(table["hidden"]), _ranges(table["alike"])
    # a joiner between two emoji and a selector behind one are how they are written
    return _Patterns(
        late(
            rf"[{hidden}]|(?<![{_EMOJI}])[\ufe0e\ufe0f]"
            rf"|(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])"
        ),
        late(f"[{alike}]"),
        late(f"[^\x00-\x7f{alike}{hidden}]"),
    )


def _ranges(lines: list[str]) -> str:
    """Ranges of code points, as the inside of a character class."""
    pairs = (each.partition("-") for line in lines for each in line.split())
    return "".join(rf"\U{first:0>8}-\U{last or first:0>8}" for first, _, last in pairs)


def visible(text: str) -> str:
    """``text`` with ``‹U+202E›`` for what would change, hide or fake the look of it.

    These are controls (but tab and newline), overrides of direction, characters without width,
    tags, and letters that look like ASCII in a name or path. Russian words stay as they are.

    >>> visible("rm -rf /h\u043eme")
    'rm -rf /h‹U+043E›me'
    """
    if text.isascii() and text.isprintable():
        return text
    return _TOKEN.sub(_show_token, text)


def _show_token(found: re.Match[str]) -> str:
    token = found[0]
    if token.isascii() and token.isprintable():
        return token
    marked = _WORD.sub(partial(_show_word, bool(_ASCII.search(token))), token)
    return _patterns().hidden.sub(_mark, marked)


def _show_word(among_ascii: bool, found: re.Match[str]) -> str:
    """Look-alikes are marked in a word of ASCII, and where they are all there is of a word."""
    word, (_, alike, other) = found[0], _patterns()
    count = len(alike.findall(word))
    faked = not other.search(word) and (count > 1 or among_ascii)
    return alike.sub(_mark, word) if count and (faked or _ASCII.search(word)) else word


def _mark(found: re.Match[str]) -> str:
    return f"‹U+{ord(found[0]):04X}›"
