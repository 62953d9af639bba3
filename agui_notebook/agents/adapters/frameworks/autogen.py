"""AutoGen's AgentChat: assistants and teams, through their own ``run_stream``.

An assistant gets the whole conversation for each run; a team keeps its own, per thread. One of
them answers one run at a time. In a team everybody who speaks is a subagent. A run that ends with a
handoff to somebody who is none of them asks the user, whose answer is handed back.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, aclosing
from types import ModuleType
from typing import NamedTuple

from ....protocol.document.shape import Message
from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, RunRequest, Takes, answers, takes_only
from ...asking import PerThread
from ...emitter import Emitter
from ...models.loose_json import count, text
from ...models.media import Media, omission_note, parts_of, plain_text
from ...models.prompt import arguments_text, system_text, turns
from ...official import load
from .thin import ThinAgent

INSTALL = "agui_notebook[autogen]"
WHAT = "Serving an AutoGen agent"
KEPT = 100  # threads of a team whose state is kept


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("an AutoGen agent", "instructions")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap an assistant or a team. Raises UnsupportedAgent when a package is missing."""
    library = load("autogen_agentchat", INSTALL, WHAT)
    running = (Assistant if hasattr(obj, "on_messages_stream") else Team)(library, obj, options)
    about = getattr(obj, "description", None)
    return ThinAgent(running.tell, options, getattr(obj, "name", None), about)


class Assistant:
    """One agent: it is told the conversation anew for every run."""

    def __init__(self, library: ModuleType, agent: Foreign, options: AgentOptions) -> None:
        self._agent, self._options = agent, options
        self._free = asyncio.Lock()

    async def tell(self, request: RunRequest, emit: Emitter) -> None:
        """Tell one run."""
        async with self._free:
            past = turns(request["messages"])
            given = hand_back(request, self._agent.name) or task_of(past.pop())
            await self._agent.on_reset(_token())
            await self._remember(request, past)
            stream = self._agent.run_stream(task=given, cancellation_token=(token := _token()))
            try:
                await TeamTelling(emit).all(stream)
            finally:
                token.cancel()

    async def _remember(self, request: RunRequest, past: list[Message]) -> None:
        context = getattr(self._agent, "model_context", None)
        if context is None:
            return
        models = load("autogen_core.models", INSTALL, WHAT)
        system = system_text(request, self._options.instructions)
        said = [models.SystemMessage(content=system)] if system else []
        names: dict[str, str] = {}
        for each in (*said, *(ROLES[t["role"]](models, t, names) for t in past)):
            await context.add_message(each)


class TeamState(NamedTuple):
    """What a thread of a team goes on from: its state, and who handed over to the user."""

    state: JsonObject
    asker: str | None


class Team:
    """A team: its own state goes on, per thread."""

    def __init__(self, library: ModuleType, team: Foreign, options: AgentOptions) -> None:
        self._team = team
        self._free = asyncio.Lock()
        self._threads: PerThread[TeamState] = PerThread(KEPT)

    async def tell(self, request: RunRequest, emit: Emitter) -> None:
        """Tell one run."""
        async with self._free:
            await self._team.reset()
            kept = self._threads.take(request["threadId"]) or TeamState({}, None)
            if kept.state:
                await self._team.load_state(kept.state)
            given = hand_back(request, kept.asker) or task_of(turns(request["messages"])[-1])
            token = _token()
            stream = self._team.run_stream(task=given, cancellation_token=token)
            telling = TeamTelling(emit, subagents=True)
            try:
                await telling.all(stream)
            finally:
                token.cancel()
            kept = TeamState(await self._team.save_state(), telling.asker)
            self._threads.keep(request["threadId"], kept)


def _token() -> Foreign:
    return load("autogen_core", INSTALL, WHAT).CancellationToken()


def hand_back(request: RunRequest, asker: str | None) -> Foreign:
    """The user's answer to whoever handed over to them, in the framework's words, or None."""
    given = [*answers(request).values()]
    if not given or asker is None:
        return None
    said = text(given[0].get("payload")) or "The user gave no answer."
    messages = load("autogen_agentchat.messages", INSTALL, WHAT)
    return messages.HandoffMessage(source="user", target=asker, content=said)


def task_of(turn: Message) -> Foreign:
    """The user's message in the framework's words."""
    messages = load("autogen_agentchat.messages", INSTALL, WHAT)
    parts = list(parts_of(turn))
    if all(isinstance(part, str) for part in parts):
        return messages.TextMessage(content="".join(map(str, parts)), source="user")
    return messages.MultiModalMessage(content=[_part(part) for part in parts], source="user")


