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
from .bridge import Pump
from .loop import Future

ToolRun = Callable[[], Any]
Home = Callable[[ToolRun], Awaitable[Any]]
LOOPBACK = ("127.0.0.1", "localhost")

# the loops of agents that this process serves elsewhere than on the background loop, by port
agents: dict[int, asyncio.AbstractEventLoop] = {}


def agent_needs(loop: asyncio.AbstractEventLoop, url: str) -> bool:
    """Whether the agent at ``url`` cannot answer while ``loop`` is blocked."""
    split = urlsplit(url)
    return split.hostname in LOOPBACK and agents.get(split.port or 80) is loop


async def beside(call: ToolRun) -> Any:
    """In a worker thread; what has to be awaited is awaited on the run's own loop."""
    return await settle(await asyncio.to_thread(guard_call, call))


def on_loop(loop: asyncio.AbstractEventLoop) -> Home:
    """On ``loop``, serialised with everything else of its thread (a kernel's cells, say)."""

    async def run(call: ToolRun) -> Any:
        if loop is asyncio.get_running_loop():
            return await settle(guard_call(call))
        if loop.is_closed():
            return await beside(call)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_call(call), loop))

    return run


def on_pump(pump: Pump) -> Home:
    """On the thread that blocks in ``loop.wait``; an interrupt there stops the whole run."""

    async def run(call: ToolRun) -> Any:
        future: Future[Any] = Future()
        pump.put(lambda: _resolve(future, call))
        return await settle(await asyncio.wrap_future(future))

    return run


async def settle(value: Any) -> Any:
    """The value itself, or what it comes to when awaited; see ``guard_call``."""
    if not inspect.isawaitable(value):
        return value
    try:
        return await value
    except (SystemExit, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError) and _told_to_stop():
            raise
        raise _stop_error(error) from error


def guard_call(call: ToolRun) -> Any:
    """Make the call; an exit or an interrupt inside a tool must not end the loop it runs on.

    Nor may what a future or a coroutine would take for a word about itself.
    """
    try:
        return call()
    except BaseException as error:
        if isinstance(error, Exception) and not isinstance(error, StopIteration | CancelledError):
            raise
        raise _stop_error(error) from error


def _stop_error(error: BaseException) -> ToolFailed:
    return ToolFailed(f"The tool was stopped by {type(error).__name__}")


def _told_to_stop() -> bool:
    """Whether the task was cancelled from outside; before Python 3.11 nobody can tell."""
    told = getattr(asyncio.current_task(), "cancelling", None)
    return told is None or told() > 0


async def _call(call: ToolRun) -> Any:
    return await settle(guard_call(call))


def _resolve(future: Future[Any], call: ToolRun) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(guard_call(call))
    except Exception as error:
        future.set_exception(error)
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
