"""Google GenAI clients (Gemini and Vertex) through ``generate_content_stream``.

The client keeps one connection pool per event loop, so it needs no adopting.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from ...protocol.document.shape import Message
from ..agent import Agent, AgentOptions
from ..models.model_reply import Reply
from ..models.prompt import Media, Prompt, arguments_of, join_roles, omission_note, parts_of
from ..models.provider_stream import open_stream
from ..models.tool_loop import ModelAgent

MARK = "google:"


def adapt(obj: Any, options: AgentOptions) -> Agent:
    """Wrap a ``genai.Client`` (or its ``aio``). Raises InvalidInput without ``model``."""
    models = getattr(obj, "aio", obj).models
    return ModelAgent.of(options, partial(ask, models))


async def ask(models: Any, prompt: Prompt, reply: Reply) -> None:
    """One streamed answer."""
    async with open_stream(partial(models.generate_content_stream, **request_of(prompt))) as chunks:
        async for chunk in chunks:
            await read(chunk, reply)


def request_of(prompt: Prompt) -> dict[str, Any]:
    """The keywords of ``generate_content_stream``; ``params`` are fields of its config."""
    names = {c["id"]: c["function"]["name"] for t in prompt.turns for c in t.get("toolCalls") or ()}
    config: dict[str, Any] = {"automatic_function_calling": {"disable": True}}
    if prompt.system:
        config["system_instruction"] = prompt.system
    if prompt.tools:
        config["tools"] = [{"function_declarations": [_declaration(**t) for t in prompt.tools]}]
    contents = [ROLES[turn["role"]](turn, names) for turn in prompt.turns]
    return {
        "model": prompt.model,
        "contents": join_roles(contents, "parts"),
        "config": {**config, **prompt.params},
    }


def _declaration(name: str, description: str, parameters: Any) -> dict[str, Any]:
    return {"name": name, "description": description, "parameters_json_schema": parameters}


def _user(turn: Message, names: Mapping[str, str]) -> dict[str, Any]:
    return {"role": "user", "parts": [_part(part) for part in parts_of(turn)]}


def _assistant(turn: Message, names: Mapping[str, str]) -> dict[str, Any]:
    text = [{"text": turn["content"]}] if turn["content"] else []
    return {"role": "model", "parts": [*text, *map(_call, turn["toolCalls"])]}


def _call(call: dict[str, Any]) -> dict[str, Any]:
    name = call["function"]["name"]
    part: dict[str, Any] = {"function_call": {"name": name, "args": arguments_of(call)}}
    if (seal := call.get("encryptedValue") or "").startswith(MARK):
        part["thought_signature"] = base64.b64decode(seal.removeprefix(MARK))
    return part


def _tool(turn: Message, names: Mapping[str, str]) -> dict[str, Any]:
    text = "".join(part for part in parts_of(turn) if isinstance(part, str))
    answer = {"name": names[turn["toolCallId"]], "response": {"result": text}}
    return {"role": "user", "parts": [{"function_response": answer}]}


ROLES: dict[str, Callable[[Message, Mapping[str, str]], dict[str, Any]]] = {
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


def _part(part: str | Media) -> dict[str, Any]:
    if isinstance(part, str):
        return {"text": part}
    if part.data is not None:
        return {"inline_data": {"mime_type": part.mime, "data": base64.b64decode(part.data)}}
    if at := part.url or part.file:
        return {"file_data": {"mime_type": part.mime, "file_uri": at}}
    return {"text": omission_note(part)}


async def read(chunk: Any, reply: Reply) -> None:
    """Take in one chunk: the parts of its first candidate, and the counts so far."""
    for candidate in (chunk.candidates or [])[:1]:
        reply.complete = reply.complete or candidate.finish_reason is not None
        for part in (candidate.content and candidate.content.parts) or ():
            await _read_part(part, reply)
    if usage := chunk.usage_metadata:
        reply.usage(provider="google", model=chunk.model_version, **counts(usage))


async def _read_part(part: Any, reply: Reply) -> None:
    if call := part.function_call:
        key = uuid4()  # calls come whole: nothing will refer to it again
        seal = part.thought_signature
        signed = MARK + base64.b64encode(seal).decode() if seal else None
        await reply.call(key, call.name, call.id, seal=signed)
        await reply.arguments(key, json.dumps(call.args or {}))
    elif part.thought:
        await reply.reasoning(part.text)
    else:
        await reply.text(part.text)


def counts(usage: Any) -> dict[str, Any]:
    """Thoughts are counted beside the answer here, and tool prompts beside the prompt: add them."""
    given = usage.prompt_token_count
    said, thoughts = usage.candidates_token_count, usage.thoughts_token_count
    return {
        "input_tokens": None if given is None else given + (usage.tool_use_prompt_token_count or 0),
        "output_tokens": None if said is None else said + (thoughts or 0),
        "reasoning_tokens": thoughts,
        "cached_input_tokens": usage.cached_content_token_count,
    }
