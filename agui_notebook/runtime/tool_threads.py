"""Where a frontend tool runs: the thread that waits, the loop that awaits, or a thread beside.

A home takes a call that may return an awaitable and gives back its value; it decides nothing else.
Agents of this process that live on somebody's loop are known here too, to those who would block it.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError
from typing import Any
from urllib.parse import urlsplit

from ..errors import ToolFailed
from .loop import Future, Pump

Call = Callable[[], Any]
Home = Callable[[Call], Awaitable[Any]]
LOOPBACK = ("127.0.0.1", "localhost")

# the loops of agents that this process serves elsewhere than on the background loop, by port
agents: dict[int, asyncio.AbstractEventLoop] = {}


def agent_needs(loop: asyncio.AbstractEventLoop, url: str) -> bool:
    """Whether the agent at ``url`` cannot answer while ``loop`` is blocked."""
    split = urlsplit(url)
    return split.hostname in LOOPBACK and agents.get(split.port or 80) is loop


async def beside(call: Call) -> Any:
    """In a worker thread; what has to be awaited is awaited on the run's own loop."""
    return await settled(await asyncio.to_thread(guarded, call))


def on_loop(loop: asyncio.AbstractEventLoop) -> Home:
    """On ``loop``, serialised with everything else of its thread (a kernel's cells, say)."""

    async def run(call: Call) -> Any:
        if loop is asyncio.get_running_loop():
            return await settled(guarded(call))
        if loop.is_closed():
            return await beside(call)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_called(call), loop))

    return run


def on_pump(pump: Pump) -> Home:
    """On the thread that blocks in ``loop.wait``; an interrupt there stops the whole run."""

    async def run(call: Call) -> Any:
        future: Future[Any] = Future()
        pump.put(lambda: _resolve(future, call))
        return await settled(await asyncio.wrap_future(future))

    return run


async def settled(value: Any) -> Any:
    """The value itself, or what it comes to when awaited; see ``guarded``."""
    if not inspect.isawaitable(value):
        return value
    try:
        return await value
    except (SystemExit, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError) and _told_to_stop():
            raise
        raise _stopped(error) from error


def guarded(call: Call) -> Any:
    """Make the call; an exit or an interrupt inside a tool must not end the loop it runs on.

    Nor may what a future or a coroutine would take for a word about itself.
    """
    try:
        return call()
    except BaseException as error:
        if isinstance(error, Exception) and not isinstance(error, StopIteration | CancelledError):
            raise
        raise _stopped(error) from error


def _stopped(error: BaseException) -> ToolFailed:
    return ToolFailed(f"The tool was stopped by {type(error).__name__}")


def _told_to_stop() -> bool:
    """Whether the task was cancelled from outside; before Python 3.11 nobody can tell."""
    told = getattr(asyncio.current_task(), "cancelling", None)
    return told is None or told() > 0


async def _called(call: Call) -> Any:
    return await settled(guarded(call))


def _resolve(future: Future[Any], call: Call) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(guarded(call))
    except Exception as error:
        future.set_exception(error)
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
