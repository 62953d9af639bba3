"""One model call's answer: handed on to the emitter as it arrives, and kept as wire messages.

Providers name their pieces in their own ways; a Reply is told in its own few words.
"""

from __future__ import annotations

from collections.abc import Container, Hashable
from typing import Any

from ...protocol.document.shape import Message
from ...runtime.ids import mint
from ..emitter import Emitter


class Reply:
    """What an adapter writes a model's answer into.

    ``complete`` turns true when the provider says that this was all: a stream can also be cut.
    ``taken`` are call ids the conversation already has: some servers count from call_0 in
    every answer, so a repeated id is replaced.
    """

    def __init__(self, emit: Emitter, taken: Container[str] = ()) -> None:
        self.emit = emit
        self.calls: list[dict[str, Any]] = []
        self.complete = False
        self._taken = taken
        self._by_key: dict[Hashable, dict[str, Any]] = {}
        self._given: dict[Hashable, str | None] = {}
        self._usage: dict[str, Any] = {}
        self._texts: list[str] = []
        self._thoughts: list[Message] = []
        self._thinking = False

    async def text(self, delta: str | None) -> None:
        """Continue the answer; nothing is said for None or an empty string."""
        if delta:
            self._thinking = False
            self._texts.append(delta)
            await self.emit.text(delta)

    async def reasoning(self, delta: str | None) -> None:
        """Continue the reasoning; text or a call in between starts another piece."""
        if delta:
            thought = self._thought()
            thought["content"] += delta
            await self.emit.reasoning(delta)

    async def seal(self, value: str | None) -> None:
        """Attach a provider's opaque value to the reasoning at hand, and end that piece."""
        if value:
            self._thought()["encryptedValue"] = value
            self._thinking = False
            await self.emit.encrypted_value(value)
            await self.emit.pause()

    def _thought(self) -> Message:
        if not self._thinking:
            self._thoughts.append({"role": "reasoning", "content": ""})
            self._thinking = True
        return self._thoughts[-1]

    async def call(
        self, key: Hashable, name: str, call_id: str | None = None, *, seal: str | None = None
    ) -> None:
        """Begin a call; ``key`` is what the provider names it by until its end."""
        self._thinking = False
        fresh = call_id if call_id and call_id not in self._taken else mint()
        call = {"id": fresh, "type": "function", "function": {"name": name, "arguments": ""}}
        self._by_key[key], self._given[key] = call, call_id
        self.calls.append(call)
        await self.emit.tool_call(fresh, name)
        if seal:
            call["encryptedValue"] = seal
            await self.emit.encrypted_value(seal, call=fresh)

    async def arguments(self, key: Hashable, delta: str | None) -> None:
        """Continue the JSON text of a call's arguments."""
        if delta:
            call = self._by_key[key]
            call["function"]["arguments"] += delta
            await self.emit.tool_args(call["id"], delta)

    def knows(self, key: Hashable, call_id: str | None = None) -> bool:
        """Whether a call of this name has begun; another id under the same name is a new call."""
        return key in self._by_key and (not call_id or call_id == self._given[key])

    def usage(self, **counts: Any) -> None:
        """The tokens so far; the last word on each count stands, as providers count up."""
        self._usage.update((key, count) for key, count in counts.items() if count is not None)

    def account(self) -> None:
        """Report the tokens of this model call, once, however it ended."""
        if self._usage.keys() - {"provider", "model"}:
            self.emit.usage(**self._usage)

    async def end(self) -> None:
        """The model has finished: close what it left open."""
        for call in self.calls:
            await self.emit.tool_end(call["id"])
        await self.emit.pause()

    def messages(self) -> list[Message]:
        """What was said, as the history will hold it."""
        said = {"role": "assistant", "content": "".join(self._texts), "toolCalls": self.calls}
        return [*self._thoughts, said]
