"""Agents of OpenAI's Agents SDK against the real package."""

from __future__ import annotations

from typing import Any, ClassVar

import agents
import openai
import pytest
from kind_cases import CALLS, CHAT, DONE, KindCases, called, chunk, spoken
from models import Scripted, sse
from support.runs import run

from agui_notebook import Agent
from agui_notebook.agents import wrap

agents.set_tracing_disabled(True)


def model(url: str) -> Any:
    client = openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="k", max_retries=0)
    return agents.OpenAIChatCompletionsModel("m", client)


class TestOpenAIAgents(KindCases):
    """See the cases."""

    packages: ClassVar = ("openai-agents",)
    lacks: ClassVar = {
        "a cut stream is an error": "the SDK tells the end of an answer by itself",
        "edited approval": "the SDK takes a yes or a no",
    }

    options: ClassVar = {}

    def client(self, url: str) -> Any:
        return agents.Agent(name="a", model=model(url))


class TestToolsOfItsOwn(TestOpenAIAgents):
    """The same with tools that the agent has, and not we."""

    def agent(self, url: str, **options: Any) -> Agent:
        approve = options.get("approve", ())
        tools = [
            agents.function_tool(each, needs_approval=each.__name__ in approve)
            for each in options.get("tools", ())
        ]
        return wrap(agents.Agent(name="a", model=model(url), tools=tools))


@pytest.mark.anyio
async def test_a_handoff_becomes_a_subagent(scripted: Scripted) -> None:
    function = {"name": "transfer_to_poet", "arguments": "{}"}
    call = {**called(0, "h1", "{}"), "function": function}
    scripted.frames = sse(chunk(tool_calls=[call]), chunk(finish="tool_calls")) + DONE
    scripted.later = list(CHAT.answer)
    poet = agents.Agent(name="poet", model=model(scripted.url), handoff_description="rhymes")
    ran = await run(wrap(agents.Agent(name="a", model=model(scripted.url), handoffs=[poet])), "hi")
    [started] = [e for e in ran.events if e["type"] == "SUBAGENT_STARTED"]
    assert (started["name"], started["description"]) == ("poet", "rhymes")
    [said] = [e for e in ran.events if e["type"] == "TEXT_MESSAGE_CONTENT"]
    assert said["subagentRunId"] == started["subagentRunId"]
    assert [e["type"] for e in ran.events][-2:] == ["SUBAGENT_FINISHED", "RUN_FINISHED"]


@pytest.mark.anyio
async def test_the_callers_tools_are_left_to_the_caller(scripted: Scripted) -> None:
    offered = [{"name": "get_weather", "description": "", "parameters": {"type": "object"}}]
    scripted.frames, scripted.later = list(CHAT.calls), list(CHAT.answer)
    agent = wrap(agents.Agent(name="a", model=model(scripted.url)))
    ran = await run(agent, "weather?", tools=offered)
    assert ran.end["outcome"] == {
        "type": "success",
        "pendingToolCallIds": [call for call, _ in CALLS],
    }
    results = [
        {"id": f"r{call}", "role": "tool", "toolCallId": call, "content": "3"} for call, _ in CALLS
    ]
    again = await run(agent, [*ran.document["messages"], *results], tools=offered)
    assert spoken(again) == [("assistant", "Cold.")]


@pytest.mark.anyio
async def test_an_approval_that_nobody_knows_is_a_sentence(scripted: Scripted) -> None:
    agent = wrap(agents.Agent(name="a", model=model(scripted.url)))
    answer = {"interruptId": "approve-x", "status": "resolved", "payload": {"approved": True}}
    ran = await run(agent, "hi", resume=[answer])
    assert ran.end["code"] == "unknown_interrupt"
    assert "Ask again." in ran.end["message"]
