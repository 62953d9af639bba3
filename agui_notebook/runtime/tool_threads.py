"""Where a frontend tool runs: the thread that waits, the loop that awaits, or a thread beside.

A home takes a call that may return an awaitable and gives back its value; it decides nothing else.
A run that is stopped interrupts the call, wherever it blocks the main thread.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from ..errors import ToolFailed
from ..values import Json
from .bridge import Pump
from .loop import Future
from .main_thread import ARRIVAL, Interruptible
from .user_code import call_in_thread, current_task, is_outside, is_plain, raiser_of

ToolRun = Callable[[], Any]
Home = Callable[[ToolRun], Awaitable[Any]]


async def beside(call: ToolRun) -> Any:
    """In a thread of its own; what has to be awaited is awaited on the run's own loop."""
    return await settle(await call_in_thread(guard_call, call))


def on_loop(loop: asyncio.AbstractEventLoop) -> Home:
    """On ``loop``, serialised with everything else of its thread (a kernel's cells, say)."""

    async def run(call: ToolRun) -> Any:
        if loop is asyncio.get_running_loop():
            return await settle(guard_call(call))
        if loop.is_closed():
            return await beside(call)
        made = Interruptible()
        future = asyncio.run_coroutine_threadsafe(_call(made, call), loop)
        return await _await_or_interrupt(made, future)

    return run


def on_pump(pump: Pump) -> Home:
    """On the thread that blocks in ``waiting.wait``; an interrupt there stops the whole run."""

    async def run(call: ToolRun) -> Any:
        made, future = Interruptible(), Future[Any]()
        pump.put(partial(_resolve, future, made, call))
        return await settle(await _await_or_interrupt(made, future))

    return run


async def settle(value: Json) -> Any:
    """The value itself, or what it comes to when awaited; see ``guard_call``."""
    if not inspect.isawaitable(value):
        return value
    task = current_task()
    try:
        return await value
    except BaseException as error:
        if is_plain(error) or is_outside(error, task):
            raise
        raise _stop_error(error) from error


def guard_call(call: ToolRun) -> Any:
    """Make the call; an exit or an interrupt inside a tool must not end the loop it runs on.

    Nor may what a future or a coroutine would take for a word about itself.
    """
    try:
        return call()
    except BaseException as error:
        if is_plain(error):
            raise
        raise _stop_error(error) from error


def _stop_error(error: BaseException) -> ToolFailed:
    name = raiser_of(error)
    place = f" in {name!r}" if name else ""
    return ToolFailed(f"The tool was stopped by {type(error).__name__}{place}")


async def _await_or_interrupt(made: Interruptible, future: Future[Any]) -> Any:
    try:
        return await asyncio.wrap_future(future)
    except ToolFailed:
        if made.passed_on:  # whoever awaits the turn is just being cancelled, and so are we
            await asyncio.sleep(ARRIVAL)
        raise
    except asyncio.CancelledError:
        made.interrupt()
        raise


async def _call(made: Interruptible, call: ToolRun) -> Any:
    try:
        return await settle(guard_call(partial(made.run, call)))
    finally:
        if made.ends_loop:  # before Python 3.11 nobody else cancels what awaits here
            asyncio.get_running_loop().call_soon(_press_ctrl_c)


def _press_ctrl_c() -> None:
    raise KeyboardInterrupt


def _resolve(future: Future[Any], made: Interruptible, call: ToolRun) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(guard_call(partial(made.run, call)))
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt) and made.pressed:
            raise KeyboardInterrupt from None  # whoever waits cancels the turn, and this with it
        future.set_exception(error)
