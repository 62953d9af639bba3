"""Which function folds which event into the document: the table, and nothing else.

A function takes the fold and the event and returns operations; applying them is done here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import on_messages, on_runs, on_state
from .conversation import Event
from .fold import Fold, Ops
from .operations import apply

Function = Callable[[Fold, Event], Ops]

# Types that are not here (RAW, CUSTOM, reasoning spans, chunks) leave the document alone.
TABLE: dict[str, Function] = {
    "RUN_STARTED": on_runs.run_started,
    "RUN_FINISHED": on_runs.run_finished,
    "RUN_ERROR": on_runs.run_error,
    "STEP_STARTED": on_runs.step_started,
    "STEP_FINISHED": on_runs.step_finished,
    "SUBAGENT_STARTED": on_runs.subagent_started,
    "SUBAGENT_FINISHED": on_runs.subagent_ended,
    "SUBAGENT_ERROR": on_runs.subagent_ended,
    "TEXT_MESSAGE_START": on_messages.text_start,
    "TEXT_MESSAGE_CONTENT": on_messages.content,
    "TEXT_MESSAGE_END": on_messages.message_end,
    "REASONING_MESSAGE_START": on_messages.reasoning_start,
    "REASONING_MESSAGE_CONTENT": on_messages.content,
    "REASONING_MESSAGE_END": on_messages.message_end,
    "REASONING_ENCRYPTED_VALUE": on_messages.encrypted_value,
    "TOOL_CALL_START": on_messages.call_start,
    "TOOL_CALL_ARGS": on_messages.call_args,
    "TOOL_CALL_END": on_messages.call_end,
    "TOOL_CALL_RESULT": on_messages.call_result,
    "MESSAGES_SNAPSHOT": on_messages.messages_snapshot,
    "STATE_SNAPSHOT": on_state.state_snapshot,
    "STATE_DELTA": on_state.state_delta,
    "ACTIVITY_SNAPSHOT": on_state.activity_snapshot,
    "ACTIVITY_DELTA": on_state.activity_delta,
}


def reduce(fold: Fold, event: Event, at: int | None) -> Ops:
    """Fold ``event`` into the document at ``at`` (epoch ms) and return what was done."""
    function = TABLE.get(event["type"])
    if function is None:
        return ()
    fold.at = at
    operations = function(fold, event)
    for operation in operations:
        apply(fold.document, operation)
    return operations


def end(fold: Fold, status: str, error: Mapping[str, Any] | None, at: int | None) -> Ops:
    """End the run from this side, without an event: a stop, a loss, a stream without an end."""
    fold.at = at
    operations = on_runs.end(fold, status, {} if error is None else {"error": error})
    for operation in operations:
        apply(fold.document, operation)
    return operations
