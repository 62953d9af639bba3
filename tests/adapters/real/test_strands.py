"""Agents of Strands against the real packages, with OpenAI's SDK underneath."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import strands
from kind_cases import FrameworkCases, spoken
from models import Scripted
from strands.hooks import BeforeToolCallEvent
from strands.models.openai import OpenAIModel
from strands.vended_interventions.hitl import HumanInTheLoop
from support.runs import get_weather, run

from agui_notebook.agents import wrap


class TestStrands(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("strands-agents", "ag-ui-strands")
    lacks: ClassVar = {
        "edited approval": "the framework takes a yes or a no",
        "a cut stream is an error": "the framework does not tell",
    }

    def client(self, url: str, tools: Any = (), **about_it: Any) -> Any:
        about = {"base_url": f"{url}/v1", "api_key": "k", "max_retries": 0}
        model = OpenAIModel(client_args=about, model_id="m")
        own = [strands.tool(each) for each in tools]
        return strands.Agent(model=model, tools=own, name="a", retry_strategy=None, **about_it)

    def asking(self, url: str, tools: Any) -> Any:
        return self.client(url, tools, interventions=[HumanInTheLoop()])

    @pytest.mark.anyio
    async def test_hooks_of_the_user_are_asked_too(self, scripted: Scripted) -> None:
        url = self.script(scripted, *self.words.call, then=self.words.answer)
        agent = self.client(url, [get_weather])
        agent.hooks.add_callback(BeforeToolCallEvent, forbid)
        self.made.append(wrap(agent))
        ran = await run(self.made[-1], "weather?")
        assert spoken(ran)[-2:] == [("tool", '"Not today."'), ("assistant", "Cold.")]


def forbid(event: BeforeToolCallEvent) -> None:
    event.cancel_tool = "Not today."
