"""What a call of a tool brings: its value as the model reads it, and as the user sees it.

Which calls are made, when and on which thread is the turn's business.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from functools import partial

from ...runtime.tool_threads import ToolRun
from ...values import Json, JsonObject, JsonView

Perform = Callable[[ToolRun], Json]


def perform(call: ToolRun) -> Json:
    """Call a tool, where it is at home: its value and a mimebundle of it, or what awaits both."""
    value = call()
    return _await_outcome(value) if inspect.isawaitable(value) else (value, show_text(value))


async def _await_outcome(value: Awaitable[Json]) -> tuple[Json, JsonView]:
    found = await value
    return found, show_text(found)


def perform_for_model(perform: Perform, call: ToolRun) -> Json:
    """The same with the text for the model: made where the tool ran, for it may be slow."""
    outcome = perform(partial(_whole, call))
    if inspect.isawaitable(outcome):
        return _await_text(outcome)
    value, bundle = outcome
    return _text_of(value), bundle


def _whole(call: ToolRun) -> Json:
    """What a call gives, as often as one looks at it."""
    value = call()
    return _await_whole(value) if inspect.isawaitable(value) else _draw_out(value)


async def _await_whole(value: Awaitable[Json]) -> Json:
    return _draw_out(await value)


def _draw_out(value: Json) -> Json:
    from ...tools.as_json import draw_out  # as below

    return draw_out(value)


async def _await_text(outcome: Awaitable[Json]) -> tuple[str, Json]:
    value, bundle = await outcome
    return _text_of(value), bundle


def show_text(value: Json) -> JsonObject:
    """A tool's return value as a mimebundle of plain text."""
    return {"text/plain": _text_of(value)}


def _text_of(value: Json) -> str:
    from ...tools.as_json import as_text  # not before a tool has run: it knows many types

    return as_text(value)
