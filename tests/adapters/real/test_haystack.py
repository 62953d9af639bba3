"""Agents of Haystack against the real package, with OpenAI's SDK underneath."""

from __future__ import annotations

from typing import Any, ClassVar

from haystack.components.agents import Agent as HaystackAgent
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.hooks.human_in_the_loop import (
    AlwaysAskPolicy,
    BlockingConfirmationStrategy,
    ConfirmationHook,
    SimpleConsoleUI,
)
from haystack.tools import create_tool_from_function
from haystack.utils import Secret
from kind_cases import FrameworkCases


class TestHaystack(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("haystack-ai",)
    lacks: ClassVar = {
        "reasoning": "its OpenAI generator drops it",
        "a cut stream is an error": "the framework does not tell",
    }

    def client(self, url: str, tools: Any = (), **about: Any) -> Any:
        generator = OpenAIChatGenerator(
            api_key=Secret.from_token("k"), model="m", api_base_url=f"{url}/v1", max_retries=0
        )
        own = [create_tool_from_function(each) for each in tools]
        return HaystackAgent(chat_generator=generator, tools=own, **about)

    def asking(self, url: str, tools: Any) -> Any:
        each = BlockingConfirmationStrategy(
            confirmation_policy=AlwaysAskPolicy(), confirmation_ui=SimpleConsoleUI()
        )
        return self.client(url, tools, hooks={"before_tool": [ConfirmationHook({"*": each})]})
