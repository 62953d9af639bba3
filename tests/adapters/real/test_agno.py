"""Agents of Agno against the real package, with OpenAI's SDK underneath."""

from __future__ import annotations

from typing import Any, ClassVar

import agno.agent
import agno.tools
from agno.models.openai.like import OpenAILike
from kind_cases import FrameworkCases


class TestAgno(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("agno",)
    lacks: ClassVar = {
        "history": "the framework keeps each thread itself",
        "usage": "its AG-UI interface tells no tokens",
        "reasoning": "its AG-UI interface tells reasoning steps only",
        "edited approval": "the framework takes a yes or a no",
        "a cut stream is an error": "the framework does not tell",
    }

    def client(self, url: str, tools: Any = ()) -> Any:
        model = OpenAILike(id="m", base_url=f"{url}/v1", api_key="k", max_retries=0)
        return agno.agent.Agent(model=model, tools=list(tools), telemetry=False)

    def asking(self, url: str, tools: Any) -> Any:
        confirmed = agno.tools.tool(requires_confirmation=True)
        return self.client(url, [confirmed(each) for each in tools])
