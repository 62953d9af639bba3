"""Markdown as agents write it: cut into code and prose, made harmless. Knows no conversation.

What others may rely on has its name here, loaded on first use; tests take it from here too.
"""

from __future__ import annotations

from ..lazy_names import loader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .formulas import pieces
    from .inert import fence_text, inline, plain, safe
    from .outlets import Secrets, address, terminal

__all__ = [
    "Secrets",
    "address",
    "fence_text",
    "inline",
    "pieces",
    "plain",
    "safe",
    "terminal",
]

__getattr__ = loader(
    __name__,
    {
        "Secrets": "outlets",
        "address": "outlets",
        "fence_text": "inert",
        "inline": "inert",
        "pieces": "formulas",
        "plain": "inert",
        "safe": "inert",
        "terminal": "outlets",
    },
)
