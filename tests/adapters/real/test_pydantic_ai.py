"""Pydantic AI's agents and models, with ag-ui-protocol 1.0."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import openai
import pytest
from ag_ui.core import StateSnapshotEvent
from chat_cases import AdoptionCases, ChatModelCases
from kind_cases import KindCases
from models import Scripted
from pydantic import BaseModel
from pydantic_ai import Agent, RunContext, ToolReturn
from pydantic_ai.models.function import DeltaToolCall, FunctionModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.ui import StateDeps
from support.runs import get_weather, run
from test_openai_chat import CHAT

from agui_notebook import Agent as Ours
from agui_notebook.agents import wrap

LIMITED = "{'message': 'Rate limit reached', 'type': 'rate_limit_error'}"
AT_ONCE = (
    "{'message': 'Rate limit reached for key ***', 'type': 'rate_limit_error', "
    "'param': None, 'code': 'rate_limit_exceeded'}"
)
PYDANTIC = replace(
    CHAT,
    fault_said=(f"status_code: 429, model_name: m, body: {LIMITED}", None),
    limit_said=(f"status_code: 429, model_name: m, body: {AT_ONCE}", None),
    seal='{"id": "reasoning_content", "provider_name": "openai", "canonical_system": "openai"}',
)


class Clients:
    dialect = PYDANTIC

    def client(self, flavour: str, url: str) -> Any:
        client = openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="k", max_retries=0)
        return OpenAIChatModel("m", provider=OpenAIProvider(openai_client=client))


@pytest.mark.parametrize("flavour", ["model", "agent"], indirect=True)
class TestPydanticAI(Clients, ChatModelCases):
    """A bare model takes the options; so does an agent, beside its own."""

    def model(self, flavour: str, url: str, **options: Any) -> Ours:
        if flavour == "model":
            return wrap(self.client(flavour, url), **options)
        return wrap(Agent(self.client(flavour, url)), **options)

    @pytest.mark.anyio
    async def test_an_answer_that_is_cut_off_is_never_a_success(
        self, flavour: str, scripted: Scripted
    ) -> None:
        pytest.skip("Pydantic AI takes a stream that was cut for an answer")


class TestAdoption(Clients, AdoptionCases):
    """A client inside a provider inside a model inside an agent."""

    def serve(self, client: Any) -> Ours:
        return wrap(Agent(client))


def stubborn(times: int) -> Any:
    """A model that asks for the weather ``times`` times, then says so."""

    async def stream(messages: Any, info: Any) -> Any:
        asked = sum(type(m).__name__ == "ModelResponse" for m in messages)
        if asked < times:
            arguments = {"name": "get_weather", "json_args": '{"city":"Oslo"}'}
            yield {0: DeltaToolCall(tool_call_id=f"call-{asked}", **arguments)}
        else:
            yield "That was all."

    return FunctionModel(stream_function=stream)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ({"status": "resolved", "payload": {"approved": True}}, "3"),
        (
            {"status": "resolved", "payload": {"approved": False}},
            "The tool call was denied.",
        ),
    ],
    ids=["yes", "no"],
)
async def test_an_approval_is_an_interrupt_and_its_answer_is_taken(
    answer: dict[str, Any], result: str
) -> None:
    agent = wrap(stubborn(1), tools=[get_weather], approve=["get_weather"])
    ran = await run(agent, "weather?")
    [interrupt] = ran.end["outcome"]["interrupts"]
    entry = {"interruptId": interrupt["id"], **answer}
    again = await run(agent, ran.document["messages"], resume=[entry])
    assert [m["content"] for m in again.said if m["role"] == "tool"] == [result]
    assert again.end["outcome"] == {"type": "success"}
    more = {"id": "u3", "role": "user", "content": "And now?"}
    later = await run(agent, [*again.document["messages"], more])
    assert later.end["type"] == "RUN_FINISHED"


@pytest.mark.anyio
async def test_a_model_that_will_not_stop_is_stopped() -> None:
    ran = await run(wrap(stubborn(9), tools=[get_weather], max_rounds=2), "weather?")
    assert ran.end["type"] == "RUN_ERROR"
    assert "request_limit of 2" in ran.end["message"]


class Recipe(BaseModel):
    title: str = "none"


@pytest.mark.anyio
async def test_shared_state_reaches_the_agents_tools_and_their_changes_come_back() -> None:
    agent = Agent(stubborn(1), deps_type=StateDeps[Recipe])

    @agent.tool
    def get_weather(context: RunContext[StateDeps[Recipe]], city: str) -> Any:
        context.deps.state.title += f" in {city}"
        event = StateSnapshotEvent(snapshot=context.deps.state.model_dump())
        return ToolReturn(return_value="3", metadata=[event])

    ran = await run(wrap(agent), "go", state={"title": "Soup"})
    assert ran.document["state"] == {"title": "Soup in Oslo"}
    again = await run(wrap(Agent(stubborn(0))), "go", state={"title": "Soup"})
    assert again.end["type"] == "RUN_FINISHED"


@pytest.mark.anyio
async def test_a_callers_instructions_reach_the_model_beside_the_agents_own() -> None:
    told: list[str | None] = []

    async def answer(messages: Any, info: Any) -> Any:
        told.append(info.instructions)
        yield "hi"

    agent = Agent(FunctionModel(stream_function=answer), instructions="Be kind.")
    history = [
        {"id": "s", "role": "system", "content": "Be brief."},
        {"id": "u", "role": "user", "content": "hello"},
    ]
    await run(wrap(agent), history)
    [said] = told
    assert said is not None
    assert "Be kind." in said
    assert "Be brief." in said


class TestKind(KindCases):
    """See the cases."""

    packages: ClassVar = ("pydantic-ai-slim",)
    lacks: ClassVar = {"a cut stream is an error": "the framework does not tell"}
    options: ClassVar = {}

    def client(self, url: str) -> Any:
        return Agent(Clients().client("", url))
