"""LangGraph graphs through ag-ui-langgraph: raw events off, interrupts as the protocol has them.

A graph without a checkpointer gets one in memory, as the official adapter cannot do without.
"""

from __future__ import annotations

from typing import Any

from ..agent import Agent, Options, RunAgentInput, Wrapped
from ..emitter import Emitter
from ..official import accepted, load, relay, run_input

INSTALL = "ag-ui-langgraph[fastapi]>=0.0.47"
WHAT = "Serving a LangGraph graph"


def adapt(obj: Any, options: Options) -> Agent:
    """Wrap a graph, compiled or not. Raises UnsupportedAgent when a package is missing."""
    options.only("a LangGraph graph")
    official = load("ag_ui_langgraph", INSTALL, WHAT)
    graph = with_memory(obj if hasattr(obj, "astream_events") else obj.compile())
    make = official.LangGraphAgent
    name = options.name or getattr(graph, "name", None) or "agent"
    chosen = accepted(
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

    def __init__(self, official: Any, options: Options) -> None:
        super().__init__(official.name, options.description or "", options.suggestions)
        self._official = official

    async def run(self, request: RunAgentInput, emit: Emitter) -> None:
        """Answer one request; a copy per run, since the official object holds a run's state."""
        await relay(self._official.clone().run(run_input(request)), emit)
