"""Agents and teams of Agno through its own AG-UI interface."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from ....protocol.approvals import Said
from ....runtime.ids import mint
from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, Takes, takes_only
from ...asking import call_of, question, read_entries, refuse_edits
from ...official import OfficialAgent, ask, load

INSTALL = "agui_notebook[agno]"
WHAT = "Serving an Agno agent"


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("an Agno agent")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap an agent or a team. Raises UnsupportedAgent when a package is missing."""
    run = load("agno.os.interfaces.agui.router", INSTALL, WHAT).run_entity
    about = getattr(obj, "description", None) or ""
    name = getattr(obj, "name", None) or "agent"
    return OfficialAgent(partial(_answer, run, _with_memory(obj)), options, name, about)


def _with_memory(obj: Foreign) -> Foreign:
    """The agent itself, or a copy that keeps what waits in this process's memory."""
    if getattr(obj, "db", obj) is not None:  # one elsewhere has none of its own
        return obj
    own = copy.copy(obj)
    own.db = load("agno.db.in_memory", INSTALL, WHAT).InMemoryDb()
    return own


async def _answer(run: Foreign, entity: Foreign, given: Foreign) -> AsyncGenerator[Foreign, None]:
    """Its events; the last one asks what the agent waits for."""
    async with aclosing(run(entity, _with_answers(given))) as events:
        async for event in events:
            if event.type == "RUN_FINISHED" and (asked := await _open_calls(entity, given)):
                ask(event, [question(each.tool_call_id, each.tool_name) for each in asked])
            yield event


def _with_answers(given: Foreign) -> Foreign:
    """The request with each answer as the tool message that the interface reads."""
    said = [
        {"id": mint(), "role": "tool", "toolCallId": call, "content": json.dumps(_verdict(said))}
        for each, said in read_entries(given).items()
        if (call := call_of(each))
    ]
    whole = given.model_dump(by_alias=True, exclude_none=True)
    return type(given).model_validate({**whole, "messages": [*whole["messages"], *said]})


def _verdict(said: Said) -> JsonObject:
    refuse_edits(said, "Agno")
    return {"accepted": said.yes, **({"note": said.reason} if said.reason else {})}


async def _open_calls(entity: Foreign, given: Foreign) -> list[Foreign]:
    """The calls of the thread's newest run that wait for a yes."""
    session = await entity.aget_session(session_id=given.thread_id)
    runs = getattr(session, "runs", None) or [None]
    waiting = getattr(runs[-1], "requirements", None) or ()
    return [each.tool_execution for each in waiting if each.needs_confirmation]
