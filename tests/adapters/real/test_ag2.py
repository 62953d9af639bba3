"""Agents of AG2 against the real package, with OpenAI's SDK underneath."""

from __future__ import annotations

from typing import Any, ClassVar

import ag2
from ag2.config import OpenAIConfig
from ag2.middleware.builtin.tools.approval import approval_required
from kind_cases import FrameworkCases


class TestAG2(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("ag2",)
    lacks: ClassVar = {
        "two approvals": "the framework asks one question after the other",
        "edited approval": "the framework takes a yes or a no",
        "a cut stream is an error": "the framework does not tell",
    }

    def client(self, url: str, tools: Any = ()) -> Any:
        config = OpenAIConfig("m", api_key="k", base_url=f"{url}/v1", streaming=True, max_retries=0)
        return ag2.Agent("a", config=config, tools=list(tools))

    def asking(self, url: str, tools: Any) -> Any:
        asks = [approval_required()]
        return self.client(url, [ag2.tool(each, middleware=asks) for each in tools])
