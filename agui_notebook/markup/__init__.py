"""Markdown as agents write it: cut into code and prose, made harmless. Knows no conversation.

What others may rely on has its name here, loaded on first use; tests take it from here too.
"""

from __future__ import annotations

from ..lazy_names import loader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .blocks import DEEPEST
    from .formulas import pieces
    from .inert import fence_text, inline, plain, safe
    from .markdown_html import format_markdown
    from .markdown_rules import MOST_BRACKETS, MOST_CELLS
    from .outlets import Secrets, address, terminal

__all__ = [
    "DEEPEST",
    "MOST_BRACKETS",
    "MOST_CELLS",
    "Secrets",
    "address",
    "fence_text",
    "format_markdown",
    "inline",
    "pieces",
    "plain",
    "safe",
    "terminal",
]

__getattr__ = loader(
    __name__,
    {
        "DEEPEST": "blocks",
        "MOST_BRACKETS": "markdown_rules",
        "MOST_CELLS": "markdown_rules",
        "Secrets": "outlets",
        "address": "outlets",
        "fence_text": "inert",
        "format_markdown": "markdown_html",
        "inline": "inert",
        "pieces": "formulas",
        "plain": "inert",
        "safe": "inert",
        "terminal": "outlets",
    },
)
