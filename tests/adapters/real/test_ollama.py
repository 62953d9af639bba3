"""Ollama's clients and module against the real package."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import ollama
import pytest
from chat_cases import PIXEL, AdoptionCases, ChatModelCases, Dialect
from kind_cases import CALLS, KindCases, Words
from models import KEY, Aimock, Scripted, lines
from support.runs import run

from agui_notebook.agents import wrap


def chunk(content: str = "", **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    if "thinking" in more:
        message["thinking"] = more.pop("thinking")
    return {"model": "m", "message": message, "done": False, **more}


END = chunk(done=True, done_reason="stop", prompt_eval_count=5, eval_count=7)
OLLAMA = Dialect(
    # aimock counts nothing in this dialect: see the test of our own below
    usage={
        "provider": "ollama",
        "model": "m",
        "inputTokens": 0,
        "outputTokens": 0,
        "totalTokens": 0,
    },
    reasons=False,
    limit_said=("ollama answered 429: Rate limit reached for key ***", "rate_limit_exceeded"),
    hello=lines(chunk("Hel")),
    rest=lines(chunk("lo"), END),
    fault=lines({"error": "Rate limit reached"}),
    fault_said=("ollama: Rate limit reached", "ResponseError"),
    content_type="application/x-ndjson",
    picture={
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief.\n\nLanguage: English"},
            {"role": "user", "content": "What is it?", "images": [PIXEL]},
        ],
        "tools": [],
        "stream": True,
        "options": {"temperature": 0.5},
        "keep_alive": "1m",
    },
    params={"temperature": 0.5, "keep_alive": "1m"},
)


class Clients:
    dialect = OLLAMA

    def client(self, flavour: str, url: str) -> Any:
        return ollama.AsyncClient(url) if flavour == "async" else ollama.Client(url)


@pytest.mark.parametrize("flavour", ["async", "sync"], indirect=True)
class TestOllama(Clients, ChatModelCases):
    """See the cases."""


class TestAdoption(Clients, AdoptionCases):
    """See the cases."""


@pytest.mark.anyio
async def test_thinking_is_reasoning_goes_back_and_tokens_are_counted(scripted: Scripted) -> None:
    scripted.content_type = "application/x-ndjson"
    scripted.frames = lines(chunk(thinking="Hm."), chunk("So."), END)
    agent = wrap(ollama.AsyncClient(scripted.url), model="m", params={"think": True})
    ran = await run(agent, "think")
    assert ran.said == [
        {"role": "reasoning", "content": "Hm."},
        {"role": "assistant", "content": "So."},
    ]
    assert ran.end["usage"] == [
        {
            "provider": "ollama",
            "model": "m",
            "inputTokens": 5,
            "outputTokens": 7,
            "totalTokens": 12,
        }
    ]
    await run(agent, [*ran.document["messages"], {"id": "u2", "role": "user", "content": "and?"}])
    assert scripted.requests[1]["messages"] == [
        {"role": "user", "content": "think"},
        {"role": "assistant", "content": "So.", "thinking": "Hm."},
        {"role": "user", "content": "and?"},
    ]
    assert scripted.requests[1]["think"] is True


@pytest.mark.anyio
async def test_the_module_itself_is_a_client(
    aimock: Aimock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", aimock.url)
    ran = await run(wrap(ollama, model="m"), "hello")
    assert ran.said == [{"role": "assistant", "content": "Hello from the model"}]


@pytest.mark.anyio
async def test_an_answer_that_the_sdk_refuses_is_told_in_a_sentence(scripted: Scripted) -> None:
    call = {"function": {"name": "f", "arguments": '{"a": 1}'}}  # Ollama's are objects
    scripted.frames = list(
        lines({"model": "m", "message": {"role": "assistant", "tool_calls": [call]}})
    )
    scripted.content_type = "application/x-ndjson"
    ran = await run(wrap(ollama.AsyncClient(scripted.url), model="m"), "hello")
    message = ran.end["message"]
    assert message.startswith("The model's answer is not of the shape that its own SDK expects: ")
    assert "arguments" in message
    assert "\n" not in message


def called(*calls: tuple[str, Any]) -> list[bytes]:
    made = [{"function": {"name": "get_weather", "arguments": given}} for _, given in calls]
    message = {"role": "assistant", "content": "", "tool_calls": made}
    return lines({"model": "m", "message": message, "done": False}, END)


WORDS = Words(
    hello=OLLAMA.hello,
    rest=OLLAMA.rest,
    calls=called(*CALLS),
    call=called(CALLS[0]),
    answer=lines(chunk("Cold."), END),
    thought=lines(chunk(thinking="Hm."), chunk("So."), END),
    fault=OLLAMA.fault,
    content_type=OLLAMA.content_type,
    limited=json.dumps({"error": f"Rate limit reached for key {KEY}"}).encode(),
)


class TestKind(KindCases):
    """See the cases."""

    packages: ClassVar = ("ollama",)
    words = WORDS

    def client(self, url: str) -> Any:
        return ollama.AsyncClient(url)
