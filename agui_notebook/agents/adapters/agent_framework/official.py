"""Agent Framework: agents, workflows and chat clients, through Microsoft's own AG-UI package.

Where only the core package is installed, agents and clients speak through own_stream.py.
"""

from __future__ import annotations

from importlib.util import find_spec

from ....protocol.document.shape import open_calls
from ....values import Foreign, Json, JsonObject
from ...agent import (
    MODEL_OPTIONS,
    Agent,
    AgentOptions,
    RunRequest,
    Takes,
    Wrapped,
    offered_tools,
    takes_only,
)
from ...emitter import Emitter
from ...models.client_copies import Close, fresh_at, nothing
from ...official import known_options, load, plain_request, relay, with_context
from .own_stream import FrameworkStream

PACKAGE = "agent_framework_ag_ui"
INSTALL = "agui_notebook[agent-framework]"
WHAT = "Serving Agent Framework objects"
REFUSED = "The user did not allow this call."


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    if type(obj).__module__.partition(".")[0] == PACKAGE:
        return takes_only("a ready AG-UI agent")
    if any(cls.__name__ == "Workflow" for cls in type(obj).__mro__):
        return takes_only("an Agent Framework workflow")
    if hasattr(obj, "run"):
        return takes_only("an Agent Framework agent")
    options = set(MODEL_OPTIONS) - {"max_rounds"}
    return takes_only("an Agent Framework chat client", *options)


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap an agent, a workflow, a chat client, or what the AG-UI package makes of them.

    Instructions, tools, approvals, model and params belong to an agent already; only for a bare
    chat client they are taken here. Raises UnsupportedAgent when a package is missing.
    """
    library = load("agent_framework", INSTALL, WHAT)
    if type(obj).__module__.partition(".")[0] == PACKAGE:
        return AgentFramework(obj, options)
    if isinstance(obj, library.Workflow):
        official = load(PACKAGE, INSTALL, WHAT)
        return AgentFramework(official.AgentFrameworkWorkflow(workflow=obj), options)
    agent, close = agent_of(library, obj, options)
    if find_spec(PACKAGE) is None:
        return FrameworkStream(library, agent, options, close)
    make = load(PACKAGE, INSTALL, WHAT).AgentFrameworkAgent
    quiet = known_options(make, require_confirmation=False, emit_messages_snapshot=False)
    return AgentFramework(make(agent=agent, **quiet), options, close)


def agent_of(library: Foreign, obj: Foreign, options: AgentOptions) -> tuple[Foreign, Close]:
    """The agent, or one around a chat client, on connections of its own where that is possible."""
    if hasattr(obj, "run"):
        return fresh_at(obj, "client", "client")
    client, close = fresh_at(obj, "client")
    sampling = {**options.params, **({"model": options.model} if options.model else {})}
    agent = library.Agent(
        client=client,
        name=options.name,
        instructions=options.instructions,
        tools=[tool_of(library, *each) for each in options.functions()] or None,
        default_options=sampling or None,
    )
    return agent, close


def tool_of(library: Foreign, function: Foreign, asks: bool) -> Foreign:
    """A function as the framework's tool, with its own way of asking for approval."""
    mode = "always_require" if asks else "never_require"
    return library.tool(function, approval_mode=mode)


class AgentFramework(Wrapped):
    """An agent or workflow behind the official adapter's object, without its HTTP endpoint."""

    def __init__(self, official: Foreign, options: AgentOptions, close: Close = nothing) -> None:
        name = options.name or official.name or "agent"
        about = options.description or official.description or ""
        super().__init__(name, about, options.suggestions)
        self._official, self.aclose = official, close

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Answer one request with the framework's own events."""
        closing = own_open_calls(request) if request.get("resume") else {}

        begun: set[str] = set()

        def ended(event: Json, emit: Emitter) -> bool:
            closing.pop(event.tool_call_id, None)
            return False

        def begins_again(event: Json, emit: Emitter) -> bool:
            """A caller's tool is started twice by the framework, the second time to no end."""
            again = event.tool_call_id in begun
            begun.add(event.tool_call_id)
            return again

        events = self._official.run(body_of(with_context(plain_request(request))))
        special = {"CUSTOM": counted, "TOOL_CALL_START": begins_again, "TOOL_CALL_RESULT": ended}
        await relay(events, emit, special)
        for call in closing:  # the framework tells its model of a refusal, and nobody else
            await emit.tool_result(call, REFUSED)


def own_open_calls(request: RunRequest) -> JsonObject:
    """The calls of the agent's own tools that the history has no result for."""
    offered, calls = offered_tools(request), open_calls(request["messages"])
    return {call["id"]: call for call in calls if call["function"]["name"] not in offered}


SPELLINGS = {
    "threadId": "thread_id",
    "runId": "run_id",
    "parentRunId": "parent_run_id",
    "forwardedProps": "forwarded_props",
}


def body_of(request: RunRequest) -> JsonObject:
    """The request as the official endpoint hands it on."""
    return {SPELLINGS.get(key, key): value for key, value in request.items() if value is not None}


def counted(event: Json, emit: Emitter) -> bool:
    """Usage, which comes as an event of the framework's own, joins the run's usage."""
    if event.name != "usage" or not isinstance(event.value, dict):
        return False
    emit.usage(
        input_tokens=event.value.get("input_token_count"),
        output_tokens=event.value.get("output_token_count"),
    )
    return True
