"""OpenAI clients through Chat Completions, against the real SDK."""

from __future__ import annotations

from typing import Any, ClassVar

import openai
import pytest
from chat_cases import PIXEL, AdoptionCases, ChatModelCases, Dialect
from kind_cases import KindCases
from models import sse
from support.runs import run

from agui_notebook import InvalidInput
from agui_notebook.agents import wrap


def chunk(**delta: Any) -> dict[str, Any]:
    finish = delta.pop("finish", None)
    choices = {"model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, **choices}


PICTURE = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "Be brief.\n\nLanguage: English"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is it?"},
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
            ],
        },
    ],
    "stream": True,
    "stream_options": {"include_usage": True},
    "temperature": 0.5,
}
CHAT = Dialect(
    usage={
        "provider": "openai",
        "model": "m",
        "inputTokens": 5,
        "outputTokens": 7,
        "totalTokens": 12,
    },
    hello=sse(chunk(role="assistant", content="Hel")),
    rest=sse(chunk(content="lo"), chunk(finish="stop")),
    fault=sse({"error": {"message": "Rate limit reached", "type": "rate_limit_error"}}),
    fault_said=("openai: Rate limit reached", "rate_limit_error"),
    picture=PICTURE,
)


OPENAI = ["async", "sync", "async azure", "sync azure"]


def openai_client(flavour: str, url: str) -> Any:
    """A client of the real SDK; one of Azure puts the deployment into the path."""
    azure: Any = {"async azure": openai.AsyncAzureOpenAI, "sync azure": openai.AzureOpenAI}
    if make := azure.get(flavour):
        return make(azure_endpoint=url, api_key="k", api_version="2026-01-01", max_retries=0)
    make = openai.AsyncOpenAI if flavour == "async" else openai.OpenAI
    return make(base_url=f"{url}/v1", api_key="k", max_retries=0)


class Clients:
    dialect = CHAT

    def client(self, flavour: str, url: str) -> Any:
        return openai_client(flavour, url)


@pytest.mark.parametrize("flavour", OPENAI, indirect=True)
class TestOpenAIChat(Clients, ChatModelCases):
    """An azure client differs in its requests' paths and headers only."""


class TestAdoption(Clients, AdoptionCases):
    """See the cases."""


class TestAzureAdoption(TestAdoption):
    """See the cases."""

    def client(self, flavour: str, url: str) -> Any:
        return openai_client("async azure", url)


def test_a_client_of_many_models_needs_to_be_told_which() -> None:
    client = openai.OpenAI(api_key="k")
    with pytest.raises(InvalidInput, match="say which with model="):
        wrap(client)


@pytest.mark.anyio
@pytest.mark.parametrize("part", ["chat", "chat.completions"])
async def test_a_part_of_a_client_stands_for_the_client(part: str, aimock: Any) -> None:
    client: Any = openai.AsyncOpenAI(base_url=f"{aimock.url}/v1", api_key="k")
    for name in part.split("."):
        client = getattr(client, name)
    ran = await run(wrap(client, model="m"), "hello")
    assert ran.said == [{"role": "assistant", "content": "Hello from the model"}]


class TestKind(KindCases):
    """See the cases."""

    packages: ClassVar = ("openai",)

    def client(self, url: str) -> Any:
        return openai_client("async", url)
