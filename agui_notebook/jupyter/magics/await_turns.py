"""Lets ``%agui`` and ``%%agui`` be awaited, though IPython knows no asynchronous magics.

Rewrites what IPython's own transformers make of a magic (``get_ipython().run_cell_magic('agui', ``
and its line form; IPython 8.0 to 9.18 seen), and looks for ``run_code`` among its callers: a cell
within ``%%time`` and its like cannot await. Where either is written otherwise some day, the magics
block until the answer is there, as they do in a cell that cannot await.
"""

from __future__ import annotations

import sys

from ...late_pattern import late
from ..shell import shell
from .options import TURNS

NAME = "AguiMagics"
CELL = "get_ipython().run_cell_magic('agui', "
_LINE = late(
    r"^((?:[A-Za-z_]\w* *= *)?)get_ipython\(\)\.run_line_magic\('agui', "
    rf"(?=['\"] *(?:{'|'.join(TURNS)})\b)"
)
_AWAITED = f"await get_ipython().magics_manager.registry['{NAME}'].agui_async("


def await_turns(lines: list[str]) -> list[str]:
    """An input transformer: what streams is awaited, in cells of the user's that may await."""
    text = "".join(lines)
    if "_magic('agui', " not in text or not _can_await():
        return lines
    if text.startswith(CELL):
        return [_AWAITED + lines[0][len(CELL) :], *lines[1:]]
    return [_LINE.sub(rf"\1{_AWAITED}", line) for line in lines]


def _can_await() -> bool:
    return bool(getattr(shell(), "autoawait", True)) and not _is_within_a_cell()


def _is_within_a_cell() -> bool:
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code.co_name == "run_code":
            return True
    return False
