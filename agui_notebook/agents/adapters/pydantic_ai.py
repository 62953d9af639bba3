"""Pydantic AI agents and models through Pydantic's own AG-UI adapter."""

from __future__ import annotations

from ...protocol.document.shape import Message
from ...values import Foreign, JsonObject
from ..agent import Agent, AgentOptions, RunRequest, Takes, Wrapped, takes_all
from ..emitter import Emitter
from ..models.client_copies import Close, fresh_at, nothing
from ..models.prompt import system_text
from ..official import known_options, load, relay, run_input

INSTALL = "agui_notebook[pydantic-ai]"
WHAT = "Serving a Pydantic AI agent"


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("a Pydantic AI agent")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap an agent or a model. Raises UnsupportedAgent when a package is missing."""
    library = load("pydantic_ai", INSTALL, WHAT)
    adapter = load("pydantic_ai.ui.ag_ui", INSTALL, WHAT).AGUIAdapter
    agent = obj if hasattr(obj, "run_stream_events") else library.Agent(obj)
    return PydanticAI(library, adapter, agent, options)


class PydanticAI(Wrapped):
    """An agent behind the official adapter; the options join each run."""

    def __init__(
        self, library: Foreign, adapter: Foreign, agent: Foreign, options: AgentOptions
    ) -> None:
        name = options.name or getattr(agent, "name", None) or "agent"
        super().__init__(name, options.description or "", options.suggestions)
        self._adapter, self._agent, self._instructions = adapter, agent, options.instructions
        self.aclose: Close = nothing
        self._about = self._per_run(library, options)

    def _per_run(self, library: Foreign, options: AgentOptions) -> JsonObject:
        """What every run is told beside the request."""
        about: JsonObject = {"usage_limits": library.UsageLimits(request_limit=options.max_rounds)}
        own = getattr(self._agent, "model", None)
        adopted, self.aclose = fresh_at(own, "_provider", "_client")
        if options.model or adopted is not own:
            about["model"] = options.model or adopted
        if options.params:
            about["model_settings"] = dict(options.params)
        if options.tools:
            about["toolsets"] = [toolset_of(library, options)]
        if any(asks for _, asks in options.functions()):
            about["output_type"] = [self._agent.output_type, library.DeferredToolRequests]
        return about

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Answer one request; context and instructions join the agent's own (P-INPUT-08).

        So do system messages, which the official adapter takes from nobody but its own agent.
        """
        extra = known_options(self._adapter, include_usage=True)
        deps = state_deps(self._agent)
        given = {**request, "messages": [m for m in request["messages"] if not _is_system(m)]}
        given = given if deps is not None else {**given, "state": {}}
        adapter = self._adapter(agent=self._agent, run_input=run_input(given), **extra)
        instructions = system_text(request, self._instructions) or None
        await relay(adapter.run_stream(deps=deps, instructions=instructions, **self._about), emit)


def _is_system(message: Message) -> bool:
    """Whether a message is instructions, and no record of the adapter's own."""
    return message["role"] in ("system", "developer") and "encryptedValue" not in message


def state_deps(agent: Foreign) -> Foreign:
    """Fresh dependencies for an agent that shares its state (``deps_type=StateDeps[...]``)."""
    kind: Foreign = getattr(agent, "deps_type", None)
    if getattr(getattr(kind, "__origin__", None), "__name__", "") != "StateDeps":
        return None
    [state] = kind.__args__
    return kind(state())


def toolset_of(library: Foreign, options: AgentOptions) -> Foreign:
    """The user's functions as Pydantic AI tools; some wait for approval."""
    return library.FunctionToolset(
        [library.Tool(each, requires_approval=asks) for each, asks in options.functions()]
    )
