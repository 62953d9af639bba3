"""Agents of OpenAI's Agents SDK: its own run and stream, told with the emitter.

Each run sends the whole history. An open approval lives in the SDK's run state, which is kept
here for the thread until it is answered; handoffs become subagents.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import NoReturn

from ....errors import AGUIError, RunFailed
from ....tools.as_json import as_text
from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, RunRequest, Takes, Wrapped, answers, takes_all
from ...asking import PerThread, question, question_id, read_entry, refuse_edits
from ...emitter import Emitter
from ...models.client_copies import Close, fresh, fresh_at, nothing
from ...models.loose_json import plain, text
from ...models.model_reply import Reply
from ...models.prompt import system_text, turns
from ...models.provider_errors import provider_error
from ...models.tool_loop import LOST
from ...official import load
from .responses import ROLES, ResponsesReader

INSTALL = "agui_notebook[openai-agents]"
WHAT = "Serving an agent of OpenAI's Agents SDK"
KEPT = 200  # threads whose open approvals are kept
OUTPUT = ("tool_output", "tool_output_item")


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("an agent of OpenAI's Agents SDK")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap an agent. Raises UnsupportedAgent when the package is missing."""
    return AgentsSDK(load("agents", INSTALL, WHAT), obj, options)


def _guard(tool: Foreign) -> Foreign:
    """A tool that no call without arguments reaches, where it takes any.

    The SDK carries out calls that a limit cut: to it no text at all is an empty object.
    """
    takes_any = getattr(tool, "params_json_schema", None) or {}
    if not (hasattr(tool, "on_invoke_tool") and takes_any.get("properties")):
        return tool
    invoke, twin = tool.on_invoke_tool, copy.copy(tool)

    async def check(context: Foreign, arguments: str) -> Foreign:
        return await invoke(context, arguments) if arguments.strip() else LOST

    twin.on_invoke_tool = check
    return twin


class AgentsSDK(Wrapped):
    """An agent with the user's options on it; one run of the SDK per run."""

    def __init__(self, library: Foreign, agent: Foreign, options: AgentOptions) -> None:
        about = options.description or getattr(agent, "handoff_description", None) or ""
        super().__init__(options.name or agent.name, about, options.suggestions)
        self._library, self._options = library, options
        adopted, self.aclose = fresh_at(agent, "model", "_client")
        self._agent = self._with_tools(adopted)
        self._open: PerThread[Foreign] = PerThread(KEPT)

    def _with_tools(self, agent: Foreign) -> Foreign:
        make = self._library.function_tool
        added = [make(each, needs_approval=asks) for each, asks in self._options.functions()]
        return agent.clone(tools=[_guard(each) for each in (*agent.tools, *added)])

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Answer one request. Raises RunFailed with what the provider said."""
        config, close = self._config()
        try:
            given = self._resume(request) if answers(request) else self._history(request)
            agent = self._with_callers_tools(request)
            result = self._library.Runner.run_streamed(
                agent, given, max_turns=self._options.max_rounds, run_config=config
            )
            await self._tell(result, request, emit)
        except AGUIError:
            raise
        except Exception as error:
            raise _explain(error) from error
        finally:
            await close()

    def _config(self) -> tuple[Foreign, Close]:
        """How a run asks its models: by a client of its own where the SDK would share one."""
        about: JsonObject = {}
        close: Close = nothing
        if self._options.model:
            about["model"] = self._options.model
        if self._options.params:
            about["model_settings"] = self._library.ModelSettings(**self._options.params)
        if client := _default_client():
            adopted, close = fresh(client)
            about["model_provider"] = self._library.MultiProvider(openai_client=adopted)
        return self._library.RunConfig(**about), close

    def _history(self, request: RunRequest) -> list[JsonObject]:
        """The whole conversation as the SDK's input items."""
        system = system_text(request, self._options.instructions)
        items = [item for t in turns(request["messages"]) for item in ROLES[t["role"]](t)]
        return [{"role": "developer", "content": system}, *items] if system else items

    def _resume(self, request: RunRequest) -> Foreign:
        """The SDK's state of a run that waited, with the answers in it."""
        state = self._open.take_open(request["threadId"])
        given = answers(request)
        for item in state.get_interruptions():
            entry = given.get(question_id(item.call_id)) or {"status": "cancelled"}
            said = refuse_edits(read_entry(entry), "OpenAI's Agents SDK")
            if said.yes:
                state.approve(item)
            else:
                state.reject(item, **({"rejection_message": said.reason} if said.reason else {}))
        return state

    def _with_callers_tools(self, request: RunRequest) -> Foreign:
        """The agent with the caller's tools, which stop the run and are left to the caller."""
        if not request["tools"]:
            return self._agent
        own = {tool.name for tool in self._agent.tools}
        added = [self._callers_tool(**tool) for tool in request["tools"] if tool["name"] not in own]
        return self._agent.clone(tools=[*self._agent.tools, *added])

    def _callers_tool(
        self, name: str, description: str = "", parameters: Foreign = None, **_: Foreign
    ) -> Foreign:
        return self._library.FunctionTool(
            name=name,
            description=description,
            params_json_schema=parameters or {"type": "object", "properties": {}},
            on_invoke_tool=_never,
            strict_json_schema=False,
            needs_approval=True,
        )

    async def _tell(self, result: Foreign, request: RunRequest, emit: Emitter) -> None:
        try:
            async with AsyncExitStack() as stack:
                telling = AgentsTelling(stack, emit)
                async for event in result.stream_events():
                    await telling.take(event)
                await telling.end()
        finally:
            result.cancel()
        theirs = {tool["name"] for tool in request["tools"]}
        asked = [item for item in result.interruptions if item.name not in theirs]
        if asked:
            self._open.keep(request["threadId"], result.to_state())
            emit.interrupt(*(question(item.call_id, item.name) for item in asked))


