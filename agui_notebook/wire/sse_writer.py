"""Writes events as server-sent event frames: LF only, ASCII only, one event per frame.

Nothing here sends. P-SSE-06, P-SSE-07: the reference client reads nothing but LF, and weak
clients split lines at U+2028 and U+0085, so all that is not ASCII is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import InvalidInput
from ..tools.as_json import as_exact_json, as_json
from ..values import JsonObject
from .json_encoder import make_encoder
from .surrogates import Halves

HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),  # nginx would collect the stream otherwise
)
KEEP_ALIVE = b": keep-alive\n\n"


class FrameWriter:
    """The frames of one stream, in which halves of a character that agents cut are joined."""

    def __init__(self) -> None:
        self._halves = Halves()

    def write(self, event: JsonObject) -> bytes:
        """``frame(event)``, less a half at its end, which comes with what follows it."""
        written = frame(event)
        if not self._halves.waiting and b"\\ud" not in written:
            return written
        return b"".join(map(frame, self.mend(event)))

    def mend(self, event: JsonObject) -> Iterable[JsonObject]:
        """The event as it can be written, behind halves that waited for it in vain."""
        return self._halves.mend(event)


def frame(event: JsonObject) -> bytes:
    """``data: {...}`` and an empty line. Raises InvalidInput for what JSON cannot say."""
    try:
        return b"data: %s\n\n" % _text(event).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(
            f"{event['type']} cannot be written as JSON: {_why(event, error)}."
        ) from error


def _why(event: JsonObject, error: Exception) -> str:
    """In words that name the place, where there is one."""
    try:
        as_exact_json(event)
    except (TypeError, ValueError) as told:
        return str(told)
    except RecursionError:
        pass
    return str(error)


def _text(event: JsonObject) -> str:
    try:
        return _write(event)
    except TypeError:  # names that are no texts, which the encoder does not ask about
        return _write(as_json(event))


_write = make_encoder(as_json)
