"""Anthropic clients (sync and async, also Bedrock and Vertex) through the Messages interface.

Thinking goes back to the model with its signature, as the interface demands.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from ....protocol.document.shape import Message
from ....values import Foreign, Json, JsonObject, JsonView
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.call_pieces import piece_of
from ...models.client_copies import fresh
from ...models.loose_json import count, entries, key, mapping, text
from ...models.media import PDF, PICTURES, Media, omission_note, parts_of
from ...models.model_reply import Reply
from ...models.prompt import Prompt, arguments_of, join_roles
from ...models.provider_errors import raise_error
from ...models.provider_stream import fill_request, read_stream
from ...models.stop_reasons import StopKind
from ...models.tool_loop import ModelAgent
from .blocks import Blocks

MARK, REDACTED = "anthropic:", "anthropic.redacted_thinking:"
MAX_TOKENS = 4096  # the interface demands a bound; params={"max_tokens": ...} sets another


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("an Anthropic client")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a client. Raises InvalidInput without ``model``."""
    client, close = fresh(obj)
    return ModelAgent.of(options, partial(ask, client), close)


async def ask(client: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed message."""
    start = fill_request(client.messages.create, request_of(prompt))
    await read_stream(start, AnthropicReader(reply).read)


def request_of(prompt: Prompt) -> JsonObject:
    """The keywords of ``messages.create``."""
    request: JsonObject = {
        "model": prompt.model,
        "max_tokens": MAX_TOKENS,
        "messages": join_roles([m for t in prompt.turns for m in ROLES[t["role"]](t)], "content"),
        "stream": True,
    }
    if prompt.system:
        request["system"] = prompt.system
    if prompt.tools:
        request["tools"] = [_tool_spec(**tool) for tool in prompt.tools]
    if containers := [turn["container"] for turn in prompt.turns if turn.get("container")]:
        request["container"] = containers[-1]
    return {**request, **prompt.params}


def _tool_spec(name: str, description: str, parameters: Json) -> JsonObject:
    return {"name": name, "description": description, "input_schema": parameters}


def _user(turn: Message) -> Iterator[JsonObject]:
    content = [_part(part) for part in parts_of(turn) if part]  # empty text is refused
    if content:
        yield {"role": "user", "content": content}


def _assistant(turn: Message) -> Iterator[JsonObject]:
    thoughts = [block for t in turn.get("reasoning") or () for block in _thinking_blocks(t)]
    text = [{"type": "text", "text": turn["content"]}] if turn["content"].strip() else []
    calls = [_tool_use(call) for call in turn["toolCalls"]]
    paused = turn.get("blocks", ())
    if paused or text or calls:
        yield {"role": "assistant", "content": [*paused, *thoughts, *text, *calls]}


def _thinking_blocks(thought: Message) -> Iterator[JsonObject]:
    """A thought of this provider's; thoughts without its seal are not accepted back."""
    seal = thought.get("encryptedValue") or ""
    if seal.startswith(REDACTED):
        yield {"type": "redacted_thinking", "data": seal.removeprefix(REDACTED)}
    elif seal.startswith(MARK):
        signature = seal.removeprefix(MARK)
        yield {"type": "thinking", "thinking": thought["content"], "signature": signature}


def _tool_use(call: JsonObject) -> JsonObject:
    name = call["function"]["name"]
    return {"type": "tool_use", "id": call["id"], "name": name, "input": arguments_of(call)}


def _tool(turn: Message) -> Iterator[JsonObject]:
    content = [_part(part) for part in parts_of(turn) if part]
    result = {"type": "tool_result", "tool_use_id": turn["toolCallId"], "content": content}
    if turn.get("error"):
        result["is_error"] = True
    yield {"role": "user", "content": [result]}


ROLES: dict[str, Callable[[Message], Iterator[JsonObject]]] = {
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


TAKEN = {"image": PICTURES, "document": (PDF,)}


def _part(part: str | Media) -> JsonObject:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if part.kind in TAKEN and part.file is not None:
        return {"type": part.kind, "source": {"type": "file", "file_id": part.file}}
    if part.mime not in TAKEN.get(part.kind, ()):
        return {"type": "text", "text": omission_note(part)}
    if part.data is not None:
        return {
            "type": part.kind,
            "source": {"type": "base64", "media_type": part.mime, "data": part.data},
        }
    return {"type": part.kind, "source": {"type": "url", "url": part.url}}


class AnthropicReader:
    """Reads one streamed message, event by event, as dicts."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.foreign: set[Foreign] = set()  # indices of blocks that are not shown
        self.blocks, self.container = Blocks(), ""

    async def read(self, event: JsonView) -> None:
        """Take in one event. Raises RunFailed for an error that comes in the stream."""
        kind = text(event.get("type"))
        if take := EVENTS.get(kind):
            await take(self, event)
        elif kind not in SILENT:
            self.reply.skip(kind or "an event without a type")

    async def start(self, event: JsonView) -> None:
        message = mapping(event.get("message"))
        self.reply.usage(provider="anthropic", model=text(message.get("model")) or None)
        self.count(message)
        for index, block in enumerate(entries(message.get("content"))):
            await self.open_block({"index": index, "content_block": block})
        self.stop(message)

    async def end(self, event: JsonView) -> None:
        self.count(event)
        self.stop({**event, **mapping(event.get("delta"))})

    def count(self, holder: JsonView) -> None:
        """This provider counts cache reads and writes beside the input: add them (P-USAGE-16)."""
        usage = mapping(holder.get("usage"))
        read = count(usage.get("cache_read_input_tokens"))
        written = count(usage.get("cache_creation_input_tokens"))
        given = count(usage.get("input_tokens"))
        self.reply.usage(
            input_tokens=None if given is None else given + (read or 0) + (written or 0),
            output_tokens=count(usage.get("output_tokens")),
            cached_input_tokens=read,
            cache_write_input_tokens=written,
        )

    def stop(self, holder: JsonView) -> None:
        details = mapping(holder.get("stop_details"))
        why = [text(details.get(key)) for key in ("category", "explanation")]
        self.reply.stop(text(holder.get("stop_reason")), ", ".join(filter(None, why)))
        container = text(mapping(holder.get("container")).get("id"))
        self.container = container or self.container
        if self.reply.reason and self.reply.reason.kind is StopKind.PAUSE:
            self.reply.kept = {"blocks": self.blocks.all(), "container": self.container}

    async def complete(self, event: JsonView) -> None:
        self.reply.complete = True

    async def take_whole(self, message: JsonView) -> None:
        """All of a message: of a gateway that did not stream."""
        await self.start({"message": message})
        await self.complete(message)

    async def open_block(self, event: JsonView) -> None:
        """Begin a block; what it holds already is said at once."""
        index, block = key(event.get("index")), mapping(event.get("content_block"))
        self.blocks.open(index, block)
        self.foreign.discard(index)  # gateways number all blocks 0
        if take := BLOCKS.get(text(block.get("type"))):
            await take(self.reply, index, block)
        else:
            self.foreign.add(index)
            self.reply.skip(text(block.get("type")) or "a block without a type")

    async def continue_block(self, event: JsonView) -> None:
        index, delta = key(event.get("index")), mapping(event.get("delta"))
        self.blocks.go_on(index, delta)
        if index in self.foreign:
            return
        if take := DELTAS.get(text(delta.get("type"))):
            await take(self.reply, index, delta)
        else:
            self.reply.skip(text(delta.get("type")) or "a delta without a type")

    async def fail(self, event: JsonView) -> None:
        raise_error({"error": "The message failed.", **event}, "anthropic")


async def _text(reply: Reply, index: Foreign, block: JsonView) -> None:
    await reply.text(text(block.get("text")))


async def _thinking_block(reply: Reply, index: Foreign, block: JsonView) -> None:
    await reply.reasoning(text(block.get("thinking")))
    await _signature(reply, index, block)


async def _signature(reply: Reply, index: Foreign, block: JsonView) -> None:
    if signature := text(block.get("signature")):
        await reply.seal(MARK + signature)


async def _redacted_thinking(reply: Reply, index: Foreign, block: JsonView) -> None:
    await reply.seal(REDACTED + text(block.get("data")))


async def _tool_call(reply: Reply, index: Foreign, block: JsonView) -> None:
    """The input here is all of it, or the empty object that its pieces follow."""
    given = block.get("input")
    await reply.call(piece_of(index, block.get("id"), block.get("name"), given, whole=True))


async def _input(reply: Reply, index: Foreign, delta: JsonView) -> None:
    await reply.call(piece_of(index, None, None, delta.get("partial_json")))


BlockReader = Callable[[Reply, Foreign, JsonView], Awaitable[None]]
BLOCKS: dict[str, BlockReader] = {
    "text": _text,
    "thinking": _thinking_block,
    "redacted_thinking": _redacted_thinking,
    "tool_use": _tool_call,
}
DELTAS: dict[str, BlockReader] = {
    "text_delta": _text,
    "thinking_delta": _thinking_block,
    "signature_delta": _signature,
    "input_json_delta": _input,
}
EVENTS: dict[str, Callable[[AnthropicReader, JsonView], Awaitable[None]]] = {
    "message": AnthropicReader.take_whole,
    "message_start": AnthropicReader.start,
    "message_delta": AnthropicReader.end,
    "message_stop": AnthropicReader.complete,
    "content_block_start": AnthropicReader.open_block,
    "content_block_delta": AnthropicReader.continue_block,
    "error": AnthropicReader.fail,
}
SILENT = frozenset({"ping", "content_block_stop"})
