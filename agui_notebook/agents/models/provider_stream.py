"""Reading a provider's stream: sync or async, closed whatever happens, so that the model stops.

A sync stream is read in a thread of its own, so that the event loop keeps serving others and hears
of a stop, the kernel's (loop="kernel") too.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing, asynccontextmanager, suppress
from functools import partial

from ...runtime.bridge import iterate_in_thread
from ...values import Foreign, JsonObject, JsonView
from ...wire.json_answer import JSONValues
from .loose_json import plain

HAS_THREADS = sys.platform != "emscripten"  # of a page there is one


@asynccontextmanager
async def open_stream(start: Callable[[], Foreign]) -> AsyncIterator[AsyncIterator[Foreign]]:
    """Begin a stream with ``start()`` and iterate it; both may be sync or async.

    Leaving the block closes the stream, which tells the provider to stop.
    """
    source = from_thread(start) if HAS_THREADS and not is_async(start) else items(start)
    async with aclosing(source) as chunks:
        yield chunks


async def read_stream(
    start: Callable[[], Foreign],
    read: Callable[[JsonObject], Awaitable[None]],
) -> None:
    """Give every item of the stream that ``start()`` begins to ``read``, as plain JSON."""
    async with open_stream(start) as chunks:
        async for chunk in chunks:
            await read(plain(chunk))


def fill_request(create: Callable[..., Foreign], request: JsonView) -> Callable[[], Foreign]:
    """An SDK's method with its keywords; what it does not know travels in ``extra_body``.

    SDKs merge that into the JSON they send: parameters newer, older or odder than the SDK.
    """
    known = inspect.signature(create).parameters
    odd = {key: value for key, value in request.items() if key not in known}
    if not odd or "extra_body" not in known:
        return partial(create, **request)
    usual = {key: value for key, value in request.items() if key in known}
    return partial(create, **{**usual, "extra_body": {**odd, **usual.get("extra_body", {})}})


def is_async(function: Callable[..., Foreign]) -> bool:
    """Whether a function, under partials and decorators, is async, with or without ``yield``."""
    while isinstance(function, partial):
        function = function.func
    inner = inspect.unwrap(function)
    return inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner)


async def items(start: Callable[[], Foreign]) -> AsyncGenerator[Foreign, None]:
    """The items of the stream that ``start()`` returns, read on the loop's own thread."""
    stream = start()
    stream = await stream if inspect.isawaitable(stream) else stream
    if _is_json(stream):
        for value in _values(await _read_whole(stream)):
            yield value
        return
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


def _is_json(stream: Foreign) -> bool:
    """Whether what answers an SDK's request for a stream says that it is none.

    Gateways answer with a whole completion, in which SDKs find no event.
    """
    headers = getattr(getattr(stream, "response", None), "headers", None)
    kind = str(headers.get("content-type", "")) if headers else ""
    return kind.partition(";")[0].strip().lower() in ("application/json", "application/x-ndjson")


async def _read_whole(stream: Foreign) -> bytes:
    """The body of such an answer; its connection is closed whatever happens."""
    if not hasattr(stream, "__aiter__"):
        return bytes(stream.response.read())
    try:
        return bytes(await stream.response.aread())
    finally:
        await stream.response.aclose()


def _values(body: bytes) -> Iterable[JsonObject]:
    """The objects of a body; what is no JSON has none, and counts as an answer cut short."""
    with suppress(ValueError, RecursionError):
        return [json.loads(text) for text in JSONValues().feed(body.decode("utf-8", "replace"))]
    return []


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
        self._start, self._stopped = start, False
        self.stream: Foreign = None

    @property
    def is_async(self) -> bool:
        return inspect.isawaitable(self.stream) or hasattr(self.stream, "__aiter__")

    def begin(self) -> Iterable[Foreign]:
        self.stream = self._start()
        if self._stopped:  # while it was begun
            self.stop()
        if self.is_async:
            return ()
        return _values(self.stream.response.read()) if _is_json(self.stream) else self.stream

    def stop(self) -> None:
        """Wake a read that waits for the provider, by its socket."""
        self._stopped = True
        if own := getattr(self.stream, "hang_up", None):
            own()
            return
        response = getattr(self.stream, "response", None)
        network = getattr(response, "extensions", {}).get("network_stream")
        if network is not None:
            hang_up(network)


def hang_up(network: Foreign) -> None:
    """Shut a connection down under a blocked read; closing alone would not wake it."""
    hang_up_socket(network.get_extra_info("socket"))


def hang_up_client(client: Foreign) -> None:
    """End what a sync SDK client of ours waits for; closed, it begins nothing anew."""
    pool: Foreign = getattr(getattr(client._client, "_transport", None), "_pool", None)
    for each in [*getattr(pool, "connections", ())]:
        network: Foreign = getattr(getattr(each, "_connection", None), "_network_stream", None)
        if network is not None:
            hang_up(network)
    client.close()


def hang_up_socket(connection: Foreign) -> None:
    """The same for a socket; anything else is left alone."""
    import socket

    if isinstance(connection, socket.socket):
        with suppress(OSError):  # the other side was faster
            connection.shutdown(socket.SHUT_RDWR)
