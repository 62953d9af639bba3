"""Google GenAI clients against the real SDK."""

from __future__ import annotations

import base64
import json
from typing import Any, ClassVar

import pytest
from chat_cases import PIXEL, AdoptionCases, ChatModelCases, Dialect
from google import genai
from kind_cases import CALLS, KindCases, Words
from models import Scripted, sse
from support.runs import WEATHER_TOOL, run

from agui_notebook.agents import wrap


def chunk(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if "finish" in more:
        candidate["finishReason"] = more.pop("finish")
    return {"candidates": [candidate], "modelVersion": "m", **more}


URL_SAFE = PIXEL.replace("+", "-").replace("/", "_")
GOOGLE = Dialect(
    usage={"provider": "google", "inputTokens": 5, "outputTokens": 7, "totalTokens": 12},
    hello=sse(chunk({"text": "Hel"})),
    rest=sse(chunk({"text": "lo"}, finish="STOP")),
    fault=sse(
        {
            "error": {
                "code": 429,
                "message": "Rate limit reached",
                "status": "RESOURCE_EXHAUSTED",
            }
        }
    ),
    fault_said=("google answered 429: Rate limit reached", "RESOURCE_EXHAUSTED"),
    limit_said=("google answered 429: Rate limit reached for key ***", "rate_limit_error"),
    picture={
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": "What is it?"},
                    {"inlineData": {"mime_type": "image/png", "data": URL_SAFE}},
                ],
            }
        ],
        "systemInstruction": {
            "parts": [{"text": "Be brief.\n\nLanguage: English"}],
            "role": "user",
        },
        "generationConfig": {"temperature": 0.5},
    },
)


class Clients:
    dialect = GOOGLE

    def client(self, flavour: str, url: str) -> Any:
        made = genai.Client(api_key="k", http_options={"base_url": url, "api_version": "v1beta"})
        return made.aio if flavour == "aio" else made


@pytest.mark.parametrize("flavour", ["client", "aio"], indirect=True)
class TestGoogleGenAI(Clients, ChatModelCases):
    """See the cases."""


class TestAdoption(Clients, AdoptionCases):
    """See the cases."""


@pytest.mark.anyio
async def test_thought_signatures_go_back_and_all_tokens_are_counted(scripted: Scripted) -> None:
    signature = base64.b64encode(b"sig").decode()
    call = {"functionCall": {"name": "get_weather", "args": {"city": "Oslo"}}}
    counts = {
        "promptTokenCount": 10,
        "cachedContentTokenCount": 4,
        "toolUsePromptTokenCount": 1,
        "candidatesTokenCount": 3,
        "thoughtsTokenCount": 5,
        "totalTokenCount": 19,
    }
    scripted.frames = sse(
        chunk(
            {"text": "Hm.", "thought": True},
            {**call, "thoughtSignature": signature},
            finish="STOP",
            usageMetadata=counts,
        )
    )
    client = genai.Client(api_key="k", http_options={"base_url": scripted.url})
    agent = wrap(client, model="m")
    ran = await run(agent, "think", tools=[WEATHER_TOOL])
    assert ran.end["usage"] == [
        {
            "provider": "google",
            "model": "m",
            "inputTokens": 11,
            "outputTokens": 8,
            "totalTokens": 19,
            "cachedInputTokens": 4,
            "reasoningTokens": 5,
        }
    ]
    called = ran.said[1]["toolCalls"][0]
    assert called["encryptedValue"] == f"google:{signature}"
    answer = {"id": "t", "role": "tool", "toolCallId": called["id"], "content": "3"}
    await run(agent, [*ran.document["messages"], answer], tools=[WEATHER_TOOL])
    assert scripted.requests[1]["contents"] == [
        {"role": "user", "parts": [{"text": "think"}]},
        {"role": "model", "parts": [{**call, "thoughtSignature": signature}]},
        {
            "role": "user",
            "parts": [{"functionResponse": {"name": "get_weather", "response": {"result": "3"}}}],
        },
    ]


COUNTED = {"promptTokenCount": 5, "candidatesTokenCount": 7, "totalTokenCount": 12}
ENDS = chunk(finish="STOP", usageMetadata=COUNTED)


def called(*calls: tuple[str, Any]) -> list[bytes]:
    parts = [{"functionCall": {"name": "get_weather", "args": given}} for _, given in calls]
    return sse(chunk(*parts), ENDS)


WORDS = Words(
    hello=GOOGLE.hello,
    rest=sse(chunk({"text": "lo"}), ENDS),
    calls=called(*CALLS),
    call=called(CALLS[0]),
    answer=sse(chunk({"text": "Cold."}), ENDS),
    thought=sse(chunk({"text": "Hm.", "thought": True}), chunk({"text": "So."}), ENDS),
    fault=GOOGLE.fault,
)


class TestKind(KindCases):
    """See the cases."""

    packages: ClassVar = ("google-genai",)
    words = WORDS

    def client(self, url: str) -> Any:
        return genai.Client(api_key="k", http_options={"base_url": url, "api_version": "v1beta"})

    def pictures(self, request: Any) -> bool:
        return URL_SAFE in json.dumps(request)
