"""A line behind ``%agui`` taken apart into words, with variables put in where they are meant.

Quotes part words as a shell's do, and nothing else is special: a price, a brace or an apostrophe
in a text stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...late_pattern import late
from ...values import Json, JsonView

_QUOTED = r'"(?:\\.|[^"\\])*"|' + r"'(?:\\.|[^'\\])*'"
_WORD = late(rf"(?:{_QUOTED}|[^\s\"'])+(?=\s|$)|\S+")
_QUOTATION = late(_QUOTED)
_WHOLE = late(rf"(?:{_QUOTED}|[^\"'])+")
_CURLY = late(r"(?<![^\s=])[“”]([^“”]*)[“”](?=\s|$)|(?<![^\s=])[‘’]([^‘’]*)[‘’](?=\s|$)")
_NAMED = late(r"\{([A-Za-z_][\w.]*)\}|(?<!\S)\$([A-Za-z_]\w*)(?!\S)")


def split_words(line: str) -> list[str]:
    """The words of ``line`` without their quotes.

    >>> split_words('''--system "Cost is $5" don't''')
    ['--system', 'Cost is $5', "don't"]
    """
    if '"' not in line:
        line = _CURLY.sub(lambda found: f'"{found[1] or found[2] or ""}"', line)
    return [_without_quotes(word) for word in _WORD.findall(line)]


def _without_quotes(word: str) -> str:
    """The text of a word, unless its quotes do not pair: an apostrophe is no quotation."""
    if not _WHOLE.fullmatch(word):
        return word
    return _QUOTATION.sub(lambda found: _unescape(found[0]), word)


def _unescape(quotation: str) -> str:
    mark = quotation[0]
    return quotation[1:-1].replace("\\" + mark, mark)


def put_names(words: Iterable[str], names: JsonView) -> list[str]:
    """``{name}`` and ``{name.attribute}`` within words, and a word ``$name``, as variables say.

    What names no variable stays as it is: ``$5``, ``{12}``, ``a{2,3}``.
    """
    return [_NAMED.sub(lambda found: _value(found, names), word) for word in words]


def _value(found: re.Match[str], names: JsonView) -> str:
    name, *attributes = (found[1] or found[2]).split(".")
    if name not in names:
        return found[0]
    value: Json = names[name]
    for attribute in attributes:
        if not hasattr(value, attribute):
            return found[0]
        value = getattr(value, attribute)
    return str(value)
