"""Agents of smolagents: a copy of the agent per run, with the conversation in its memory.

What the model writes on the way to its final answer (thoughts, code) is reasoning.
"""

from __future__ import annotations

import base64
import copy
import io
from collections.abc import Iterator
from functools import partial
from types import ModuleType

from ....protocol.document.shape import Message
from ....tools.as_json import as_text
from ....values import Foreign
from ...agent import Agent, AgentOptions, RunRequest, Takes, takes_only
from ...emitter import Emitter
from ...models.client_copies import fresh_sync
from ...models.loose_json import count, text
from ...models.media import parts_of, plain_text
from ...models.prompt import system_text, turns
from ...models.provider_stream import hang_up_client, open_stream
from ...official import load
from .thin import ThinAgent

INSTALL = "agui_notebook[smolagents]"
WHAT = "Serving a smolagents agent"
FINAL = "final_answer"


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("a smolagents agent", "instructions", "max_rounds")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap an agent. Raises UnsupportedAgent when the package is missing."""
    library = load("smolagents.memory", INSTALL, WHAT)
    about = getattr(obj, "description", None)
    return ThinAgent(partial(tell, library, obj, options), options, obj.name, about)


async def tell(
    library: ModuleType, agent: Foreign, options: AgentOptions, request: RunRequest, emit: Emitter
) -> None:
    """Tell one run."""
    *past, asked = turns(request["messages"])
    own = copy.copy(agent)
    own.memory = library.AgentMemory(agent.memory.system_prompt.system_prompt)
    own.memory.steps = [step for turn in past for step in _steps(library, turn)]
    own.stream_outputs = True
    own.model = copy.copy(agent.model)
    if client := fresh_sync(getattr(agent.model, "client", None)):
        own.model.client = client
    system = system_text(request, options.instructions)
    task = "\n\n".join(filter(None, (system, plain_text(asked))))
    telling = StepTelling(emit)
    start = partial(StepStream, own, client, task, images_of(asked), options.max_rounds)
    async with open_stream(start) as pieces:
        async for piece in pieces:
            await telling.take(piece)


class StepStream:
    """One run of the agent, which stops between its steps when it is told to.

    ``client`` is its model's, made for the run: what it waits for ends at once. Others end by
    themselves.
    """

    def __init__(
        self, agent: Foreign, client: Foreign, task: str, images: list[Foreign], steps: int
    ) -> None:
        self._agent, self._client = agent, client
        given = {"images": images} if images else {}
        self._pieces = agent.run(task, stream=True, reset=False, max_steps=steps, **given)

    def __iter__(self) -> Iterator[Foreign]:
        try:
            yield from self._pieces
        finally:
            if self._client is not None:
                self._client.close()

    def hang_up(self) -> None:
        """The framework's own way to stop a run, and what it waits for."""
        self._agent.interrupt()
        if self._client is not None:
            hang_up_client(self._client)


def images_of(turn: Message) -> list[Foreign]:
    """The pictures of the user's message, as the framework takes them."""
    parts = (each for each in parts_of(turn) if not isinstance(each, str))
    data = [each.data for each in parts if each.kind == "image" and each.data is not None]
    read = load("PIL.Image", INSTALL, WHAT).open if data else None
    return [read(io.BytesIO(base64.b64decode(each))) for each in data] if read else []


def _steps(library: ModuleType, turn: Message) -> Iterator[Foreign]:
    """A turn as steps of the agent's memory; tools of former runs are left out."""
    if turn["role"] == "user":
        yield library.TaskStep(task=plain_text(turn))
    elif turn["role"] == "assistant" and turn["content"]:
        timing = library.Timing(start_time=0.0, end_time=0.0)
        yield library.ActionStep(step_number=0, timing=timing, model_output=turn["content"])


class StepTelling:
    """Tells the pieces of one run."""

    def __init__(self, emit: Emitter) -> None:
        self._emit = emit
        self._open: list[str] = []

    async def take(self, piece: Foreign) -> None:
        if tell_it := PIECES.get(type(piece).__name__):
            await tell_it(self, piece)

    async def delta(self, piece: Foreign) -> None:
        await self._emit.reasoning(text(piece.content))

    async def call(self, piece: Foreign) -> None:
        if piece.name != FINAL:
            given = piece.arguments
            self._open.append(piece.id)
            arguments = given if isinstance(given, dict) else {"code": text(given)}
            await self._emit.tool(piece.id, piece.name, arguments)

    async def output(self, piece: Foreign) -> None:
        if piece.id in self._open:
            self._open.remove(piece.id)
            await self._emit.tool_result(piece.id, text(piece.observation))

    async def step(self, piece: Foreign) -> None:
        """A step has ended: what of its calls has no answer yet gets what was observed."""
        if counted := piece.token_usage:
            self._emit.usage(
                input_tokens=count(counted.input_tokens), output_tokens=count(counted.output_tokens)
            )
        seen = text(piece.observations) or (str(piece.error) if piece.error else "")
        for call in self._open:
            await self._emit.tool_result(call, seen)
        self._open.clear()
        await self._emit.pause()

    async def answer(self, piece: Foreign) -> None:
        await self._emit.text(as_text(piece.output))


PIECES = {
    "ChatMessageStreamDelta": StepTelling.delta,
    "ToolCall": StepTelling.call,
    "ToolOutput": StepTelling.output,
    "ActionStep": StepTelling.step,
    "FinalAnswerStep": StepTelling.answer,
}
