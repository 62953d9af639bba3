"""Reading what a transport gives until a run is over, whether or not the server hangs up.

Needs no HTTP library: sessions import this before anything is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress

from ..values import Foreign

GRACE = 1.0  # seconds for what may follow the event that ends a run


async def bursts_until(
    frames: Foreign, is_over: Callable[[], bool]
) -> AsyncIterator[Iterable[object]]:
    """What a transport gives, in bursts if it has them, until it ends or all was said.

    Servers that keep the connection open behind the last event are left alone after ``GRACE``.
    """
    source = getattr(frames, "bursts", None) or _single(frames)
    reading = aiter(source)
    clock = asyncio.get_running_loop().time
    deadline = 0.0
    with suppress(StopAsyncIteration):
        while True:
            if not is_over():
                yield await anext(reading)
                continue
            deadline = deadline or clock() + GRACE
            try:
                burst = await asyncio.wait_for(anext(reading), deadline - clock())
            except asyncio.TimeoutError:
                return
            yield burst


async def _single(frames: AsyncIterator[object]) -> AsyncIterator[Iterable[object]]:
    async for frame in frames:
        yield (frame,)