class AgentsTelling:
    """Tells one run of the SDK: a reply per answer of a model, a subagent per handoff."""

    def __init__(self, stack: AsyncExitStack, emit: Emitter) -> None:
        self._stack, self._emit, self._root = stack, emit, emit
        self._reply: Reply | None = None
        self._reader: ResponsesReader | None = None
        self._agents = 0

    async def take(self, event: Foreign) -> None:
        if take := EVENTS.get(event.type):
            await take(self, event)

    async def raw(self, event: Foreign) -> None:
        told = plain(event.data)
        if self._reader is None or self._reply is None:
            self._reply = Reply(self._emit)
            self._reader = ResponsesReader(self._reply)
        await self._reader.read(told)
        if text(told.get("type")) in ("response.completed", "response.incomplete"):
            await self.end()

    async def end(self) -> None:
        """A model has ended its answer."""
        reply, self._reply, self._reader = self._reply, None, None
        if reply is not None:
            reply.account()
            if not reply.complete:
                raise RunFailed("The model's answer was cut off before its end.", code="incomplete")
            if reply.reason and reply.reason.fails:
                raise RunFailed(reply.reason.sentence, code=reply.reason.word)
            await reply.end()

    async def item(self, event: Foreign) -> None:
        """What a tool, or a handoff, gave."""
        if event.name in OUTPUT and isinstance(event.item.raw_item, Mapping):
            await self._emit.tool_result(
                event.item.raw_item["call_id"], _result_text(event.item.output)
            )
        elif event.name == "handoff_occured":
            await self._emit.tool_result(
                event.item.raw_item["call_id"], event.item.raw_item["output"]
            )

    async def agent(self, event: Foreign) -> None:
        """Another agent has taken over: what it says is a subagent's."""
        self._agents += 1
        if self._agents > 1:
            await self._stack.aclose()
            about = getattr(event.new_agent, "handoff_description", None)
            sub = self._root.subagent(event.new_agent.name, description=about)
            self._emit = await self._stack.enter_async_context(sub)


EVENTS = {
    "raw_response_event": AgentsTelling.raw,
    "run_item_stream_event": AgentsTelling.item,
    "agent_updated_stream_event": AgentsTelling.agent,
}


def _result_text(output: Foreign) -> str:
    """A tool's result as text; pictures and files that it gives are the model's to see."""
    if isinstance(output, Sequence) and not isinstance(output, str):
        return "".join(map(as_text, output))
    return as_text(output)


def _default_client() -> Foreign:
    """The client that the SDK would share among all runs, if the user has set one."""
    from agents.models import _openai_shared

    return _openai_shared.get_default_openai_client()


async def _never(context: Foreign, arguments: str) -> NoReturn:
    raise RunFailed("This tool is the caller's.")


def _explain(error: Exception) -> RunFailed:
    if type(error).__name__ == "MaxTurnsExceeded":
        return RunFailed(
            "The model still called tools after its last turn; raise max_rounds= for more.",
            code="max_rounds",
        )
    return provider_error(error)
