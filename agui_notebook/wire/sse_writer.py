"""Writes events as server-sent event frames: LF only, ASCII only, one event per frame.

Nothing here sends. P-SSE-06, P-SSE-07: the reference client reads nothing but LF, and weak
clients split lines at U+2028 and U+0085, so all that is not ASCII is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring_ascii
from typing import Any

from ..errors import InvalidInput

HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),  # nginx would collect the stream otherwise
)
KEEP_ALIVE = b": keep-alive\n\n"


def frame(event: dict[str, Any]) -> bytes:
    """``data: {...}`` and an empty line. Raises InvalidInput for what JSON cannot say."""
    try:
        return b"data: %s\n\n" % _write(event).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{event['type']} cannot be written as JSON: {error}.") from error


def _plain(value: Any) -> Any:
    """JSON for what agents commonly hand over: NumPy, pandas, dates, pydantic, sets."""
    for ask in ("tolist", "isoformat", "model_dump", "to_dict"):
        if callable(getattr(value, ask, None)) and not isinstance(value, type):
            return getattr(value, ask)()
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    raise TypeError(f"a {type(value).__name__} is no JSON value")


def _writer() -> Callable[[Any], str]:
    """``JSONEncoder.encode`` without the set-up that it repeats for every event.

    That is two thirds of its time; where the encoder in C is missing, it is as it is.
    """
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=_plain).encode
    pieces = make(None, _plain, encode_basestring_ascii, None, ":", ",", False, False, False)
    return lambda event: "".join(pieces(event, 0))


_write = _writer()
