"""Modules of DSPy through its own ``streamify``.

The question goes into the module's one text input; an input of type ``dspy.History`` gets the
conversation. Outputs stream field by field; a field ``reasoning`` is the reasoning.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from types import ModuleType

from ....errors import UnsupportedAgent
from ....protocol.document.shape import text_of
from ....tools.as_json import as_text
from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, RunRequest, Takes, last_user_text, takes_only
from ...emitter import Emitter
from ...models.loose_json import count, mapping, text
from ...official import load
from .thin import ThinAgent

INSTALL = "agui_notebook[dspy]"
WHAT = "Serving a DSPy module"
THOUGHT = "reasoning"
NO_INPUT = (
    "A DSPy module that answers a chat needs one text input (and may have a dspy.History); this "
    "one has {names}. Wrap it in a function that fills them: agui.serve(lambda text: ...)."
)


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("a DSPy module")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a module. Raises UnsupportedAgent for inputs that a chat cannot fill."""
    library = load("dspy", INSTALL, WHAT)
    question, history = _inputs(library, obj)
    run = partial(tell, library, obj, question, history)
    return ThinAgent(run, options, type(obj).__name__)


def _signatures(module: Foreign) -> list[Foreign]:
    own = getattr(module, "signature", None)
    held = [getattr(each, "signature", None) for each in module.predictors()]
    return [each for each in (own, *held) if hasattr(each, "input_fields")]


def _inputs(library: ModuleType, module: Foreign) -> tuple[str, str | None]:
    """The names of the input for the question, and of the one for the history, if any."""
    signatures = _signatures(module)
    fields = dict(signatures[0].input_fields) if signatures else {}
    kinds = {name: field.annotation for name, field in fields.items()}
    history = next((name for name, kind in kinds.items() if kind is library.History), None)
    asked = [name for name, kind in kinds.items() if kind is str]
    if len(asked) != 1:
        raise UnsupportedAgent(NO_INPUT.format(names=", ".join(kinds) or "none that it names"))
    return asked[0], history


async def tell(
    library: ModuleType,
    module: Foreign,
    question: str,
    history: str | None,
    request: RunRequest,
    emit: Emitter,
) -> None:
    """Tell one run."""
    given: JsonObject = {question: last_user_text(request)}
    outputs = list(_signatures(module)[-1].output_fields)
    if history:
        given[history] = library.History(messages=_past(request, question, outputs))
    told: set[str] = set()
    async with aclosing(_stream(library, module, outputs, given)) as pieces:
        async for piece in pieces:
            await _tell_piece(library, piece, told, emit)


def _past(request: RunRequest, question: str, outputs: list[str]) -> list[JsonObject]:
    """The turns before this one, as the module's own inputs and outputs."""
    past: list[JsonObject] = []
    answer = next((name for name in outputs if name != THOUGHT), "answer")
    for message in request["messages"][:-1]:
        if message["role"] == "user":
            past.append({question: text_of(message)})
        elif message["role"] == "assistant" and past:
            past[-1][answer] = past[-1].get(answer, "") + text_of(message)
    return [turn for turn in past if answer in turn]


async def _stream(
    library: ModuleType, module: Foreign, outputs: list[str], given: JsonObject
) -> AsyncGenerator[Foreign, None]:
    streaming = library.streaming
    listeners = [streaming.StreamListener(name, allow_reuse=True) for name in outputs]
    with library.track_usage() as usage:
        # one that is async is cancelled with the run; any other goes on until its next piece
        told = {"is_async_program": callable(getattr(module, "aforward", None))}
        run = library.streamify(module, stream_listeners=listeners, **told)
        async for piece in run(**given):
            yield piece
    yield usage


async def _tell_piece(library: ModuleType, piece: Foreign, told: set[str], emit: Emitter) -> None:
    if isinstance(piece, library.streaming.StreamResponse):
        told.add(piece.signature_field_name)
        say = emit.reasoning if piece.signature_field_name == THOUGHT else emit.text
        await say(text(piece.chunk))
    elif isinstance(piece, library.Prediction):
        await _tell_rest(dict(piece), told, emit)
    elif hasattr(piece, "get_total_tokens"):
        for model, counts in piece.get_total_tokens().items():
            _count(emit, model, mapping(counts))


async def _tell_rest(outputs: JsonObject, told: set[str], emit: Emitter) -> None:
    """Outputs that did not stream: those of adapters and caches that give them whole."""
    for name, held in outputs.items():
        if name == THOUGHT and name not in told:
            await emit.reasoning(as_text(held))
        elif name not in told:
            await emit.text(as_text(held))


def _count(emit: Emitter, model: str, counts: JsonObject) -> None:
    emit.usage(
        model=model,
        input_tokens=count(counts.get("prompt_tokens")),
        output_tokens=count(counts.get("completion_tokens")),
    )
