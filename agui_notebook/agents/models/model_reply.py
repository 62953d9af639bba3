"""One model call's answer: handed on to the emitter as it arrives, and kept as wire messages.

Providers name their pieces in their own ways; a Reply is told in its own few words.
"""

from __future__ import annotations

from collections.abc import Container

from ...errors import RunFailed
from ...protocol.document.shape import Message
from ...runtime.ids import mint
from ...values import Foreign, JsonObject
from ..emitter import Emitter
from .call_pieces import CallPieces, PartialCall, Piece
from .leading_thought import LeadingThought
from .stop_reasons import StopKind, StopReason, stop_reason

NAMELESS = "The model called a tool without saying which."
UNMADE = "The model meant to call a tool, but no call of it arrived."
REFUSED = "The model refused to answer."


class Reply:
    """What an adapter writes a model's answer into.

    ``complete`` turns true when the provider says that this was all: a stream can also be cut.
    ``taken`` are call ids the conversation already has: some servers count from call_0 in
    every answer, so a repeated id is replaced. After ``end``, ``calls`` are wire tool calls and
    ``lost`` the ids of those whose arguments did not arrive as the model gave them.
    ``kept`` is what the provider wants back, as it is, to go on with an answer that it paused.
    """

    def __init__(self, emit: Emitter, taken: Container[str] = ()) -> None:
        self.emit = emit
        self.calls: list[JsonObject] = []
        self.lost: set[str] = set()
        self.kept: JsonObject = {}
        self.complete = False
        self.reason: StopReason | None = None
        self._taken = taken
        self._pieces = CallPieces()
        self._begun: dict[PartialCall, JsonObject] = {}
        self._usage: JsonObject = {}
        self._texts: list[str] = []
        self._thoughts: list[Message] = []
        self._thinking = False
        self._opening = LeadingThought()
        self._refused = ""
        self._hidden: dict[str, None] = {}

    @property
    def answer(self) -> str:
        """The text so far."""
        return "".join(self._texts)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said and nothing called."""
        return not (self._texts or self._thoughts or self._pieces.calls)

    @property
    def goes_on(self) -> bool:
        """Whether the model only paused, and can be asked to go on where it was."""
        paused = self.reason is not None and self.reason.kind is StopKind.PAUSE
        return paused and bool(self.kept) and not self.calls

    async def text(self, delta: str | None) -> None:
        """Continue the answer, or thoughts that it begins with; nothing is said for None or ""."""
        for is_thought, said in self._opening.split(delta or ""):
            await (self.reasoning if is_thought else self._say)(said)

    async def _say(self, words: str) -> None:
        if words:
            self._thinking = False
            self._texts.append(words)
            await self.emit.text(words)

    async def _say_rest(self) -> None:
        is_thought, said = self._opening.rest()
        await (self.reasoning if is_thought else self._say)(said)

    async def refusal(self, delta: str | None) -> None:
        """Continue the answer with words of refusal, which mark the message."""
        if delta:
            self._refused = self._refused or "refusal"
            await self.text(delta)

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

    async def call(self, piece: Piece) -> None:
        """Take in a piece of a tool call, in whatever order and shape its provider sends them."""
        await self._say_rest()
        self._thinking = False
        call = self._pieces.take(piece)
        if call.name and call.arguments:  # until then the name may go on
            said = await self._begin(call)
            await self.emit.tool_args(said["id"], call.arguments.fresh())

    async def _begin(self, call: PartialCall) -> JsonObject:
        if call not in self._begun:
            used = {each["id"] for each in self.calls}
            free = call.id and call.id not in self._taken and call.id not in used
            fresh = call.id if call.id and free else mint()
            said = {"id": fresh, "type": "function", "function": {"name": call.name}}
            self._begun[call] = said
            self.calls.append(said)
            await self.emit.tool_call(fresh, call.name)
            await self._seal_call(call, said)
        return self._begun[call]

    async def _seal_call(self, call: PartialCall, said: JsonObject) -> None:
        if call.seal:
            said["encryptedValue"] = call.seal
            await self.emit.encrypted_value(call.seal, call=said["id"])

    def skip(self, kind: str) -> None:
        """Note that something of this kind came that is not shown."""
        self._hidden[kind] = None

    def stop(self, word: str, why: str = "", option: str = "max_tokens") -> None:
        """Note the provider's own word for why the model stopped; an empty one says nothing.

        ``option`` is the parameter that raises this provider's limit.
        """
        if word and not word.lower().endswith("unspecified"):
            self.complete = True
            said = stop_reason(word, why, option)
            first = self.reason
            # a gateway's own "stop" takes nothing back of what its provider said
            self.reason = first if first and said.kind is StopKind.DONE else said
            self._refused = word if self.reason.kind is StopKind.REFUSAL else self._refused

    def usage(self, **counts: Foreign) -> None:
        """The tokens so far; the last word on each count stands, as providers count up."""
        self._usage.update((key, count) for key, count in counts.items() if count is not None)

    def account(self) -> None:
        """Report the tokens of this model call, once, however it ended."""
        if self._usage.keys() - {"provider", "model"}:
            self.emit.usage(**self._usage)

    async def end(self) -> None:
        """The model has finished: close what it left open, and say what is not as it seems.

        Raises RunFailed for a call without a name.
        """
        await self._say_rest()
        for call in self._pieces.calls:
            await self._end_call(call)
        await self.emit.pause({"refusal": self._refused} if self._refused else None)
        sentence = self.reason.sentence if self.reason and not self.goes_on else ""
        if sentence or self._refused:
            await self.emit.warn(sentence or REFUSED)
        elif self.reason and self.reason.calls and not (self.calls or self._hidden):
            await self.emit.warn(UNMADE)
        if self._hidden:
            kinds = ", ".join(self._hidden)
            await self.emit.warn(f"The model's answer held more than can be shown: {kinds}.")

    async def _end_call(self, call: PartialCall) -> None:
        text, rest, lost = call.arguments.end()
        if not call.name:
            if call.id or text:
                raise RunFailed(NAMELESS, code="malformed_tool_call")
            return
        said = await self._begin(call)
        said["function"]["arguments"] = text or ""
        if lost or call.cut or text is None:
            self.lost.add(said["id"])
        await self.emit.tool_args(said["id"], rest)
        await self.emit.tool_end(said["id"])

    def messages(self) -> list[Message]:
        """What was said, as the history will hold it; of a pause, what is to go back."""
        if self.goes_on:
            return [{"role": "assistant", "content": "", "toolCalls": [], **self.kept}]
        said = {"role": "assistant", "content": self.answer, "toolCalls": self.calls}
        return [*self._thoughts, said]
