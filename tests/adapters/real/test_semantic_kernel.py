"""Chat agents of Semantic Kernel against the real package, with OpenAI's SDK underneath."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import openai
from kind_cases import CHAT, FrameworkCases
from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion
from semantic_kernel.functions import KernelFunctionFromMethod, KernelPlugin, kernel_function


class TestSemanticKernel(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("semantic-kernel",)
    lacks: ClassVar = {
        "reasoning": "its OpenAI connector drops it",
        "a cut stream is an error": "the framework does not tell",
    }
    words = replace(
        CHAT,
        calls=[frame.replace(b"get_weather", b"w-get_weather") for frame in CHAT.calls],
        call=[frame.replace(b"get_weather", b"w-get_weather") for frame in CHAT.call],
    )
    asked_here = True
    tool_name = "w_get_weather"

    def client(self, url: str, tools: Any = ()) -> Any:
        client = openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="k", max_retries=0)
        service = OpenAIChatCompletion(ai_model_id="m", async_client=client)
        made = [KernelFunctionFromMethod(kernel_function(each), plugin_name="w") for each in tools]
        own = [KernelPlugin("w", functions=made)] if made else None
        return ChatCompletionAgent(service=service, name="a", plugins=own)
