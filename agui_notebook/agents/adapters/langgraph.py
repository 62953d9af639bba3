"""LangGraph graphs through ag-ui-langgraph: raw events off, interrupts as the protocol has them.

A graph without a checkpointer gets one in memory, as the official adapter cannot do without.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ...protocol.document.shape import Message
from ...values import Foreign, Json
from ..agent import Agent, AgentOptions, RunRequest, Takes, Wrapped, takes_only
from ..emitter import Emitter
from ..official import known_options, load, relay, run_input

INSTALL = "agui_notebook[langgraph]"
WHAT = "Serving a LangGraph graph"


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("a LangGraph graph")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
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


def with_memory(graph: Foreign) -> Foreign:
    """The graph itself, or a copy that keeps its threads in this process's memory."""
    if graph.checkpointer:
        return graph
    from langgraph.checkpoint.memory import MemorySaver

    return graph.copy(update={"checkpointer": MemorySaver()})


class LangGraph(Wrapped):
    """A graph behind the official adapter's object."""

    def __init__(self, official: Foreign, options: AgentOptions) -> None:
        super().__init__(official.name, options.description or "", options.suggestions)
        self._official = official

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Answer one request; a copy per run, since the official object holds a run's state."""
        kept = await self._messages_of(request["threadId"])
        if not (given := with_system(request, kept)):
            given = request
            await emit.warn(LATE)
        known = {m.tool_call_id: m.id for m in kept if hasattr(m, "tool_call_id")}
        events = self._official.clone().run(run_input(with_ids(given, known)))
        await relay(events, emit, {"MESSAGES_SNAPSHOT": partial(renamed, request)})

    async def hydrate(self, request: RunRequest, emit: Emitter) -> None:
        """Tell the messages that the graph holds of a thread; nothing is run."""
        from ag_ui.core import MessagesSnapshotEvent

        if kept := await self._messages_of(request["threadId"]):
            convert = load("ag_ui_langgraph.utils", INSTALL, WHAT).langchain_messages_to_agui
            snapshot = MessagesSnapshotEvent(messages=convert(kept))
            renamed(request, snapshot, emit)
            await emit.event(snapshot)

    async def _messages_of(self, thread: str) -> list[Foreign]:
        """The messages that the graph holds of a thread."""
        state = await self._official.graph.aget_state({"configurable": {"thread_id": thread}})
        messages = state.values.get("messages") if isinstance(state.values, dict) else None
        return [each for each in messages or () if hasattr(each, "content")]


def renamed(request: RunRequest, event: Json, emit: Emitter) -> bool:
    """Tool messages under the ids the caller has for them, or they would seem to move.

    Those are its own, or the call's, under which this adapter streams a result.
    """
    theirs = {each["toolCallId"]: each["id"] for each in request["messages"] if is_result(each)}
    for message in event.messages:
        if message.role == "tool":
            message.id = theirs.get(message.tool_call_id, message.tool_call_id)
    return False


LATE = (
    "The instructions do not reach this graph's model: the graph keeps the conversation, "
    "which began without them. Start a new thread."
)


def with_system(request: RunRequest, kept: Sequence[Foreign]) -> RunRequest | None:
    """The request with its first system message twice, as the official adapter drops the first.

    None if the graph's own messages began without it: a system message belongs in front of them.
    """
    messages = request["messages"]
    if not messages or messages[0]["role"] != "system":
        return request
    if kept and all(message.id != messages[0]["id"] for message in kept):
        return None
    return {**request, "messages": [messages[0], *messages]}


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
