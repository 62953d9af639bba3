"""Writes events as server-sent event frames: LF only, ASCII only, one event per frame.

Nothing here sends. P-SSE-06, P-SSE-07: the reference client reads nothing but LF, and weak
clients split lines at U+2028 and U+0085, so all that is not ASCII is escaped.
"""

from __future__ import annotations

from ..errors import InvalidInput
from ..tools.as_json import as_json
from ..values import JsonObject
from .json_encoder import make_encoder

HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),  # nginx would collect the stream otherwise
)
KEEP_ALIVE = b": keep-alive\n\n"


def frame(event: JsonObject) -> bytes:
    """``data: {...}`` and an empty line. Raises InvalidInput for what JSON cannot say."""
    try:
        return b"data: %s\n\n" % _text(event).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{event['type']} cannot be written as JSON: {error}.") from error


def _text(event: JsonObject) -> str:
    try:
        return _write(event)
    except TypeError:  # names that are no texts, which the encoder does not ask about
        return _write(as_json(event))


_write = make_encoder(as_json)
