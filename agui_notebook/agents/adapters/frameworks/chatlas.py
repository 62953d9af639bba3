"""Chats of chatlas: a copy of the chat per run, with the conversation as its turns.

A tool of ``approve=`` is asked about in the chat's own callback before it runs; the run is left
with the question, and the next one begins with what became of the call.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from types import ModuleType

from ....protocol.document.shape import Message
from ....tools.as_json import as_text
from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, RunRequest, Takes, takes_only
from ...asking import question_about, settle_calls
from ...emitter import Emitter
from ...models.client_copies import fresh_at
from ...models.loose_json import mapping
from ...models.media import Media, omission_note, parts_of, plain_text
from ...models.prompt import arguments_of, system_text, turns
from ...official import load
from .thin import ThinAgent

INSTALL = "agui_notebook[chatlas]"
WHAT = "Serving a chatlas chat"


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("a chatlas chat", "instructions", "tools", "approve", own_tools=True)


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a chat. Raises UnsupportedAgent when the package is missing."""
    library = load("chatlas", INSTALL, WHAT)
    adopted, close = fresh_at(obj, "provider", "_async_client")
    chat = _with_tools(adopted, options)
    asked = options.asked_of({name: _parameters(each) for name, each in chat._tools.items()})
    run = partial(tell, library, chat, options, asked)
    return ThinAgent(run, options, "chat", close=close)


def _with_tools(chat: Foreign, options: AgentOptions) -> Foreign:
    """A copy of the chat that has the user's tools too."""
    own = _own(chat)
    for each, _ in replace(options, approve=()).functions():
        own.register_tool(each)
    return own


def _own(chat: Foreign) -> Foreign:
    """A copy with turns, tools and callbacks of its own: runs may go on side by side."""
    own = copy.copy(chat)
    own._turns, own._tools = [], dict(chat._tools)
    own._on_tool_request_callbacks = calls = copy.copy(chat._on_tool_request_callbacks)
    calls._callbacks = copy.copy(calls._callbacks)
    return own


def _parameters(tool: Foreign) -> JsonObject:
    """The JSON Schema of a tool's arguments; a provider's own tool shows none."""
    return mapping(
        mapping(mapping(getattr(tool, "schema", None)).get("function")).get("parameters")
    )


async def tell(
    library: ModuleType,
    chat: Foreign,
    options: AgentOptions,
    asked: Mapping[str, JsonObject],
    request: RunRequest,
    emit: Emitter,
) -> None:
    """Tell one run."""
    own = _own(chat)
    said = (chat.system_prompt, system_text(request, options.instructions))
    own.system_prompt = "\n\n".join(filter(None, said)) or None
    asking = ToolAsking(library, own, asked, emit)
    messages = await settle_calls(request, emit, asked, asking.carry_out)
    if messages is None:
        return
    past, now = _split(turns(messages))
    own.set_turns([_turn(library, each) for each in past])
    content = [part for each in now for part in CONTENTS[each["role"]](library, each)]
    try:
        async with aclosing(await own.stream_async(*content, content="all")) as pieces:
            async for piece in pieces:
                await _tell_piece(piece, emit)
    except ToolWaits:
        await asking.settle_rest()
    _count(own, emit)


def _split(said: list[Message]) -> tuple[list[Message], list[Message]]:
    """The turns before, and what the model is to answer now: the user's last, or results."""
    at = len(said) - 1
    while said[at]["role"] == said[at - 1]["role"] == "tool":
        at -= 1
    return said[:at], said[at:]


class ToolWaits(Exception):
    """The run waits for a yes to a call."""


