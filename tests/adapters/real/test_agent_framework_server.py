"""Our client with a real agent-framework-ag-ui server, and Microsoft's client with ours."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from agent_framework import Agent, Content, tool
from agent_framework_ag_ui import AGUIChatClient, add_agent_framework_fastapi_endpoint
from checked import GUIDE, row_of
from fastapi import FastAPI
from hosts import hosted
from offline import Offline, weather
from support.runs import get_weather

from agui_notebook import check, connect, serve


def server_of(*, approval: str) -> FastAPI:
    app = FastAPI()
    tools = [tool(get_weather, approval_mode=approval)]
    agent = Agent(Offline(weather), name="Weather", tools=tools)
    add_agent_framework_fastapi_endpoint(app, agent, "/", single_user=True)
    return app


@pytest.fixture(scope="module")
def free() -> Iterator[str]:
    with hosted(server_of(approval="never_require")) as url:
        yield url


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    with hosted(server_of(approval="always_require")) as url:
        yield url


def said(messages: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """Roles and contents; a call by its name."""
    calls = [[call["function"]["name"] for call in m.get("toolCalls", ())] for m in messages]
    return [(m["role"], c or m.get("content")) for m, c in zip(messages, calls, strict=True)]


@pytest.mark.anyio
async def test_a_chat_and_a_second_turn_on_the_same_thread(free: str) -> None:
    with connect(free) as session:
        first = await session.run("hello")
        assert (first.text, first.outcome) == ("Hello there", "success")
        second = await session.run("and again")
        assert (second.text, second.outcome) == ("Hello there", "success")
        assert said(session.messages) == [
            ("user", "hello"),
            ("assistant", "Hello there"),
            ("user", "and again"),
            ("assistant", "Hello there"),
        ]


@pytest.mark.anyio
async def test_a_tool_of_the_agents_and_another_turn_after_it(free: str) -> None:
    with connect(free) as session:
        result = await session.run("weather?")
        assert (result.text, result.outcome) == ("It is 3.", "success")
        assert [(call["name"], call["result"]) for call in result.tool_calls] == [
            ("get_weather", "3")
        ]
        later = await session.run("and now?")
        assert (later.text, later.outcome) == ("It is 3.", "success")


@pytest.mark.anyio
@pytest.mark.parametrize("yes", [True, False], ids=["yes", "no"])
async def test_an_approval_is_asked_and_answered(guarded: str, yes: bool) -> None:
    with connect(guarded) as session:
        asked = await session.run("weather?")
        assert asked.outcome == "interrupt"
        [interrupt] = asked.interrupts
        answer = interrupt.approve() if yes else interrupt.deny()
        result = await session.resume([answer])
        assert result.outcome == "success"
        assert ("It is 3." in result.text) is yes
        later = await session.run("and now?")
        assert later.outcome == "success"


@pytest.mark.anyio
async def test_microsofts_client_speaks_with_our_server() -> None:
    with pytest.warns(match="token"):
        server = serve(Agent(Offline(weather), tools=[get_weather]), name="ours", token=False)
    try:
        agent = Agent(client=AGUIChatClient(endpoint=server.url))
        session = agent.create_session()
        updates = agent.run("weather?", stream=True, session=session)
        text = "".join([update.text or "" async for update in updates])
        assert text == "It is 3."
    finally:
        server.stop()


async def both_cities(messages: Any) -> AsyncIterator[list[Content]]:
    """Calls a tool of the client's for two cities, then tells what it was told."""
    results = [c.result for m in messages for c in m.contents if c.type == "function_result"]
    if results:
        yield [Content.from_text(" and ".join(map(str, results)))]
        return
    for city in ("Oslo", "Rome"):
        about = {"call_id": f"call-{city}", "arguments": json.dumps({"city": city})}
        yield [Content.from_function_call(name="get_weather", **about)]


@pytest.mark.anyio
async def test_calls_of_our_tools_that_the_server_starts_twice_are_run_once() -> None:
    app = FastAPI()
    agent = Agent(Offline(both_cities), name="Weather")
    add_agent_framework_fastapi_endpoint(app, agent, "/", single_user=True)
    asked: list[str] = []

    def get_weather(city: str) -> str:
        """Tell the weather."""
        asked.append(city)
        return f"fine in {city}"

    with hosted(app) as url, connect(url) as session:
        session.add_tool(get_weather)
        result = await session.run("weather?")
        assert (result.text, result.outcome) == ("fine in Oslo and fine in Rome", "success")
        assert sorted(asked) == ["Oslo", "Rome"]
        calls = [call for m in session.messages for call in m.get("toolCalls", ())]
        assert [call["id"] for call in calls] == ["call-Oslo", "call-Rome"]


@pytest.mark.parametrize("tool", ["free", "guarded"])
def test_the_guide_says_what_a_check_of_this_server_finds(
    tool: str, request: pytest.FixtureRequest
) -> None:
    found = check(request.getfixturevalue(tool), ["hello", "weather?"])
    assert row_of("agent-framework-ag-ui", f"a tool that is {tool}", found) in GUIDE.read_text()
