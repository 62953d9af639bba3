"""Decompression in small pieces: what a few bytes become is counted before it is held.

Only gzip and deflate, which can be stopped in the middle of a piece; nothing else is asked for.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from .. import limits
from ..errors import ProtocolError

if TYPE_CHECKING:
    import httpx

ACCEPT_ENCODING = "gzip, deflate"
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class Inflate:
    """The bytes of one answer, decompressed by ``encoding`` ("" or identity: as they are).

    Raises ProtocolError for an encoding that was not asked for.
    """

    def __init__(self, encoding: str = "") -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", *_WINDOWS):
            raise ProtocolError(
                f"The answer is compressed by {encoding[:40]!r}, which was not asked for: "
                f"have the server, or the proxy before it, use {ACCEPT_ENCODING} or nothing."
            )
        self._name = name
        self._zlib = zlib.decompressobj(_WINDOWS[name]) if name in _WINDOWS else None
        self._taken = self._made = 0

    def feed(self, data: bytes) -> Iterable[bytes]:
        """What ``data`` becomes, in slices. Raises ProtocolError where it becomes too much."""
        size = len(data)
        self._taken += size
        if self._zlib is None and size <= limits.SLICE_BYTES:  # nearly always: one event, as it is
            self._made += size
            if self._made > limits.RUN_BYTES:
                self._check()
            return (data,)
        return self._slices(data)

    def _slices(self, data: bytes) -> Iterator[bytes]:
        for piece in self._cut(data) if self._zlib is None else self._inflate(data):
            self._made += len(piece)
            self._check()
            yield piece

    def _cut(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), limits.SLICE_BYTES):
            yield data[start : start + limits.SLICE_BYTES]

    def _inflate(self, data: bytes) -> Iterator[bytes]:
        piece = self._first_step(data) if not self._made else self._step(data)
        while piece or self._rest():
            if piece:
                yield piece
            piece = self._step(self._rest())

    def _first_step(self, data: bytes) -> bytes:
        try:
            return self._step(data)
        except ProtocolError:
            if self._name != "deflate":
                raise
            self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)  # some leave out its header
            return self._step(data)

    def _step(self, data: bytes) -> bytes:
        assert self._zlib is not None
        try:
            return b"" if self._zlib.eof else self._zlib.decompress(data, limits.SLICE_BYTES)
        except zlib.error as error:
            raise ProtocolError(f"The answer's {self._name} compression is broken.") from error

    def _rest(self) -> bytes:
        assert self._zlib is not None
        return b"" if self._zlib.eof else self._zlib.unconsumed_tail

    def _check(self) -> None:
        if self._made > limits.RUN_BYTES:
            raise ProtocolError(
                f"The answer is longer than {limits.RUN_BYTES:,} bytes and was given up "
                "(agui_notebook.limits.RUN_BYTES)."
            )
        if self._made > max(limits.COMPRESSION_FROM, self._taken * limits.COMPRESSION):
            raise ProtocolError(
                f"The answer is compressed more than {limits.COMPRESSION} to 1 and was given up "
                "(agui_notebook.limits.COMPRESSION)."
            )


def inflate_for(response: httpx.Response) -> Inflate:
    """What reads the body of ``response``. Raises ProtocolError for what was not asked for."""
    decoded = response.is_stream_consumed  # a transport of the user's that holds it whole
    return Inflate("" if decoded else response.headers.get("content-encoding", ""))


def body_of(response: httpx.Response) -> AsyncIterable[bytes]:
    """The stream itself: ``aiter_raw`` around it cuts nothing for us, and costs with each event.

    What a transport of the user's holds whole is decoded already.
    """
    if response.is_stream_consumed or not hasattr(response.stream, "__aiter__"):
        return response.aiter_bytes()
    return response.stream


async def beginning(response: httpx.Response) -> str:
    """The first of an error's body, as far as it can be had, however slowly it comes."""
    body = bytearray()
    with suppress(Exception):
        await asyncio.wait_for(_fill(body, response), limits.ERROR_SECONDS)
    return body.decode("utf-8", "replace")


async def _fill(body: bytearray, response: httpx.Response) -> None:
    inflate = inflate_for(response)
    async for chunk in body_of(response):
        for piece in inflate.feed(chunk):
            body += piece
            if len(body) > limits.ERROR_BYTES:
                return
