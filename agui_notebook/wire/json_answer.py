"""Answers in plain JSON: the words of an error, and values where an event stream belongs.

Some agents answer in JSON lines or one list, some gateways with a whole completion. What the
values mean is not known here.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator

from .. import foreign_json, limits
from ..errors import ProtocolError
from ..values import Json

_OUTSIDE, _INSIDE = re.compile(r'["{}\[\]]'), re.compile(r'["\\]')
HEAD = 2_000  # characters of the beginning that are kept


def error_words(body: str) -> str:
    """The words in the usual members of a JSON error, or ""."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    told = value
    for key in ("detail", "error", "message"):
        told = told[key] if isinstance(told, dict) and key in told else told
    if isinstance(told, str):
        return told
    return "" if told is value else json.dumps(told)


def begins_json(data: bytes) -> bool | None:
    """Whether an answer that begins so is JSON and no event stream; None: it has not begun."""
    begun = data.removeprefix(codecs.BOM_UTF8).lstrip()
    return begun.startswith((b"{", b"[")) if begun else None


def is_agui(value: Json) -> bool:
    """Whether a value may be an event, and is no error in another form."""
    named = isinstance(value, dict) and isinstance(value.get("type"), str)
    return bool(named and "error" not in value)


def is_completion(value: Json) -> bool:
    """Whether a value is a whole answer of a model, or a piece of one."""
    return isinstance(value, dict) and isinstance(value.get("choices"), list)


class JSONValues:
    """Cuts text into the objects that stand in it: one behind the other, in lines, in a list.

    Lists around them, commas and whatever else stands between are passed over.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []  # of the object at hand
        self._size = self._depth = 0
        self._quoted = self._escaped = False

    def feed(self, text: str) -> Iterator[str]:
        """The objects that ``text`` completes. Raises ProtocolError when one exceeds 10 MB."""
        at, start = int(self._escaped and bool(text)), 0
        self._escaped = self._escaped and not text
        while found := (_INSIDE if self._quoted else _OUTSIDE).search(text, at):
            mark, inside = found[0], self._depth > 0
            if mark == "{" and not inside:
                start = found.start()
            at = self._step(mark, found.end(), len(text))
            if inside and not self._depth:
                yield self._take(text[start:at])
        if self._depth:
            self._keep(text[start:])

    def _step(self, mark: str, at: int, size: int) -> int:
        """Take note of one mark, which ends at ``at``; where to look on."""
        if mark == "\\":
            self._escaped = at >= size
            return at + 1
        if mark == '"':
            self._quoted = not self._quoted and self._depth > 0
        elif mark == "{" or (mark == "[" and self._depth):
            self._depth += 1
        elif self._depth:
            self._depth -= 1
        return at

    def _take(self, last: str) -> str:
        whole = "".join([*self._pieces, last])
        self._pieces.clear()
        self._size = 0
        return whole

    def _keep(self, text: str) -> None:
        self._pieces.append(text)
        self._size += len(text)
        if self._size > limits.FRAME_BYTES:
            raise ProtocolError(
                f"The agent sent an object of more than {limits.FRAME_BYTES:,} characters "
                "(agui_notebook.limits.FRAME_BYTES)."
            )


class JSONReader:
    """An answer in plain JSON, read as ``FrameReader`` reads a stream: of it comes what counts."""

    def __init__(self, counts: Callable[[Json], bool]) -> None:
        self._counts = counts
        self._values = JSONValues()
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
        self._silent = 0
        self.head = ""
        self.spoke = self.escaped = False

    def feed(self, chunk: bytes) -> Iterator[str]:
        """The objects that ``chunk`` completes and that are events."""
        text = self._decode(chunk)
        self.head = (self.head + text)[:HEAD] if len(self.head) < HEAD else self.head
        self._silent += 0 if self.spoke else len(text)
        if self._silent > limits.SILENT_BYTES:
            raise ProtocolError(
                f"The agent sent {limits.SILENT_BYTES:,} characters that are no events, and was "
                "given up (agui_notebook.limits.SILENT_BYTES)."
            )
        yield from filter(self._is_event, self._values.feed(text))

    def close(self) -> Iterator[str]:
        """Nothing: an object that was cut off counts as none."""
        return iter(())

    def _is_event(self, text: str) -> bool:
        try:
            counts = self._counts(foreign_json.read(text))
        except foreign_json.NotJSON:
            counts = self.spoke  # among events, a fault to be told
        self.spoke = self.spoke or counts
        return counts
