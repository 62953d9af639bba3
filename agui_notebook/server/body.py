"""Reads a request's body within limits of size, time and depth, and as JSON."""

from __future__ import annotations

import time
from collections.abc import Mapping

from .. import foreign_json, limits
from ..values import JsonObject
from .caller import Caller
from .security import Refusal

FAR_TOO_MUCH = 4  # times the limit: then we hang up


class Refused(Exception):
    """The body cannot be used; carries the HTTP answer."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.refusal = Refusal(status, detail, [(b"connection", b"close")])


async def read_body(
    caller: Caller, headers: Mapping[bytes, bytes], *, limit: int, seconds: float
) -> bytes:
    """The whole body. Raises Refused for more than ``limit`` bytes (413) or too slow (408), Gone.

    What is too big is still read for a while, but not kept: a caller that is busy sending
    would lose our answer if we hung up at once.
    """
    body, size, more = bytearray(), 0, True
    end = time.monotonic() + seconds
    while more and max(size, _announced_length(headers)) <= FAR_TOO_MUCH * limit:
        piece, more = await _piece(caller, end)
        size += len(piece)
        body += piece if size <= limit else b""
    if more or size > limit:
        raise Refused(413, f"The run input is larger than {limit:,} bytes; send less history.")
    return bytes(body)


def _announced_length(headers: Mapping[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


async def _piece(caller: Caller, end: float) -> tuple[bytes, bool]:
    try:
        return await caller.piece(max(end - time.monotonic(), 0))
    except TimeoutError:
        raise Refused(408, "The run input came too slowly; send it again.") from None


def parse(body: bytes) -> JsonObject:
    """The JSON object in ``body``. Raises Refused: 400 for no JSON, 422 for other JSON."""
    try:
        value = foreign_json.read_bytes(body, whole_characters=True, deepest=limits.BODY_DEPTH)
    except foreign_json.NotJSON as error:
        status = 400 if "not JSON" in str(error) or "not UTF-8" in str(error) else 422
        raise Refused(status, f"The run input cannot be read: {error}.") from None
    if not isinstance(value, dict):
        raise Refused(422, "The run input must be a JSON object with 'messages'.")
    return value
