"""Keeps a question mark at the end of ``%agui deny too expensive?`` a part of what is said.

IPython takes a line that ends in one as a wish for help on its last name. ``%agui?`` and
``%agui deny?``, where nothing is said, are still that. Built on IPython's own transformers of
tokens, so that lines within texts are left alone (IPython 8.0 to 9.18 seen).
"""

from __future__ import annotations

from tokenize import DEDENT, INDENT
from typing import Any

from IPython.core.inputtransformer2 import EscapedCommand, HelpEnd, MagicAssign


class AguiLine(EscapedCommand):
    """``%agui WORD TEXT?`` as the magic it is, before the help is looked for."""

    priority = HelpEnd.priority - 1

    @classmethod
    def find(cls, tokens_by_line: list[list[Any]]) -> AguiLine | None:
        """The first such line."""
        for line in tokens_by_line:
            first = next((n for n, t in enumerate(line) if t.type not in (INDENT, DEDENT)), 0)
            if _says_something(line[first:]):
                return cls(line[first].start)
        return None


class AguiAssignment(MagicAssign):
    """The same behind ``name =``."""

    priority = AguiLine.priority

    def __init__(self, start: tuple[int, int]) -> None:
        # the help begins where the line does, and comes second
        super().__init__((start[0], 0))  # type: ignore[no-untyped-call]
        self._column = start[1]

    def transform(self, lines: list[str]) -> list[str]:
        """The line with a call in the magic's place."""
        self.start_col = self._column
        written: list[str] = super().transform(lines)
        return written

    @classmethod
    def find(cls, tokens_by_line: list[list[Any]]) -> AguiAssignment | None:
        """The first such line."""
        for line in tokens_by_line:
            equals = [n for n, token in enumerate(line) if token.string == "="][:1]
            if equals and _says_something(line[equals[0] + 1 :]):
                return cls(line[equals[0] + 1].start)
        return None


def _says_something(tokens: list[Any]) -> bool:
    """Whether these are ``% agui word more ... ?`` with space between word and more."""
    if [token.string for token in tokens[:2]] != ["%", "agui"] or len(tokens) < 5:
        return False
    text = tokens[1].line[tokens[1].end[1] :].split(None, 1)
    return len(text) == 2 and bool(text[1].strip(" \t\r\n?")) and tokens[-2].string == "?"
