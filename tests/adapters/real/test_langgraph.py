"""LangGraph's graphs, with ag-ui-protocol 1.0."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, ClassVar

import openai
import pytest
from chat_cases import ChatModelCases
from kind_cases import FrameworkCases
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.messages import AIMessage
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import interrupt
from models import Aimock, Scripted
from support.runs import run
from test_openai_chat import CHAT, PICTURE

from agui_notebook import Agent as Ours
from agui_notebook import InvalidInput
from agui_notebook.agents import wrap

GRAPH = replace(
    CHAT,
    reasons=False,  # LangChain's client drops it
    limit_said=("Error code: 429 - Rate limit reached for key ***", None),
    fault_said=("Rate limit reached", None),
    picture={
        **PICTURE,
        # a graph sees the context in its state, where its author may use it
        "messages": [{"role": "system", "content": "Be brief."}, PICTURE["messages"][1]],
    },
)


def model_at(url: str, **options: Any) -> ChatOpenAI:
    # without a client of its own, all of LangChain's models share one pool for all loops
    own = openai.DefaultAsyncHttpxClient()
    return ChatOpenAI(
        model="m",
        base_url=f"{url}/v1",
        api_key="k",
        max_retries=0,
        stream_usage=True,
        http_async_client=own,
        **options,
    )


@pytest.mark.parametrize("flavour", ["graph"], indirect=True)
class TestLangGraph(ChatModelCases):
    """A graph has its model, instructions and tools; none of our options apply."""

    dialect = GRAPH

    def model(self, flavour: str, url: str, **options: Any) -> Ours:
        model = model_at(url, **options.get("params", {}))
        graph = create_agent(
            model, options.get("tools") or [], system_prompt=options.get("instructions")
        )
        return wrap(graph)

    @pytest.mark.anyio
    async def test_an_answer_that_is_cut_off_is_never_a_success(
        self, flavour: str, scripted: Scripted
    ) -> None:
        pytest.skip("LangChain takes a stream that was cut for an answer")


def asking() -> Any:
    """A graph, not compiled, that asks before it answers."""

    def node(state: Any) -> Any:
        answer = interrupt({"question": "Sure?"})
        return {"messages": [{"role": "assistant", "content": f"You said {answer}"}]}

    graph = StateGraph(MessagesState)
    graph.add_node("ask", node)
    graph.add_edge(START, "ask")
    graph.add_edge("ask", END)
    return graph


@pytest.mark.anyio
async def test_an_interrupt_is_answered_in_the_next_run_though_no_checkpointer_was_given() -> None:
    agent = wrap(asking(), name="asks")
    assert agent.name == "asks"
    ran = await run(agent, "go")
    [pending] = ran.end["outcome"]["interrupts"]
    entry = {"interruptId": pending["id"], "status": "resolved", "payload": "yes"}
    thread = {"threadId": ran.request["threadId"]}
    again = await run(agent, ran.document["messages"], resume=[entry], **thread)
    assert again.said == [{"role": "assistant", "content": "You said yes"}]
    assert again.end["outcome"] == {"type": "success"}


def test_connections_of_another_loop_are_explained(aimock: Aimock) -> None:
    agent = wrap(create_agent(model_at(aimock.url), []))
    asyncio.run(run(agent, "hello"))
    ran = asyncio.run(run(agent, "hello"))
    assert 'serve this one with loop="kernel"' in ran.end["message"]


def test_options_that_belong_to_a_graph_are_refused() -> None:
    with pytest.raises(InvalidInput, match="tools="):
        wrap(asking(), tools=[len])


SYSTEM = {"id": "s", "role": "system", "content": "Be brief."}


def noting() -> tuple[Ours, list[list[tuple[str, Any]]]]:
    """A graph that notes the messages its model would get."""
    seen: list[list[tuple[str, Any]]] = []

    def node(state: MessagesState) -> dict[str, Any]:
        seen.append([(each.type, each.content) for each in state["messages"]])
        return {"messages": [AIMessage(content="hi", id=f"a{len(seen)}")]}

    graph = StateGraph(MessagesState)
    graph.add_node("node", node)
    graph.add_edge(START, "node")
    return wrap(graph), seen


def user(number: int) -> dict[str, Any]:
    return {"id": f"u{number}", "role": "user", "content": f"question {number}"}


@pytest.mark.anyio
async def test_a_callers_instructions_reach_the_graph_once_and_first() -> None:
    agent, seen = noting()
    ran = await run(agent, [SYSTEM, user(1)], threadId="t")
    await run(agent, [*ran.document["messages"], user(2)], threadId="t")
    assert seen[-1] == [
        ("system", "Be brief."),
        ("human", "question 1"),
        ("ai", "hi"),
        ("human", "question 2"),
    ]


@pytest.mark.anyio
async def test_instructions_that_come_too_late_for_a_graphs_thread_are_said_to() -> None:
    agent, seen = noting()
    await run(agent, [user(1)], threadId="t")
    ran = await run(agent, [SYSTEM, user(2)], warned=True, threadId="t")
    assert [warning.partition(":")[0] for warning in ran.warnings] == [
        "The instructions do not reach this graph's model"
    ]
    assert ("system", "Be brief.") not in seen[-1]


@pytest.mark.anyio
async def test_a_request_without_a_message_is_told_what_the_graph_keeps_and_runs_nothing() -> None:
    agent, seen = noting()
    ran = await run(agent, [user(1)], threadId="t")
    again = await run(agent, [], threadId="t")
    assert len(seen) == 1
    kept = [(m["id"], m["content"]) for m in again.document["messages"]]
    assert kept == [(m["id"], m["content"]) for m in ran.document["messages"]]


class TestKind(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("langgraph", "ag-ui-langgraph", "langchain")
    lacks: ClassVar = {
        "reasoning": "LangChain's OpenAI client drops it",
        "two approvals": "its middleware asks about all calls in one question",
        "a cut stream is an error": "the framework does not tell",
        "other loops": "a graph's models keep their clients; it says so and is not asked again",
    }

    def client(self, url: str, tools: Any = (), **about: Any) -> Any:
        return create_agent(model_at(url), list(tools), **about)

    def asking(self, url: str, tools: Any) -> Any:
        asks = HumanInTheLoopMiddleware(interrupt_on={"get_weather": True})
        return self.client(url, tools, middleware=[asks], checkpointer=InMemorySaver())

    def ran_edited(self, result: str) -> bool:
        return result.endswith("Tool response:\n20")  # below a note to the model

    def decision(self, yes: bool, edits: Any = None) -> Any:
        """In the words of the middleware, as its question is answered here."""
        changed = {"type": "edit", "edited_action": {"name": "get_weather", "args": edits}}
        said = changed if edits else {"type": "approve" if yes else "reject"}
        return {"decisions": [said]}
