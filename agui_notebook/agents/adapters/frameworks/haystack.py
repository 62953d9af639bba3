"""Agents of Haystack: the agent's own run, with a callback that is told every chunk."""

from __future__ import annotations

import copy
from functools import partial
from types import ModuleType

from ....protocol.document.shape import Message, open_calls
from ....tools.as_json import as_text
from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, RunRequest, Takes, answers, takes_only
from ...emitter import Emitter
from ...models.call_pieces import piece_of
from ...models.client_copies import nothing
from ...models.loose_json import count, mapping, text
from ...models.media import Media, omission_note, parts_of, plain_text
from ...models.model_reply import Reply
from ...models.prompt import arguments_of, system_text, turns
from ...official import load
from .haystack_asking import Again, Asking, Waits
from .thin import ThinAgent, end

INSTALL = "agui_notebook[haystack]"
WHAT = "Serving a Haystack agent"
PICTURES = ("image/png", "image/jpeg", "image/webp", "image/gif")


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("a Haystack agent", "instructions")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap an agent. Raises UnsupportedAgent when a package is missing."""
    library = load("haystack.dataclasses", INSTALL, WHAT)
    agent = copy.copy(obj)
    agent.chat_generator = generator = copy.copy(obj.chat_generator)
    if hasattr(generator, "async_client"):
        generator.async_client = None  # it makes another, on the loop that serves
    close = getattr(generator, "close_async", nothing)
    return ThinAgent(partial(tell, library, agent, options), options, close=close)


async def tell(
    library: ModuleType, agent: Foreign, options: AgentOptions, request: RunRequest, emit: Emitter
) -> None:
    """Tell one run."""
    telling = HaystackTelling(emit)
    messages = messages_of(library, request, options.instructions)
    own = copy.copy(agent)
    asking = Asking(answers(request), emit)
    own.hooks = asking.hooks(agent.hooks)
    if answers(request) and (asked := _pop_question(request, messages)):
        own.chat_generator = Again(agent.chat_generator, asked)
    try:
        result = await own.run_async(messages=messages, streaming_callback=telling.take)
    except Waits:
        result = {}
    await telling.end()
    emit.interrupt(*asking.questions)
    for message in result.get("messages") or ():
        meta = mapping(getattr(message, "meta", None))
        _count(emit, mapping(meta.get("usage")), text(meta.get("model")))


def _pop_question(request: RunRequest, messages: list[Foreign]) -> Foreign:
    """The message whose calls were asked about, taken off the end; None if it is not there."""
    waiting = {call["id"] for call in open_calls(request["messages"])}
    while (results := messages[-1].tool_call_results) and results[0].origin.id in waiting:
        messages.pop()
    return messages.pop() if messages[-1].tool_calls else None


class HaystackTelling:
    """Tells the chunks of one run: a reply per answer of the model."""

    def __init__(self, emit: Emitter) -> None:
        self._emit = emit
        self._reply: Reply | None = None

    async def take(self, chunk: Foreign) -> None:
        if result := chunk.tool_call_result:
            await self.end()
            await self._emit.tool_result(result.origin.id, _result_text(result.result))
            return
        self._reply = reply = self._reply or Reply(self._emit)
        await reply.reasoning(text(getattr(chunk.reasoning, "reasoning_text", None)))
        await reply.text(text(chunk.content))
        for call in chunk.tool_calls or ():
            await reply.call(piece_of(call.index, call.id, call.tool_name, call.arguments))
        if chunk.finish_reason and chunk.finish_reason != "tool_call_results":
            reply.stop(chunk.finish_reason)

    async def end(self) -> None:
        reply, self._reply = self._reply, None
        if reply is not None and not reply.is_empty:
            await end(reply)


def _result_text(result: Foreign) -> str:
    return result if isinstance(result, str) else as_text(result)


def _count(emit: Emitter, usage: JsonObject, model: str) -> None:
    """Token counts, in the spelling of the generator's own provider."""
    given = count(usage.get("prompt_tokens", usage.get("input_tokens")))
    said = count(usage.get("completion_tokens", usage.get("output_tokens")))
    if given is not None or said is not None:
        emit.usage(model=model or None, input_tokens=given, output_tokens=said)


def messages_of(
    library: ModuleType, request: RunRequest, instructions: str | None
) -> list[Foreign]:
    """The history as the framework's messages."""
    system = system_text(request, instructions)
    said = [library.ChatMessage.from_system(system)] if system else []
    calls: dict[str, Foreign] = {}
    return [*said, *(ROLES[t["role"]](library, t, calls) for t in turns(request["messages"]))]


def _user(library: ModuleType, turn: Message, calls: dict[str, Foreign]) -> Foreign:
    parts = [_part(library, part) for part in parts_of(turn)]
    return library.ChatMessage.from_user(content_parts=parts)


def _assistant(library: ModuleType, turn: Message, calls: dict[str, Foreign]) -> Foreign:
    for call in turn["toolCalls"]:
        name = call["function"]["name"]
        calls[call["id"]] = library.ToolCall(name, arguments_of(call), id=call["id"])
    made = [calls[call["id"]] for call in turn["toolCalls"]]
    return library.ChatMessage.from_assistant(turn["content"] or None, tool_calls=made or None)


def _tool(library: ModuleType, turn: Message, calls: dict[str, Foreign]) -> Foreign:
    return library.ChatMessage.from_tool(plain_text(turn), origin=calls[turn["toolCallId"]])


ROLES = {"user": _user, "assistant": _assistant, "tool": _tool}


def _part(library: ModuleType, part: str | Media) -> Foreign:
    if isinstance(part, str):
        return part
    if part.data is None or part.mime not in PICTURES:
        return omission_note(part)
    return library.ImageContent(part.data, mime_type=part.mime, validation=False)
