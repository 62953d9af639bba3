"""OpenAI and Azure OpenAI clients (sync and async) through the Responses interface: pass
``client.responses``. Nothing of Chat Completions lives here.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

from ....errors import RunFailed
from ....protocol.document.shape import Message
from ...agent import Agent, AgentOptions
from ...models.client_copies import fresh
from ...models.model_reply import Reply
from ...models.prompt import Media, Prompt, omission_note, parts_of
from ...models.provider_stream import fill_request, open_stream
from ...models.tool_loop import ModelAgent

MARK = "openai:"


def adapt(obj: Any, options: AgentOptions) -> Agent:
    """Wrap ``client.responses``. Raises InvalidInput without ``model``."""
    client, close = fresh(obj._client)
    return ModelAgent.of(options, partial(ask, client, options.threads), close)


async def ask(client: Any, threads: bool, prompt: Prompt, reply: Reply) -> None:
    """One streamed response."""
    start = fill_request(client.responses.create, request_of(prompt))
    async with open_stream(start, threads=threads) as events:
        async for event in events:
            if read := EVENTS.get(event.type):
                await read(event, reply)


def request_of(prompt: Prompt) -> dict[str, Any]:
    """The keywords of ``responses.create``."""
    request: dict[str, Any] = {
        "model": prompt.model,
        "input": [item for turn in prompt.turns for item in ROLES[turn["role"]](turn)],
        "stream": True,
    }
    if prompt.system:
        request["instructions"] = prompt.system
    if prompt.tools:
        request["tools"] = [{"type": "function", "strict": False, **tool} for tool in prompt.tools]
    return {**request, **prompt.params}


def _user(turn: Message) -> Iterator[dict[str, Any]]:
    yield {"role": "user", "content": [_part(part) for part in parts_of(turn)]}


def _assistant(turn: Message) -> Iterator[dict[str, Any]]:
    for thought in turn.get("reasoning") or ():
        if (sealed := thought.get("encryptedValue") or "").startswith(MARK):
            yield json.loads(sealed.removeprefix(MARK))
    if turn["content"]:
        yield {"role": "assistant", "content": turn["content"]}
    for call in turn["toolCalls"]:
        yield {"type": "function_call", "call_id": call["id"], **call["function"]}


def _tool(turn: Message) -> Iterator[dict[str, Any]]:
    text = "".join(part for part in parts_of(turn) if isinstance(part, str))
    yield {"type": "function_call_output", "call_id": turn["toolCallId"], "output": text}


ROLES: dict[str, Callable[[Message], Iterator[dict[str, Any]]]] = {
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


def _part(part: str | Media) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "input_text", "text": part}
    if part.kind == "image":
        at = {"file_id": part.file} if part.file else {"image_url": part.any_url}
        return {"type": "input_image", "detail": "auto", **at}
    if part.kind == "document":
        return {"type": "input_file", **_file(part)}
    return {"type": "input_text", "text": omission_note(part)}


def _file(part: Media) -> dict[str, Any]:
    if part.file:
        return {"file_id": part.file}
    return (
        {"file_url": part.url} if part.url else {"filename": "document", "file_data": part.any_url}
    )


async def _text(event: Any, reply: Reply) -> None:
    await reply.text(event.delta)


async def _reasoning(event: Any, reply: Reply) -> None:
    await reply.reasoning(event.delta)


async def _part_added(event: Any, reply: Reply) -> None:
    if event.summary_index:
        await reply.reasoning("\n\n")


async def _item_added(event: Any, reply: Reply) -> None:
    if event.item.type == "function_call":
        await reply.call(event.item.id, event.item.name, event.item.call_id)


async def _arguments(event: Any, reply: Reply) -> None:
    await reply.arguments(event.item_id, event.delta)


async def _item_done(event: Any, reply: Reply) -> None:
    """Reasoning that came encrypted (params={"include": [...]}) must go back to the model."""
    item = event.item
    if item.type == "reasoning" and getattr(item, "encrypted_content", None):
        await reply.seal(MARK + item.model_dump_json(exclude_none=True, exclude={"status"}))


async def _complete(event: Any, reply: Reply) -> None:
    reply.complete = True
    if usage := event.response.usage:
        inputs = getattr(usage, "input_tokens_details", None)
        outputs = getattr(usage, "output_tokens_details", None)
        reply.usage(
            provider="openai",
            model=event.response.model,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cached_input_tokens=getattr(inputs, "cached_tokens", None),
            reasoning_tokens=getattr(outputs, "reasoning_tokens", None),
        )


async def _raise_failure(event: Any, reply: Reply) -> None:
    await _complete(event, reply)
    error = event.response.error
    raise RunFailed(error.message if error else "The response failed.", code=error and error.code)


async def _error(event: Any, reply: Reply) -> None:
    raise RunFailed(event.message, code=event.code)


EVENTS: dict[str, Callable[[Any, Reply], Awaitable[None]]] = {
    "response.output_text.delta": _text,
    "response.refusal.delta": _text,
    "response.reasoning_summary_text.delta": _reasoning,
    "response.reasoning_text.delta": _reasoning,
    "response.reasoning_summary_part.added": _part_added,
    "response.output_item.added": _item_added,
    "response.function_call_arguments.delta": _arguments,
    "response.output_item.done": _item_done,
    "response.completed": _complete,
    "response.incomplete": _complete,
    "response.failed": _raise_failure,
    "error": _error,
}
