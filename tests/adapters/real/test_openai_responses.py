"""OpenAI's Responses interface against the real SDK."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import openai
import pytest
from chat_cases import PIXEL, AdoptionCases, ChatModelCases, Dialect
from kind_cases import CALLS, KindCases, Words
from models import Scripted, sse
from support.runs import run
from test_openai_chat import OPENAI, openai_client

from agui_notebook.agents import wrap

ITEM = {"id": "msg", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
BASE = {"id": "resp", "object": "response", "created_at": 1, "model": "m", "output": []}


def delta(text: str) -> dict[str, Any]:
    place = {"item_id": "msg", "output_index": 0, "content_index": 0}
    return {"type": "response.output_text.delta", **place, "delta": text}


def completed(**usage: Any) -> dict[str, Any]:
    response = {**BASE, "status": "completed", "usage": usage or None}
    return {"type": "response.completed", "response": response}


RESPONSES = Dialect(
    usage={
        "provider": "openai",
        "model": "m",
        "inputTokens": 5,
        "outputTokens": 7,
        "totalTokens": 12,
    },
    hello=sse(
        {"type": "response.created", "response": {**BASE, "status": "in_progress"}},
        {"type": "response.output_item.added", "output_index": 0, "item": ITEM},
        delta("Hel"),
    ),
    rest=sse(delta("lo"), completed()),
    fault=sse(
        {
            "type": "response.failed",
            "response": {
                **BASE,
                "status": "failed",
                "error": {"code": "rate_limit_exceeded", "message": "Rate limit reached"},
            },
        }
    ),
    fault_said=("Rate limit reached", "rate_limit_exceeded"),
    picture={
        "model": "m",
        "instructions": "Be brief.\n\nLanguage: English",
        "input": [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "What is it?"},
                    {
                        "type": "input_image",
                        "detail": "auto",
                        "image_url": f"data:image/png;base64,{PIXEL}",
                    },
                ],
            }
        ],
        "stream": True,
        "temperature": 0.5,
    },
)


class Clients:
    dialect = RESPONSES

    def client(self, flavour: str, url: str) -> Any:
        return openai_client(flavour, url).responses


@pytest.mark.parametrize("flavour", OPENAI, indirect=True)
class TestOpenAIResponses(Clients, ChatModelCases):
    """See the cases."""


class TestAdoption(Clients, AdoptionCases):
    """See the cases."""


class TestAzureAdoption(TestAdoption):
    """See the cases."""

    def client(self, flavour: str, url: str) -> Any:
        return openai_client("async azure", url).responses


@pytest.mark.anyio
async def test_encrypted_reasoning_goes_back_to_the_model(scripted: Scripted) -> None:
    thought = {"id": "rs", "type": "reasoning", "summary": [], "encrypted_content": "opaque"}
    scripted.frames = sse(
        {"type": "response.output_item.done", "output_index": 0, "item": thought},
        delta("So."),
        completed(
            input_tokens=10,
            output_tokens=8,
            total_tokens=18,
            input_tokens_details={"cached_tokens": 4, "cache_write_tokens": 0},
            output_tokens_details={"reasoning_tokens": 6},
        ),
    )
    client = openai.AsyncOpenAI(base_url=scripted.url, api_key="k")
    agent = wrap(client.responses, model="m", params={"include": ["reasoning.encrypted_content"]})
    ran = await run(agent, "think")
    assert ran.end["usage"] == [
        {
            "provider": "openai",
            "model": "m",
            "inputTokens": 10,
            "outputTokens": 8,
            "totalTokens": 18,
            "cachedInputTokens": 4,
            "reasoningTokens": 6,
        }
    ]
    user, again = ran.request["messages"][0], {"id": "u2", "role": "user", "content": "and?"}
    await run(agent, [user, *ran.document["messages"][1:], again])
    assert scripted.requests[1]["input"] == [
        {"role": "user", "content": [{"type": "input_text", "text": "think"}]},
        thought,
        {"role": "assistant", "content": "So."},
        {"role": "user", "content": [{"type": "input_text", "text": "and?"}]},
    ]


def said(*calls: tuple[str, Any]) -> list[bytes]:
    """Calls, their arguments in two pieces each."""
    told = []
    for index, (call, given) in enumerate(calls):
        text = json.dumps(given)
        item = {"type": "function_call", "id": f"fc_{call}", "call_id": call, "name": "get_weather"}
        begun = {**item, "arguments": "", "status": "in_progress"}
        place = {"output_index": index, "item_id": item["id"]}
        told += [
            {"type": "response.output_item.added", "output_index": index, "item": begun},
            {"type": "response.function_call_arguments.delta", **place, "delta": text[:3]},
            {"type": "response.function_call_arguments.delta", **place, "delta": text[3:]},
        ]
        whole = {**item, "arguments": text, "status": "completed"}
        told += [{"type": "response.output_item.done", "output_index": index, "item": whole}]
    return sse(*told, COUNTED)


COUNTED = completed(input_tokens=5, output_tokens=7, total_tokens=12)
THOUGHT = {"item_id": "rs", "output_index": 0, "summary_index": 0}
WORDS = Words(
    hello=RESPONSES.hello,
    rest=sse(delta("lo"), COUNTED),
    calls=said(*CALLS),
    call=said(CALLS[0]),
    answer=sse(delta("Cold."), COUNTED),
    thought=sse(
        {"type": "response.reasoning_summary_text.delta", **THOUGHT, "delta": "Hm."},
        delta("So."),
        COUNTED,
    ),
    fault=RESPONSES.fault,
)


class TestKind(KindCases):
    """See the cases."""

    packages: ClassVar = ("openai",)
    words = WORDS

    def client(self, url: str) -> Any:
        return openai_client("async", url).responses
