"""What a check is and what it says: pass, fail or error, with a reason. Which there are: checks.py.

How one is run, and what becomes of an error in it, is run_checks.py's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..client.result import RunResult
from ..values import JsonView
from .case import CaseValues

PASS, FAIL, ERROR = "pass", "fail", "error"
SHOWN = 200  # characters of an agent's words in a reason


class Grade(NamedTuple):
    """What a check says: ``status`` is pass, fail or error; ``usage`` is what asking a judge took.

    >>> Grade("fail", "No city is named.").status
    'fail'
    """

    status: str
    reason: str = ""
    usage: Sequence[JsonView] = ()


Look = Callable[[RunResult, CaseValues], Grade | Awaitable[Grade]]


@dataclass(frozen=True)
class ResultCheck:
    """Something that holds for a good result. ``label`` is how it is called in a report."""

    label: str
    look: Look = field(repr=False, compare=False)
    agent: object = field(default=None, repr=False, compare=False)  # of a judge

    def __repr__(self) -> str:
        return self.label


def decide(good: bool, otherwise: str) -> Grade:
    """Pass, or fail for this reason."""
    return Grade(PASS) if good else Grade(FAIL, otherwise)


def quote(text: str) -> str:
    """An agent's words within a reason."""
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…")
