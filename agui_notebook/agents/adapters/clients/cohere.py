"""Cohere clients (sync and async) through ``chat_stream`` of their second interface.

Requests are close to Chat Completions, the stream's events are its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from ....errors import RunFailed
from ....values import Foreign, JsonObject, JsonView
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.call_pieces import piece_of
from ...models.chat_completions import request_without_stream
from ...models.client_copies import fresh_cohere
from ...models.loose_json import count, entries, mapping, plain, text, word
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.provider_stream import open_stream
from ...models.tool_loop import ModelAgent


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("a Cohere client")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a client of either interface. Raises InvalidInput without ``model``."""
    client, close = fresh_cohere(obj)
    return ModelAgent.of(options, partial(ask, client), close)


async def ask(client: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed answer."""
    start = partial(client.chat_stream, **keywords(prompt))
    async with open_stream(start) as events:
        async for event in events:
            await read(plain(event), reply)


def keywords(prompt: Prompt) -> JsonObject:
    """The keywords of ``chat_stream``; an answer that only calls tools has no content."""
    request = request_without_stream(prompt)
    request["messages"] = [
        {key: held for key, held in message.items() if held is not None}
        for message in request["messages"]
    ]
    return request


async def read(event: JsonView, reply: Reply) -> None:
    """Take in one event, as a dict."""
    kind = word(event.get("type"))
    if take := EVENTS.get(kind):
        await take(reply, event, mapping(mapping(event.get("delta")).get("message")))
    elif kind not in SILENT:
        reply.skip(kind or "an event without a type")


async def _content(reply: Reply, event: JsonView, message: JsonView) -> None:
    content = mapping(message.get("content"))
    await reply.reasoning(text(content.get("thinking")))
    await reply.text(text(content.get("text")))


async def _plan(reply: Reply, event: JsonView, message: JsonView) -> None:
    """What the model says it will do with its tools."""
    await reply.reasoning(text(message.get("tool_plan")))


async def _call(reply: Reply, event: JsonView, message: JsonView) -> None:
    for call in entries(message.get("tool_calls")):
        function = mapping(call.get("function"))
        given = function.get("arguments")
        await reply.call(piece_of(event.get("index"), call.get("id"), function.get("name"), given))


async def _end(reply: Reply, event: JsonView, message: JsonView) -> None:
    delta = mapping(event.get("delta"))
    usage = mapping(delta.get("usage"))
    tokens = mapping(usage.get("tokens")) or mapping(usage.get("billed_units"))
    reply.usage(
        provider="cohere",
        input_tokens=_tokens(tokens.get("input_tokens")),
        output_tokens=_tokens(tokens.get("output_tokens")),
        cached_input_tokens=_tokens(usage.get("cached_tokens")),
    )
    if word(delta.get("finish_reason")).lower() == "error":
        told = text(delta.get("error")) or "The answer failed."
        raise RunFailed(f"cohere: {told}", code="ERROR")
    reply.stop(word(delta.get("finish_reason")))


def _tokens(number: Foreign) -> int | None:
    """Counts come as floats."""
    return count(int(number) if isinstance(number, float) else number)


EVENTS: dict[str, Callable[[Reply, JsonView, JsonView], Awaitable[None]]] = {
    "content-start": _content,
    "content-delta": _content,
    "tool-plan-delta": _plan,
    "tool-call-start": _call,
    "tool-call-delta": _call,
    "message-end": _end,
}
SILENT = frozenset({"message-start", "content-end", "tool-call-end"})
