"""How the demo's scenes speak: text in pieces at a pleasant pace. No scene lives here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

from ...late_pattern import late
from ...protocol.document.shape import text_of
from ...values import Json, JsonView
from ..agent import RunRequest, last_user_text
from ..emitter import Emitter

PIECE = late(r"\s*\S{1,7}|\s+")  # about a token of a language model


class Stage:
    """One run of the demo. ``spoken`` counts the pieces said so far."""

    def __init__(self, request: RunRequest, emit: Emitter, pace: float) -> None:
        self.request, self.emit = request, emit
        self._pause = 1 / pace if pace else 0.0
        self.spoken = 0

    @property
    def text(self) -> str:
        """What the user said last."""
        return last_user_text(self.request)

    @property
    def user_texts(self) -> list[str]:
        """Everything the user said on this thread, oldest first."""
        return [text_of(each) for each in self.request["messages"] if each["role"] == "user"]

    @staticmethod
    def count(text: str) -> int:
        """How many pieces ``text`` has."""
        return len(PIECE.findall(text))

    async def say(self, text: str, by: Emitter | None = None) -> None:
        """Stream ``text``; ``by`` lets a subagent say it."""
        async for piece in self._pieces(text):
            await (by or self.emit).text(piece)

    async def think(self, text: str) -> None:
        """Stream ``text`` as reasoning."""
        async for piece in self._pieces(text):
            await self.emit.reasoning(piece)

    async def call(self, name: str, arguments: JsonView, by: Emitter | None = None) -> str:
        """Call a tool, its arguments streaming in pieces; returns the call's id."""
        emit = by or self.emit
        call = await emit.tool_call(None, name)
        async for piece in self._pieces(json.dumps(arguments, ensure_ascii=False)):
            await emit.tool_args(call, piece)
        await emit.tool_end(call)
        return call

    async def wait(self, pieces: int) -> None:
        """Take as long as ``pieces`` would."""
        await asyncio.sleep(pieces * self._pause)

    async def _pieces(self, text: str) -> Json:
        for piece in self._split(text):
            self.spoken += 1
            await self.wait(1)
            yield piece

    def _split(self, text: str) -> Iterator[str]:
        return (found[0] for found in PIECE.finditer(text))