def _part(part: str | Media) -> Foreign:
    if isinstance(part, str):
        return part
    if part.kind == "image" and part.data is not None:
        return load("autogen_core", INSTALL, WHAT).Image.from_base64(part.data)
    return omission_note(part)


def _user(models: ModuleType, turn: Message, names: dict[str, str]) -> Foreign:
    return models.UserMessage(content=[_part(part) for part in parts_of(turn)], source="user")


def _assistant(models: ModuleType, turn: Message, names: dict[str, str]) -> Foreign:
    core = load("autogen_core", INSTALL, WHAT)
    calls = []
    for call in turn["toolCalls"]:
        names[call["id"]] = name = call["function"]["name"]
        calls.append(core.FunctionCall(id=call["id"], name=name, arguments=arguments_text(call)))
    return models.AssistantMessage(content=calls or turn["content"], source="assistant")


def _tool(models: ModuleType, turn: Message, names: dict[str, str]) -> Foreign:
    call = turn["toolCallId"]
    result = models.FunctionExecutionResult(
        content=plain_text(turn), call_id=call, name=names.get(call, "tool"), is_error=False
    )
    return models.FunctionExecutionResultMessage(content=[result])


ROLES = {"user": _user, "assistant": _assistant, "tool": _tool}


class TeamTelling:
    """Tells the messages of one run; those that streamed before are not told twice."""

    def __init__(self, emit: Emitter, subagents: bool = False) -> None:
        self._emit = self._root = emit
        self._subagents, self._speaker = subagents, ""
        self._streamed = ""
        self._used: set[str] = set()
        self._open: list[tuple[str, str]] = []  # calls without a result: their ids there and here
        self._handoff: Foreign = None

    @property
    def asker(self) -> str | None:
        """Who handed over to the user, if the run ended so."""
        return self._handoff and str(self._handoff.source)

    async def all(self, stream: Foreign) -> None:
        async with AsyncExitStack() as stack, aclosing(stream) as messages:
            async for message in messages:
                source = getattr(message, "source", "user")
                if source == "user":
                    continue
                if self._subagents and source != self._speaker:
                    await stack.aclose()
                    self._speaker = source
                    self._emit = await stack.enter_async_context(self._root.subagent(source))
                await self.take(message)
        if self._handoff is not None:
            self._root.interrupt(
                {"message": self._handoff.content, "responseSchema": {"type": "string"}}
            )

    async def take(self, message: Foreign) -> None:
        self._handoff = message if type(message).__name__ == "HandoffMessage" else None
        if counted := getattr(message, "models_usage", None):
            self._emit.usage(
                input_tokens=count(counted.prompt_tokens),
                output_tokens=count(counted.completion_tokens),
            )
        if tell := MESSAGES.get(type(message).__name__):
            await tell(self, message)
        elif isinstance(content := getattr(message, "content", None), str):
            await self.text(content)

    async def chunk(self, message: Foreign) -> None:
        self._streamed += message.content
        await self._emit.text(message.content)

    async def text(self, content: str) -> None:
        if content != self._streamed:
            await self._emit.pause()
            await self._emit.text(text(content))
        self._streamed = ""
        await self._emit.pause()

    async def thought(self, message: Foreign) -> None:
        if message.content != self._streamed:
            await self._emit.reasoning(message.content)

    async def calls(self, message: Foreign) -> None:
        for call in message.content:
            given = call.id if call.id not in self._used else None  # some models use one twice
            ours = await self._emit.tool(given, call.name, call.arguments or "{}")
            self._used.add(ours)
            self._open.append((call.id, ours))

    async def results(self, message: Foreign) -> None:
        for result in message.content:
            named = (each for each in self._open if each[0] == result.call_id)
            call = next(named, (result.call_id, result.call_id))
            self._open = [each for each in self._open if each is not call]
            await self._emit.tool_result(call[1], result.content)

    async def other(self, message: Foreign) -> None:
        await self.text(message.to_text())


async def _nothing(telling: TeamTelling, message: Foreign) -> None:
    """What says nothing new to the user."""


MESSAGES = {
    "ModelClientStreamingChunkEvent": TeamTelling.chunk,
    "ThoughtEvent": TeamTelling.thought,
    "ToolCallRequestEvent": TeamTelling.calls,
    "ToolCallExecutionEvent": TeamTelling.results,
    "MultiModalMessage": TeamTelling.other,
    "MemoryQueryEvent": _nothing,
    "SelectSpeakerEvent": _nothing,
    "SelectorEvent": _nothing,
}
