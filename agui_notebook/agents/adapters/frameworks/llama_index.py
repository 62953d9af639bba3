"""LlamaIndex: models and function agents through ``llama-index-protocols-ag-ui``.

The package's own workflow is run with the agent's model, tools and system prompt; a workflow
that takes ``input_data`` and writes AG-UI events runs as it is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial

from ....runtime.ids import mint
from ....values import Foreign
from ...agent import Agent, AgentOptions, Takes, takes_only
from ...asking import PerThread, read_entry, refuse_edits
from ...official import OfficialAgent, ask, load

INSTALL = "agui_notebook[llama-index]"
WHAT = "Serving a LlamaIndex agent"
KEPT = 100  # threads whose questions are kept open


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("a LlamaIndex agent", "tools", "instructions")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap an agent, a workflow or a model. Raises UnsupportedAgent when a package is missing."""
    module = load("llama_index.protocols.ag_ui.agent", INSTALL, WHAT)
    events = load("llama_index.protocols.ag_ui.router", INSTALL, WHAT).AG_UI_EVENTS
    make = partial(_workflow, _that_waits(module.AGUIChatWorkflow), obj, options)
    name = getattr(obj, "name", None) or "agent"
    return OfficialAgent(WaitingRuns(make, events).answer, options, name)


def _workflow(chat: Foreign, obj: Foreign, options: AgentOptions) -> Foreign:
    """A workflow for one run."""
    if not (hasattr(obj, "llm") or hasattr(obj, "metadata")):
        return obj
    added = [each for each, _ in options.functions()]
    prompt = options.instructions or getattr(obj, "system_prompt", None)
    return chat(
        llm=getattr(obj, "llm", obj),
        backend_tools=[*(getattr(obj, "tools", None) or ()), *added],
        system_prompt=prompt,
        timeout=None,
    )


def _that_waits(chat: Foreign) -> Foreign:
    """The package's workflow, whose tools may wait for the user: there it is taken for an error."""
    step = chat.handle_tool_call

    async def handle_tool_call(self: Foreign, ctx: Foreign, ev: Foreign) -> Foreign:
        watched = Watched(ctx)
        result = await step(self, watched, ev)
        if watched.waits is not None:
            raise watched.waits
        return result

    handle_tool_call._step_config = step._step_config  # type: ignore[attr-defined]
    return type(chat.__name__, (chat,), {"handle_tool_call": handle_tool_call})


class Watched:
    """A context that remembers what made a tool wait."""

    def __init__(self, context: Foreign) -> None:
        self._context = context
        self.waits: Exception | None = None

    def __getattr__(self, name: str) -> Foreign:
        return getattr(self._context, name)

    async def wait_for_event(self, *args: Foreign, **about: Foreign) -> Foreign:
        """What a tool waits with."""
        try:
            return await self._context.wait_for_event(*args, **about)
        except Exception as error:
            if type(error).__name__ == "WaitingForEvent":
                self.waits = error
            raise


class WaitingRuns:
    """An agent's runs; one that waits for the user stays, and goes on with their answer."""

    def __init__(self, make: Callable[[], Foreign], events: Foreign) -> None:
        self._make, self._events = make, events
        self._open: PerThread[Foreign] = PerThread(KEPT)

    async def answer(self, given: Foreign) -> AsyncIterator[Foreign]:
        """The events of a run."""
        running = self._turn_of(given)
        asked = False
        try:
            async for event in running.stream_events():
                if isinstance(event, self._events):
                    yield event
                elif asked := _asks(event):
                    yield _question(event, given)
                    break
            else:
                await running
        finally:
            over = self._open.keep(given.thread_id, (running, event)) if asked else (running, None)
            if over is not None and not over[0].done():
                await over[0].cancel_run()

    def _turn_of(self, given: Foreign) -> Foreign:
        if not given.resume:
            return self._make().run(input_data=given)
        running, asked = self._open.take_open(given.thread_id)
        reply = load("llama_index.core.workflow", INSTALL, WHAT).HumanResponseEvent
        about = {**asked.model_dump(), "response": _response(given.resume[0])}
        running.ctx.send_event(reply(**about))
        return running


def _asks(event: Foreign) -> bool:
    return any(each.__name__ == "InputRequiredEvent" for each in type(event).__mro__)


def _question(event: Foreign, given: Foreign) -> Foreign:
    """The end of a run that asks what the event asks, in the words it has for people."""
    from ag_ui.core import RunFinishedEvent

    finished = RunFinishedEvent(thread_id=given.thread_id, run_id=given.run_id)
    asked = {"id": mint(), "reason": "input_required", "responseSchema": {"type": "string"}}
    prefix = event.get("prefix", None)
    ask(finished, [{**asked, **({"message": prefix} if isinstance(prefix, str) else {})}])
    return finished


def _response(entry: Foreign) -> Foreign:
    """What the framework's tools compare with: text, and for a yes or no these words."""
    said = read_entry(entry.model_dump(by_alias=True))
    if isinstance(entry.payload, str):
        return entry.payload
    return "yes" if refuse_edits(said, "LlamaIndex").yes else "no"
