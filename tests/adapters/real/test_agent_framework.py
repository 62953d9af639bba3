"""Agent Framework's agents, workflows and chat clients, with ag-ui-protocol 0.1."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any, ClassVar

import openai
import pytest
from agent_framework import Agent, Executor, Message, WorkflowBuilder, WorkflowContext, handler
from agent_framework.openai import OpenAIChatCompletionClient
from agent_framework_ag_ui import AgentFrameworkAgent
from chat_cases import PIXEL, AdoptionCases, ChatModelCases
from kind_cases import KindCases
from models import Scripted
from offline import Offline, weather
from support.runs import calls_said, get_weather, run
from test_openai_chat import CHAT, PICTURE

from agui_notebook import Agent as Ours
from agui_notebook import InvalidInput, UnsupportedAgent
from agui_notebook.agents import wrap
from agui_notebook.agents.adapters.agent_framework import official as adapter

FRAMEWORK = replace(
    CHAT,
    usage={"inputTokens": 5, "outputTokens": 7, "totalTokens": 12},
    reasons=False,  # this client of the framework's drops it; see the offline one below
    picture={
        **PICTURE,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "system", "content": "Language: English"},
            {"role": "user", "content": "What is it?"},
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
                ],
            },
        ],
    },
)


class Clients:
    dialect = FRAMEWORK

    def client(self, flavour: str, url: str) -> Any:
        client = openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="k", max_retries=0)
        return OpenAIChatCompletionClient(model="m", async_client=client)


@pytest.mark.parametrize("flavour", ["client", "agent"], indirect=True)
class TestAgentFramework(Clients, ChatModelCases):
    """A bare chat client takes the options; an agent has instructions and tools of its own."""

    def model(self, flavour: str, url: str, **options: Any) -> Ours:
        if flavour == "client":
            return wrap(self.client(flavour, url), model="m", **options)
        own = {"instructions": options.get("instructions"), "tools": options.get("tools")}
        sampling = options.get("params")
        return wrap(Agent(self.client(flavour, url), default_options=sampling, **own))

    def asked(self) -> list[dict[str, Any]]:
        both = calls_said()
        return [{"role": "assistant", "content": both.pop("content")}, both]

    @pytest.mark.anyio
    async def test_an_answer_that_is_cut_off_is_never_a_success(
        self, flavour: str, scripted: Scripted
    ) -> None:
        pytest.skip("Agent Framework takes a stream that was cut for an answer")


class TestAdoption(Clients, AdoptionCases):
    """See the cases."""


CALL = {
    "id": "call-1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'},
}


@pytest.mark.anyio
async def test_reasoning_a_tool_and_a_second_turn_of_an_agent() -> None:
    agent = wrap(Agent(Offline(weather), name="Weather", description="Knows", tools=[get_weather]))
    assert (agent.name, agent.description) == ("Weather", "Knows")
    ran = await run(agent, "weather?")
    assert ran.said == [
        {"role": "reasoning", "content": "Which city?"},
        {"role": "assistant", "content": "", "toolCalls": [CALL]},
        {"role": "tool", "toolCallId": "call-1", "content": "3"},
        {"role": "assistant", "content": "It is 3."},
    ]
    question = {"id": "u2", "role": "user", "content": "And the weather now?"}
    again = await run(agent, [*ran.document["messages"], question])
    assert again.said == [{"role": "assistant", "content": "It is 3."}]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answer", "result", "said"),
    [
        ({"status": "resolved", "payload": {"approved": True}}, "3", ["It is 3."]),
        (
            {"status": "resolved", "payload": {"approved": False}},
            "The user did not allow this call.",
            ["It is Error: Tool call invocation was rejected by user.."],
        ),
        ({"status": "cancelled"}, "The user did not allow this call.", []),
    ],
    ids=["yes", "no", "cancelled"],
)
async def test_an_approval_is_an_interrupt_and_its_answer_is_taken(
    answer: dict[str, Any], result: str, said: list[str]
) -> None:
    agent = wrap(Offline(weather), tools=[get_weather], approve=["get_weather"])
    ran = await run(agent, "weather?")
    outcome = ran.end["outcome"]
    assert outcome["type"] == "interrupt"
    [interrupt] = outcome["interrupts"]
    assert interrupt["toolCallId"] == "call-1"
    assert [c["id"] for m in ran.said for c in m.get("toolCalls", ())] == ["call-1"]
    thread = {"threadId": ran.request["threadId"]}
    entry = {"interruptId": interrupt["id"], **answer}
    again = await run(agent, ran.document["messages"], resume=[entry], **thread)
    assert again.said == [
        {"role": "tool", "toolCallId": "call-1", "content": result},
        *({"role": "assistant", "content": text} for text in said),
    ]
    assert again.end["outcome"] == {"type": "success"}
    more = {"id": "u3", "role": "user", "content": "And now?"}
    later = await run(agent, [*again.document["messages"], more], **thread)
    assert later.end["type"] == "RUN_FINISHED"


class Shout(Executor):
    """Answers in capitals."""

    @handler
    async def answer(self, messages: list[Message], context: WorkflowContext[Any, str]) -> None:
        await context.yield_output(messages[-1].text.upper())


@pytest.mark.anyio
async def test_a_workflow_shows_its_steps_and_its_output() -> None:
    shout = Shout(id="shout")
    agent = wrap(WorkflowBuilder(start_executor=shout, output_from=[shout]).build())
    ran = await run(agent, "hello")
    assert [m for m in ran.said if m["role"] == "assistant"] == [
        {"role": "assistant", "content": "HELLO"}
    ]
    assert {step["stepName"] for step in ran.document["runs"][0]["steps"]} == {
        "superstep:1",
        "shout",
    }
    assert ran.end["outcome"] == {"type": "success"}


@pytest.mark.anyio
async def test_without_the_ag_ui_package_agents_still_speak_and_workflows_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "agent_framework_ag_ui", None)
    monkeypatch.setattr(adapter, "find_spec", lambda name: None)
    agent = wrap(Agent(Offline(weather), name="Weather", tools=[get_weather]))
    ran = await run(agent, "weather?")
    assert ran.said == [
        {"role": "reasoning", "content": "Which city?"},
        {"role": "assistant", "toolCalls": [CALL]},
        {"role": "tool", "toolCallId": "call-1", "content": "3"},
        {"role": "assistant", "content": "It is 3."},
    ]
    question = {"id": "u2", "role": "user", "content": "And the weather now?"}
    again = await run(agent, [*ran.document["messages"], question])
    assert again.said == [{"role": "assistant", "content": "It is 3."}]
    waiting = wrap(Offline(weather), tools=[get_weather], approve=["get_weather"])
    asked = await run(waiting, "weather?")
    assert asked.end["message"].endswith('pip install "agui_notebook[agent-framework]"')
    shout = Shout(id="shout")
    with pytest.raises(UnsupportedAgent, match=r"pip install .agui_notebook\[agent-framework\]"):
        wrap(WorkflowBuilder(start_executor=shout, output_from=[shout]).build())


@pytest.mark.anyio
async def test_a_ready_ag_ui_agent_is_taken_as_it_is() -> None:
    ready = AgentFrameworkAgent(agent=Agent(Offline(weather), name="Weather"))
    ran = await run(wrap(ready), "hi")
    assert ran.said[0] == {"role": "assistant", "content": "Hello there"}


def test_options_that_belong_to_an_agent_are_refused() -> None:
    with pytest.raises(InvalidInput, match="instructions="):
        wrap(Agent(Offline(weather)), instructions="Be brief.")


class TestKind(KindCases):
    """See the cases."""

    packages: ClassVar = ("agent-framework-core", "agent-framework-ag-ui")
    lacks: ClassVar = {
        "reasoning": "its OpenAI client drops it",
        "two approvals": "its AG-UI adapter asks again about one that was refused beside another",
        "a cut stream is an error": "the framework does not tell",
    }

    def client(self, url: str) -> Any:
        return Clients().client("", url)