class ToolAsking:
    """One run's questions, asked in the chat's own callback before a tool runs."""

    def __init__(
        self, library: ModuleType, chat: Foreign, asked: Mapping[str, JsonObject], emit: Emitter
    ) -> None:
        self._library, self._chat, self._asked, self._emit = library, chat, asked, emit
        self._begun: set[str] = set()
        chat.on_tool_request(self.ask)

    def ask(self, request: Foreign) -> None:
        """Leave the run before a call that the user has not allowed."""
        if request.name in self._asked and request.id not in self._begun:
            raise ToolWaits
        self._begun.add(request.id)

    async def carry_out(self, call: JsonObject) -> str:
        """What an allowed call brings."""
        self._begun.add(call["id"])
        shown = ""
        async for result in self._chat._invoke_tool_async(_request(self._library, call)):
            shown = _result_text(result)
        return shown

    async def settle_rest(self) -> None:
        """Ask about the calls of the answer that was left; carry out what needs no yes."""
        contents = self._chat.get_last_turn(role="assistant").contents
        calls = [each for each in contents if type(each).__name__ == "ContentToolRequest"]
        left = [each for each in calls if each.id not in self._begun]
        for number, each in enumerate(left):
            if number:  # the first one is told already
                await _call(each, self._emit)
            if each.name in self._asked:
                self._emit.interrupt(question_about(_wire(each), self._asked))
            else:
                await self._emit.tool_result(each.id, await self.carry_out(_wire(each)))


def _wire(request: Foreign) -> JsonObject:
    arguments = json.dumps(request.arguments)
    return {"id": request.id, "function": {"name": request.name, "arguments": arguments}}


def _request(library: ModuleType, call: JsonObject) -> Foreign:
    return library.types.ContentToolRequest(
        id=call["id"], name=call["function"]["name"], arguments=arguments_of(call)
    )


def _turn(library: ModuleType, turn: Message) -> Foreign:
    kinds = {"user": "UserTurn", "tool": "UserTurn", "assistant": "AssistantTurn"}
    make = getattr(library, kinds[turn["role"]])
    return make([*CONTENTS[turn["role"]](library, turn)])


def _user_contents(library: ModuleType, turn: Message) -> list[Foreign]:
    return [_part(library, part) for part in parts_of(turn)]


def _assistant_contents(library: ModuleType, turn: Message) -> list[Foreign]:
    types = library.types
    calls = [
        types.ContentToolRequest(
            id=call["id"], name=call["function"]["name"], arguments=arguments_of(call)
        )
        for call in turn["toolCalls"]
    ]
    return [*([turn["content"]] if turn["content"] else []), *calls]


def _tool_contents(library: ModuleType, turn: Message) -> list[Foreign]:
    types = library.types
    request = types.ContentToolRequest(id=turn["toolCallId"], name="tool", arguments={})
    return [types.ContentToolResult(value=plain_text(turn), request=request)]


CONTENTS = {"user": _user_contents, "assistant": _assistant_contents, "tool": _tool_contents}


def _part(library: ModuleType, part: str | Media) -> Foreign:
    if isinstance(part, str):
        return part
    if part.kind == "image" and part.data is not None:
        return library.types.ContentImageInline(image_content_type=part.mime, data=part.data)
    return omission_note(part)


async def _tell_piece(piece: Foreign, emit: Emitter) -> None:
    if isinstance(piece, str):
        await emit.text(piece)
    elif tell_it := PIECES.get(type(piece).__name__):
        await tell_it(piece, emit)


async def _thought(piece: Foreign, emit: Emitter) -> None:
    await emit.reasoning(piece.thinking)


async def _call(piece: Foreign, emit: Emitter) -> None:
    await emit.tool(piece.id, piece.name, piece.arguments)


async def _result(piece: Foreign, emit: Emitter) -> None:
    await emit.tool_result(piece.request.id, _result_text(piece))


def _result_text(result: Foreign) -> str:
    return as_text(result.error if result.error is not None else result.value)


PIECES = {
    "ContentThinkingDelta": _thought,
    "ContentThinking": _thought,
    "ContentToolRequest": _call,
    "ContentToolResult": _result,
}


def _count(chat: Foreign, emit: Emitter) -> None:
    for turn in chat.get_turns():
        if counted := getattr(turn, "tokens", None):
            given, said, cached = (*counted, 0, 0, 0)[:3]
            emit.usage(input_tokens=given + cached, output_tokens=said, cached_input_tokens=cached)
