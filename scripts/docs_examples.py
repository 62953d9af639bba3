"""Examples in docstrings as blocks of code on the site; their brackets are no links.

An extension of griffe, which reads the docstrings for mkdocstrings.
"""

from __future__ import annotations

import textwrap
from typing import Any

import griffe

PROMPT = ">>> "


class FencedExamples(griffe.Extension):
    """Puts fences around every run of lines that begins with a prompt, up to an empty line."""

    def on_object(self, *, obj: Any, **about: Any) -> None:
        """Called for every object that has been read."""
        if obj.docstring:
            obj.docstring.value = fenced(obj.docstring.value)


def fenced(text: str) -> str:
    """The text with its examples fenced.

    >>> fenced("What.\\n\\n>>> 1 + 1\\n2").splitlines()
    ['What.', '', '```pycon', '>>> 1 + 1', '2', '```']
    """
    blocks = text.split("\n\n")
    return "\n\n".join(map(_fenced_block, blocks))


def _fenced_block(block: str) -> str:
    if not textwrap.dedent(block).lstrip("\n").startswith(PROMPT):
        return block
    margin = block[: len(block) - len(block.lstrip())].lstrip("\n")
    return f"{margin}```pycon\n{block}\n{margin}```"
