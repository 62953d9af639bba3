"""Cohere's clients against the real SDK."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import cohere
from kind_cases import KindCases, Words
from models import sse


def delta(kind: str, index: int | None = 0, **message: Any) -> dict[str, Any]:
    at = {} if index is None else {"index": index}
    return {"type": kind, **at, "delta": {"message": message}}


def says(text: str) -> dict[str, Any]:
    return delta("content-delta", content={"text": text})


def argument(index: int, piece: str) -> dict[str, Any]:
    return delta("tool-call-delta", index, tool_calls={"function": {"arguments": piece}})


def calls(*cities: str) -> list[dict[str, Any]]:
    told = []
    for n, city in enumerate(cities):
        text = json.dumps({"city": city})
        start = {"name": "get_weather", "arguments": ""}
        begun = {"id": f"call_{n}", "type": "function", "function": start}
        told.append(delta("tool-call-start", n, tool_calls=begun))
        told += [argument(n, piece) for piece in (text[:4], text[4:])]
        told.append({"type": "tool-call-end", "index": n})
    return told


def end(reason: str = "COMPLETE", **more: Any) -> dict[str, Any]:
    tokens = {"input_tokens": 5.0, "output_tokens": 7.0}
    usage = {"billed_units": {"input_tokens": 3, "output_tokens": 7}, "tokens": tokens}
    return {"type": "message-end", "delta": {"finish_reason": reason, "usage": usage, **more}}


START = {"type": "message-start", "id": "m", "delta": {"message": {"role": "assistant"}}}
COHERE = Words(
    hello=sse(START, delta("content-start", content={"type": "text", "text": ""}), says("Hel")),
    rest=sse(says("lo"), {"type": "content-end", "index": 0}, end()),
    calls=sse(START, *calls("Oslo", "Rome"), end("TOOL_CALL")),
    call=sse(START, *calls("Oslo"), end("TOOL_CALL")),
    answer=sse(START, says("Cold."), end()),
    thought=sse(START, delta("tool-plan-delta", None, tool_plan="Hm."), says("So."), end()),
    fault=sse(end("ERROR", error="Rate limit reached")),
)
MAKE = {"async": cohere.AsyncClientV2, "sync": cohere.ClientV2, "first": cohere.Client}


class Kind(KindCases):
    """The same for each of the four clients."""

    packages: ClassVar = ("cohere",)
    words = COHERE
    flavour = "async"

    def client(self, url: str) -> Any:
        return MAKE[self.flavour](api_key="k", base_url=url)


class TestAsync(Kind):
    """See the cases."""


class TestSync(Kind):
    """See the cases."""

    flavour = "sync"


class TestFirst(Kind):
    """See the cases: the first interface's client, which has the second inside."""

    flavour = "first"
