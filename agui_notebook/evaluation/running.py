"""Running a coroutine for somebody who blocks, or who awaits: where it runs, and who is told.

A stop (Ctrl-C, the kernel's interrupt, a cancelled task) ends what is in flight and no more.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Protocol

from ..runtime import loop, waiting
from ..runtime.bridge import Pump
from ..values import Json
from .agents import OpenAgent

WIND_UP = 10.0  # seconds in which what was stopped ends
HandOver = Callable[[Callable[[], object]], None]  # has a job done by the thread that waits


class Work(Protocol):
    """Something that takes time and keeps what there is when it is stopped."""

    def run(self, tell: HandOver) -> Coroutine[Json, Json, None]:
        """Do it; jobs for the caller's thread go to ``tell``."""

    @property
    def agents(self) -> Sequence[OpenAgent]:
        """Who is asked."""


def block(work: Work) -> bool:
    """Block until it is done; False: it was interrupted before."""
    ended = threading.Event()
    here = loop.running_loop()
    try:
        if here is not None and any(agent.needs(here) for agent in work.agents):
            future = asyncio.run_coroutine_threadsafe(_mark(work.run(_now), ended), here)
            waiting.wait_nested(future)
            return True
        pump = Pump()
        future = loop.background().submit(_mark(work.run(pump.put), ended))
        waiting.wait(future, pump)
        return True
    except KeyboardInterrupt:
        if here is None or not any(agent.needs(here) for agent in work.agents):
            ended.wait(WIND_UP)
        return False


async def follow(work: Work) -> None:
    """Await the end; being cancelled stops it."""
    here = asyncio.get_running_loop()
    if any(agent.callers_loop for agent in work.agents) or loop.background().here():
        await work.run(_now)
        return

    def tell(job: Callable[[], object]) -> None:
        here.call_soon_threadsafe(job)

    ended = threading.Event()
    try:
        await waiting.await_in_ticks(loop.background().submit(_mark(work.run(tell), ended)))
    except asyncio.CancelledError:
        for _ in range(200):
            if ended.is_set():
                break
            await asyncio.sleep(WIND_UP / 200)
        raise


def _now(job: Callable[[], object]) -> None:
    job()


async def _mark(coroutine: Coroutine[Json, Json, None], ended: threading.Event) -> None:
    try:
        await coroutine
    finally:
        ended.set()
