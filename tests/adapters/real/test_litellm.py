"""LiteLLM's module and router, against the real package."""

from __future__ import annotations

from typing import Any, ClassVar

import litellm
import pytest
from chat_cases import ChatModelCases, Dialect
from kind_cases import KindCases
from models import Scripted, sse
from test_openai_chat import CHAT, PICTURE

from agui_notebook import Agent
from agui_notebook.agents import wrap

LITELLM = Dialect(
    usage={**CHAT.usage, "provider": "litellm", "reasoningTokens": 0},
    hello=CHAT.hello,
    rest=CHAT.rest,
    fault=sse({"error": {"message": "Rate limit reached", "type": "rate_limit_error"}}),
    fault_said=("litellm answered 429: Rate limit reached", "rate_limit_error"),
    limit_said=("litellm answered 429: Rate limit reached for key ***", "rate_limit_exceeded"),
    picture=PICTURE,
)


@pytest.mark.parametrize("flavour", ["module", "router"], indirect=True)
class TestLiteLLM(ChatModelCases):
    dialect = LITELLM

    def model(self, flavour: str, url: str, **options: Any) -> Agent:
        place = {"api_base": f"{url}/v1", "api_key": "k", "num_retries": 0, "max_retries": 0}
        if flavour == "module":
            params = {**place, **options.pop("params", {})}
            return wrap(litellm, model="openai/m", params=params, **options)
        entry = {"model_name": "m", "litellm_params": {"model": "openai/m", **place}}
        return wrap(litellm.Router(model_list=[entry], num_retries=0), model="m", **options)

    def fault_said(self, flavour: str) -> tuple[str, str | None]:
        if flavour == "router":
            return self.dialect.fault_said
        kinds = "litellm.MidStreamFallbackError: litellm.RateLimitError: RateLimitError: "
        told = f"litellm answered 429: {kinds}OpenAIException - Rate limit reached"
        return told, "MidStreamFallbackError"

    @pytest.mark.anyio
    async def test_an_answer_that_is_cut_off_is_never_a_success(
        self, flavour: str, scripted: Scripted
    ) -> None:
        pytest.skip("LiteLLM gives a stream that was cut a finish of its own making")


class TestKind(KindCases):
    """See the cases."""

    packages: ClassVar = ("litellm",)
    lacks: ClassVar = {
        "a cut stream is an error": "the package gives it a finish of its own making"
    }

    def client(self, url: str) -> Any:
        place = {"api_base": f"{url}/v1", "api_key": "k", "num_retries": 0, "max_retries": 0}
        entry = {"model_name": "m", "litellm_params": {"model": "openai/m", **place}}
        return litellm.Router(model_list=[entry], num_retries=0)
