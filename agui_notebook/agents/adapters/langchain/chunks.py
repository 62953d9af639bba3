"""Reads what a LangChain runnable yields: messages whole or in pieces, text, dicts, anything else.

No package of LangChain is imported; which runnable was asked for it is not known here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress

from ....tools.as_json import as_text
from ....values import Foreign, Json, JsonView
from ...models.call_pieces import piece_of
from ...models.loose_json import count, entries, mapping, parts, text, word
from ...models.model_reply import Reply

# where integrations keep the provider's word for why a model stopped
REASONS = ("finish_reason", "stop_reason", "stopReason", "done_reason")
# providers that give a reason with every answer that is whole
EXPLICIT = ("openai", "anthropic", "ollama", "google_genai")
# what LangChain's own chains call their answer, beside what else they hand on
ANSWERS = ("answer", "output")


class LangChainReader:
    """Reads one answer, chunk by chunk."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self._total: Counter[str] = Counter()
        self._message: str | None = None  # id of the message that is coming
        self._value: JsonView | None = None  # a dict that may grow still
        self._explicit = False  # whether its provider always says why a model stopped

    async def read(self, chunk: Foreign) -> None:
        """Take in one chunk, of whatever kind."""
        if isinstance(chunk, str):
            await self.reply.text(chunk)
        elif isinstance(chunk, Mapping):
            await self._read_dict(chunk)
        elif isinstance(chunk, list | tuple):
            for each in chunk:
                await self.read(each)
        elif hasattr(chunk, "content") and hasattr(chunk, "response_metadata"):
            await self._read_message(chunk)
        elif chunk is not None:
            await self.reply.text(as_text(chunk))

    async def end(self) -> None:
        """Nothing more will come: a dict is as big as it gets.

        LangChain takes a stream that was cut for an answer; where that shows, it is none.
        """
        await self._tell_value()
        self.reply.complete = self.reply.complete or not self._explicit

    async def _tell_value(self) -> None:
        value, self._value = self._value, None
        if value:
            await self.reply.text(as_text(value))

    async def _read_dict(self, chunk: JsonView) -> None:
        """Parsers yield a dict again and again, each time with more; parallel chains, its pieces.

        Of a chain that names its answer the answer is told, as it comes.
        """
        if type(chunk).__name__ == "AddableDict":
            answer = [name for name in ANSWERS if _is_answer(chunk.get(name))]
            for name in answer:
                await self.read(chunk[name])
            rest = {name: value for name, value in chunk.items() if name not in answer}
            self._value = _sum(self._value or {}, rest)
            return
        if self._value is not None and not grows(self._value, chunk):
            await self._tell_value()
        self._value = chunk

    async def _read_message(self, message: Json) -> None:
        if not self._is_said(message):
            for kind, said in blocks_of(message):
                await BLOCKS.get(kind, _skip(kind))(self.reply, said)
        for piece in pieces_of(message):
            await self.reply.call(piece)
        self._message = message.id or self._message
        refusal = mapping(getattr(message, "additional_kwargs", None)).get("refusal")
        await self.reply.refusal(text(refusal))
        self._note(message, mapping(message.response_metadata))

    def _is_said(self, message: Json) -> bool:
        """Whether a whole message repeats what came in pieces under its id."""
        whole = not hasattr(message, "tool_call_chunks")
        said = "".join(said for kind, said in parts(message.content) if kind == "text")
        again = whole and bool(said) and said == self.reply.answer
        return again and message.id is not None and message.id == self._message

    def _note(self, message: Json, about: JsonView) -> None:
        """Tokens (what a chunk reports is its own share), and why the model stopped."""
        self._total.update(counts(mapping(getattr(message, "usage_metadata", None))))
        self.reply.usage(model=text(about.get("model_name")) or None, **self._total)
        self._explicit = self._explicit or about.get("model_provider") in EXPLICIT
        self.reply.complete = self.reply.complete or about.get("status") == "completed"
        incomplete = mapping(about.get("incomplete_details")).get("reason")
        for reason in (incomplete, *(about.get(key) for key in REASONS)):
            self.reply.stop(word(reason))


def _is_answer(value: Json) -> bool:
    return isinstance(value, str) or hasattr(value, "response_metadata")


def _sum(before: Foreign, more: JsonView) -> JsonView:
    total = dict(before)
    for name, value in more.items():
        try:
            total[name] = total[name] + value if name in total else value
        except TypeError:
            total[name] = value
    return total


def grows(old: Foreign, new: Foreign) -> bool:
    """Whether ``new`` is ``old`` with more in it.

    >>> grows({"a": "he"}, {"a": "hello", "b": 1})
    True
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return all(name in new and grows(value, new[name]) for name, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) <= len(new) and all(map(grows, old, new))
    if isinstance(old, str) and isinstance(new, str):
        return new.startswith(old)
    return old is None or bool(old == new)


def blocks_of(message: Json) -> Iterator[tuple[str, str]]:
    """The kinds and texts of a message's content, in LangChain's own translation if it has one."""
    content: Foreign = message.content
    with suppress(Exception):  # it translates providers' blocks, and some it cannot
        content = message.content_blocks
    if isinstance(content, str):
        yield "text", content
    for block in entries(content):
        is_foreign = block.get("type") == "non_standard"
        yield from parts(mapping(block.get("value")) if is_foreign else block)


def pieces_of(message: Json) -> Iterator[Foreign]:
    """The message's calls: pieces of them, or all of each; then what its content says of them."""
    pieces = entries(getattr(message, "tool_call_chunks", None))
    for each in pieces:
        yield piece_of(each.get("index"), each.get("id"), each.get("name"), each.get("args"))
    if not pieces:
        for each in entries(getattr(message, "tool_calls", None)):
            yield piece_of(None, each.get("id"), each.get("name"), each.get("args"))
        for each in entries(getattr(message, "invalid_tool_calls", None)):
            yield piece_of(None, each.get("id"), each.get("name"), each.get("args"))
    for block in entries(message.content):
        if block.get("type") == "tool_use" and isinstance(block.get("input"), Mapping):
            yield piece_of(block.get("index"), block.get("id"), None, block["input"])


def _skip(kind: str) -> Callable[[Reply, str], Awaitable[None]]:
    async def skip(reply: Reply, said: str) -> None:
        reply.skip(kind)

    return skip


async def _read_elsewhere(reply: Reply, said: str) -> None:
    """A call, which pieces_of reads."""


CALLS = "tool_call tool_call_chunk invalid_tool_call tool_use function_call input_json_delta"
BLOCKS: dict[str, Callable[[Reply, str], Awaitable[None]]] = {
    "text": Reply.text,
    "output_text": Reply.text,
    "reasoning": Reply.reasoning,
    "thinking": Reply.reasoning,
    "refusal": Reply.refusal,
    **dict.fromkeys(CALLS.split(), _read_elsewhere),
}


def counts(usage: JsonView) -> dict[str, int]:
    """Token counts; the details are parts of the totals."""
    inputs = mapping(usage.get("input_token_details"))
    outputs = mapping(usage.get("output_token_details"))
    found = {
        "input_tokens": count(usage.get("input_tokens")),
        "output_tokens": count(usage.get("output_tokens")),
        "cached_input_tokens": count(inputs.get("cache_read")),
        "cache_write_input_tokens": count(inputs.get("cache_creation")),
        "reasoning_tokens": count(outputs.get("reasoning")),
    }
    return {name: number for name, number in found.items() if number is not None}
