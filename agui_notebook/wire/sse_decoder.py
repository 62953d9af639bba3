"""The field rules of an event stream (data, event, id, retry, comments), by httpx-sse's decoder.

httpx-sse offers it only together with a response of httpx, and keeps it in a private module (0.4.2
and 0.4.3 seen): here it is taken alone. Should it move, the two fields that matter are read here.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..values import Json


def read_events(frame: str) -> Iterator[tuple[str, str]]:
    """Name and data of every event in the lines of ``frame``, whose lines end in LF."""
    decoder: Json = _Decoder()
    for line in [*frame.split("\n"), ""]:
        event = decoder.decode(line)
        if event is not None:
            yield event.event, event.data


class PlainDecoder:
    """As much of the rules as a frame of AG-UI needs."""

    def __init__(self) -> None:
        self.event, self._lines = "message", list[str]()
        self.data = ""

    def decode(self, line: str) -> PlainDecoder | None:
        """Take a line; an empty one completes an event."""
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._lines.append(value)
        elif name == "event":
            self.event = value
        if line or not self._lines:
            return None
        self.data, self._lines = "\n".join(self._lines), []
        return self


try:
    from httpx_sse._decoders import SSEDecoder as _Decoder
except ImportError:
    _Decoder = PlainDecoder  # type: ignore[assignment, misc]
