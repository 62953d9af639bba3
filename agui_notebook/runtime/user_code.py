"""What users wrote, on our loops: whatever it raises, the loop and the run go on to a sentence.

Headers functions, auth flows, middleware, observers, tools, agents and conversions all run under
this. Here is who wrote what failed, and how it is told; nothing here knows a protocol.
"""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from types import FrameType
from typing import Any, TypeVar

from ..errors import AGUIError
from ..traces import frames_within, is_users
from ..values import Json
from .bridge import start_thread

T = TypeVar("T")


class Blocked(BaseException):
    """Raised inside a function of the user's that keeps a loop from going on."""

    def __str__(self) -> str:
        return "it did not return in time"


def user_error(error: BaseException) -> AGUIError:
    """What the user's own code raised within a run, as a sentence that names the function."""
    if isinstance(error, AGUIError):
        return error
    if isinstance(error.__cause__, StopIteration | StopAsyncIteration):
        error = error.__cause__  # which no coroutine or generator lets through as it is
    name = raiser_of(error)
    said = f"{name!r} raised {one_line(error)}" if name else one_line(error)
    told = AGUIError(f"The run broke off: {said}")
    told.__cause__ = error
    return told


def raiser_of(error: BaseException) -> str:
    """The user's function that an error comes from; "" where it is none of the user's."""
    return function_of(frame for frame, _ in frames_within(error.__traceback__))


def guard_function(function: Callable[..., Iterable[T]]) -> Callable[..., list[T]]:
    """A function of the user's that gives several things, all at once; it raises ``user_error``."""

    def call(*args: Json) -> list[T]:
        task = current_task()
        try:
            return list(function(*args))
        except BaseException as error:
            if is_outside(error, task):
                raise
            raise user_error(error) from error

    return call


def one_line(error: BaseException) -> str:
    """An exception in a line, even one that cannot say what it is."""
    text = " ".join(words_of(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def words_of(error: BaseException) -> str:
    """``str(error)``, or nothing if that fails too."""
    try:
        return str(error)
    except BaseException:
        return ""


def name_of(function: object) -> str:
    """What a user calls a function, a bound method or an object that can be called."""
    while isinstance(function, functools.partial):
        function = function.func
    return str(getattr(function, "__name__", None) or type(function).__name__)


def is_outside(error: BaseException, task: Any) -> bool:
    """Whether ``task`` was cancelled or thrown away, rather than that its own code raised this."""
    if isinstance(error, asyncio.CancelledError):
        told = getattr(task, "cancelling", None)  # before Python 3.11 nobody can tell
        return task is not None and (told is None or told() > 0)
    return isinstance(error, GeneratorExit) and task is not current_task()


def is_plain(error: BaseException) -> bool:
    """Whether loops, futures and coroutines take it for what it is: an error like others."""
    return isinstance(error, Exception) and not isinstance(error, StopIteration | CancelledError)


def current_task() -> Any:
    """The task that runs, or None."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


async def call_in_thread(function: Callable[..., T], *args: Json) -> T:
    """Call a function that may block in a daemon thread of its own; raises what it raises.

    A pool's threads would be waited for when Python ends, and a few that hang would stop all.
    """
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    outcome: list[Any] = [None, None]

    def work() -> None:
        try:
            outcome[0] = function(*args)
        except BaseException as error:
            outcome[1] = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(ended.set)

    try:
        start_thread(work)
    except RuntimeError:  # no threads here
        return function(*args)
    await ended.wait()
    if outcome[1] is not None:
        raise outcome[1]
    value: T = outcome[0]
    return value


def function_of(frames: Iterable[FrameType]) -> str:
    """The user's innermost function among ``frames``, outermost first; "" where there is none.

    One of a library that the user's code called stands for it where it left no frame.
    """
    codes = [frame.f_code for frame in frames if is_users(frame.f_code)]
    own = [code for code in codes if "site-packages" not in code.co_filename]
    return (own or codes)[-1].co_name if codes else ""


def stack_of(thread: int) -> Iterator[FrameType]:
    """What a thread is doing right now, outermost first."""
    frame = sys._current_frames().get(thread)
    frames: list[FrameType] = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return reversed(frames)
