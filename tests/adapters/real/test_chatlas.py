"""Chats of chatlas against the real package, with OpenAI's SDK underneath."""

from __future__ import annotations

from typing import Any, ClassVar

import chatlas
from kind_cases import FrameworkCases


class TestChatlas(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("chatlas",)
    asked_here = True
    lacks: ClassVar = {
        "a cut stream is an error": "the package does not tell",
    }

    def client(self, url: str, tools: Any = ()) -> Any:
        about: Any = {"max_retries": 0}
        chat = chatlas.ChatOpenAICompletions(
            model="m", base_url=f"{url}/v1", api_key="k", kwargs=about
        )
        for each in tools:
            chat.register_tool(each)
        return chat
