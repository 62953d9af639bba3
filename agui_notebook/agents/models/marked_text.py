"""Text of a model that marks its thoughts and calls in it, as those that run locally do.

Pieces come in any size, so what may be the beginning of a mark waits for the rest of it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from .call_pieces import piece_of
from .leading_thought import mark_at_end
from .loose_json import mapping
from .model_reply import Reply

MARKS = {"<think>": "</think>", "<tool_call>": "</tool_call>"}


class MarkedText:
    """Reads one answer into a reply."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._mark = ""
        self._held = ""
        self._calls = 0

    async def read(self, piece: str) -> None:
        """Take in a piece."""
        self._held += piece
        while (found := self._next_mark()) is not None:
            before, self._held = self._held[: found[0]], self._held[found[0] + len(found[1]) :]
            await self._tell(before, whole=True)
            self._mark = "" if self._mark else found[1]
        keep = self._mark == "<tool_call>" or mark_at_end(self._held, self._marks())
        if keep is not True:
            said, self._held = (
                self._held[: len(self._held) - keep],
                self._held[len(self._held) - keep :],
            )
            await self._tell(said)

    async def end(self) -> None:
        """No more comes: what waited was no mark."""
        said, self._held = self._held, ""
        await self._tell(said, whole=True)

    def _marks(self) -> list[str]:
        return [MARKS[self._mark]] if self._mark else [*MARKS]

    def _next_mark(self) -> tuple[int, str] | None:
        places = ((self._held.find(mark), mark) for mark in self._marks())
        return min(((at, mark) for at, mark in places if at >= 0), default=None)

    async def _tell(self, said: str, whole: bool = False) -> None:
        if self._mark == "<tool_call>":
            await self._call(said)
        elif said:
            tell: Callable[[str], Awaitable[None]] = self._reply.text
            await (self._reply.reasoning if self._mark else tell)(said)

    async def _call(self, written: str) -> None:
        """A call as JSON; what is none stays text."""
        try:
            call = mapping(json.loads(written))
        except ValueError:
            call = {}
        if not (name := call.get("name")):
            await self._reply.text(f"<tool_call>{written}</tool_call>")
            return
        self._calls += 1
        given = call.get("arguments", call.get("parameters")) or {}
        piece = piece_of(self._calls, f"call_{self._calls}", name, json.dumps(given), whole=True)
        await self._reply.call(piece)
