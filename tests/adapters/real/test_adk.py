"""Agents of Google's ADK against the real packages, with LiteLLM underneath."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from google.adk.agents import LlmAgent
from google.adk.models.lite_llm import LiteLlm
from google.adk.tools import FunctionTool
from kind_cases import FrameworkCases

pytestmark = pytest.mark.filterwarnings("ignore:.*EXPERIMENTAL:UserWarning")


class TestADK(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("google-adk", "ag-ui-adk")
    lacks: ClassVar = {
        "usage": "its AG-UI adapter tells no tokens",
        "reasoning": "its AG-UI adapter tells thoughts twice",
        "edited approval": "the framework takes a yes or a no",
    }

    def shown(self, result: str) -> str:
        return json.dumps({"result": result})

    def client(self, url: str, tools: Any = ()) -> Any:
        model = LiteLlm(model="openai/m", api_base=f"{url}/v1", api_key="k", num_retries=0)
        return LlmAgent(name="a", model=model, tools=list(tools))

    def asking(self, url: str, tools: Any) -> Any:
        return self.client(url, [FunctionTool(each, require_confirmation=True) for each in tools])
