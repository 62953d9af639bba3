"""Crews of CrewAI against the real package, with its own client of OpenAI's interface."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from crewai import LLM, Agent, Crew, Task
from kind_cases import CHAT, FrameworkCases, spoken
from models import KEY, Scripted
from support.runs import run

from agui_notebook import UnsupportedAgent
from agui_notebook.agents import wrap

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def crew(url: str, *descriptions: str) -> Any:
    """An agent for each task."""
    model = LLM(model="openai/m", base_url=f"{url}/v1", api_key="k")
    about = {"goal": "Help.", "backstory": "Knows.", "llm": model, "max_retry_limit": 0}
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
        "tool": "its stream does not tell what a tool gave",
        "parallel tools": "its stream does not tell what a tool gave",
        "image": "a crew's question is text",
        "approval": "a task asks for feedback on the console",
        "error in the middle": "its own client asks again, and its stream begins anew",
        "a cut stream is an error": "the framework does not tell",
    }

    def client(self, url: str, tools: Any = ()) -> Any:
        return crew(url, "{history}\n{question}")

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


@pytest.mark.parametrize("text", ["Nothing asked.", "{topic} for {reader}"])
def test_a_crew_that_a_chat_cannot_fill_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(UnsupportedAgent, match="needs one input for the question"):
        wrap(crew("http://127.0.0.1:1", text))
