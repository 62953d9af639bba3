"""What an unfinished JSON text has come to so far. Pure; finished texts are foreign_json.py's."""

from __future__ import annotations

import json
import re

from ..late_pattern import late
from ..values import Json

LONGEST = 200_000  # characters; a longer text is read when it is whole
_TOKEN = late(
    r"\s*(?:(?P<opening>[{\[])|(?P<closing>[}\]])|(?P<mark>[,:])"
    r'|(?P<text>"[^"\\]*(?:\\.[^"\\]*)*")|(?P<word>[-+.\w]+)|(?P<rest>\S.*))',
    re.DOTALL,
)
_CLOSE = {"{": "}", "[": "]"}
_CUT_ESCAPE = late(r"(?<!\\)((?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?\Z")


def read_partial(text: str) -> Json:
    """The value so far: what is complete, and the beginning of a text; None before there is any.

    >>> read_partial('{"city": "Lis')
    {'city': 'Lis'}
    >>> read_partial('{"city": "Lisbon", "days": 1')
    {'city': 'Lisbon'}
    """
    try:
        return json.loads(_Prefix(text).close()) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        return None


class _Prefix:
    """As much of a text as stands whatever may follow."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[str] = []
        self._names = False  # the next text is a member's name, which alone is nothing yet

    def close(self) -> str:
        """It, and the brackets that it leaves open."""
        end = token_end = 0
        while token := _TOKEN.match(self._text, token_end):  # a search would try spaces again
            token_end = token.end()
            kind = str(token.lastgroup)
            if kind == "rest":
                return self._begin_text(token) or self._close(self._text[:end])
            if self._stands(kind, token):
                end = token.end()
        return self._close(self._text[:end])

    def _close(self, text: str) -> str:
        return text + "".join(_CLOSE[one] for one in reversed(self._open))

    def _stands(self, kind: str, token: re.Match[str]) -> bool:
        sign, naming = token[kind], self._names
        if kind == "opening":
            self._open.append(sign)
        elif kind == "closing" and self._open:
            self._open.pop()
        in_object = self._open[-1:] == ["{"]
        self._names = in_object and (sign in "{," if kind in ("opening", "mark") else False)
        if kind == "word":  # a number may go on
            return token.end() < len(self._text)
        return kind != "mark" and not (kind == "text" and naming)

    def _begin_text(self, token: re.Match[str]) -> str:
        """With the beginning of a text as a value; "" where it is none."""
        if self._names or not token["rest"].startswith('"'):
            return ""
        return self._close(_CUT_ESCAPE.sub(r"\1", self._text) + '"')
