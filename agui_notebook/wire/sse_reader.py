"""Bytes of a text/event-stream in, JSON values out. No I/O.

Plain frames (one ``data: `` line) take a short cut; httpx-sse reads all others. Lines end at LF,
CR or CRLF and nowhere else: U+2028 and its like are legal inside JSON (C-SSE-09).
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import httpx
import httpx_sse

from ..errors import ProtocolError

MAX_FRAME = 10 * 1024 * 1024  # characters in one unfinished frame, as the reference allows
NOISE = frozenset({"", "[DONE]"})


class FrameReader:
    """Cuts a byte stream into the data of its events, wherever the network cut the bytes."""

    def __init__(self) -> None:
        self.head = ""  # the first 200 characters: shown when no event ever comes
        self.spoke = False  # whether any has come
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._pieces: list[str] = []
        self._size = 0
        self._after_cr = False

    def feed(self, chunk: bytes, final: bool = False) -> Iterator[str]:
        """The data of every event that ``chunk`` completes.

        Raises ProtocolError when an unfinished frame exceeds 10 MB.
        """
        text, end = self._complete(self._line_feeds(self._utf8.decode(chunk, final)))
        start = 0
        while start < end:
            stop = text.find("\n", start)
            # the short cut that makes a token cheap: nearly every frame is a single data line
            if text.startswith("\n", stop + 1) and text.startswith("data: ", start):
                data = text[start + 6 : stop]
                if data not in NOISE:
                    self.spoke = True
                    yield data
            else:
                stop = text.find("\n\n", start, end)
                stop = end if stop < 0 else stop  # of three line feeds the last is left over
                for data in _fields(text[start:stop]):
                    self.spoke = True
                    yield data
            start = stop + 2

    def close(self) -> Iterator[str]:
        """The data of a last event that no blank line ended; it may be cut short."""
        yield from self.feed(b"\n\n", final=True)

    def _line_feeds(self, text: str) -> str:
        if self._after_cr and text.startswith("\n"):
            text = text[1:]
            self._after_cr = False
        if "\r" in text:
            self._after_cr = text.endswith("\r")
            return text.replace("\r\n", "\n").replace("\r", "\n")
        self._after_cr = self._after_cr and not text
        return text

    def _complete(self, text: str) -> tuple[str, int]:
        """What has come so far, and up to where its frames are complete; the rest is kept."""
        if len(self.head) < 200:
            self.head = (self.head + text)[:200]
        pieces = self._pieces
        across = text.startswith("\n") and bool(pieces) and pieces[-1].endswith("\n")
        if not across and "\n\n" not in text:
            self._keep(text)
            return "", 0
        whole = "".join([*pieces, text])
        end = whole.rindex("\n\n") + 2
        pieces.clear()
        self._size = 0
        self._keep(whole[end:])
        return whole, end

    def _keep(self, text: str) -> None:
        if not text:
            return
        self._pieces.append(text)
        self._size += len(text)
        if self._size > MAX_FRAME:
            raise ProtocolError("SSE buffer size exceeded maximum limit of 10 MB", rule="P-SSE-06")


class _Text:
    """As much of a response as httpx-sse looks at."""

    headers = {"content-type": "text/event-stream"}  # noqa: RUF012 - read only

    def __init__(self, frame: str) -> None:
        self._frame = frame

    def iter_text(self) -> Iterator[str]:
        yield self._frame + "\n\n"


def _fields(frame: str) -> Iterator[str]:
    """Read a frame of comments, other fields or several data lines (C-SSE-08)."""
    source = httpx_sse.EventSource(cast("httpx.Response", _Text(frame)))
    for event in source.iter_sse():
        if event.data.strip() not in NOISE:  # ids and retries alone make ghost events
            yield event.data


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


_json = json.JSONDecoder(parse_constant=_refuse)
_scan: Callable[[str, int], tuple[Any, int]] = _json.scan_once  # type: ignore[attr-defined]


def decode(data: str) -> object:
    """The JSON value of one event's data.

    Raises ProtocolError when it is none (C-PROC-17): NaN and Infinity are not, nor is nesting
    that Python cannot follow.
    """
    try:
        value, end = _scan(data, 0)  # what decode() does, without its search for white space
        return value if end == len(data) else _json.decode(data)
    except StopIteration:
        return _decode_fully(data)
    except RecursionError:
        raise ProtocolError(
            "The agent sent JSON nested too deeply to read", rule="C-PROC-17"
        ) from None
    except ValueError as error:
        raise _no_json(data, error) from None


def _decode_fully(data: str) -> object:
    """Read what begins with white space; refuse what begins with anything but JSON."""
    try:
        return _json.decode(data)
    except ValueError as error:
        raise _no_json(data, error) from None


def _no_json(data: str, error: ValueError) -> ProtocolError:
    return ProtocolError(
        f"The agent sent a frame that is not JSON ({error}): {data[:80]!r}", rule="C-PROC-17"
    )
