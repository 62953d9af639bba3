"""Reading a provider's stream: sync or async, closed whatever happens, so that the model stops.

A sync stream is read in a thread of its own, so that the event loop keeps serving others.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from functools import partial
from typing import Any, NamedTuple

END = object()


@asynccontextmanager
async def open_stream(
    start: Callable[[], Any], *, threads: bool = True
) -> AsyncIterator[AsyncIterator[Any]]:
    """Begin a stream with ``start()`` and iterate it; both may be sync or async.

    Leaving the block closes the stream, which tells the provider to stop. With ``threads``
    False a sync client blocks the loop (loop="kernel" asks for that).
    """
    source = from_thread(start) if threads and not is_async(start) else items(start)
    async with aclosing(source) as chunks:
        yield chunks


def fill_request(create: Callable[..., Any], request: Mapping[str, Any]) -> Callable[[], Any]:
    """An SDK's method with its keywords; what it does not know travels in ``extra_body``.

    SDKs merge that into the JSON they send: parameters newer, older or odder than the SDK.
    """
    known = inspect.signature(create).parameters
    odd = {key: value for key, value in request.items() if key not in known}
    if not odd or "extra_body" not in known:
        return partial(create, **request)
    plain = {key: value for key, value in request.items() if key in known}
    return partial(create, **{**plain, "extra_body": {**odd, **plain.get("extra_body", {})}})


async def call_off_loop(start: Callable[[], Any], *, threads: bool = True) -> Any:
    """What ``start()`` returns, awaited if it is async and off the loop if it is not."""
    if is_async(start) or not threads:
        answer = start()
    else:
        answer = await asyncio.to_thread(start)
    return await answer if inspect.isawaitable(answer) else answer


def is_async(function: Callable[..., Any]) -> bool:
    """Whether a function, under partials and decorators, is async, with or without ``yield``."""
    while isinstance(function, partial):
        function = function.func
    plain = inspect.unwrap(function)
    return inspect.iscoroutinefunction(plain) or inspect.isasyncgenfunction(plain)


async def items(start: Callable[[], Any]) -> AsyncGenerator[Any, None]:
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


async def from_thread(start: Callable[[], Any]) -> AsyncGenerator[Any, None]:
    """The items of the stream that ``start()`` returns, begun and read in a thread of its own."""
    reader = _Reader(start, asyncio.get_running_loop())
    reader.start()
    try:
        while (item := await reader.queue.get()) is not END:
            if isinstance(item, _Raised):
                raise item.error
            if isinstance(item, _Async):
                async with aclosing(items(item.unwrap)) as rest:
                    async for each in rest:
                        yield each
                return
            yield item
    finally:
        reader.stop()


class _Async(NamedTuple):
    """What a function returned that did not look async, and was."""

    stream: Any

    def unwrap(self) -> Any:
        return self.stream


class _Raised:
    def __init__(self, error: BaseException) -> None:
        self.error = error


class _Reader(threading.Thread):
    """Reads on until told to stop, then closes the stream from its own thread."""

    def __init__(self, start: Callable[[], Any], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(name="agui-stream", daemon=True)
        self.queue: asyncio.Queue[Any] = asyncio.Queue()
        self._begin, self._loop, self._stopped = start, loop, False
        self._stream: Any = None

    def run(self) -> None:
        try:
            self._stream = self._begin()
            if inspect.isawaitable(self._stream) or hasattr(self._stream, "__aiter__"):
                self._put(_Async(self._stream))
            else:
                self._read()
        except BaseException as error:  # whatever it is belongs to the task that waits
            self._put(_Raised(error))

    def _read(self) -> None:
        try:
            if not self._stopped:  # the caller may have left before the model began
                for item in self._stream:
                    self._put(item)
                    if self._stopped:
                        return
            self._put(END)
        finally:
            if close := getattr(self._stream, "close", None):
                close()

    def _put(self, item: Any) -> None:
        with suppress(RuntimeError):  # the loop has closed: nobody waits any more
            self._loop.call_soon_threadsafe(self.queue.put_nowait, item)

    def stop(self) -> None:
        """End the reading now; a read that waits for the provider is woken by its socket."""
        self._stopped = True
        response = getattr(self._stream, "response", None)
        network = getattr(response, "extensions", {}).get("network_stream")
        if self.is_alive() and network is not None:
            hang_up(network)


def hang_up(network: Any) -> None:
    """Shut a connection down under a blocked read; closing alone would not wake it."""
    import socket

    if isinstance(connection := network.get_extra_info("socket"), socket.socket):
        with suppress(OSError):  # the other side was faster
            connection.shutdown(socket.SHUT_RDWR)
