"""The same scripted agent behind four servers: ``python endpoints.py <kind> <port>``.

The agent streams as many text deltas as the user's message says ("1000" or "1000 0.01": how many,
and the pause between them in seconds). Runs in the environment that has the framework.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

DELTA = "token "


async def deltas(text: str) -> AsyncIterator[str]:
    count, _, pause = text.partition(" ")
    for _n in range(int(count)):
        yield DELTA
        await asyncio.sleep(float(pause or 0))


def ours() -> Any:
    from agui_notebook import create_app

    return create_app(deltas)


def agent_framework() -> Any:
    from agent_framework import (
        Agent,
        BaseChatClient,
        ChatMiddlewareLayer,
        ChatResponseUpdate,
        Content,
        FunctionInvocationLayer,
    )
    from agent_framework.observability import ChatTelemetryLayer
    from agent_framework_ag_ui import add_agent_framework_fastapi_endpoint
    from fastapi import FastAPI

    class Scripted(
        FunctionInvocationLayer, ChatMiddlewareLayer, ChatTelemetryLayer, BaseChatClient
    ):
        def __init__(self) -> None:
            super().__init__(middleware=[])

        def _inner_get_response(
            self, *, messages: Any, stream: bool, options: Any, **more: Any
        ) -> Any:
            async def updates() -> Any:
                async for delta in deltas(messages[-1].text):
                    contents = [Content.from_text(delta)]
                    yield ChatResponseUpdate(
                        role="assistant", contents=contents, message_id="m", response_id="r"
                    )

            return self._build_response_stream(updates())

    app = FastAPI()
    add_agent_framework_fastapi_endpoint(app, Agent(client=Scripted()), "/", single_user=True)
    return app


def pydantic_ai() -> Any:
    from pydantic_ai import Agent
    from pydantic_ai.models.function import FunctionModel
    from pydantic_ai.ui.ag_ui import AGUIAdapter
    from starlette.applications import Starlette
    from starlette.routing import Route

    async def stream(messages: Any, info: Any) -> AsyncIterator[str]:
        async for delta in deltas(messages[-1].parts[-1].content):
            yield delta

    agent = Agent(FunctionModel(stream_function=stream))

    async def run(request: Any) -> Any:
        return await AGUIAdapter.dispatch_request(request, agent=agent)

    return Starlette(routes=[Route("/", run, methods=["POST"])])


def langgraph() -> Any:
    from ag_ui_langgraph import LangGraphAgent, add_langgraph_fastapi_endpoint
    from fastapi import FastAPI
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk
    from langchain_core.outputs import ChatGenerationChunk
    from langgraph.checkpoint.memory import MemorySaver
    from langgraph.graph import END, START, MessagesState, StateGraph

    class Scripted(BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "scripted"

        def _generate(self, *args: Any, **more: Any) -> Any:
            raise NotImplementedError

        async def _astream(
            self, messages: Any, *args: Any, run_manager: Any = None, **more: Any
        ) -> Any:
            async for delta in deltas(messages[-1].content):
                chunk = ChatGenerationChunk(message=AIMessageChunk(content=delta))
                if run_manager:
                    await run_manager.on_llm_new_token(delta, chunk=chunk)
                yield chunk

    model = Scripted()

    async def node(state: Any) -> Any:
        return {"messages": [await model.ainvoke(state["messages"])]}

    graph = StateGraph(MessagesState)
    graph.add_node("chat", node)
    graph.add_edge(START, "chat")
    graph.add_edge("chat", END)
    compiled = graph.compile(checkpointer=MemorySaver())
    agent = LangGraphAgent(
        name="a", graph=compiled, emit_raw_events=False, emit_interrupt_outcome=True
    )
    app = FastAPI()
    add_langgraph_fastapi_endpoint(app, agent, "/")
    return app


KINDS: dict[str, Callable[[], Any]] = {
    "ours": ours,
    "agent-framework-ag-ui": agent_framework,
    "pydantic-ai": pydantic_ai,
    "ag-ui-langgraph": langgraph,
}

if __name__ == "__main__":
    import uvicorn

    uvicorn.run(
        KINDS[sys.argv[1]](),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        http="h11",  # the same for all: what our own server has without extras
        loop="asyncio",
        log_level="error",
    )
