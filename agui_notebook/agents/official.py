"""What adapters that delegate to a framework's own AG-UI adapter share: loading it, feeding it,
passing its events on. No framework is imported here before it is asked for.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from contextlib import aclosing
from importlib import import_module
from types import ModuleType

from ..errors import AGUIError, UnsupportedAgent
from ..runtime.ids import mint
from ..values import Foreign, Json, JsonObject, JsonView
from .agent import AgentOptions, RunRequest, Wrapped, context_text
from .emitter import Emitter
from .masking import mask_secrets
from .models.client_copies import Close, nothing
from .models.provider_errors import OTHER_LOOP, is_other_loop, provider_error


def load(module: str, install: str, what: str) -> ModuleType:
    """Import an optional package. Raises UnsupportedAgent with the pip command if it is missing."""
    try:
        return import_module(module)
    except ImportError as error:
        raise UnsupportedAgent(
            f'{what} needs a package that is missing ({error}): pip install "{install}"'
        ) from error


def known_options(make: Callable[..., Foreign], **options: Foreign) -> JsonObject:
    """The options that this version of ``make`` knows."""
    known = inspect.signature(make).parameters
    return {name: value for name, value in options.items() if name in known}


def plain_request(request: RunRequest) -> RunRequest:
    """The request without activity messages, on which several adapters fail."""
    kept = [message for message in request["messages"] if message["role"] != "activity"]
    return {**request, "messages": kept}


def with_context(request: RunRequest) -> RunRequest:
    """The request with its context as a first system message, for adapters that ignore it."""
    if not (text := context_text(request)):
        return request
    said = {"id": mint(), "role": "system", "content": text}
    return {**request, "messages": [said, *request["messages"]]}


def run_input(request: RunRequest) -> Foreign:
    """The request as the installed ``ag_ui`` package's model, whichever version that is."""
    from ag_ui.core import RunAgentInput as Model

    return Model.model_validate(plain_request(request))


def ask(finished: Foreign, questions: Sequence[JsonView]) -> None:
    """Let a RUN_FINISHED of the installed ``ag_ui`` package ask these."""
    from ag_ui.core import RunFinishedInterruptOutcome

    told = {"type": "interrupt", "interrupts": questions}
    finished.outcome = RunFinishedInterruptOutcome.model_validate(told)


def questions_in(event: Foreign) -> list[JsonObject]:
    """What an event asks, in wire form."""
    asked = getattr(getattr(event, "outcome", None), "interrupts", None) or ()
    return [each.model_dump(by_alias=True, exclude_none=True) for each in asked]


def explain_error(event: Json) -> Foreign:
    """A RUN_ERROR in fit words: its text is often the exception's, keys and all."""
    text = OTHER_LOOP if is_other_loop(event.message) else mask_secrets(event.message)
    return event.model_copy(update={"message": text})


Take = Callable[[Foreign, Emitter], bool]


async def relay(
    events: AsyncIterable[Foreign], emit: Emitter, special: Mapping[str, Take] | None = None
) -> None:
    """Pass the events on; leaving early closes their source, which stops the model.

    ``special`` maps an event type to a function of (event, emit) that says whether it dealt
    with it. Raises RunFailed with what the provider said.
    """
    try:
        async with aclosing(events) as source:  # type: ignore[type-var]
            async for event in source:
                kind = getattr(event.type, "value", event.type)
                take = (special or {}).get(kind)
                if kind == "RUN_ERROR":
                    event = explain_error(event)
                if not (take and take(event, emit)):
                    await emit.event(event)
    except AGUIError:
        raise
    except Exception as error:
        raise provider_error(error) from error


class OfficialAgent(Wrapped):
    """An agent whose framework answers a ``RunAgentInput`` with AG-UI events.

    ``answer`` takes the input and returns the events. Context goes in front as a system message
    (P-INPUT-08).
    """

    def __init__(
        self,
        answer: Callable[[Foreign], AsyncIterable[Foreign]],
        options: AgentOptions,
        name: str = "",
        description: str = "",
        close: Close = nothing,
    ) -> None:
        about = options.description or description
        super().__init__(options.name or name or "agent", about, options.suggestions)
        self._answer, self.aclose = answer, close

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Answer one request. Raises RunFailed with what the provider said."""
        await relay(self._answer(run_input(with_context(request))), emit)
