"""Runs a chat model with tools: ask, carry out the calls that are ours, ask again, within bounds.

Nothing is kept between runs: what is still owed is read from the history, so any process can
answer the next request. How a model is asked lives in the adapters.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial

from ...errors import AGUIError, InvalidInput, RunFailed, ToolFailed
from ...protocol.approvals import call_schema
from ...protocol.document.shape import Message, calls_of, open_calls
from ...runtime import faults
from ...runtime.tool_threads import ToolRun, beside, guard_call, settle
from ...runtime.user_code import current_task, is_outside
from ...tools.as_json import as_text, shorten, whole_characters
from ...tools.tool import Tool, as_error, collect_tools
from ...values import Foreign, JsonObject, JsonView
from ..agent import AgentOptions, RunRequest, Wrapped, answers, offered_tools
from ..asking import apply_edits, question, question_id, read_entry, refusal
from ..emitter import Emitter
from .client_copies import Close, nothing
from .model_reply import Reply
from .prompt import Prompt, system_text, turns
from .provider_errors import provider_error

Ask = Callable[[Prompt, Reply], Awaitable[None]]
ToolCall = JsonObject

NOT_RUN = "This call was not carried out: the model's answer ended before it was complete."
LOST = (
    "This call was not carried out: its arguments did not arrive whole. "
    "Make it again, and write every argument out."
)
CAPABILITIES = {
    "transport": {"streaming": True},
    "tools": {"supported": True, "parallelCalls": True, "clientProvided": True},
}


class ModelAgent(Wrapped):
    """An agent around one way of asking a chat model; ``aclose`` lets go of its connections.

    Frontend tools are left to the caller; the user's Python functions run here, those that need
    a yes only after it (P-INT-01).
    """

    def __init__(self, options: AgentOptions, ask: Ask, close: Close = nothing) -> None:
        super().__init__(
            options.name or "agent", options.description or "", options.suggestions, CAPABILITIES
        )
        self._options, self._ask, self.aclose = options, ask, close
        self._tools: dict[str, Tool] = collect_tools(options.tools, options.approve)

    @classmethod
    def of(cls, options: AgentOptions, ask: Ask, close: Close = nothing) -> ModelAgent:
        """The same for a client of many models. Raises InvalidInput when none was chosen."""
        if not options.model:
            raise InvalidInput('This client serves many models: say which with model="...".')
        return cls(options, ask, close)

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Answer one request, with the tools as they are defined now.

        Raises RunFailed when the model will not stop calling tools.
        """
        own = copy.copy(self)  # other runs go on with theirs
        own._tools = {name: each.current() for name, each in self._tools.items()}
        await own._run(request, emit)

    async def _run(self, request: RunRequest, emit: Emitter) -> None:
        messages = list(request["messages"])
        if not await self._settle(messages, request, emit):
            return
        for _ in range(self._options.max_rounds):
            reply = await self._answer(request, messages, emit)
            messages += reply.messages()
            if reply.goes_on:
                continue
            if reply.reason and reply.reason.cuts:
                await self._refuse(reply.calls, NOT_RUN, emit)
                return
            lost = [call for call in reply.calls if self._is_lost(call, reply, request)]
            messages += await self._refuse(lost, LOST, emit)
            calls = [call for call in reply.calls if call not in lost]
            ours = [call for call in calls if not self._is_callers(call, request)]
            questions = [call for call in ours if await self._needs_yes(call)]
            messages += await self._carry_out((c for c in ours if c not in questions), emit)
            emit.interrupt(*map(self._question, questions))
            if questions or len(ours) < len(calls) or not reply.calls:
                return
        raise RunFailed(
            f"The model was not done after {self._options.max_rounds} rounds; "
            "raise max_rounds= if that is wanted.",
            code="max_rounds",
        )

    async def _settle(self, messages: list[Message], request: RunRequest, emit: Emitter) -> bool:
        """Carry out what the caller has answered, ask again for the rest (P-INT-10).

        Returns whether the model is to be asked now.
        """
        given = answers(request)
        owed = [
            call
            for call in open_calls(messages)
            if _is_whole(call)  # one that was cut short asks for nothing
            and call["function"]["name"] in self._tools
            and (question_id(call["id"]) in given or await self._needs_yes(call))
        ]
        missing = [call for call in owed if question_id(call["id"]) not in given]
        for call in (each for each in owed if each not in missing):
            messages += [await self._settle_call(call, given[question_id(call["id"])], emit)]
        emit.interrupt(*map(self._question, missing))
        dropped = bool(given) and all(entry["status"] == "cancelled" for entry in given.values())
        gone_on = bool(messages) and messages[-1]["role"] == "user"
        return not missing and (gone_on or not dropped) and bool(turns(messages))

    async def _settle_call(self, call: ToolCall, entry: JsonView, emit: Emitter) -> Message:
        said = read_entry(entry)
        if not said.yes:
            return await self._result(call, refusal(said), emit)
        return await self._perform(apply_edits(call, said), emit)

    async def _answer(self, request: RunRequest, messages: list[Message], emit: Emitter) -> Reply:
        """One model call. Raises RunFailed with what the provider said, in one sentence."""
        reply = Reply(emit, {call["id"] for m in messages for call in calls_of(m)})
        try:
            await self._ask(self._prompt(request, messages), reply)
        except AGUIError:
            raise
        except Exception as error:
            raise provider_error(error) from error
        finally:
            reply.account()
        if reply.reason and reply.reason.fails:
            raise RunFailed(reply.reason.sentence, code=reply.reason.word)
        if not reply.complete:
            raise RunFailed("The model's answer was cut off before its end.", code="incomplete")
        await reply.end()
        return reply

    def _prompt(self, request: RunRequest, messages: list[Message]) -> Prompt:
        offered = {**offered_tools(request)}
        offered.update({name: each.definition() for name, each in self._tools.items()})
        options = self._options
        return Prompt(
            system_text(request, options.instructions),
            turns(messages),
            [_spec(each) for each in offered.values()],
            options.model,
            options.params,
        )

    def _is_callers(self, call: ToolCall, request: RunRequest) -> bool:
        name = call["function"]["name"]
        return name not in self._tools and name in offered_tools(request)

    def _is_lost(self, call: ToolCall, reply: Reply, request: RunRequest) -> bool:
        """Whether a call cannot be carried out for want of the arguments its tool may take."""
        name = call["function"]["name"]
        ours = self._tools.get(name)
        offered = offered_tools(request).get(name) or {}
        parameters = ours.parameters if ours else offered.get("parameters")
        takes = isinstance(parameters, Mapping) and bool(parameters.get("properties"))
        return call["id"] in reply.lost and (takes or bool(call["function"]["arguments"]))

    async def _needs_yes(self, call: ToolCall) -> bool:
        """Whether the user is asked first; what cannot run for its arguments is not asked about."""
        ours = self._tools.get(call["function"]["name"])
        if ours is None or not callable(ours.approve):
            return ours is not None and ours.needs_yes({})
        try:
            arguments = ours.arguments(call["function"]["arguments"])
        except ToolFailed:
            return False
        try:
            return bool(await self._home(partial(ours.needs_yes, arguments)))
        except ToolFailed:  # it was stopped, and did not say
            return True

    def _question(self, call: ToolCall) -> JsonObject:
        """The interrupt that asks for a yes to a call."""
        ours = self._tools[call["function"]["name"]]
        return question(call["id"], ours.name, call_schema(ours.parameters))

    async def _refuse(self, calls: Iterable[ToolCall], why: str, emit: Emitter) -> list[Message]:
        """Answer calls that nobody carries out, the caller's too."""
        return [await self._result(call, why, emit) for call in calls]

    async def _carry_out(self, calls: Iterable[ToolCall], emit: Emitter) -> list[Message]:
        """Parallel calls run side by side; each result is sent when it is there."""
        return await asyncio.gather(*(self._perform(call, emit) for call in calls))

    async def _perform(self, call: ToolCall, emit: Emitter) -> Message:
        name = call["function"]["name"]
        if (ours := self._tools.get(name)) is None:
            return await self._result(call, f"There is no tool named {name}.", emit)
        task = current_task()
        try:
            content = await self._outcome(ours, call)
        except BaseException as error:  # the model learns what went wrong, and may try again
            if is_outside(error, task):
                raise
            content = as_error(error)
            faults.note(emit.run_id, error, call["id"])
        return await self._result(call, content, emit)

    async def _outcome(self, ours: Tool, call: ToolCall) -> str:
        """What a call brings, in words; these are made where it ran, for they may be slow."""
        arguments = ours.arguments(call["function"]["arguments"])
        value = await self._home(partial(ours.function, **arguments))
        said = value if type(value) is str else await self._home(partial(as_text, value))
        return shorten(whole_characters(said), ours.limit)

    async def _home(self, call: ToolRun) -> Foreign:
        """Where what the user wrote runs: off the loop, as long as there is another thread."""
        return await beside(call) if self._options.threads else await settle(guard_call(call))

    async def _result(self, call: ToolCall, content: str, emit: Emitter) -> Message:
        await emit.tool_result(call["id"], content)
        return {"role": "tool", "toolCallId": call["id"], "content": content}


def _is_whole(call: ToolCall) -> bool:
    try:
        json.loads(call["function"]["arguments"] or "{}")
    except ValueError:
        return False
    return True


def _spec(offered: JsonView) -> JsonObject:
    """What a provider is told of a tool; an object schema is always there."""
    parameters = offered.get("parameters") or {"type": "object", "properties": {}}
    return {
        "name": offered["name"],
        "description": offered.get("description") or "",
        "parameters": parameters,
    }
