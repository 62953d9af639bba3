"""Ollama: its clients (sync and async), and the ``ollama`` module itself.

Calls have no ids and come whole; sampling goes into ``options``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType

from ...protocol.document.shape import Message
from ...values import Foreign, JsonObject, JsonView
from ..agent import Agent, AgentOptions, Takes, takes_all
from ..models.call_pieces import piece_of
from ..models.client_copies import fresh_ollama
from ..models.loose_json import count, entries, mapping, plain, text
from ..models.media import Media, omission_note, parts_of
from ..models.model_reply import Reply
from ..models.prompt import Prompt, arguments_of
from ..models.provider_errors import raise_error
from ..models.provider_stream import open_stream
from ..models.tool_loop import ModelAgent

# what the call takes itself; every other parameter is a model option (temperature, num_ctx, ...)
OF_THE_CALL = ("think", "format", "keep_alive", "options", "logprobs", "top_logprobs")


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("an Ollama client")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a client or the module. Raises InvalidInput without ``model``."""
    client, close = fresh_ollama(obj.AsyncClient() if isinstance(obj, ModuleType) else obj)
    return ModelAgent.of(options, partial(ask, client), close)


async def ask(client: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed chat answer."""
    start = partial(client.chat, **request_of(prompt))
    async with open_stream(start) as chunks:
        async for chunk in chunks:
            await read(plain(chunk), reply)


def request_of(prompt: Prompt) -> JsonObject:
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


def _user(turn: Message, names: Mapping[str, str]) -> JsonObject:
    return {"role": "user", **_content(turn)}


def _content(turn: Message) -> JsonObject:
    """Text and pictures apart, as messages of any role carry them."""
    parts = list(parts_of(turn))
    images = [part.data for part in parts if not isinstance(part, str) and _is_image(part)]
    texts = [
        part if isinstance(part, str) else omission_note(part)
        for part in parts
        if isinstance(part, str) or not _is_image(part)
    ]
    said = {"content": "".join(texts)}
    return {**said, "images": images} if images else said


def _is_image(part: Media) -> bool:
    return part.mime in ("image/png", "image/jpeg", "image/webp") and bool(part.data)


def _assistant(turn: Message, names: Mapping[str, str]) -> JsonObject:
    said: JsonObject = {"role": "assistant", "content": turn["content"]}
    if turn["toolCalls"]:
        said["tool_calls"] = [_call(call) for call in turn["toolCalls"]]
    if thought := "".join(message["content"] for message in turn.get("reasoning") or ()):
        said["thinking"] = thought
    return said


def _call(call: JsonObject) -> JsonObject:
    return {"function": {"name": call["function"]["name"], "arguments": arguments_of(call)}}


def _tool(turn: Message, names: Mapping[str, str]) -> JsonObject:
    return {"role": "tool", **_content(turn), "tool_name": names[turn["toolCallId"]]}


ROLES: dict[str, Callable[[Message, Mapping[str, str]], JsonObject]] = {
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


async def read(chunk: JsonView, reply: Reply) -> None:
    """Take in one chunk, as a dict. Raises RunFailed for an error that comes in the stream."""
    raise_error(chunk, "ollama")
    message = mapping(chunk.get("message"))
    await reply.reasoning(text(message.get("thinking")))
    await reply.text(text(message.get("content")))
    for call in entries(message.get("tool_calls")):
        function = mapping(call.get("function"))
        given = function.get("arguments")
        await reply.call(piece_of(None, call.get("id"), function.get("name"), given, whole=True))
    if chunk.get("done"):
        reply.complete = True
        reply.stop(text(chunk.get("done_reason")), option="num_predict")
        reply.usage(
            provider="ollama",
            model=text(chunk.get("model")) or None,
            input_tokens=count(chunk.get("prompt_eval_count")),
            output_tokens=count(chunk.get("eval_count")),
        )
