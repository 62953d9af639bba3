"""Text as it stands: what cannot be seen, or looks like something else, as a mark that can be read.

Pure. For what somebody is to decide on; prose is not marked. Twin of js/src/ui/visible.js: both
read the characters in visible.json, and tests/golden/visible.json holds them to the same marks.
"""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

_TABLE = json.loads((Path(__file__).parent / "visible.json").read_text("ascii"))


def _ranges(name: str) -> str:
    """The table's ranges of code points, as the inside of a character class."""
    pairs = (each.partition("-") for line in _TABLE[name] for each in line.split())
    return "".join(rf"\U{first:0>8}-\U{last or first:0>8}" for first, _, last in pairs)


_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
# a joiner between two emoji and a selector behind one are how they are written
_HIDDEN = re.compile(
    rf"[{_ranges('hidden')}]|(?<![{_EMOJI}])[\ufe0e\ufe0f]"
    rf"|(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])"
)
_ALIKE = re.compile(f"[{_ranges('alike')}]")
_OTHER = re.compile(f"[^\x00-\x7f{_ranges('alike')}{_ranges('hidden')}]")
_ASCII = re.compile("[0-9A-Za-z]")
_TOKEN = re.compile(r"[^ \t\n]+")
_WORD = re.compile("[0-9A-Za-z_\x80-\U0010ffff]+")


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
    return _HIDDEN.sub(_mark, marked)


def _show_word(among_ascii: bool, found: re.Match[str]) -> str:
    """Look-alikes are marked in a word of ASCII, and where they are all there is of a word."""
    word = found[0]
    count = len(_ALIKE.findall(word))
    faked = not _OTHER.search(word) and (count > 1 or among_ascii)
    return _ALIKE.sub(_mark, word) if count and (faked or _ASCII.search(word)) else word


def _mark(found: re.Match[str]) -> str:
    return f"‹U+{ord(found[0]):04X}›"
