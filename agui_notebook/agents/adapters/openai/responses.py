"""OpenAI and Azure OpenAI clients (sync and async) through the Responses interface: pass
``client.responses``. Nothing of Chat Completions lives here.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from ....errors import RunFailed
from ....protocol.document.shape import Message
from ....values import Foreign, JsonObject, JsonView
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.call_pieces import piece_of
from ...models.chat_completions import counts
from ...models.client_copies import fresh
from ...models.loose_json import entries, key, mapping, text
from ...models.media import PICTURES, Media, omission_note, parts_of
from ...models.model_reply import Reply
from ...models.prompt import Prompt, arguments_text
from ...models.provider_errors import raise_error
from ...models.provider_stream import fill_request, read_stream
from ...models.tool_loop import ModelAgent

MARK = "openai:"


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("an OpenAI client")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap ``client.responses``. Raises InvalidInput without ``model``."""
    client, close = fresh(obj._client)
    return ModelAgent.of(options, partial(ask, client), close)


async def ask(client: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed response."""
    start = fill_request(client.responses.create, request_of(prompt))
    await read_stream(start, ResponsesReader(reply).read)


def request_of(prompt: Prompt) -> JsonObject:
    """The keywords of ``responses.create``."""
    request: JsonObject = {
        "model": prompt.model,
        "input": [item for turn in prompt.turns for item in ROLES[turn["role"]](turn)],
        "stream": True,
    }
    if prompt.system:
        request["instructions"] = prompt.system
    if prompt.tools:
        request["tools"] = [{"type": "function", "strict": False, **tool} for tool in prompt.tools]
    return {**request, **prompt.params}


def _user(turn: Message) -> Iterator[JsonObject]:
    yield {"role": "user", "content": [_part(part) for part in parts_of(turn)]}


def _assistant(turn: Message) -> Iterator[JsonObject]:
    for thought in turn.get("reasoning") or ():
        if (sealed := thought.get("encryptedValue") or "").startswith(MARK):
            yield json.loads(sealed.removeprefix(MARK))
    if turn["content"]:
        yield {"role": "assistant", "content": turn["content"]}
    for call in turn["toolCalls"]:
        function = {"name": call["function"]["name"], "arguments": arguments_text(call)}
        yield {"type": "function_call", "call_id": call["id"], **function}


def _tool(turn: Message) -> Iterator[JsonObject]:
    parts = list(parts_of(turn))
    plain_text = all(isinstance(part, str) for part in parts)
    output = "".join(map(str, parts)) if plain_text else [_part(part) for part in parts if part]
    yield {"type": "function_call_output", "call_id": turn["toolCallId"], "output": output}


ROLES: dict[str, Callable[[Message], Iterator[JsonObject]]] = {
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


def _part(part: str | Media) -> JsonObject:
    if isinstance(part, str):
        return {"type": "input_text", "text": part}
    if part.kind == "image" and part.mime in PICTURES:
        at = {"file_id": part.file} if part.file else {"image_url": part.any_url}
        return {"type": "input_image", "detail": "auto", **at}
    if part.kind == "document":
        return {"type": "input_file", **_file(part)}
    return {"type": "input_text", "text": omission_note(part)}


def _file(part: Media) -> JsonObject:
    if part.file:
        return {"file_id": part.file}
    if part.url:
        return {"file_url": part.url}
    return {"filename": part.name or "document", "file_data": part.any_url}


class ResponsesReader:
    """Reads one streamed response, event by event, as dicts.

    Items are known by their ``output_index``: some gateways give every event another item id.
    What was not streamed is taken from the events that hold all of it, where they come.
    """

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.told: set[tuple[Foreign, ...]] = set()  # streamed: item, kind, part

    async def read(self, event: JsonView) -> None:
        """Take in one event. Raises RunFailed for an error that comes in the stream."""
        if event.get("object") == "response":  # a gateway's, which did not stream
            event = {"type": f"response.{event.get('status')}", "response": event}
        raise_error({} if event.get("type") else event, "openai")
        if take := EVENTS.get(text(event.get("type"))):
            await take(self, event)

    async def say(self, kind: str, place: Sequence[Foreign], said: Foreign, *, whole: bool) -> None:
        """Tell text, reasoning or a refusal; all of it only where nothing of it was told."""
        known = (*place, kind)
        if text(said) and not (whole and known in self.told):
            self.told.add(known)
            await SAYS[kind](self.reply, text(said))

    async def take_item(self, index: Foreign, item: JsonView, *, done: bool) -> None:
        """An item of the output, begun or (``done``) with all that it holds."""
        kind = text(item.get("type"))
        if take := ITEMS.get(kind):
            await take(self, index, item, done)
        else:
            self.reply.skip(kind or "an item without a type")

    async def take_message(self, index: Foreign, item: JsonView, done: bool) -> None:
        for number, part in enumerate(entries(item.get("content")) if done else ()):
            kind = text(part.get("type"))
            if kind in SAYS:
                said = part.get("refusal") if kind == "refusal" else part.get("text")
                await self.say(kind, (index, number), said, whole=True)
            else:
                self.reply.skip(kind or "a part without a type")

    async def take_call(self, index: Foreign, item: JsonView, done: bool) -> None:
        called, given = item.get("call_id"), item.get("arguments")
        cut = done and item.get("status") == "incomplete"
        piece = piece_of(index, called, item.get("name"), given, whole=True)
        await self.reply.call(replace(piece, cut=cut))

    async def take_reasoning(self, index: Foreign, item: JsonView, done: bool) -> None:
        """What came encrypted (params={"include": [...]}) must go back to the model."""
        if not done or (index, "sealed") in self.told:
            return
        for number, part in enumerate(entries(item.get("summary"))):
            await self.say("summary", (index, number), part.get("text"), whole=True)
        if item.get("encrypted_content"):
            self.told.add((index, "sealed"))
            kept = {k: v for k, v in item.items() if v is not None and k != "status"}
            await self.reply.seal(MARK + json.dumps(kept, separators=(",", ":")))

    async def end(self, event: JsonView) -> None:
        """The response as a whole: its words, its counts, and what no earlier event told."""
        response = mapping(event.get("response"))
        for index, item in enumerate(entries(response.get("output"))):
            await self.take_item(index, item, done=True)
        usage = mapping(response.get("usage"))
        self.reply.usage(
            provider="openai",
            model=text(response.get("model")) or None,
            **counts(usage, "input", "output"),
        )
        self.reply.complete = True
        why = text(mapping(response.get("incomplete_details")).get("reason"))
        status = text(response.get("status"))
        ended = why or (status if status in ("incomplete", "failed", "cancelled") else "")
        self.reply.stop(ended, option="max_output_tokens")

    async def fail(self, event: JsonView) -> None:
        response = mapping(event.get("response"))
        usage = mapping(response.get("usage"))
        model = text(response.get("model")) or None
        self.reply.usage(provider="openai", model=model, **counts(usage, "input", "output"))
        raise_error(response)
        raise_error(event if event.get("error") else {"error": {**event, "type": None}})
        raise RunFailed("The response failed.")


def _delta(kind: str, number: str) -> EventReader:
    """A reader of a piece of text; ``number`` is the field that counts the item's parts."""

    async def read(self: ResponsesReader, event: JsonView) -> None:
        place = (index_of(event), key(event.get(number)) or 0)
        await self.say(kind, place, event.get("delta"), whole=False)

    return read


def _whole(kind: str, number: str, field: str = "text") -> EventReader:
    """The same for an event that holds all of it."""

    async def read(self: ResponsesReader, event: JsonView) -> None:
        place = (index_of(event), key(event.get(number)) or 0)
        await self.say(kind, place, event.get(field), whole=True)

    return read


async def _part_added(self: ResponsesReader, event: JsonView) -> None:
    if event.get("summary_index"):
        await self.reply.reasoning("\n\n")


async def _part_done(self: ResponsesReader, event: JsonView) -> None:
    part, index = mapping(event.get("part")), index_of(event)
    kind = text(part.get("type"))
    if kind in ("output_text", "refusal"):
        said = part.get("refusal") if kind == "refusal" else part.get("text")
        await self.say(kind, (index, key(event.get("content_index")) or 0), said, whole=True)


async def _item_added(self: ResponsesReader, event: JsonView) -> None:
    await self.take_item(index_of(event), mapping(event.get("item")), done=False)


async def _item_done(self: ResponsesReader, event: JsonView) -> None:
    await self.take_item(index_of(event), mapping(event.get("item")), done=True)


async def _arguments(self: ResponsesReader, event: JsonView) -> None:
    await self.reply.call(piece_of(index_of(event), None, None, event.get("delta")))


async def _arguments_done(self: ResponsesReader, event: JsonView) -> None:
    given = event.get("arguments")
    await self.reply.call(piece_of(index_of(event), None, None, given, whole=True))


def index_of(event: JsonView) -> Foreign:
    """What names an event's item."""
    index = key(event.get("output_index"))
    return key(event.get("item_id")) if index is None else index


EventReader = Callable[[ResponsesReader, JsonView], Awaitable[None]]
ItemReader = Callable[[ResponsesReader, Foreign, JsonView, bool], Awaitable[None]]
SAYS: dict[str, Callable[[Reply, str], Awaitable[None]]] = {
    "output_text": Reply.text,
    "text": Reply.text,
    "refusal": Reply.refusal,
    "summary": Reply.reasoning,
    "reasoning": Reply.reasoning,
}
ITEMS: dict[str, ItemReader] = {
    "message": ResponsesReader.take_message,
    "function_call": ResponsesReader.take_call,
    "reasoning": ResponsesReader.take_reasoning,
}
EVENTS: dict[str, EventReader] = {
    "response.output_text.delta": _delta("output_text", "content_index"),
    "response.output_text.done": _whole("output_text", "content_index"),
    "response.refusal.delta": _delta("refusal", "content_index"),
    "response.refusal.done": _whole("refusal", "content_index", "refusal"),
    "response.reasoning_summary_text.delta": _delta("summary", "summary_index"),
    "response.reasoning_summary_text.done": _whole("summary", "summary_index"),
    "response.reasoning_text.delta": _delta("reasoning", "content_index"),
    "response.reasoning_text.done": _whole("reasoning", "content_index"),
    "response.reasoning_summary_part.added": _part_added,
    "response.content_part.done": _part_done,
    "response.output_item.added": _item_added,
    "response.output_item.done": _item_done,
    "response.function_call_arguments.delta": _arguments,
    "response.function_call_arguments.done": _arguments_done,
    "response.completed": ResponsesReader.end,
    "response.incomplete": ResponsesReader.end,
    "response.done": ResponsesReader.end,
    "response.failed": ResponsesReader.fail,
    "response.cancelled": ResponsesReader.end,
    "error": ResponsesReader.fail,
}
