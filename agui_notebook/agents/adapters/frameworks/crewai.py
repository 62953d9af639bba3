"""CrewAI: flows through ``ag-ui-crewai``, whose endpoint is asked inside this process; crews by
their own stream.

A crew's one input gets the question, another named ``history`` the conversation before it. Its
agents speak as subagents where they are several; the last task's answer is the answer.
"""

from __future__ import annotations

import asyncio
import copy
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, aclosing, contextmanager, suppress
from functools import partial

import httpx

from ....errors import UnsupportedAgent
from ....protocol.document.shape import text_of
from ....runtime.ids import mint
from ....tools.as_json import as_text
from ....values import Foreign
from ....wire.http import HTTPTransport
from ....wire.transports.asgi_transport import InProcess
from ...agent import Agent, AgentOptions, RunRequest, Takes, last_user_text, takes_only
from ...emitter import Emitter
from ...models.client_copies import fresh_sync
from ...models.loose_json import count, text
from ...models.provider_stream import hang_up_client
from ...official import known_options, load
from ...relay import Relay
from .thin import ThinAgent

INSTALL = "agui_notebook[crewai]"
WHAT = "Serving CrewAI"
HISTORY = "history"
MOMENT = 1.0  # seconds for which a call that has been made is waited for
NO_INPUT = (
    "A crew that answers a chat needs one input for the question, such as {{question}} in a task's "
    "description (and may have {{history}}); this one has {names}."
)


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("a crew or flow of CrewAI")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a crew or a flow. Raises UnsupportedAgent for a crew whose inputs a chat cannot fill."""
    is_crew = hasattr(obj, "tasks") and hasattr(obj, "agents")
    return _crew(obj, options) if is_crew else _flow(obj, options)


def _flow(obj: Foreign, options: AgentOptions) -> Agent:
    door = InProcess(_app(obj))
    client = httpx.AsyncClient(transport=door)
    return Relay(
        name=options.name or getattr(obj, "name", None) or type(obj).__name__.lower(),
        description=options.description or "",
        suggestions=options.suggestions,
        transport=HTTPTransport("http://127.0.0.1/", client=client),
    )


def _app(obj: Foreign) -> Foreign:
    """An app of the adapter's endpoint alone."""
    library = load("ag_ui_crewai", INSTALL, WHAT)
    app = load("fastapi", INSTALL, WHAT).FastAPI()
    add = library.add_crewai_flow_fastapi_endpoint
    add(app, obj, "/", **known_options(add, emit_interrupt_outcome=True, emit_raw_events=False))
    return app


def _crew(obj: Foreign, options: AgentOptions) -> Agent:
    names = sorted(obj.fetch_inputs())
    asked = [name for name in names if name != HISTORY]
    if len(asked) != 1:
        raise UnsupportedAgent(NO_INPUT.format(names=", ".join(names) or "none"))
    return ThinAgent(partial(tell, obj, asked[0]), options, getattr(obj, "name", None))


async def tell(crew: Foreign, question: str, request: RunRequest, emit: Emitter) -> None:
    """Tell one run."""
    own = crew.copy()
    own.stream = True
    clients = [client for agent in own.agents if (client := _own_client(agent))]
    given = {question: last_user_text(request), HISTORY: _conversation(request)}
    calls = FinishedCalls(own.agents)
    telling = CrewTelling(emit, calls, several=len(crew.tasks) > 1)
    async with aclosing(await own.akickoff(inputs=given)) as chunks:
        try:
            with calls.listen():
                async for chunk in chunks:
                    await telling.take(chunk)
        finally:
            for client in clients:
                hang_up_client(client)
        await telling.end(text(getattr(chunks.result, "raw", None)))
    _count(own.usage_metrics, emit)


def _own_client(agent: Foreign) -> Foreign:
    """A client made for the run in an agent's model, so that what it waits for can be ended."""
    client = fresh_sync(getattr(agent.llm, "_client", None))
    if client is not None:
        agent.llm = copy.copy(agent.llm)
        agent.llm._client = client
    return client


def _conversation(request: RunRequest) -> str:
    """What was said before the question, as lines."""
    said = [(m["role"], text_of(m)) for m in request["messages"][:-1]]
    return "\n".join(f"{role}: {words}" for role, words in said if words)


class FinishedCalls:
    """What the tools of one run's agents gave, which only the framework's event bus tells.

    Its handlers are called in threads of its own.
    """

    def __init__(self, agents: Sequence[Foreign]) -> None:
        self._agents = {str(agent.id) for agent in agents}
        self._loop, self._any = asyncio.get_running_loop(), asyncio.Event()
        self._events: deque[Foreign] = deque()

    @contextmanager
    def listen(self) -> Iterator[None]:
        """Listen while the block runs."""
        events = load("crewai.events", INSTALL, WHAT)
        bus = events.crewai_event_bus
        kinds = (events.ToolUsageFinishedEvent, events.ToolUsageErrorEvent)
        for kind in kinds:
            bus.on(kind)(self._hear)
        try:
            yield
        finally:
            for kind in kinds:
                bus.off(kind, self._hear)

    def _hear(self, source: Foreign, event: Foreign) -> None:
        agent = event.agent_id or str(getattr(event.agent, "id", ""))
        if agent in self._agents:
            self._events.append(event)
            self._loop.call_soon_threadsafe(self._any.set)

    async def take(self, called: bool) -> list[Foreign]:
        """Those since the last time; where one was ``called``, they are waited for a moment."""
        if called and not self._events:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._any.wait(), MOMENT)
        self._any.clear()
        return [self._events.popleft() for _ in range(len(self._events))]


class CrewTelling:
    """Tells the chunks of one run."""

    def __init__(self, emit: Emitter, calls: FinishedCalls, several: bool) -> None:
        self._emit = self._root = emit
        self._calls, self._called = calls, False
        self._several, self._speaker = several, ""
        self._stack = AsyncExitStack()
        self._said = ""

    async def take(self, chunk: Foreign) -> None:
        """What a model says; its calls are told once they have run."""
        if chunk.tool_call is not None:
            self._called = True
            return
        await self._tell_calls()
        if self._several and chunk.agent_role != self._speaker:
            await self._stack.aclose()
            self._speaker, self._said = chunk.agent_role, ""
            self._emit = await self._stack.enter_async_context(
                self._root.subagent(chunk.agent_role.strip())
            )
        self._said += chunk.content
        await self._emit.text(chunk.content)

    async def _tell_calls(self) -> None:
        for event in await self._calls.take(self._called):
            call, given = mint(), event.tool_args
            arguments = given if isinstance(given, dict) else {"input": text(given)}
            await self._emit.tool(call, event.tool_name, arguments)
            failed = getattr(event, "error", None)
            await self._emit.tool_result(
                call, f"Error: {failed}" if failed else as_text(event.output)
            )
            self._said = ""
        self._called = False

    async def end(self, answer: str) -> None:
        """The answer, where it has not been said as it is."""
        await self._tell_calls()
        await self._stack.aclose()
        if self._several or self._said.strip() != answer.strip():
            await self._root.pause()
            await self._root.text(answer)


def _count(counted: Foreign, emit: Emitter) -> None:
    emit.usage(
        input_tokens=count(getattr(counted, "prompt_tokens", None)),
        output_tokens=count(getattr(counted, "completion_tokens", None)),
    )
