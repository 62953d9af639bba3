"""Agents of Google's ADK through ``ag-ui-adk``, with sessions in this process's memory.

There, a call beside a tool's asks for a yes to it; here, the question names the tool's call.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, Takes, takes_only
from ...asking import question
from ...models.loose_json import mapping
from ...official import OfficialAgent, ask, known_options, load, questions_in

INSTALL = "agui_notebook[adk]"
WHAT = "Serving a Google ADK agent"
CONFIRMATION = "adk_request_confirmation"


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("a Google ADK agent")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap an agent. Raises UnsupportedAgent when a package is missing."""
    make = load("ag_ui_adk", INSTALL, WHAT).ADKAgent
    chosen = known_options(make, emit_interrupt_outcome=True)
    official = make(adk_agent=obj, app_name="agui_notebook", user_id="user", **chosen)
    about = getattr(obj, "description", "")
    return OfficialAgent(partial(_answer, official), options, obj.name, about)


async def _answer(official: Foreign, given: Foreign) -> AsyncGenerator[Foreign, None]:
    """Its events. The agent runs in a task of its own, which leaving early does not end: we do."""
    running: set[Foreign] = set()
    asks: set[str] = set()
    try:
        async with aclosing(official.run(given)) as events:
            async for event in events:
                running |= _tasks(official, given.thread_id)
                if not _only_asks(event, asks):
                    yield event
    finally:
        for task in running:
            task.cancel()


def _tasks(official: Foreign, thread: str) -> set[Foreign]:
    """The tasks that run for a thread, as far as this version shows them."""
    executions: Foreign = getattr(official, "_active_executions", {})
    return {each.task for each in executions.values() if each.thread_id == thread}


def _only_asks(event: Foreign, asks: set[str]) -> bool:
    """Whether it belongs to a call that only asks; the question gets to name the tool's call.

    ``asks`` holds the ids of a run's calls that only ask.
    """
    if getattr(event, "tool_call_name", None) == CONFIRMATION:
        asks.add(event.tool_call_id)
    if asked := questions_in(event):
        ask(event, [_about_call(each) if each["id"] in asks else each for each in asked])
    return getattr(event, "tool_call_id", None) in asks


def _about_call(asked: JsonObject) -> JsonObject:
    call = mapping(mapping(mapping(asked.get("metadata")).get("adk")).get("originalFunctionCall"))
    shown = question(call.get("id") or asked["id"], call.get("name") or "this call")
    return {**shown, "message": asked.get("message") or shown["message"], "id": asked["id"]}
