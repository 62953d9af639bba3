"""A user's middleware, held to what it promises: events in, events out.

How its exceptions are told is runtime/user_code.py's; where events go next is the pipeline's.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from ...errors import AGUIError, InvalidInput
from ...runtime.user_code import guard_function, name_of
from ...values import Json, JsonObject

if TYPE_CHECKING:
    from ...protocol.pipeline import Middleware


MOST = 100_000  # events in place of one: what never ends would hold the loop for good


def guard_middleware(stage: Middleware) -> Middleware:
    """The same stage, which raises an AGUIError that names it for whatever goes wrong in it.

    Raises InvalidInput for what is no function.
    """
    if not callable(stage):
        raise InvalidInput(
            f"middleware= holds {stage!r}, which is no function: write a list of functions."
        )
    return guard_function(partial(_events_from, stage))


def _events_from(stage: Middleware, event: JsonObject) -> Iterable[JsonObject]:
    made: Json = stage(event)
    if inspect.iscoroutine(made):
        made.close()
    if not isinstance(made, Iterable) or isinstance(made, Mapping | str | bytes):
        raise _refusal(stage, made, "an iterable of events")
    for number, each in enumerate(made):
        if number >= MOST:
            raise AGUIError(
                f"The middleware {name_of(stage)!r} gave more than {MOST:,} events for one."
            )
        if not isinstance(each, dict) or not isinstance(each.get("type"), str):
            raise _refusal(stage, each, "an event, a dict with its type,")
        yield each


def _refusal(stage: Middleware, made: Json, due: str) -> AGUIError:
    given = "None" if made is None else f"a value of type {type(made).__name__}"
    return AGUIError(
        f"The middleware {name_of(stage)!r} gave {given} where {due} is due: let it yield each "
        "event that shall go on, as it came or changed."
    )
