"""Ollama: its clients (sync and async), and the ``ollama`` module itself.

Calls have no ids and come whole; sampling goes into ``options``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any
from uuid import uuid4

from ...protocol.document.shape import Message
from ..agent import Agent, AgentOptions
from ..models.client_copies import fresh_ollama
from ..models.model_reply import Reply
from ..models.prompt import Prompt, arguments_of, omission_note, parts_of
from ..models.provider_stream import open_stream
from ..models.tool_loop import ModelAgent

# what the call takes itself; every other parameter is a model option (temperature, num_ctx, ...)
OF_THE_CALL = ("think", "format", "keep_alive", "options", "logprobs", "top_logprobs")


def adapt(obj: Any, options: AgentOptions) -> Agent:
    """Wrap a client or the module. Raises InvalidInput without ``model``."""
    client, close = fresh_ollama(obj.AsyncClient() if isinstance(obj, ModuleType) else obj)
    return ModelAgent.of(options, partial(ask, client), close)


async def ask(client: Any, prompt: Prompt, reply: Reply) -> None:
    """One streamed chat answer."""
    start = partial(client.chat, **request_of(prompt))
    async with open_stream(start) as chunks:
        async for chunk in chunks:
            await read(chunk, reply)


def request_of(prompt: Prompt) -> dict[str, Any]:
    """The keywords of ``chat``."""
    names = {c["id"]: c["function"]["name"] for t in prompt.turns for c in t.get("toolCalls") or ()}
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    own = {key: value for key, value in prompt.params.items() if key in OF_THE_CALL}
    sampling = {key: value for key, value in prompt.params.items() if key not in OF_THE_CALL}
    if sampling:
        own["options"] = {**own.get("options", {}), **sampling}
    return {
        "model": prompt.model,
        "messages": system + [ROLES[turn["role"]](turn, names) for turn in prompt.turns],
        "tools": [{"type": "function", "function": dict(tool)} for tool in prompt.tools],
        "stream": True,
        **own,
    }


def _user(turn: Message, names: Mapping[str, str]) -> dict[str, Any]:
    parts = list(parts_of(turn))
    images = [p.data for p in parts if not isinstance(p, str) and p.kind == "image" and p.data]
    texts = [p if isinstance(p, str) else omission_note(p) for p in parts if not _is_image(p)]
    said = {"role": "user", "content": "".join(texts)}
    return {**said, "images": images} if images else said


def _is_image(part: Any) -> bool:
    return not isinstance(part, str) and part.kind == "image" and bool(part.data)


def _assistant(turn: Message, names: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {"role": "assistant", "content": turn["content"]}
    if turn["toolCalls"]:
        said["tool_calls"] = [_call(call) for call in turn["toolCalls"]]
    if thought := "".join(message["content"] for message in turn.get("reasoning") or ()):
        said["thinking"] = thought
    return said


def _call(call: dict[str, Any]) -> dict[str, Any]:
    return {"function": {"name": call["function"]["name"], "arguments": arguments_of(call)}}


def _tool(turn: Message, names: Mapping[str, str]) -> dict[str, Any]:
    text = "".join(part for part in parts_of(turn) if isinstance(part, str))
    return {"role": "tool", "content": text, "tool_name": names[turn["toolCallId"]]}


ROLES: dict[str, Callable[[Message, Mapping[str, str]], dict[str, Any]]] = {
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


async def read(chunk: Any, reply: Reply) -> None:
    """Take in one chunk."""
    await reply.reasoning(chunk.message.thinking)
    await reply.text(chunk.message.content)
    for call in chunk.message.tool_calls or ():
        key = uuid4()  # calls come whole: nothing will refer to it again
        await reply.call(key, call.function.name)
        await reply.arguments(key, json.dumps(dict(call.function.arguments)))
    if chunk.done:
        reply.complete = True
        reply.usage(
            provider="ollama",
            model=chunk.model,
            input_tokens=chunk.prompt_eval_count,
            output_tokens=chunk.eval_count,
        )
