"""Flows of CrewAI against the real packages, with its own client of OpenAI's interface."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from ag_ui_crewai import CopilotKitState, copilotkit_stream
from crewai.flow.flow import Flow, start
from kind_cases import FrameworkCases
from litellm import acompletion

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


class Chat(Flow[CopilotKitState]):
    """Asks a model with all that was said."""

    address: ClassVar[str] = ""

    @start()
    async def chat(self) -> None:
        stream = await acompletion(
            model="openai/m",
            api_base=f"{self.address}/v1",
            api_key="k",
            messages=[*self.state.messages],
            stream=True,
            num_retries=0,
            max_retries=0,
        )
        response = await copilotkit_stream(stream)
        self.state.messages.append(response.choices[0]["message"])


class TestCrewAI(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("crewai", "ag-ui-crewai")
    lacks: ClassVar = {
        "usage": "its AG-UI adapter tells no tokens",
        "error at the start": "its AG-UI adapter keeps the reason to its log",
        "error in the middle": "its AG-UI adapter keeps the reason to its log",
        "tool": "a flow carries out calls in steps of its own",
        "parallel tools": "a flow carries out calls in steps of its own",
        "approval": "a flow asks for feedback on a step",
    }

    def client(self, url: str, tools: Any = ()) -> Any:
        Chat.address = url
        return Chat()
