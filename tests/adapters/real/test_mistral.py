"""Mistral's client against the real SDK."""

from __future__ import annotations

from typing import Any, ClassVar

from kind_cases import CHAT, COUNTS, DONE, KindCases, Words, chunk
from mistralai.client import Mistral
from models import sse


def thinks(text: str) -> dict[str, Any]:
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": text}]}
    return chunk(content=[thought])


def last(finish: str = "stop") -> dict[str, Any]:
    return {**chunk(finish=finish, content=""), "usage": COUNTS}


CALLS = [
    {"id": f"call{n}", "index": n, "function": {"name": "get_weather", "arguments": given}}
    for n, given in enumerate(('{"city": "Oslo"}', '{"city": "Rome"}'))
]
MISTRAL = Words(
    hello=CHAT.hello,
    rest=sse(chunk(content="lo"), last()) + DONE,
    calls=sse(chunk(tool_calls=CALLS), last("tool_calls")) + DONE,
    call=sse(chunk(tool_calls=CALLS[:1]), last("tool_calls")) + DONE,
    answer=sse(chunk(content="Cold."), last()) + DONE,
    thought=sse(thinks("Hm."), chunk(content=[{"type": "text", "text": "So."}]), last()) + DONE,
    fault=CHAT.fault,
)


class TestMistral(KindCases):
    """See the cases."""

    packages: ClassVar = ("mistralai",)
    words = MISTRAL
    lacks: ClassVar = {"error in the middle": "the SDK refuses what is no chunk"}

    def client(self, url: str) -> Any:
        return Mistral(api_key="k", server_url=url)
