"""Our client with the servers that Pydantic AI and LangGraph bring themselves."""

from __future__ import annotations

from typing import Any

import pytest
from ag_ui_langgraph import LangGraphAgent, add_langgraph_fastapi_endpoint
from checked import GUIDE, row_of
from fastapi import FastAPI
from hosts import hosted
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langgraph.checkpoint.memory import MemorySaver
from langgraph.prebuilt import create_react_agent
from models import Aimock
from pydantic_ai import Agent, DeferredToolRequests
from pydantic_ai.ui.ag_ui import AGUIAdapter
from starlette.applications import Starlette
from starlette.routing import Route
from support.runs import get_weather
from test_langgraph import asking, model_at
from test_pydantic_ai import stubborn

from agui_notebook import check, connect


def pydantic_ai(*, approval: bool) -> Starlette:
    agent = Agent(stubborn(1), output_type=[str, DeferredToolRequests])
    decorate = agent.tool_plain(requires_approval=True) if approval else agent.tool_plain
    decorate(get_weather)

    async def answer(request: Any) -> Any:
        return await AGUIAdapter.dispatch_request(request, agent=agent)

    return Starlette(routes=[Route("/", answer, methods=["POST"])])


def langgraph(graph: Any) -> FastAPI:
    app = FastAPI()
    agent = LangGraphAgent(name="graph", graph=graph, emit_interrupt_outcome=True)
    add_langgraph_fastapi_endpoint(app, agent, "/")
    return app


@pytest.mark.anyio
async def test_pydantic_ai_takes_a_second_turn_built_from_the_document() -> None:
    with hosted(pydantic_ai(approval=False)) as url, connect(url) as session:
        first = await session.run("weather?")
        assert (first.text, first.outcome) == ("That was all.", "success")
        assert [(call["name"], call["result"]) for call in first.tool_calls] == [
            ("get_weather", "3")
        ]
        second = await session.run("and now?")
        assert (second.text, second.outcome) == ("That was all.", "success")


@pytest.mark.anyio
@pytest.mark.parametrize("yes", [True, False], ids=["yes", "no"])
async def test_pydantic_ai_asks_for_an_approval_and_gets_it(yes: bool) -> None:
    with hosted(pydantic_ai(approval=True)) as url, connect(url) as session:
        asked = await session.run("weather?")
        assert asked.outcome == "interrupt"
        [interrupt] = asked.interrupts
        result = await session.resume([interrupt.approve() if yes else interrupt.deny()])
        assert (result.text, result.outcome) == ("That was all.", "success")
        results = [m["content"] for m in session.messages if m["role"] == "tool"]
        assert (results == ["3"]) is yes
        later = await session.run("and now?")
        assert later.outcome == "success"


@pytest.mark.anyio
async def test_langgraph_takes_a_second_turn_built_from_the_document(aimock: Aimock) -> None:
    graph = create_react_agent(model_at(aimock.url), [get_weather], checkpointer=MemorySaver())
    with hosted(langgraph(graph)) as url, connect(url) as session:
        first = await session.run("two cities")
        assert (first.text, first.outcome) == ("Looking.\n\nOslo 3, Rome 20", "success")
        assert [message["role"] for message in session.messages] == [
            "user",
            "assistant",
            "tool",
            "tool",
            "assistant",
        ]
        second = await session.run("hello")
        assert (second.text, second.outcome) == ("Hello from the model", "success")


@pytest.mark.anyio
async def test_langgraph_asks_and_is_answered() -> None:
    graph = asking().compile(checkpointer=MemorySaver())
    with hosted(langgraph(graph)) as url, connect(url) as session:
        asked = await session.run("go")
        assert asked.outcome == "interrupt"
        [interrupt] = asked.interrupts
        result = await session.resume([interrupt.answer("yes")])
        assert (result.text, result.outcome) == ("You said yes", "success")
        assert (await session.run("go")).outcome == "interrupt"


def is_oslo(request: Any) -> bool:
    return bool(request.tool_call["args"]["city"] == "Oslo")


ALL = ["approve", "edit", "reject"]
# one question about all calls of a turn, or one for a call: LangGraph's server resumes a single one
REVIEWS: dict[str, Any] = {
    "batched": {"interrupt_on": {"get_weather": True}},
    "per_call": {
        "interrupt_on": {"get_weather": {"allowed_decisions": ALL, "when": is_oslo}},
        "interrupt_mode": "per_call",
    },
}


def reviewed(url: str, mode: str) -> Any:
    """LangChain's agent whose tool waits for a human."""
    middleware = HumanInTheLoopMiddleware(**REVIEWS[mode])
    tools, saver = [get_weather], MemorySaver()
    return create_agent(model_at(url), tools, middleware=[middleware], checkpointer=saver)


def shown(session: Any) -> list[tuple[str, str, str]]:
    """What the widget is given to show: kind, and name and arguments of every action."""
    return [
        (question["kind"], action["name"], action["args"])
        for question in session.document["questions"]
        for action in question["actions"]
    ]


ASKED = [
    ("approval", "get_weather", '{"city": "Oslo"}'),
    ("approval", "get_weather", '{"city": "Rome"}'),
]


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["batched", "per_call"])
@pytest.mark.parametrize("yes", [True, False], ids=["yes", "no"])
async def test_langchains_middleware_asks_about_its_actions_and_gets_its_decisions(
    aimock: Aimock, mode: str, yes: bool
) -> None:
    with hosted(langgraph(reviewed(aimock.url, mode))) as url, connect(url) as session:
        asked = await session.run("two cities")
        both = mode == "batched"
        assert (asked.outcome, shown(session)) == ("interrupt", ASKED if both else ASKED[:1])
        [interrupt] = session.interrupts
        result = await session.resume([interrupt.approve() if yes else interrupt.deny("not now")])
        assert result.outcome == "success"
        oslo, rome = [m["content"] for m in session.messages if m["role"] == "tool"]
        assert (oslo == "3", "not now" in oslo) == (yes, not yes)
        assert (rome == "20") is (yes or not both)


@pytest.mark.anyio
async def test_langchains_middleware_takes_an_edit_of_one_action(aimock: Aimock) -> None:
    with hosted(langgraph(reviewed(aimock.url, "batched"))) as url, connect(url) as session:
        await session.run("two cities")
        session.interrupts[0].approve([None, {"city": "Oslo"}])
        result = await session.resume()
        assert result.outcome == "success"
        results = [m["content"] for m in session.messages if m["role"] == "tool"]
        assert [text[-1] for text in results] == ["3", "3"]


@pytest.mark.parametrize("approval", [False, True], ids=["free", "guarded"])
def test_the_guide_says_what_a_check_of_pydantic_ai_finds(approval: bool) -> None:
    with hosted(pydantic_ai(approval=approval)) as url:
        found = check(url, ["hello", "weather?"])
    agent = f"a tool that is {'guarded' if approval else 'free'}"
    assert row_of("pydantic-ai-slim", agent, found) in GUIDE.read_text()


def test_the_guide_says_what_a_check_of_langgraph_finds(aimock: Aimock) -> None:
    graph = create_react_agent(model_at(aimock.url), [get_weather], checkpointer=MemorySaver())
    with hosted(langgraph(graph)) as url:
        found = check(url, ["hello", "two cities"])
    assert row_of("ag-ui-langgraph", "a ReAct graph", found) in GUIDE.read_text()
