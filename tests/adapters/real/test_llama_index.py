"""LlamaIndex agents against the real packages, with OpenAI's SDK underneath."""

from __future__ import annotations

from typing import Any, ClassVar

from kind_cases import FrameworkCases
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.workflow import Context, HumanResponseEvent, InputRequiredEvent
from llama_index.llms.openai_like import OpenAILike


class TestLlamaIndex(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("llama-index-core", "llama-index-protocols-ag-ui")
    lacks: ClassVar = {
        "usage": "its AG-UI workflow tells no tokens",
        "reasoning": "its AG-UI workflow tells text only",
        "two approvals": "the framework asks one question after the other",
        "edited approval": "the framework takes text",
        "a cut stream is an error": "the framework does not tell",
    }

    def client(self, url: str, tools: Any = ()) -> Any:
        model = OpenAILike(
            model="m",
            api_base=f"{url}/v1",
            api_key="k",
            is_chat_model=True,
            is_function_calling_model=True,
            max_retries=0,
        )
        return FunctionAgent(llm=model, tools=list(tools))

    def asking(self, url: str, tools: Any) -> Any:
        [tool] = tools

        async def get_weather(ctx: Context, city: str) -> str:
            """The weather in a city."""
            asked = InputRequiredEvent(prefix=f"The weather in {city}?")  # type: ignore[call-arg]
            said = await ctx.wait_for_event(
                HumanResponseEvent, waiter_event=asked, waiter_id=f"ask {city}"
            )
            return str(tool(city)) if said.response == "yes" else "No."

        # the framework reads no annotations that are text
        get_weather.__annotations__ = {"ctx": Context, "city": str, "return": str}
        return self.client(url, [get_weather])
