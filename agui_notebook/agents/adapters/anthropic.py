"""Anthropic clients (sync and async, also Bedrock and Vertex) through the Messages interface.

Thinking goes back to the model with its signature, as the interface demands.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

from ...errors import RunFailed
from ...protocol.document.shape import Message
from ..agent import Agent, AgentOptions
from ..models.client_copies import fresh
from ..models.model_reply import Reply
from ..models.prompt import Media, Prompt, arguments_of, join_roles, omission_note, parts_of
from ..models.provider_stream import fill_request, open_stream
from ..models.tool_loop import ModelAgent

MARK, REDACTED = "anthropic:", "anthropic.redacted_thinking:"
MAX_TOKENS = 4096  # the interface demands a bound; params={"max_tokens": ...} sets another


def adapt(obj: Any, options: AgentOptions) -> Agent:
    """Wrap a client. Raises InvalidInput without ``model``."""
    client, close = fresh(obj)
    return ModelAgent.of(options, partial(ask, client, options.threads), close)


async def ask(client: Any, threads: bool, prompt: Prompt, reply: Reply) -> None:
    """One streamed message."""
    start = fill_request(client.messages.create, request_of(prompt))
    async with open_stream(start, threads=threads) as events:
        async for event in events:
            if read := EVENTS.get(event.type):
                await read(event, reply)


def request_of(prompt: Prompt) -> dict[str, Any]:
    """The keywords of ``messages.create``."""
    request: dict[str, Any] = {
        "model": prompt.model,
        "max_tokens": MAX_TOKENS,
        "messages": join_roles([m for t in prompt.turns for m in ROLES[t["role"]](t)], "content"),
        "stream": True,
    }
    if prompt.system:
        request["system"] = prompt.system
    if prompt.tools:
        request["tools"] = [_tool_spec(**tool) for tool in prompt.tools]
    return {**request, **prompt.params}


def _tool_spec(name: str, description: str, parameters: Any) -> dict[str, Any]:
    return {"name": name, "description": description, "input_schema": parameters}


def _user(turn: Message) -> Iterator[dict[str, Any]]:
    content = [_part(part) for part in parts_of(turn) if part]  # empty text is refused
    if content:
        yield {"role": "user", "content": content}


def _assistant(turn: Message) -> Iterator[dict[str, Any]]:
    thoughts = [block for t in turn.get("reasoning") or () for block in _thinking_blocks(t)]
    text = [{"type": "text", "text": turn["content"]}] if turn["content"].strip() else []
    calls = [_tool_use(call) for call in turn["toolCalls"]]
    if text or calls:
        yield {"role": "assistant", "content": [*thoughts, *text, *calls]}


def _thinking_blocks(thought: Message) -> Iterator[dict[str, Any]]:
    """A thought of this provider's; thoughts without its seal are not accepted back."""
    seal = thought.get("encryptedValue") or ""
    if seal.startswith(REDACTED):
        yield {"type": "redacted_thinking", "data": seal.removeprefix(REDACTED)}
    elif seal.startswith(MARK):
        signature = seal.removeprefix(MARK)
        yield {"type": "thinking", "thinking": thought["content"], "signature": signature}


def _tool_use(call: dict[str, Any]) -> dict[str, Any]:
    name = call["function"]["name"]
    return {"type": "tool_use", "id": call["id"], "name": name, "input": arguments_of(call)}


def _tool(turn: Message) -> Iterator[dict[str, Any]]:
    content = [_part(part) for part in parts_of(turn) if part]
    result = {"type": "tool_result", "tool_use_id": turn["toolCallId"], "content": content}
    if turn.get("error"):
        result["is_error"] = True
    yield {"role": "user", "content": [result]}


ROLES: dict[str, Callable[[Message], Iterator[dict[str, Any]]]] = {
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


def _part(part: str | Media) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if part.kind not in ("image", "document") or part.file is not None:
        return {"type": "text", "text": omission_note(part)}
    if part.data is not None:
        return {
            "type": part.kind,
            "source": {"type": "base64", "media_type": part.mime, "data": part.data},
        }
    return {"type": part.kind, "source": {"type": "url", "url": part.url}}


async def _start(event: Any, reply: Reply) -> None:
    reply.usage(provider="anthropic", model=event.message.model)
    _count(event.message.usage, reply)


async def _count_usage(event: Any, reply: Reply) -> None:
    _count(event.usage, reply)


def _count(usage: Any, reply: Reply) -> None:
    """This provider counts cache reads and writes beside the input: add them (P-USAGE-16)."""
    read = getattr(usage, "cache_read_input_tokens", None)
    written = getattr(usage, "cache_creation_input_tokens", None)
    plain = getattr(usage, "input_tokens", None)
    reply.usage(
        input_tokens=None if plain is None else plain + (read or 0) + (written or 0),
        output_tokens=usage.output_tokens,
        cached_input_tokens=read,
        cache_write_input_tokens=written,
    )


async def _block_start(event: Any, reply: Reply) -> None:
    block = event.content_block
    if block.type == "tool_use":
        await reply.call(event.index, block.name, block.id)
    elif block.type == "redacted_thinking":
        await reply.seal(REDACTED + block.data)


async def _block_delta(event: Any, reply: Reply) -> None:
    if read := DELTAS.get(event.delta.type):
        await read(event, reply)


async def _text(event: Any, reply: Reply) -> None:
    await reply.text(event.delta.text)


async def _take_thought(event: Any, reply: Reply) -> None:
    await reply.reasoning(event.delta.thinking)


async def _signature(event: Any, reply: Reply) -> None:
    await reply.seal(MARK + event.delta.signature)


async def _input(event: Any, reply: Reply) -> None:
    await reply.arguments(event.index, event.delta.partial_json)


async def _stop(event: Any, reply: Reply) -> None:
    reply.complete = True


async def _error(event: Any, reply: Reply) -> None:
    raise RunFailed(event.error.message, code=event.error.type)


Read = Callable[[Any, Reply], Awaitable[None]]
DELTAS: dict[str, Read] = {
    "text_delta": _text,
    "thinking_delta": _take_thought,
    "signature_delta": _signature,
    "input_json_delta": _input,
}
EVENTS: dict[str, Read] = {
    "message_start": _start,
    "message_delta": _count_usage,
    "message_stop": _stop,
    "content_block_start": _block_start,
    "content_block_delta": _block_delta,
    "error": _error,
}
