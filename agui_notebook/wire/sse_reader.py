"""Bytes of a text/event-stream in, JSON values of its events out. No I/O.

Plain frames (one ``data: `` line) take a short cut; httpx-sse reads all others. Lines end at LF,
CR or CRLF and nowhere else: U+2028 and its like are legal inside JSON (C-SSE-09).
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator

from .. import foreign_json, limits
from ..errors import ProtocolError
from .sse_decoder import read_events

HEAD = 2_000  # characters of the beginning that are kept
NOISE = frozenset({"", "[DONE]"})


def _ignore(name: str, data: str) -> None:
    """Nobody wants to know what was passed over."""


class FrameReader:
    """Cuts a byte stream into the data of its events, wherever the network cut the bytes.

    A frame with a name of its own that is no AG-UI goes to ``pass_over`` with its data.
    """

    def __init__(self, pass_over: Callable[[str, str], None] = _ignore) -> None:
        self._pass_over = pass_over
        self.head = ""  # how it begins: shown when no event ever comes
        self.spoke = False  # whether any has come
        self.escaped = False  # whether characters are written as \\u in what was given last
        self._bytes = b""  # of a character whose others are still to come
        self._pieces: list[str] = []
        self._size = 0
        self._silent = 0  # characters that belonged to no event
        self._after_cr = False

    def feed(self, chunk: bytes, final: bool = False) -> Iterable[str]:
        """The data of every event that ``chunk`` completes.

        Raises ProtocolError when an unfinished frame exceeds 10 MB, and for what is too much of
        anything else (limits.py).
        """
        text = self._decode(chunk, final)
        if self._pieces or text[-2:] != "\n\n":
            text = self._complete(text)
        self.escaped = "\\u" in text
        if text[:6] == "data: ":
            # the short cut that makes a token cheap: nearly always all frames are single data lines
            plain = text[6:-2].split("\n\ndata: ")
            if text.count("\n") == 2 * len(plain) and NOISE.isdisjoint(plain):
                self.spoke = True
                return plain
        return self._frames(text)

    def _frames(self, text: str) -> Iterator[str]:
        """The data of frames of any kind."""
        start, end = 0, len(text)
        while start < end:
            stop = text.find("\n", start)
            if text.startswith("\n", stop + 1) and text.startswith("data: ", start):
                data = text[start + 6 : stop]
                if data not in NOISE:
                    self.spoke = True
                    yield data
            else:
                stop = text.find("\n\n", start, end)
                stop = end if stop < 0 else stop  # of three line feeds the last is left over
                yield from self._odd_frame(text[start:stop])
            start = stop + 2

    def close(self) -> Iterator[str]:
        """The data of a last event that no blank line ended; it may be cut short."""
        yield from self.feed(b"\n\n", final=True)

    def _odd_frame(self, frame: str) -> Iterator[str]:
        """A frame that is not one plain data line: read by its fields, if it has any."""
        if not frame.startswith(":") or "\n" in frame:
            if frame.count("\n") > limits.FRAME_LINES:
                raise ProtocolError(
                    f"The agent sent a frame of more than {limits.FRAME_LINES:,} lines "
                    "(agui_notebook.limits.FRAME_LINES).",
                    rule="P-SSE-06",
                )
            for name, data in _events(frame):
                if _is_agui(name, data):
                    self.spoke = True
                    yield data
                    return
                self._pass_over(name, data)
        self._silent += len(frame) + 2
        if self._silent > limits.SILENT_BYTES:
            raise ProtocolError(
                f"The agent sent {limits.SILENT_BYTES:,} characters that are no events, and was "
                "given up (agui_notebook.limits.SILENT_BYTES)."
            )

    def _decode(self, chunk: bytes, final: bool) -> str:
        """The text of ``chunk``, with line feeds for line ends, and no mark of the byte order."""
        data = self._bytes + chunk if self._bytes else chunk
        text, used = codecs.utf_8_decode(data, "replace", final)
        if used != len(data) or self._bytes:
            self._bytes = data[used:]
        if len(self.head) < HEAD:
            text = text if self.head else text.removeprefix("\ufeff")
            self.head = (self.head + text)[:HEAD]
        return self._line_feeds(text) if self._after_cr or "\r" in text else text

    def _line_feeds(self, text: str) -> str:
        if self._after_cr and text.startswith("\n"):
            text = text[1:]
            self._after_cr = False
        if "\r" in text:
            self._after_cr = text.endswith("\r")
            return text.replace("\r\n", "\n").replace("\r", "\n")
        self._after_cr = self._after_cr and not text
        return text

    def _complete(self, text: str) -> str:
        """What has come so far, up to where its frames are complete; the rest is kept."""
        pieces = self._pieces
        across = text.startswith("\n") and bool(pieces) and pieces[-1].endswith("\n")
        if not across and "\n\n" not in text:
            self._keep(text)
            return ""
        whole = "".join([*pieces, text])
        end = whole.rindex("\n\n") + 2
        pieces.clear()
        self._size = 0
        self._keep(whole[end:])
        return whole[:end]

    def _keep(self, text: str) -> None:
        if not text:
            return
        self._pieces.append(text)
        self._size += len(text)
        if self._size > limits.FRAME_BYTES:
            raise ProtocolError("SSE buffer size exceeded maximum limit of 10 MB", rule="P-SSE-06")


def _events(frame: str) -> Iterator[tuple[str, str]]:
    """Names and data of a frame of comments, other fields or several data lines (C-SSE-08)."""
    for name, data in read_events(frame):
        if data.strip() not in NOISE:  # ids and retries alone make ghost events
            yield name, data


def _is_agui(name: str, data: str) -> bool:
    """Whether a frame that has a name of its own is an event of AG-UI all the same."""
    if name in ("", "message"):
        return True
    try:
        value = foreign_json.read(data)
    except foreign_json.NotJSON:
        return False
    return isinstance(value, dict) and isinstance(value.get("type"), str)


def decode(data: str) -> object:
    """The JSON value of one event's data; LostNumbers where it is one but for its numbers.

    Raises ProtocolError when it is none (C-PROC-17), or one that nobody should have to read.
    """
    try:
        return foreign_json.read(data)
    except foreign_json.NotJSON as error:
        return foreign_json.read_without_numbers(data, _unreadable(data, error))


def _unreadable(data: str, error: foreign_json.NotJSON) -> ProtocolError:
    """The agent's fault, shown."""
    shown = data if len(data) <= 80 else f"{data[:80]}…"
    return ProtocolError(
        f"The agent sent a frame that cannot be read: {error}: {shown!r}", rule="C-PROC-17"
    )
