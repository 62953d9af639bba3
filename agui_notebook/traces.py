"""Where in the user's own code an error arose, as data and as the lines a cell shows.

Frames of this package and of libraries are left out; the whole traceback of the latest error is
kept as text for whoever asks (``%agui debug``). It lies at the very bottom because errors show it.
"""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from types import CodeType, FrameType, TracebackType
from typing import Any, TypedDict

from .values import JsonView

OURS = os.path.dirname(__file__)
LIBRARY = os.path.dirname(os.__file__)
# what runs a user's code is not the user's: our own package, Python's library, the HTTP stack
STACK = frozenset(
    {"httpx", "httpcore", "httpx_sse", "h11", "anyio", "sniffio", "uvicorn", "nest_asyncio2"}
)
MOST = 8  # frames of one error, the innermost
WIDEST = 200  # characters of a line of code
_latest = [""]


class Frame(TypedDict, total=False):
    """One line of the user's. ``place`` is a file or a cell, whose name is in ``cell`` then."""

    place: str
    line: int
    name: str
    code: str
    cell: str


def is_users(code: CodeType) -> bool:
    """Whether a function belongs to whoever uses this package, or to a library of theirs."""
    path = code.co_filename
    if "site-packages" in path:
        within = path.replace("\\", "/").rpartition("/site-packages/")[2]
        return not path.startswith(OURS) and within.partition("/")[0] not in STACK
    return not path.startswith((OURS, LIBRARY, "<frozen"))


def frames_within(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    """Each frame of a traceback and the line it was in, outermost first."""
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def user_frames(error: BaseException) -> list[Frame]:
    """The user's own frames of an error, or of what caused it where that has any; often none."""
    return next(filter(None, map(frames_here, reversed(list(chain(error))))), [])


def frames_here(error: BaseException) -> list[Frame]:
    """The user's own frames through which this error came, whatever caused it."""
    frames = frames_within(error.__traceback__)
    return [_frame(*one) for one in frames if _is_own(one[0])][-MOST:]


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what caused it, outermost first; no circle is gone round twice."""
    seen: BaseException | None = error
    known: set[int] = set()
    while seen is not None and id(seen) not in known:
        known.add(id(seen))
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def keep_own_frames(error: BaseException) -> None:
    """Leave the user's own frames in the error's traceback, and no other."""
    kept: TracebackType | None = None
    trace, found = error.__traceback__, []
    while trace is not None:
        found.append(trace)
        trace = trace.tb_next
    for one in filter(lambda one: _is_own(one.tb_frame), reversed(found)):
        kept = TracebackType(kept, one.tb_frame, one.tb_lasti, one.tb_lineno)
    error.__traceback__ = kept


def is_shown_by_a_shell() -> bool:
    """Whether IPython shows errors here, which asks them how they want to be shown."""
    return _shell() is not None


def lines_of(frames: Iterable[JsonView]) -> list[str]:
    """Frames as a cell shows them."""
    return [
        f"{one['place']}, line {one['line']}{_within(one['name'])}"
        + (f"\n    {one['code']}" if one["code"] else "")
        for one in frames
    ]


def remember(error: BaseException) -> None:
    """Keep the whole traceback of this error, in place of the one before."""
    _latest[0] = "".join(traceback.format_exception(type(error), error, error.__traceback__))


def latest() -> str:
    """The traceback kept last, or ""."""
    return _latest[0]


def cell_lines(error: BaseException, frames: Iterable[JsonView]) -> list[str]:
    """What a notebook shows of an error of ours: where in the user's code, and its sentence."""
    remember(error)
    hint = ["%agui debug shows the whole traceback."] if _has_magics() else []
    return [*lines_of(frames), sentence_of(error), *hint]


def sentence_of(error: BaseException) -> str:
    """What went wrong, and what to do about it: two sentences, whoever wrote the first."""
    said = f"{type(error).__name__}: {error}".rstrip()
    advice = getattr(error, "advice", "")
    ended = said.endswith((".", "!", "?", "…", ":"))
    return f"{said}{'' if ended else '.'} {advice}" if advice else said


def _is_own(frame: FrameType) -> bool:
    made_here = str(frame.f_globals.get("__name__", "")).partition(".")[0] == __package__
    return (
        is_users(frame.f_code)
        and "site-packages" not in frame.f_code.co_filename
        and not made_here  # by a dataclass of ours
    )


def _frame(frame: FrameType, line: int) -> Frame:
    path = frame.f_code.co_filename
    code = linecache.getline(path, line, frame.f_globals).strip()
    name, cell = frame.f_code.co_name, _cell(path)
    place = f"Cell {cell}" if cell else _short(path)
    told: Frame = {"place": place, "line": line, "name": name, "code": code[:WIDEST]}
    return {**told, "cell": cell} if cell else told


def _within(name: str) -> str:
    return "" if name == "<module>" else f", in {name}"


def _short(path: str) -> str:
    """A path as seen from where the user works, where that is shorter."""
    try:
        return min(os.path.relpath(path), path, key=len)
    except ValueError:  # another drive
        return path


def _shell() -> Any:
    """The running IPython, which is asked for and never imported: a script has none."""
    found = sys.modules.get("IPython")
    return found.get_ipython() if found is not None and hasattr(found, "get_ipython") else None


def _cell(path: str) -> str:
    """What IPython calls the cell that was compiled under this name ("In[3]"), or ""."""
    name = getattr(getattr(_shell(), "compile", None), "format_code_name", None)
    found = name(path) if name is not None else None
    return str(found[1]) if found else ""


def _has_magics() -> bool:
    found = getattr(_shell(), "magics_manager", None)
    return found is not None and "agui" in found.magics["line"]
