"""Anthropic clients against the real SDK."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import anthropic
import pytest
from chat_cases import PIXEL, AdoptionCases, ChatModelCases, Dialect
from kind_cases import CALLS, KindCases, Words
from models import Scripted, sse
from support.runs import WEATHER_TOOL, run

from agui_notebook.agents import wrap


def start(**usage: int) -> dict[str, Any]:
    message = {
        "id": "msg",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": "m",
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 5, "output_tokens": 1, **usage},
    }
    return {"type": "message_start", "message": message}


def block(index: int, **content: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": content}


def delta(index: int, **delta: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}


def text(said: str) -> dict[str, Any]:
    return delta(0, type="text_delta", text=said)


END = (
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 7},
    },
    {"type": "message_stop"},
)
IMAGE = {"type": "base64", "media_type": "image/png", "data": PIXEL}
ANTHROPIC = Dialect(
    usage={
        "provider": "anthropic",
        "model": "m",
        "inputTokens": 5,
        "outputTokens": 7,
        "totalTokens": 12,
    },
    hello=sse(start(), block(0, type="text", text=""), text("Hel")),
    rest=sse(text("lo"), {"type": "content_block_stop", "index": 0}, *END),
    fault=sse(
        {
            "type": "error",
            "error": {"type": "rate_limit_error", "message": "Rate limit reached"},
        }
    ),
    fault_said=("anthropic: Rate limit reached", "rate_limit_error"),
    limit_said=("anthropic answered 429: Rate limit reached for key ***", "rate_limit_error"),
    seal="anthropic:c2ln",
    picture={
        "model": "m",
        "max_tokens": 4096,
        "system": "Be brief.\n\nLanguage: English",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is it?"},
                    {"type": "image", "source": IMAGE},
                ],
            }
        ],
        "stream": True,
        "temperature": 0.5,
    },
)


class Clients:
    dialect = ANTHROPIC

    def client(self, flavour: str, url: str) -> Any:
        make = anthropic.AsyncAnthropic if flavour == "async" else anthropic.Anthropic
        return make(base_url=url, api_key="k", max_retries=0)


@pytest.mark.parametrize("flavour", ["async", "sync"], indirect=True)
class TestAnthropic(Clients, ChatModelCases):
    """See the cases."""


class TestAdoption(Clients, AdoptionCases):
    """See the cases."""


@pytest.mark.anyio
async def test_thoughts_go_back_with_their_seals_and_cached_tokens_are_input(
    scripted: Scripted,
) -> None:
    scripted.frames = sse(
        start(cache_read_input_tokens=3, cache_creation_input_tokens=2),
        block(0, type="redacted_thinking", data="hidden"),
        block(1, type="thinking", thinking="", signature=""),
        delta(1, type="thinking_delta", thinking="Hm."),
        delta(1, type="signature_delta", signature="sig"),
        block(2, type="tool_use", id="call_a", name="get_weather", input={}),
        delta(2, type="input_json_delta", partial_json='{"city":"Oslo"}'),
        *END,
    )
    agent = wrap(anthropic.AsyncAnthropic(base_url=scripted.url, api_key="k"), model="m")
    ran = await run(agent, "think", tools=[WEATHER_TOOL])
    assert ran.end["usage"] == [
        {
            "provider": "anthropic",
            "model": "m",
            "inputTokens": 10,
            "outputTokens": 7,
            "totalTokens": 17,
            "cachedInputTokens": 3,
            "cacheWriteInputTokens": 2,
        }
    ]
    answer = {"id": "t", "role": "tool", "toolCallId": "call_a", "content": "3"}
    more = {"id": "u2", "role": "user", "content": "and?"}
    await run(agent, [*ran.document["messages"], answer, more], tools=[WEATHER_TOOL])
    assert scripted.requests[1]["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "think"}]},
        {
            "role": "assistant",
            "content": [
                {"type": "redacted_thinking", "data": "hidden"},
                {"type": "thinking", "thinking": "Hm.", "signature": "sig"},
                {
                    "type": "tool_use",
                    "id": "call_a",
                    "name": "get_weather",
                    "input": {"city": "Oslo"},
                },
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "call_a",
                    "content": [{"type": "text", "text": "3"}],
                },
                {"type": "text", "text": "and?"},
            ],
        },
    ]


def called(*calls: tuple[str, Any]) -> list[bytes]:
    """Calls, their arguments in two pieces each."""
    told = []
    for index, (call, given) in enumerate(calls):
        written = json.dumps(given)
        told.append(block(index, type="tool_use", id=call, name="get_weather", input={}))
        told += [
            delta(index, type="input_json_delta", partial_json=piece)
            for piece in (written[:3], written[3:])
        ]
        told.append({"type": "content_block_stop", "index": index})
    return sse(start(), *told, *END)


def spoke(said: str) -> list[bytes]:
    return sse(start(), block(0, type="text", text=""), text(said), *END)


WORDS = Words(
    hello=ANTHROPIC.hello,
    rest=ANTHROPIC.rest,
    calls=called(*CALLS),
    call=called(CALLS[0]),
    answer=spoke("Cold."),
    thought=sse(
        start(),
        block(0, type="thinking", thinking="", signature=""),
        delta(0, type="thinking_delta", thinking="Hm."),
        {"type": "content_block_stop", "index": 0},
        block(1, type="text", text=""),
        delta(1, type="text_delta", text="So."),
        *END,
    ),
    fault=ANTHROPIC.fault,
)


class TestKind(KindCases):
    """See the cases."""

    packages: ClassVar = ("anthropic",)
    words = WORDS

    def client(self, url: str) -> Any:
        return anthropic.AsyncAnthropic(base_url=url, api_key="k", max_retries=0)
