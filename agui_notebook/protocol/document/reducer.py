"""Which function folds which event into the document: the table, and nothing else.

A function takes the fold and the event and returns operations; applying them is done here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...values import Json
from . import messages, runs, state
from .builder import Fold, Ops
from .operations import apply
from .shape import Event

EventReducer = Callable[[Fold, Event], Ops]

# Types that are not here (RAW, reasoning spans, chunks) leave the document alone.
TABLE: dict[str, EventReducer] = {
    "RUN_STARTED": runs.run_started,
    "RUN_FINISHED": runs.run_finished,
    "RUN_ERROR": runs.run_error,
    "STEP_STARTED": runs.step_started,
    "STEP_FINISHED": runs.step_finished,
    "SUBAGENT_STARTED": runs.subagent_started,
    "SUBAGENT_FINISHED": runs.subagent_ended,
    "SUBAGENT_ERROR": runs.subagent_ended,
    "TEXT_MESSAGE_START": messages.text_start,
    "TEXT_MESSAGE_CONTENT": messages.content,
    "TEXT_MESSAGE_END": messages.message_end,
    "REASONING_MESSAGE_START": messages.reasoning_start,
    "REASONING_MESSAGE_CONTENT": messages.content,
    "REASONING_MESSAGE_END": messages.message_end,
    "REASONING_ENCRYPTED_VALUE": messages.encrypted_value,
    "TOOL_CALL_START": messages.call_start,
    "TOOL_CALL_ARGS": messages.call_args,
    "TOOL_CALL_END": messages.call_end,
    "TOOL_CALL_RESULT": messages.call_result,
    "MESSAGES_SNAPSHOT": messages.messages_snapshot,
    "STATE_SNAPSHOT": state.state_snapshot,
    "STATE_DELTA": state.state_delta,
    "ACTIVITY_SNAPSHOT": state.activity_snapshot,
    "ACTIVITY_DELTA": state.activity_delta,
    "CUSTOM": runs.custom,
}

PATCHES = frozenset({"STATE_DELTA", "ACTIVITY_DELTA"})  # what these return is done already


def reduce(fold: Fold, event: Event, at: int | None) -> Ops:
    """Fold ``event`` into the document at ``at`` (epoch ms) and return what was done."""
    function = TABLE.get(event["type"])
    if function is None:
        return ()
    fold.at = at
    operations = function(fold, event)
    if event["type"] in PATCHES:
        return operations
    for operation in operations:
        apply(fold.document, operation)
    return operations


def end(fold: Fold, status: str, error: Mapping[str, Json] | None, at: int | None) -> Ops:
    """End the run from this side, without an event: a stop, a loss, a stream without an end."""
    fold.at = at
    operations = runs.end(fold, status, {} if error is None else {"error": error})
    for operation in operations:
        apply(fold.document, operation)
    return operations
