"""xAI's client (sync and async), which speaks gRPC: its own messages, as plain data both ways.

The streaming call itself is held, since it can be cancelled from outside. A channel of the async
client belongs to the event loop it was made on, and cannot be copied: its key lies in C.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module

from ....errors import RunFailed
from ....protocol.document.shape import Message
from ....values import Foreign, JsonObject, JsonView
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.call_pieces import piece_of
from ...models.loose_json import count, entries, mapping, text
from ...models.media import PDF, Media, omission_note, parts_of, plain_text
from ...models.model_reply import Reply
from ...models.prompt import Prompt, arguments_text
from ...models.provider_errors import OTHER_LOOP
from ...models.provider_stream import open_stream
from ...models.tool_loop import ModelAgent

MARK = "xai:"
PICTURES = ("image/png", "image/jpeg")
FINISH = {
    "REASON_STOP": "stop",
    "REASON_TOOL_CALLS": "tool_calls",
    "REASON_MAX_LEN": "max_tokens",
    "REASON_MAX_CONTEXT": "context_length_exceeded",
    "REASON_TIME_LIMIT": "timeout",
}
OURS = ("", "TOOL_CALL_TYPE_INVALID", "TOOL_CALL_TYPE_CLIENT_SIDE_TOOL")


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("an xAI client")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a client of either kind. Raises InvalidInput without ``model``."""
    return ModelAgent.of(options, partial(ask, obj))


async def ask(client: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed answer. Raises RunFailed for a client of another event loop, unasked."""
    loop = getattr(getattr(client, "_api_channel", None), "_loop", None)
    if loop not in (None, asyncio.get_running_loop()):
        raise RunFailed(OTHER_LOOP, code="event_loop")
    protobuf = import_module("google.protobuf.json_format")
    request = client.chat.create(prompt.model, **prompt.params).proto
    protobuf.ParseDict(request_of(prompt), request)
    make: Foreign = CompletionStream if loop is None else read_on_loop
    with _told_errors():
        start = partial(make, client.chat._stub, request)
        async with open_stream(start) as chunks:
            async for chunk in chunks:
                await read(protobuf.MessageToDict(chunk, preserving_proto_field_name=True), reply)


async def read_on_loop(stub: Foreign, request: Foreign) -> AsyncGenerator[Foreign, None]:
    """The chunks of one answer to an async client."""
    call = stub.GetCompletionChunk(request)
    try:
        async for chunk in call:
            yield chunk
    finally:
        call.cancel()


class CompletionStream:
    """The chunks of one answer to a sync client, and a way to end a read of them from outside."""

    def __init__(self, stub: Foreign, request: Foreign) -> None:
        self._call = stub.GetCompletionChunk(request)

    def __iter__(self) -> Iterator[Foreign]:
        try:
            yield from self._call
        finally:
            self._call.cancel()

    def hang_up(self) -> None:
        """Cancel the call, which the server is told."""
        self._call.cancel()


@contextmanager
def _told_errors() -> Iterator[None]:
    """What the server said in place of gRPC's own account of a call."""
    try:
        yield
    except Exception as error:
        if not callable(details := getattr(error, "details", None)):
            raise
        code: Foreign = getattr(error, "code", lambda: None)()
        raise RunFailed(f"xai: {details()}", code=getattr(code, "name", None)) from error


def request_of(prompt: Prompt) -> JsonObject:
    """Messages and tools as the interface's own request has them, in its JSON form."""
    system = [_message("SYSTEM", [{"text": prompt.system}])] if prompt.system else []
    tools = [{"function": _function(**tool)} for tool in prompt.tools]
    said = [ROLES[turn["role"]](turn) for turn in prompt.turns]
    return {"n": 1, "messages": [*system, *said], **({"tools": tools} if tools else {})}


def _function(name: str, description: str, parameters: JsonView) -> JsonObject:
    return {"name": name, "description": description, "parameters": json.dumps(parameters)}


def _message(role: str, content: list[JsonObject], **more: Foreign) -> JsonObject:
    return {"role": f"ROLE_{role}", "content": content, **more}


def _user(turn: Message) -> JsonObject:
    return _message("USER", [_part(part) for part in parts_of(turn)])


def _assistant(turn: Message) -> JsonObject:
    sealed = [text(each.get("encryptedValue")) for each in turn.get("reasoning") or ()]
    kept = [each.removeprefix(MARK) for each in sealed if each.startswith(MARK)]
    about: JsonObject = {"encrypted_content": kept[-1]} if kept else {}
    calls = [
        {
            "id": call["id"],
            "type": "TOOL_CALL_TYPE_CLIENT_SIDE_TOOL",
            "function": {"name": call["function"]["name"], "arguments": arguments_text(call)},
        }
        for call in turn["toolCalls"]
    ]
    return _message("ASSISTANT", [{"text": turn["content"]}], tool_calls=calls, **about)


def _tool(turn: Message) -> JsonObject:
    return _message("TOOL", [{"text": plain_text(turn)}], tool_call_id=turn["toolCallId"])


ROLES = {"user": _user, "assistant": _assistant, "tool": _tool}


def _part(part: str | Media) -> JsonObject:
    if isinstance(part, str):
        return {"text": part}
    if part.kind == "image" and part.mime in PICTURES and part.any_url:
        return {"image_url": {"image_url": part.any_url}}
    if part.file is not None:
        return {"file": {"file_id": part.file}}
    if part.mime == PDF and part.data is not None:
        name = part.name or "document.pdf"
        return {"file": {"data": part.data, "filename": name, "mime_type": PDF}}
    return {"text": omission_note(part)}


async def read(chunk: JsonView, reply: Reply) -> None:
    """Take in one chunk, as a dict; what a tool of the server's gave is the model's to see."""
    for output in entries(chunk.get("outputs")):
        delta = mapping(output.get("delta"))
        if text(delta.get("role")) in ("", "ROLE_ASSISTANT"):
            await _read_delta(delta, reply)
        reason = text(output.get("finish_reason"))
        reply.stop(FINISH.get(reason, "" if reason == "REASON_INVALID" else reason))
    if usage := mapping(chunk.get("usage")):
        thought = count(usage.get("reasoning_tokens"))
        reply.usage(
            provider="xai",
            model=text(chunk.get("model")) or None,
            input_tokens=count(usage.get("prompt_tokens")),
            output_tokens=(count(usage.get("completion_tokens")) or 0) + (thought or 0),
            cached_input_tokens=count(usage.get("cached_prompt_text_tokens")),
            reasoning_tokens=thought,
        )


async def _read_delta(delta: JsonView, reply: Reply) -> None:
    await reply.reasoning(text(delta.get("reasoning_content")))
    if sealed := text(delta.get("encrypted_content")):
        await reply.seal(MARK + sealed)
    await reply.text(text(delta.get("content")))
    for call in entries(delta.get("tool_calls")):
        function = mapping(call.get("function"))
        if (kind := text(call.get("type"))) in OURS:
            name, given = function.get("name"), function.get("arguments")
            await reply.call(piece_of(None, call.get("id"), name, given))
        else:  # carried out by the server
            reply.skip(kind.removeprefix("TOOL_CALL_TYPE_").lower())
