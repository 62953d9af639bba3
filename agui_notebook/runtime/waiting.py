"""Waiting for what runs on the background loop: blocking or awaiting, always in short ticks.

Everything here works after somebody applied nest_asyncio(2).
"""

from __future__ import annotations

import asyncio
from typing import TypeVar

from ..errors import AGUIError
from . import browser
from .bridge import TICK, Pump
from .loop import Future, background

T = TypeVar("T")


async def await_in_ticks(future: Future[T]) -> T:
    """Await ``future`` in ticks of at most 100 ms; being cancelled cancels the future."""
    wrapped = asyncio.wrap_future(future)
    try:
        while not wrapped.done():
            await asyncio.wait({wrapped}, timeout=TICK)
    except asyncio.CancelledError:
        wrapped.cancel()
        raise
    return wrapped.result()


def wait(future: Future[T], pump: Pump | None = None) -> T:
    """Block this thread until ``future`` is done, running ``pump``'s jobs meanwhile.

    KeyboardInterrupt cancels the future. Raises AGUIError where blocking can never end.
    """
    if background().single:
        return wait_nested(future)
    if background().here():
        future.cancel()
        raise AGUIError(
            "A blocking call cannot run here, on the very loop it would wait for: "
            "use `await session.run(...)` instead of `session.ask(...)`."
        )
    try:
        return (pump or Pump()).until(future)
    except KeyboardInterrupt:
        future.cancel()
        raise


def wait_nested(future: Future[T]) -> T:
    """Block inside the running loop while that loop goes on serving what ``future`` needs.

    The only place that patches asyncio: async tools, or an agent, live on the loop that blocks.
    """
    if background().single:
        return _wait_in_page(future)
    loop = asyncio.get_running_loop()
    try:
        _let_nest(loop)
    except ValueError as error:
        future.cancel()
        kind = type(loop).__name__
        raise AGUIError(
            f"A blocking call cannot let {kind} go on meanwhile: use `await session.run(...)`."
        ) from error
    try:
        return loop.run_until_complete(await_in_ticks(future))
    except KeyboardInterrupt:
        future.cancel()
        raise


def _wait_in_page(future: Future[T]) -> T:
    try:
        return browser.block(await_in_ticks(future))
    except AGUIError:
        future.cancel()
        raise


def _let_nest(loop: asyncio.AbstractEventLoop) -> None:
    if not hasattr(loop, "_nest_patched"):  # by the user, with whichever of the two packages
        import nest_asyncio2

        nest_asyncio2.apply(loop)
