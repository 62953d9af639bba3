"""How a run is begun and ended, whoever answers it: what runs nothing, and who hears of what."""

from __future__ import annotations

from typing import Any

import pytest
from support.wire import asked, events_of

from agui_notebook import Emitter
from agui_notebook.agents import (
    AgentOptions,
    ModelAgent,
    Prompt,
    Reply,
    RunRequest,
    Wrapped,
    wrap,
)

pytestmark = pytest.mark.anyio
calls: list[str] = []


def agent(text: str) -> str:
    calls.append(text)
    return "hello"


@pytest.fixture(autouse=True)
def nobody_called() -> None:
    calls.clear()


@pytest.mark.parametrize("role", ["system", "developer"])
async def test_instructions_alone_run_a_function_and_cost_no_models_answer(role: str) -> None:
    """A function may well speak first; no provider answers a prompt in which nobody spoke."""
    asked_models: list[Prompt] = []

    async def ask(prompt: Prompt, reply: Reply) -> None:
        asked_models.append(prompt)
        reply.complete = True

    request = {"threadId": "t", "messages": [{"id": "s", "role": role, "content": "Be brief."}]}
    events = await events_of(ModelAgent(AgentOptions(model="m"), ask), request)
    assert [event["type"] for event in events] == ["RUN_STARTED", "RUN_FINISHED"]
    assert asked_models == []
    await events_of(wrap(agent), request)
    assert len(calls) == 1


async def test_a_request_without_a_message_runs_nobody() -> None:
    events = await events_of(wrap(agent), {"threadId": "t", "messages": []})
    assert calls == []
    assert [event["type"] for event in events] == ["RUN_STARTED", "RUN_FINISHED"]
    assert events[-1]["outcome"] == {"type": "success"}


@pytest.mark.parametrize(
    "more",
    [
        {"messages": asked("hi")["messages"]},
        {"resume": [{"interruptId": "i", "status": "cancelled"}]},
        {"forwardedProps": {"command": {"resume": "yes"}}},
    ],
    ids=["a message", "an answer", "a command of LangGraph's"],
)
async def test_a_request_that_says_something_runs_it(more: dict[str, Any]) -> None:
    await events_of(wrap(agent), {"threadId": "t", "messages": [], **more})
    assert len(calls) == 1


class Keeping(Wrapped):
    """An agent that keeps its threads."""

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        raise AssertionError("nothing was asked")

    async def hydrate(self, request: RunRequest, emit: Emitter) -> None:
        await emit.messages([{"id": "u", "role": "user", "content": request["threadId"]}])


async def test_an_agent_that_keeps_threads_tells_what_it_keeps() -> None:
    events = await events_of(Keeping(), {"threadId": "t", "messages": []})
    assert events[1] == {
        "type": "MESSAGES_SNAPSHOT",
        "messages": [{"id": "u", "role": "user", "content": "t"}],
    }


class Delegating(Wrapped):
    """An agent with a subagent that uses a tool."""

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        async with emit.subagent("inner") as inner:
            await inner.text("a")
            await inner.tool("c1", "f", "{}")
            await inner.tool_result("c1", "ok")


async def test_a_caller_that_names_its_protocol_hears_of_subagents() -> None:
    events = await events_of(Delegating())
    kinds = [event["type"] for event in events]
    assert kinds.count("SUBAGENT_STARTED") == kinds.count("SUBAGENT_FINISHED") == 1
    assert sum("subagentRunId" in event for event in events) == len(events) - 2


async def test_a_caller_older_than_subagents_hears_their_work_as_the_agents_own() -> None:
    old = {key: value for key, value in asked().items() if key != "protocolVersion"}
    events = await events_of(Delegating(), old)
    assert [event["type"] for event in events] == [
        "RUN_STARTED",
        *("TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END"),
        *("TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT"),
        "RUN_FINISHED",
    ]
    assert not any("subagentRunId" in event for event in events)
