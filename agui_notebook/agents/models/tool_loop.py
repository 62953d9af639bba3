"""Runs a chat model with tools: ask, carry out the calls that are ours, ask again, within bounds.

Nothing is kept between runs: what is still owed is read from the history, so any process can
answer the next request. How a model is asked lives in the adapters.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial

from ...errors import AGUIError, InvalidInput, RunFailed
from ...protocol.approvals import approval_schema, read_answer
from ...protocol.document.shape import Message, answered_calls
from ...tools.as_json import as_text
from ...tools.tool import Tool, as_error, offer, tool
from ...values import Foreign, JsonObject, JsonView
from ..agent import AgentOptions, RunRequest, Wrapped, answers, offered_tools
from ..emitter import Emitter
from .client_copies import Close, nothing
from .model_reply import Reply
from .prompt import Prompt, system_text, turns
from .provider_errors import provider_error
from .provider_stream import call_off_loop

Ask = Callable[[Prompt, Reply], Awaitable[None]]
ToolCall = JsonObject

REFUSED = "The user did not allow this call."
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

    Frontend tools are left to the caller; the user's Python functions run here, those named in
    ``approve`` only after a yes (P-INT-01).
    """

    def __init__(self, options: AgentOptions, ask: Ask, close: Close = nothing) -> None:
        super().__init__(
            options.name or "agent", options.description or "", options.suggestions, CAPABILITIES
        )
        self._options, self._ask, self.aclose = options, ask, close
        self._tools: dict[str, Tool] = {}
        for each in map(tool, options.tools):
            offer(self._tools, each)
        if strangers := sorted(set(options.approve) - set(self._tools)):
            raise InvalidInput(f"approve= names {', '.join(strangers)}, which tools= lacks.")

    @classmethod
    def of(cls, options: AgentOptions, ask: Ask, close: Close = nothing) -> ModelAgent:
        """The same for a client of many models. Raises InvalidInput when none was chosen."""
        if not options.model:
            raise InvalidInput('This client serves many models: say which with model="...".')
        return cls(options, ask, close)

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Answer one request. Raises RunFailed when the model will not stop calling tools."""
        messages = list(request["messages"])
        if not await self._settle(messages, request, emit):
            return
        for _ in range(self._options.max_rounds):
            reply = await self._answer(request, messages, emit)
            messages += reply.messages()
            if reply.reason and reply.reason.cuts:
                await self._refuse(reply.calls, NOT_RUN, emit)
                return
            lost = [call for call in reply.calls if self._is_lost(call, reply, request)]
            messages += await self._refuse(lost, LOST, emit)
            calls = [call for call in reply.calls if call not in lost]
            ours = [call for call in calls if not self._is_callers(call, request)]
            questions = [call for call in ours if self._needs_yes(call)]
            messages += await self._carry_out((c for c in ours if c not in questions), emit)
            emit.interrupt(*map(_question, questions))
            if questions or len(ours) < len(calls) or not reply.calls:
                return
        raise RunFailed(
            f"The model still called tools after {self._options.max_rounds} rounds; "
            "raise max_rounds= if that is wanted.",
            code="max_rounds",
        )

    async def _settle(self, messages: list[Message], request: RunRequest, emit: Emitter) -> bool:
        """Carry out what the caller has answered, ask again for the rest (P-INT-10).

        Returns whether the model is to be asked now.
        """
        given = answers(request)
        owed = [call for call in _open_calls(messages) if self._needs_yes(call)]
        missing = [call for call in owed if _question(call)["id"] not in given]
        for call in (each for each in owed if each not in missing):
            messages += [await self._settle_call(call, given[_question(call)["id"]], emit)]
        emit.interrupt(*map(_question, missing))
        dropped = bool(given) and all(entry["status"] == "cancelled" for entry in given.values())
        gone_on = bool(messages) and messages[-1]["role"] == "user"
        return not missing and (gone_on or not dropped) and bool(turns(messages))

    async def _settle_call(self, call: ToolCall, entry: JsonView, emit: Emitter) -> Message:
        said = read_answer(entry.get("payload"))
        if entry["status"] != "resolved" or said.yes is not True:
            refused = f"{REFUSED} {said.reason}" if said.reason else REFUSED
            return await self._result(call, refused, emit)
        if said.edits is not None:
            function = {**call["function"], "arguments": json.dumps(said.edits)}
            call = {**call, "function": function}
        return await self._perform(call, emit)

    async def _answer(self, request: RunRequest, messages: list[Message], emit: Emitter) -> Reply:
        """One model call. Raises RunFailed with what the provider said, in one sentence."""
        reply = Reply(emit, {call["id"] for call in _calls(messages)})
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

    def _needs_yes(self, call: ToolCall) -> bool:
        return call["function"]["name"] in self._options.approve

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
        try:
            content = as_text(await self._value(ours, call), ours.limit)
        except Exception as error:  # the model learns what went wrong, and may try again
            content = as_error(error)
        return await self._result(call, content, emit)

    async def _value(self, ours: Tool, call: ToolCall) -> Foreign:
        arguments = ours.arguments(call["function"]["arguments"])
        return await call_off_loop(
            partial(ours.function, **arguments), threads=self._options.threads
        )

    async def _result(self, call: ToolCall, content: str, emit: Emitter) -> Message:
        await emit.tool_result(call["id"], content)
        return {"role": "tool", "toolCallId": call["id"], "content": content}


def _question(call: ToolCall) -> JsonObject:
    """The interrupt that asks for a yes to a call."""
    return {
        "id": f"approve-{call['id']}",
        "reason": "tool_approval",
        "toolCallId": call["id"],
        "message": f"Allow {call['function']['name']}?",
        "responseSchema": approval_schema(),
    }


def _calls(messages: Iterable[Message]) -> Iterable[ToolCall]:
    return (call for message in messages for call in message.get("toolCalls") or ())


def _open_calls(messages: list[Message]) -> list[ToolCall]:
    """Whole calls without a result; one that was cut short asks for nothing."""
    done = answered_calls(messages)
    return [call for call in _calls(messages) if call["id"] not in done and _is_whole(call)]


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
