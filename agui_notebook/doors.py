"""How errors of ours leave the public calls in a script: the user's frames, and one of ours.

A notebook shows them by itself (errors.py); there, and under ``python -X dev``, nothing is cut.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, TypeVar, cast

from . import traces
from .errors import AGUIError

F = TypeVar("F", bound=Callable[..., Any])
E = TypeVar("E", bound=AGUIError)


def door(function: F) -> F:
    """A public call whose errors show where the user made it, and not how we came to them."""

    @functools.wraps(function)
    def enter(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except AGUIError as error:
            raise shorten(error)  # noqa: B904

    return cast("F", enter)


def shorten(error: E) -> E:
    """The error without our frames and the libraries', nor causes in which the user has no part."""
    if not (traces.is_shown_by_a_shell() or sys.flags.dev_mode):
        for each in list(traces.chain(error)):
            traces.keep_own_frames(each)
        if error.__cause__ is not None and not traces.user_frames(error.__cause__):
            error.__context__, error.__cause__ = error.__cause__, None
            error.__suppress_context__ = True
        _add_notes(error)
    return error


def _add_notes(error: AGUIError) -> None:
    """What a notebook shows besides: where the user's own agent failed, and what to do."""
    told = [*traces.lines_of(error.frames), error.advice]
    if not hasattr(error, "__notes__") and hasattr(error, "add_note"):  # Python 3.10 has none
        for line in filter(None, told):
            error.add_note(line)
