"""LangGraph graphs through ag-ui-langgraph: raw events off, interrupts as the protocol has them.

A graph without a checkpointer gets one in memory, as the official adapter cannot do without.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ...protocol.document.shape import Message
from ..agent import Agent, AgentOptions, RunRequest, Takes, Wrapped, takes_only
from ..emitter import Emitter
from ..official import known_options, load, relay, run_input

INSTALL = "ag-ui-langgraph[fastapi]>=0.0.47"
WHAT = "Serving a LangGraph graph"


def takes(obj: Any) -> Takes:
    """The options that mean something here."""
    return takes_only("a LangGraph graph")


def adapt(obj: Any, options: AgentOptions) -> Agent:
    """Wrap a graph, compiled or not. Raises UnsupportedAgent when a package is missing."""
    official = load("ag_ui_langgraph", INSTALL, WHAT)
    graph = with_memory(obj if hasattr(obj, "astream_events") else obj.compile())
    make = official.LangGraphAgent
    name = options.name or getattr(graph, "name", None) or "agent"
    chosen = known_options(
        make,
        emit_raw_events=False,
        emit_interrupt_outcome=True,
        enable_legacy_on_interrupt_event=False,
        subagent_visibility="attributed",
    )
    return LangGraph(make(name=name, graph=graph, **chosen), options)


def with_memory(graph: Any) -> Any:
    """The graph itself, or a copy that keeps its threads in this process's memory."""
    if graph.checkpointer:
        return graph
    from langgraph.checkpoint.memory import MemorySaver

    return graph.copy(update={"checkpointer": MemorySaver()})


class LangGraph(Wrapped):
    """A graph behind the official adapter's object."""

    def __init__(self, official: Any, options: AgentOptions) -> None:
        super().__init__(official.name, options.description or "", options.suggestions)
        self._official = official

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Answer one request; a copy per run, since the official object holds a run's state."""
        known = await self._known_results(request["threadId"])
        events = self._official.clone().run(run_input(with_ids(request, known)))
        await relay(events, emit, {"MESSAGES_SNAPSHOT": partial(renamed, request)})

    async def _known_results(self, thread: str) -> dict[str, str]:
        """The ids of the tool messages that the graph holds, by their calls."""
        state = await self._official.graph.aget_state({"configurable": {"thread_id": thread}})
        values = state.values if isinstance(state.values, dict) else {}
        messages = (each for each in values.get("messages", ()) if hasattr(each, "tool_call_id"))
        return {message.tool_call_id: message.id for message in messages}


def renamed(request: RunRequest, event: Any, emit: Emitter) -> bool:
    """Tool messages under the ids the caller has for them, or they would seem to move.

    Those are its own, or the call's, under which this adapter streams a result.
    """
    theirs = {each["toolCallId"]: each["id"] for each in request["messages"] if is_result(each)}
    for message in event.messages:
        if message.role == "tool":
            message.id = theirs.get(message.tool_call_id, message.tool_call_id)
    return False


def is_result(message: Message) -> bool:
    """Whether a message answers a call."""
    return bool(message["role"] == "tool")


def with_ids(request: RunRequest, known: dict[str, str]) -> RunRequest:
    """The way back: a tool message that the graph holds must not seem a new one."""
    messages = [
        {**each, "id": known.get(each["toolCallId"], each["id"])} if is_result(each) else each
        for each in request["messages"]
    ]
    return {**request, "messages": messages}
