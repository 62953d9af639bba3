"""Bedrock's runtime client against the real boto3."""

from __future__ import annotations

import json
from binascii import crc32
from typing import Any, ClassVar

import boto3
import pytest
from botocore.config import Config
from kind_cases import KindCases, Words
from models import KEY, Scripted
from support.runs import run

from agui_notebook.agents import wrap


def frame(kind: str, body: dict[str, Any], sort: str = "event") -> bytes:
    """One message of the event stream encoding: lengths, headers and two checksums."""
    name = ":event-type" if sort == "event" else ":exception-type"
    headers = b"".join(
        bytes([len(key)]) + key.encode() + b"\x07" + len(value).to_bytes(2, "big") + value.encode()
        for key, value in ((":message-type", sort), (name, kind))
    )
    payload = json.dumps(body).encode()
    total = 16 + len(headers) + len(payload)
    prelude = total.to_bytes(4, "big") + len(headers).to_bytes(4, "big")
    start = prelude + crc32(prelude).to_bytes(4, "big") + headers + payload
    return start + crc32(start).to_bytes(4, "big")


def says(text: str) -> bytes:
    return frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}})


def thinks(**thought: str) -> bytes:
    delta = {"reasoningContent": thought}
    return frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": delta})


def calls(*cities: str) -> list[bytes]:
    told = []
    for index, city in enumerate(cities):
        use = {"toolUseId": f"call_{index}", "name": "get_weather"}
        text = json.dumps({"city": city})
        told.append(
            frame("contentBlockStart", {"contentBlockIndex": index, "start": {"toolUse": use}})
        )
        told += [argument(index, text[:3]), argument(index, text[3:])]
    return [BEGIN, *told, frame("messageStop", {"stopReason": "tool_use"}), COUNTED]


def argument(index: int, piece: str) -> bytes:
    delta = {"toolUse": {"input": piece}}
    return frame("contentBlockDelta", {"contentBlockIndex": index, "delta": delta})


BEGIN = frame("messageStart", {"role": "assistant"})
COUNTED = frame("metadata", {"usage": {"inputTokens": 5, "outputTokens": 7, "totalTokens": 12}})
END = [
    frame("contentBlockStop", {"contentBlockIndex": 0}),
    frame("messageStop", {"stopReason": "end_turn"}),
    COUNTED,
]
BEDROCK = Words(
    hello=[BEGIN, says("Hel")],
    rest=[says("lo"), *END],
    calls=calls("Oslo", "Rome"),
    call=calls("Oslo"),
    answer=[BEGIN, says("Cold."), *END],
    thought=[BEGIN, thinks(text="Hm."), thinks(signature="c2ln"), says("So."), *END],
    fault=[frame("throttlingException", {"message": "Rate limit reached"}, "exception")],
    content_type="application/vnd.amazon.eventstream",
    limited=json.dumps({"message": f"Rate limit reached for key {KEY}"}).encode(),
)


class TestBedrock(KindCases):
    """See the cases."""

    packages: ClassVar = ("boto3",)
    words = BEDROCK

    def client(self, url: str) -> Any:
        return client(url)


def client(url: str) -> Any:
    """A client as users make it, that does not try again."""
    return boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="k",
        aws_secret_access_key="s",
        config=Config(retries={"max_attempts": 0}),
    )


@pytest.mark.anyio
async def test_thinking_goes_back_with_its_signature(scripted: Scripted) -> None:
    scripted.content_type = BEDROCK.content_type
    scripted.frames = [thinks(text="Hm."), thinks(signature="c2ln"), says("So."), *END]
    agent = wrap(client(scripted.url), model="m")
    ran = await run(agent, "hi")
    assert ran.said == [
        {"role": "reasoning", "content": "Hm.", "encryptedValue": "bedrock:c2ln"},
        {"role": "assistant", "content": "So."},
    ]
    await run(agent, [*ran.document["messages"], {"id": "u2", "role": "user", "content": "and?"}])
    assert scripted.requests[1]["messages"][1]["content"] == [
        {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},
        {"text": "So."},
    ]
