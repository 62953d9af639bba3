"""The Chat Completions dialect, which OpenAI, LiteLLM, LangChain and most local servers speak.

Plain dicts both ways: prompt to request, chunk to reply. No client and no transport lives here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...protocol.document.shape import Message
from .model_reply import Reply
from .prompt import Media, Prompt, omission_note, parts_of


def request_of(prompt: Prompt) -> dict[str, Any]:
    """The keywords of ``chat.completions.create`` for a streamed answer with usage."""
    request: dict[str, Any] = {
        "model": prompt.model,
        "messages": messages_of(prompt),
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if prompt.tools:
        request["tools"] = [{"type": "function", "function": dict(tool)} for tool in prompt.tools]
    return {**request, **prompt.params}


def messages_of(prompt: Prompt) -> list[dict[str, Any]]:
    """System text and turns as this dialect's messages."""
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    return system + [ROLES[turn["role"]](turn) for turn in prompt.turns]


def _user(turn: Message) -> dict[str, Any]:
    content = turn.get("content")
    if isinstance(content, list):
        content = [_part(part) for part in parts_of(turn)]
    return {"role": "user", "content": content or ""}


def _assistant(turn: Message) -> dict[str, Any]:
    said = {"role": "assistant", "content": turn.get("content") or None}
    calls = [{key: call[key] for key in ("id", "type", "function")} for call in turn["toolCalls"]]
    return {**said, "tool_calls": calls} if calls else said


def _tool(turn: Message) -> dict[str, Any]:
    text = "".join(part for part in parts_of(turn) if isinstance(part, str))
    return {"role": "tool", "tool_call_id": turn["toolCallId"], "content": text}


ROLES: dict[str, Callable[[Message], dict[str, Any]]] = {
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


def _part(part: str | Media) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    make = PARTS.get(part.kind, _unusable)
    return make(part)


def _unusable(media: Media) -> dict[str, Any]:
    return {"type": "text", "text": omission_note(media)}


def _image(media: Media) -> dict[str, Any]:
    if (url := media.any_url) is None:
        return _unusable(media)
    return {"type": "image_url", "image_url": {"url": url}}


def _audio(media: Media) -> dict[str, Any]:
    if media.data is None:
        return _unusable(media)
    form = "mp3" if media.mime in ("audio/mpeg", "audio/mp3") else "wav"
    return {"type": "input_audio", "input_audio": {"data": media.data, "format": form}}


def _document(media: Media) -> dict[str, Any]:
    if media.file is not None:
        return {"type": "file", "file": {"file_id": media.file}}
    if media.data is None:
        return _unusable(media)
    return {"type": "file", "file": {"filename": "document", "file_data": media.any_url}}


PARTS: dict[str, Callable[[Media], dict[str, Any]]] = {
    "image": _image,
    "audio": _audio,
    "document": _document,
}


async def read(chunk: Mapping[str, Any], reply: Reply, provider: str) -> None:
    """Take in one chunk of the stream, as a dict."""
    for choice in chunk.get("choices") or ():
        reply.complete = reply.complete or bool(choice.get("finish_reason"))
        delta = choice.get("delta") or {}
        await reply.reasoning(delta.get("reasoning_content") or delta.get("reasoning"))
        await reply.text(delta.get("content"))
        for call in delta.get("tool_calls") or ():
            await _read_call(call, reply)
    if usage := chunk.get("usage"):
        reply.complete = True  # the last chunk; some servers give no reason for finishing
        reply.usage(provider=provider, model=chunk.get("model"), **counts(usage))


async def _read_call(call: Mapping[str, Any], reply: Reply) -> None:
    # an index names a call; servers that leave it out send every call whole, under its own id
    key = call["index"] if call.get("index") is not None else call.get("id")
    function = call.get("function") or {}
    if not reply.knows(key, call.get("id")):
        await reply.call(key, function.get("name") or "", call.get("id"))
    await reply.arguments(key, function.get("arguments"))


def counts(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Token counts; the cached and the reasoning ones are parts of the totals already."""
    prompt = usage.get("prompt_tokens_details") or {}
    completion = usage.get("completion_tokens_details") or {}
    return {
        "input_tokens": usage.get("prompt_tokens"),
        "output_tokens": usage.get("completion_tokens"),
        "cached_input_tokens": prompt.get("cached_tokens"),
        "reasoning_tokens": completion.get("reasoning_tokens"),
    }
