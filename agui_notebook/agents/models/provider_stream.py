"""Reading a provider's stream: sync or async, closed whatever happens, so that the model stops.

A sync stream is read in a thread of its own, so that the event loop keeps serving others.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import aclosing, asynccontextmanager, suppress
from functools import partial

from ...runtime.bridge import iterate_in_thread
from ...runtime.user_code import call_in_thread
from ...values import Foreign, JsonView


@asynccontextmanager
async def open_stream(
    start: Callable[[], Foreign], *, threads: bool = True
) -> AsyncIterator[AsyncIterator[Foreign]]:
    """Begin a stream with ``start()`` and iterate it; both may be sync or async.

    Leaving the block closes the stream, which tells the provider to stop. With ``threads``
    False a sync client blocks the loop (loop="kernel" asks for that).
    """
    source = from_thread(start) if threads and not is_async(start) else items(start)
    async with aclosing(source) as chunks:
        yield chunks


def fill_request(create: Callable[..., Foreign], request: JsonView) -> Callable[[], Foreign]:
    """An SDK's method with its keywords; what it does not know travels in ``extra_body``.

    SDKs merge that into the JSON they send: parameters newer, older or odder than the SDK.
    """
    known = inspect.signature(create).parameters
    odd = {key: value for key, value in request.items() if key not in known}
    if not odd or "extra_body" not in known:
        return partial(create, **request)
    plain = {key: value for key, value in request.items() if key in known}
    return partial(create, **{**plain, "extra_body": {**odd, **plain.get("extra_body", {})}})


async def call_off_loop(start: Callable[[], Foreign], *, threads: bool = True) -> Foreign:
    """What ``start()`` returns, awaited if it is async and off the loop if it is not."""
    if is_async(start) or not threads:
        answer = start()
    else:
        answer = await call_in_thread(start)
    return await answer if inspect.isawaitable(answer) else answer


def is_async(function: Callable[..., Foreign]) -> bool:
    """Whether a function, under partials and decorators, is async, with or without ``yield``."""
    while isinstance(function, partial):
        function = function.func
    plain = inspect.unwrap(function)
    return inspect.iscoroutinefunction(plain) or inspect.isasyncgenfunction(plain)


async def items(start: Callable[[], Foreign]) -> AsyncGenerator[Foreign, None]:
    """The items of the stream that ``start()`` returns, read on the loop's own thread."""
    stream = start()
    stream = await stream if inspect.isawaitable(stream) else stream
    if not hasattr(stream, "__aiter__"):
        for item in stream:
            yield item
            await asyncio.sleep(0)  # others get a turn
        return
    try:
        async for item in stream:
            yield item
    finally:
        close = getattr(stream, "close", None) or getattr(stream, "aclose", None)
        if close and inspect.isawaitable(closing := close()):
            await closing


async def from_thread(start: Callable[[], Foreign]) -> AsyncGenerator[Foreign, None]:
    """The items of the stream that ``start()`` returns, begun and read in a thread of its own."""
    reading = _Reading(start)
    async with iterate_in_thread(reading.begin) as read:
        try:
            async for item in read:
                yield item
            if reading.is_async:
                async with aclosing(items(lambda: reading.stream)) as rest:
                    async for each in rest:
                        yield each
        finally:
            if not read.closed:
                reading.stop()


class _Reading:
    """A stream that is begun in another thread; it may look sync and be async."""

    def __init__(self, start: Callable[[], Foreign]) -> None:
        self._start = start
        self.stream: Foreign = None

    @property
    def is_async(self) -> bool:
        return inspect.isawaitable(self.stream) or hasattr(self.stream, "__aiter__")

    def begin(self) -> Iterable[Foreign]:
        self.stream = self._start()
        return () if self.is_async else self.stream

    def stop(self) -> None:
        """Wake a read that waits for the provider, by its socket."""
        response = getattr(self.stream, "response", None)
        network = getattr(response, "extensions", {}).get("network_stream")
        if network is not None:
            hang_up(network)


def hang_up(network: Foreign) -> None:
    """Shut a connection down under a blocked read; closing alone would not wake it."""
    import socket

    if isinstance(connection := network.get_extra_info("socket"), socket.socket):
        with suppress(OSError):  # the other side was faster
            connection.shutdown(socket.SHUT_RDWR)
