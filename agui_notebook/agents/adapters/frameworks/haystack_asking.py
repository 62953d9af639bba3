"""Confirmation of tool calls in Haystack, whose hooks would ask where the agent runs.

The run is left with questions instead; the next one begins with the calls that were asked about.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping
from functools import partial

from ....values import Foreign, JsonObject, JsonView
from ...asking import question, question_id, read_entry
from ...emitter import Emitter


class Waits(Exception):
    """The run waits for a yes to calls."""


class Again:
    """A model that first says once more what it said: ``message``, with its calls."""

    def __init__(self, generator: Foreign, message: Foreign) -> None:
        self._generator, self._said = generator, [message]

    async def run_async(self, **given: Foreign) -> Foreign:
        """The replies, as the framework asks for them."""
        if self._said:
            return {"replies": [self._said.pop()]}
        return await self._generator.run_async(**given)

    def run(self, **given: Foreign) -> Foreign:
        """What the framework wants to see; a run here is asynchronous."""
        raise NotImplementedError


class Asking:
    """One run's questions, and the answers that came with it."""

    def __init__(self, given: Mapping[str, JsonObject], emit: Emitter) -> None:
        self._given, self._emit = given, emit
        self.questions: list[JsonObject] = []

    def hooks(self, hooks: Foreign) -> Foreign:
        """An agent's hooks, those that ask before a tool replaced by some that ask here."""
        listed = [
            Hook(self._with_answers(each), self.settle) if _asks(each) else each
            for each in hooks.get("before_tool", ())
        ]
        return {**hooks, "before_tool": listed}

    def _with_answers(self, hook: Foreign) -> Foreign:
        own = copy.copy(hook)
        own.confirmation_strategies = {
            key: Strategy(each, self.ask) for key, each in hook.confirmation_strategies.items()
        }
        return own

    def ask(self, call: str, tool: str) -> JsonView:
        """The user's answer to a call, or a no for now."""
        if entry := self._given.get(question_id(call)):
            return entry
        self.questions.append(question(call, tool))
        return {"status": "cancelled"}

    async def settle(self, messages: list[Foreign]) -> None:
        """Let no tool run while a question is open; tell at once what was refused."""
        if self.questions:
            raise Waits
        for message in messages:
            for refused in message.tool_call_results:
                await self._emit.tool_result(refused.origin.id, refused.result)


def _asks(hook: Foreign) -> bool:
    return bool(getattr(hook, "confirmation_strategies", None))


class Hook:
    """A hook of the framework's that asks, and what is done once all is asked."""

    def __init__(self, hook: Foreign, settle: Callable[[list[Foreign]], Foreign]) -> None:
        self._hook, self._settle = hook, settle

    async def run_async(self, state: Foreign) -> None:
        """Before the tools of an answer run; what was refused is put in front of the answer."""
        known = len(state.data["messages"]) - 1
        await self._hook.run_async(state)
        await self._settle(state.data["messages"][known:])

    def run(self, state: Foreign) -> None:
        """What the framework wants to see; a run here is asynchronous."""
        raise NotImplementedError


class Strategy:
    """A strategy of the user's, with their answer in place of what would ask them."""

    def __init__(self, inner: Foreign, ask: Callable[[str, str], JsonView]) -> None:
        self._inner, self._ask = inner, ask

    async def run_async(self, **call: Foreign) -> Foreign:
        """The framework's decision about one call."""
        if not hasattr(self._inner, "confirmation_ui"):
            return await self._inner.run_async(**call)
        own = copy.copy(self._inner)
        own.confirmation_ui = Answered(partial(self._ask, call["tool_call_id"], call["tool_name"]))
        return await own.run_async(**call)

    def run(self, **call: Foreign) -> Foreign:
        """What the framework wants to see; a run here is asynchronous."""
        raise NotImplementedError


class Answered:
    """What a strategy has for a user interface: an answer that came with the request."""

    def __init__(self, ask: Callable[[], JsonView]) -> None:
        self._ask = ask

    def get_user_confirmation(self, name: str, about: str, params: Foreign) -> Foreign:
        """The framework's result of asking."""
        result = sys.modules["haystack.hooks.human_in_the_loop"].ConfirmationUIResult
        said = read_entry(self._ask())
        if said.yes and said.edits is not None:
            return result("modify", new_tool_params=dict(said.edits))
        return result("confirm" if said.yes else "reject", feedback=said.reason)
