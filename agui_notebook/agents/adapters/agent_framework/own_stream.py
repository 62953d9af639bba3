"""Agent Framework without its AG-UI package: an agent's own stream, told with the emitter.

Text, reasoning, the agent's own tools and usage; no frontend tools, approvals or workflows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing

from ....errors import AGUIError, RunFailed
from ....protocol.document.shape import Message
from ....tools.as_json import as_text
from ....values import Foreign, Json
from ...agent import AgentOptions, RunRequest, Wrapped
from ...emitter import Emitter
from ...models.call_pieces import CallPieces, PartialCall, piece_of
from ...models.client_copies import Close, nothing
from ...models.media import Media, omission_note, parts_of, plain_text
from ...models.prompt import system_text, turns
from ...models.provider_errors import provider_error


class FrameworkStream(Wrapped):
    """An agent of the framework's core package."""

    def __init__(
        self, library: Foreign, agent: Foreign, options: AgentOptions, close: Close = nothing
    ) -> None:
        name = options.name or getattr(agent, "name", None) or "agent"
        about = options.description or getattr(agent, "description", None) or ""
        super().__init__(name, about, options.suggestions)
        self._library, self._agent, self.aclose = library, agent, close

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Answer one request. Raises RunFailed with what the provider said."""
        stream = self._agent.run(messages_of(self._library, request), stream=True)
        calls = Calls(emit)
        try:
            async with aclosing(_contents(stream)) as contents:
                async for content in contents:
                    if tell := CONTENTS.get(content.type):
                        await tell(content, emit, calls)
            await calls.end()
        except AGUIError:
            raise
        except Exception as error:
            raise provider_error(error) from error


class Calls:
    """The calls of one answer, put together of whatever pieces the agent's client makes of them."""

    def __init__(self, emit: Emitter) -> None:
        self._emit = emit
        self._pieces = CallPieces()
        self._begun: dict[PartialCall, str] = {}
        self._ids: dict[str, str] = {}  # the framework's -> ours, of those told last

    async def take(self, content: Json) -> None:
        """Take in a piece; it is told when it is clear whose it is."""
        given = (content.call_id, content.name, content.arguments)
        call = self._pieces.take(piece_of(None, *given))
        if call.name and call.arguments:
            await self._emit.tool_args(await self._begin(call), call.arguments.fresh())

    async def _begin(self, call: PartialCall) -> str:
        if call not in self._begun:
            used = call.id is None or call.id in self._ids.values()
            item = await self._emit.tool_call(None if used else call.id, call.name)
            self._begun[call] = item
            self._ids.update(dict.fromkeys(call.ids, item))
        return self._begun[call]

    async def end(self) -> None:
        """The answer is over: what is still to be said of its calls is said."""
        for call in self._pieces.calls:
            if call.name:
                item, ending = await self._begin(call), call.arguments.end()
                await self._emit.tool_args(item, ending.rest)
                await self._emit.tool_end(item)
        self._pieces = CallPieces()

    async def answer(self, content: Json) -> None:
        """The framework has run a call."""
        await self.end()
        item = self._ids.get(content.call_id, content.call_id)
        await self._emit.tool_result(item, as_text(content.result))


async def _contents(stream: Foreign) -> Foreign:
    """What an agent says, piece by piece; a piece that repeats earlier ones is left out."""
    async for update in stream:
        for content in update.contents:
            if getattr(content, "merge_mode", None) != "replace":
                yield content


def messages_of(library: Foreign, request: RunRequest) -> list[Foreign]:
    """The history as the framework's messages."""
    system = system_text(request, None)
    said = [library.Message("system", [system])] if system else []
    return said + [
        library.Message(turn["role"], list(ROLES[turn["role"]](library.Content, turn)))
        for turn in turns(request["messages"])
    ]


def _user(content: Json, turn: Message) -> Iterator[Foreign]:
    return (_part(content, part) for part in parts_of(turn))


def _assistant(content: Json, turn: Message) -> Iterator[Foreign]:
    if turn["content"]:
        yield content.from_text(turn["content"])
    for call in turn["toolCalls"]:
        yield content.from_function_call(call_id=call["id"], **call["function"])


def _tool(content: Json, turn: Message) -> Iterator[Foreign]:
    yield content.from_function_result(call_id=turn["toolCallId"], result=plain_text(turn))


def _part(content: Json, part: str | Media) -> Foreign:
    if isinstance(part, str):
        return content.from_text(part)
    if part.any_url is None:
        return content.from_text(omission_note(part))
    return content.from_uri(uri=part.any_url, media_type=part.mime)


ROLES: dict[str, Callable[[Foreign, Message], Iterator[Foreign]]] = {
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


async def _text(content: Json, emit: Emitter, calls: Calls) -> None:
    await emit.text(content.text or "")


async def _reasoning(content: Json, emit: Emitter, calls: Calls) -> None:
    await emit.reasoning(content.text or "")


async def _call(content: Json, emit: Emitter, calls: Calls) -> None:
    await calls.take(content)


async def _result(content: Json, emit: Emitter, calls: Calls) -> None:
    await calls.answer(content)


async def _usage(content: Json, emit: Emitter, calls: Calls) -> None:
    counts = content.usage_details
    emit.usage(
        input_tokens=counts.get("input_token_count"),
        output_tokens=counts.get("output_token_count"),
    )


async def _approval(content: Json, emit: Emitter, calls: Calls) -> None:
    raise RunFailed(
        "This tool needs an approval, which takes Agent Framework's own AG-UI package: "
        'pip install "agui_notebook[agent-framework]"'
    )


CONTENTS: dict[str, Callable[[Foreign, Emitter, Calls], Awaitable[None]]] = {
    "text": _text,
    "text_reasoning": _reasoning,
    "function_call": _call,
    "function_result": _result,
    "function_approval_request": _approval,
    "usage": _usage,
}
