"""An answer that its provider paused goes back as it came, and the model goes on.

The client here answers each request with the next of some streams, as Anthropic's would.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.answers.dialects import ANTHROPIC, block, message, part_json, spoken, stopped
from support.runs import run

from agui_notebook.agents import AgentOptions
from agui_notebook.agents.adapters.anthropic.messages import adapt

pytestmark = pytest.mark.anyio
SEARCH = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"url": "u"}]}
CITED = {"type": "citations_delta", "citation": {"url": "u"}}
WORKSHOP = {**message(), "message": {**message()["message"], "container": {"id": "box"}}}


def on(index: int, **given: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": given}


PAUSED = [
    WORKSHOP,
    *block(0, {"type": "thinking", "thinking": ""}),
    on(0, type="thinking_delta", thinking="hm"),
    on(0, type="signature_delta", signature="sig"),
    *block(1, SEARCH, part_json('{"query":'), part_json('"x"}')),
    *block(2, FOUND),
    *block(3, {"type": "text", "text": ""}),
    on(3, type="text_delta", text="half"),
    on(3, **CITED),
    on(3, type="phase_delta", phase="new"),
    on(9, type="text_delta", text="?"),
    *block(4, {"type": "text", "text": " "}),
    *stopped("pause_turn"),
]
DONE = ANTHROPIC.answer(ANTHROPIC.text("done"))


class Client:
    """``client.messages.create`` of the SDK, as far as it is used."""

    def __init__(self, *streams: list[dict[str, Any]]) -> None:
        self.messages, self.streams = self, [*streams]
        self.requests: list[dict[str, Any]] = []

    async def create(self, **request: Any) -> AsyncIterator[dict[str, Any]]:
        self.requests.append(copy.deepcopy(request))
        return self._events(self.streams.pop(0))

    async def _events(self, stream: list[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        for event in stream:
            yield event


async def test_a_paused_answer_goes_back_as_it_came_and_the_model_goes_on() -> None:
    # pydantic/pydantic-ai#3051, enricoros/big-AGI#1010: a search without its result is refused
    client = Client(PAUSED, DONE)
    ran = await run(adapt(client, AgentOptions(model="m")), "go", warned=True)
    said = [m["content"] for m in ran.said if m["role"] == "assistant"]
    assert "".join(said) == "half? done"
    first, second = client.requests
    assert "container" not in first
    assert second["container"] == "box"
    assert second["messages"][:1] == first["messages"]
    assert second["messages"][1:] == [
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "sig"},
                {**SEARCH, "input": {"query": "x"}},
                FOUND,
                {"type": "text", "text": "half", "citations": [CITED["citation"]]},
            ],
        }
    ]
    assert ran.end["outcome"] == {"type": "success"}
    assert [word for word in ran.warnings if "paused" in word] == []


async def test_several_pauses_go_back_one_after_the_other_and_all_tokens_are_counted() -> None:
    half = [message(), *spoken("half"), *stopped("pause_turn")]
    client = Client(half, half, DONE)
    ran = await run(adapt(client, AgentOptions(model="m")), "go")
    assert [part["text"] for part in client.requests[2]["messages"][1]["content"]] == ["half"] * 2
    assert [used["outputTokens"] for used in ran.end["usage"]] == [15]


async def test_a_model_that_only_pauses_is_stopped() -> None:
    half = [message(), *spoken("half"), *stopped("pause_turn")]
    client = Client(*[half] * 3)
    ran = await run(adapt(client, AgentOptions(model="m", max_rounds=3)), "go")
    assert (ran.end["type"], ran.end["code"]) == ("RUN_ERROR", "max_rounds")
    assert len(client.requests) == 3
