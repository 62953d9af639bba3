"""Agents of Strands through ``ag-ui-strands``, which makes an agent like it for each thread.

Its hooks are carried along, and interventions that ask for a yes understand the user's answer.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from ....protocol.approvals import read_answer
from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, Takes, takes_only
from ...asking import question, refuse_edits
from ...models.loose_json import mapping, text
from ...official import OfficialAgent, ask, load, questions_in

INSTALL = "agui_notebook[strands]"
WHAT = "Serving a Strands agent"


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("a Strands agent")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap an agent. Raises UnsupportedAgent when a package is missing."""
    name = options.name or getattr(obj, "name", None) or "agent"
    about = options.description or getattr(obj, "description", None) or ""
    library = load("ag_ui_strands", INSTALL, WHAT)
    asking = [_with_answers(each) for each in _interventions(obj)]
    config = library.StrandsAgentConfig(thread_agent_kwargs=lambda _: {"interventions": asking})
    hooks = [own] if (own := OwnHooks(obj)).callbacks else []
    official = library.StrandsAgent(obj, name, about, config if asking else None, hooks)
    names = {each.name for each in asking}
    return OfficialAgent(partial(_answer, official, names), options, name, about)


async def _answer(official: Foreign, names: set[str], given: Foreign) -> AsyncIterator[Foreign]:
    """Its events; what an intervention asks is a question about a call."""
    async with aclosing(official.run(given)) as events:
        async for event in events:
            if asked := questions_in(event):
                ask(
                    event,
                    [_about_call(each) if each["reason"] in names else each for each in asked],
                )
            yield event


def _about_call(asked: JsonObject) -> JsonObject:
    """The question about the call that the framework's own id of it names."""
    call = asked["id"].split(":")[2]
    shown = question(call, "this call")
    prompt = mapping(asked.get("metadata")).get("reason")
    return {**shown, "message": text(prompt) or shown["message"], "id": asked["id"]}


def _interventions(agent: Foreign) -> list[Foreign]:
    return [*getattr(getattr(agent, "_intervention_registry", None), "_handlers", ())]


def _with_answers(intervention: Foreign) -> Foreign:
    """A copy of an intervention that understands an answer of a user's."""
    kind = type(intervention)

    async def before_tool_call(self: Foreign, event: Foreign, **more: Foreign) -> Foreign:
        decided = kind.before_tool_call(self, event, **more)
        action = await decided if inspect.isawaitable(decided) else decided
        judge = getattr(action, "evaluate", None)
        return replace(action, evaluate=lambda given: judge(_answer_in(given))) if judge else action

    own = copy.copy(intervention)
    own.__class__ = type(kind.__name__, (kind,), {"before_tool_call": before_tool_call})
    return own


def _answer_in(given: Foreign) -> Foreign:
    """A yes or no, where the adapter's envelope holds one; anything else as it is."""
    if not isinstance(given, dict):
        return given
    if given.get("cancelled"):
        return False
    payload = given.get("response")
    said = read_answer(payload)
    return payload if said.yes is None else refuse_edits(said, "Strands").yes


class OwnHooks:
    """The user's callbacks on an agent, which the adapter takes from nobody but its caller."""

    def __init__(self, agent: Foreign) -> None:
        listed = getattr(getattr(agent, "hooks", None), "_registered_callbacks", {})
        self.callbacks = [
            (kind, callback)
            for kind, entries in listed.items()
            for entry in entries
            if (callback := getattr(entry, "callback", entry)).__module__.split(".")[0] != "strands"
        ]

    def register_hooks(self, registry: Foreign, **more: Foreign) -> None:
        """Called by the framework for each agent it makes."""
        for kind, callback in self.callbacks:
            registry.add_callback(kind, callback)
