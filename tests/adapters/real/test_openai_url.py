"""Any OpenAI-compatible server by its URL, with no SDK at all."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from chat_cases import AdoptionCases, ChatModelCases, Dialect
from kind_cases import KindCases
from models import KEY, Aimock, Scripted, sse
from support.runs import run
from test_openai_chat import CHAT, PICTURE, chunk

from agui_notebook.agents import wrap

URL = Dialect(
    usage={**CHAT.usage, "provider": "127.0.0.1"},
    hello=CHAT.hello,
    rest=CHAT.rest,
    fault=CHAT.fault,
    fault_said=("127.0.0.1: Rate limit reached", "rate_limit_error"),
    picture=PICTURE,
    limit_said=(
        "URL/v1/chat/completions answered HTTP 429; too many requests: wait a little and run again."
        " It asks to wait 1 s. It said: Rate limit reached for key ***",
        "HTTPStatusError",
    ),
)


class Clients:
    dialect = URL

    def client(self, flavour: str, url: str) -> Any:
        return f"{url}/v1"


@pytest.mark.parametrize("flavour", ["url"], indirect=True)
class TestOpenAIURL(Clients, ChatModelCases):
    """See the cases."""


class TestAdoption(Clients, AdoptionCases):
    """See the cases."""


@pytest.mark.anyio
async def test_what_a_gateway_says_in_an_event_of_its_own_is_told(scripted: Scripted) -> None:
    said = b'event: error\ndata: {"error": {"message": "the model was unloaded"}}\n\n'
    scripted.frames = [*sse(chunk(content="half")), said]
    ran = await run(wrap(scripted.url, model="m"), "hi", warned=True)
    assert ran.end["message"] == "127.0.0.1: the model was unloaded"


@pytest.mark.anyio
async def test_calls_without_an_index_or_under_one_index_are_told_apart(scripted: Scripted) -> None:
    calls = [
        {"id": "call_0", "function": {"name": "get_weather", "arguments": '{"city":"Oslo"}'}},
        {
            "index": 0,
            "id": "call_1",
            "function": {"name": "get_weather", "arguments": '{"city":"Rome"}'},
        },
        {"index": 0, "id": "call_2", "function": {"name": "now", "arguments": "{}"}},
    ]
    scripted.frames = sse(chunk(tool_calls=calls), chunk(finish="tool_calls"))
    tools = [{"name": name, "description": ""} for name in ("get_weather", "now")]
    ran = await run(wrap(scripted.url, model="m"), "hi", tools=tools)
    assert [call["id"] for call in ran.said[0]["toolCalls"]] == ["call_0", "call_1", "call_2"]


@pytest.mark.anyio
async def test_call_ids_that_a_server_uses_again_are_replaced(scripted: Scripted) -> None:
    function = {"name": "get_weather", "arguments": '{"city":"Oslo"}'}
    call = {"index": 0, "id": "call_0", "function": function}
    scripted.frames = sse(chunk(tool_calls=[call]), chunk(finish="tool_calls"))
    tools = [{"name": "get_weather", "description": ""}]
    agent = wrap(scripted.url, model="m")
    first = await run(agent, "hi", tools=tools)
    answer = {"id": "t", "role": "tool", "toolCallId": "call_0", "content": "3"}
    second = await run(agent, [*first.document["messages"], answer], tools=tools)
    assert second.said[0]["toolCalls"][0]["id"] != "call_0"


@pytest.mark.anyio
async def test_a_key_goes_along_in_a_header_and_is_never_told(aimock: Aimock) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    agent = wrap(f"{aimock.url}/v1", model="m", headers=headers)
    assert KEY not in repr(agent)
    ran = await run(agent, "hello")
    assert ran.said == [{"role": "assistant", "content": "Hello from the model"}]


class TestKind(KindCases):
    """See the cases."""

    packages: ClassVar = ("httpx",)

    def client(self, url: str) -> Any:
        return f"{url}/v1"
