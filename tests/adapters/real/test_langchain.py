"""LangChain's chat models and chains, against the real packages."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from chat_cases import AdoptionCases, ChatModelCases
from kind_cases import KindCases
from langchain_anthropic import ChatAnthropic
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder
from langchain_core.runnables import RunnableLambda
from langchain_openai import ChatOpenAI
from models import Scripted
from support.runs import WEATHER_TOOL, get_weather, run
from test_openai_chat import CHAT

from agui_notebook import Agent as Ours
from agui_notebook import InvalidInput
from agui_notebook.agents import wrap

LANGCHAIN = replace(
    CHAT,
    usage={"model": "m", "inputTokens": 5, "outputTokens": 7, "totalTokens": 12},
    limit_said=(
        "langchain_openai answered 429: Rate limit reached for key ***",
        "rate_limit_exceeded",
    ),
    reasons=False,  # LangChain's client drops it
)


class Clients:
    dialect = LANGCHAIN

    def client(self, flavour: str, url: str) -> Any:
        return ChatOpenAI(
            model="m", base_url=f"{url}/v1", api_key="k", max_retries=0, stream_usage=True
        )


@pytest.mark.parametrize("flavour", ["model", "chain"], indirect=True)
class TestLangChain(Clients, ChatModelCases):
    """A model alone, and one behind a template that takes the conversation."""

    def model(self, flavour: str, url: str, **options: Any) -> Ours:
        model = self.client(flavour, url)
        template = ChatPromptTemplate([MessagesPlaceholder("messages")])
        return wrap(template | model if flavour == "chain" else model, **options)


class TestAdoption(Clients, AdoptionCases):
    """All of LangChain's models share one pool of connections for all loops."""

    def serve(self, client: Any) -> Ours:
        return wrap(client)


HELD = {
    "bound": lambda model: model.bind(stop=["x"]),
    "configured": lambda model: model.with_config(tags=["a"]),
    "retried": lambda model: model.with_retry(),
    "fallback": lambda model: model.with_fallbacks([model]),
    "chain": lambda model: (RunnableLambda(lambda given: given) | model).with_config(tags=["a"]),
}


@pytest.mark.parametrize("held", HELD)
def test_a_model_is_adopted_wherever_a_runnable_holds_it(held: str, scripted: Scripted) -> None:
    scripted.frames = [*CHAT.hello, *CHAT.rest]
    model = HELD[held](Clients().client("async", scripted.url))
    for loop_number in (1, 2):
        ran = asyncio.run(run(wrap(model), "hello"))
        assert ran.said == [{"role": "assistant", "content": "Hello"}]
        assert len(scripted.requests) == loop_number


@pytest.mark.anyio
async def test_tools_are_added_to_what_a_model_is_bound_to_already(scripted: Scripted) -> None:
    scripted.frames = [*CHAT.hello, *CHAT.rest]
    model = Clients().client("async", scripted.url).bind(stop=["x"])
    await run(wrap(model, params={"temperature": 0.5}), "hello", tools=[WEATHER_TOOL])
    (request,) = scripted.requests
    told = request["stop"], request["temperature"], request["tools"][0]["function"]["name"]
    assert told == (["x"], 0.5, "get_weather")


@pytest.mark.anyio
async def test_a_retried_model_gets_the_whole_conversation(scripted: Scripted) -> None:
    scripted.frames = [*CHAT.hello, *CHAT.rest]
    model = Clients().client("async", scripted.url).with_retry()
    await run(wrap(model, instructions="Be brief."), "hello")
    assert [each["role"] for each in scripted.requests[0]["messages"]] == ["system", "user"]


@pytest.mark.anyio
async def test_a_template_gets_the_question_and_the_history_before_it(scripted: Scripted) -> None:
    scripted.frames = [*CHAT.hello, *CHAT.rest]
    template = ChatPromptTemplate(
        [MessagesPlaceholder("history"), ("user", "Translate into {language}: {text}")]
    ).partial(language="Latin")
    model = ChatOpenAI(model="m", base_url=scripted.url, api_key="k", max_retries=0)
    agent = wrap(template | model | StrOutputParser())
    earlier = [
        {"id": "u1", "role": "user", "content": "hi"},
        {"id": "a1", "role": "assistant", "content": "ave"},
    ]
    ran = await run(agent, [*earlier, {"id": "u2", "role": "user", "content": "good day"}])
    assert ran.said == [{"role": "assistant", "content": "Hello"}]
    assert scripted.requests[0]["messages"] == [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "ave"},
        {"role": "user", "content": "Translate into Latin: good day"},
    ]


@pytest.mark.anyio
async def test_any_other_runnable_gets_the_text() -> None:
    ran = await run(wrap(RunnableLambda(str.upper)), "hello")
    assert ran.said == [{"role": "assistant", "content": "HELLO"}]


def test_tools_that_nothing_in_a_chain_takes_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no chat model in this runnable"):
        wrap(RunnableLambda(str.upper), tools=[get_weather])


def test_an_anthropic_model_is_adopted_too() -> None:
    model = ChatAnthropic(model="m", api_key="k")
    theirs = model._async_client
    agent = wrap(model)
    used = agent._ask.args[0]._async_client
    assert used is not theirs
    assert used._client is not theirs._client
    assert model._async_client is theirs


class TestKind(KindCases):
    """See the cases."""

    packages: ClassVar = ("langchain-core", "langchain-openai")
    lacks: ClassVar = {"reasoning": "its OpenAI client drops it"}
    options: ClassVar = {}

    def client(self, url: str) -> Any:
        return Clients().client("", url)
