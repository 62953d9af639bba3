"""Crews of CrewAI against the real package, with its own client of OpenAI's interface."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, ClassVar

import pytest
from crewai import LLM, Agent, Crew, Task
from crewai.events import ToolUsageFinishedEvent, crewai_event_bus
from crewai.tools import tool
from kind_cases import CHAT, FrameworkCases, called_in, spoken
from models import KEY, Scripted
from support.runs import run

from agui_notebook import UnsupportedAgent
from agui_notebook.agents import wrap

NOW = datetime(2026, 11, 29)
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def crew(url: str, *descriptions: str, tools: Any = ()) -> Any:
    """An agent for each task."""
    model = LLM(model="openai/m", base_url=f"{url}/v1", api_key="k")
    about = {"goal": "Help.", "backstory": "Knows.", "llm": model, "max_retry_limit": 0}
    about["tools"] = [tool(each.__name__)(each) for each in tools]
    agents = [Agent(role=f"guide {n}", **about) for n, _ in enumerate(descriptions)]
    tasks = [
        Task(description=text, expected_output="An answer.", agent=agent)
        for text, agent in zip(descriptions, agents, strict=True)
    ]
    return Crew(agents=agents, tasks=tasks)


class TestCrews(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("crewai",)
    lacks: ClassVar = {
        "reasoning": "its stream tells text and calls only",
        "image": "a crew's question is text",
        "approval": "a task asks for feedback on the console",
        "error in the middle": "its own client asks again, and its stream begins anew",
        "a cut stream is an error": "the framework does not tell",
    }

    def client(self, url: str, tools: Any = ()) -> Any:
        return crew(url, "{history}\n{question}", tools=tools)

    @pytest.mark.anyio
    async def test_error_at_the_start(self, scripted: Scripted) -> None:
        """Its own client asks again, as its users know it."""
        scripted.refusal = (429, self.words.limited)
        ran = await run(self.make(scripted.url), "hello")
        assert "Rate limit reached" in ran.end["message"]
        assert KEY not in json.dumps(ran.events)


@pytest.mark.anyio
async def test_agents_of_a_crew_are_subagents_and_its_answer_is_the_answer(
    scripted: Scripted,
) -> None:
    scripted.frames = list(CHAT.answer)
    ran = await run(wrap(crew(scripted.url, "Plan {question}", "Write it.")), "a trip")
    started = [e["name"] for e in ran.events if e["type"] == "SUBAGENT_STARTED"]
    assert started == ["guide 0", "guide 1"]
    assert spoken(ran)[-1] == ("assistant", "Cold.")
    assert "Plan a trip" in json.dumps(scripted.requests[0])


@pytest.mark.anyio
async def test_a_tool_that_fails_and_calls_of_other_crews(scripted: Scripted) -> None:
    """A failure is told with its words; what another crew's agents call is not told here."""

    def get_weather(city: str) -> str:
        """The weather in a city."""
        raise OSError(f"no station in {city}")

    scripted.frames, scripted.later = list(CHAT.call), list(CHAT.answer)
    agent = wrap(crew(scripted.url, "{question}", tools=[get_weather]))
    stranger = ToolUsageFinishedEvent(
        tool_name="other", tool_args={}, output="x", started_at=NOW, finished_at=NOW
    )
    crewai_event_bus.emit(None, event=stranger)
    ran = await run(agent, "weather?")
    assert {name for name, _ in called_in(ran)} == {"get_weather"}
    [result] = [text for role, text in spoken(ran) if role == "tool"]
    assert result == "Error: no station in Oslo"
    assert spoken(ran)[-1] == ("assistant", "Cold.")


@pytest.mark.parametrize("text", ["Nothing asked.", "{topic} for {reader}"])
def test_a_crew_that_a_chat_cannot_fill_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(UnsupportedAgent, match="needs one input for the question"):
        wrap(crew("http://127.0.0.1:1", text))
