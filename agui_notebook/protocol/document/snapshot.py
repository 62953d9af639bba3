"""MESSAGES_SNAPSHOT against the messages held: what stays, what is replaced, what is new.

Only the merge lives here (C-STATE-03, C-STATE-04, C-REAS-08).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .shape import Message

_OWN_KEY = "@ag-ui/client"  # the first-party client's namespace in an event's metadata


def merge_messages(
    held: Sequence[Message], event: Mapping[str, Any], strict: bool
) -> list[Message]:
    """The messages after ``event``: same id replaced in place, new ids appended, the rest gone.

    Local activity and reasoning messages survive unless the snapshot speaks of that role. Unless
    ``strict``, a tool result that is new goes behind the call we hold instead of to the end.
    """
    stated = event["messages"]
    by_id = {message["id"]: message for message in reversed(stated)}
    survives = _survivors(event)
    kept = [
        by_id.get(message["id"], message)
        for message in held
        if message["id"] in by_id or survives(message)
    ]
    known = {message["id"] for message in held}
    new = [message for message in stated if message["id"] not in known]
    return kept + new if strict else _place_results(kept, new)


def _place_results(kept: Sequence[Message], new: Sequence[Message]) -> list[Message]:
    """Results where a TOOL_CALL_RESULT would have put them (C-TOOL-04).

    Deployed servers give a result another id in the snapshot than they streamed it under. At the
    end of the history it would stand behind the answer, and no server takes that next time.
    """
    calls = {call["id"] for message in kept for call in message.get("toolCalls") or ()}
    results = {m["toolCallId"]: m for m in new if m["role"] == "tool" and m["toolCallId"] in calls}
    made: list[Message] = []
    waiting: list[Message] = []
    for message in kept:
        if message["role"] != "tool":
            made += waiting
            waiting = []
        made.append(message)
        own = (call["id"] for call in message.get("toolCalls") or ())
        waiting += [results[call] for call in own if call in results]
    placed = {id(message) for message in results.values()}
    return [*made, *waiting, *(message for message in new if id(message) not in placed)]


def _survivors(event: Mapping[str, Any]) -> Callable[[Message], bool]:
    """Which of the messages that the snapshot leaves out are kept."""
    roles = {message["role"] for message in event["messages"]}
    owned = _owned_activities(event.get("metadata") or {})

    def survives(message: Message) -> bool:
        role = message["role"]
        if role == "activity" and owned is not None:
            return not owned(message.get("activityType"))
        return role in ("activity", "reasoning") and role not in roles

    return survives


def _owned_activities(metadata: Mapping[str, Any]) -> Callable[[Any], bool] | None:
    """The activity types a snapshot declares itself complete for; None when it says nothing."""
    namespace = metadata.get(_OWN_KEY)
    if not isinstance(namespace, dict) or "authoritativeActivityTypes" not in namespace:
        return None
    types = namespace["authoritativeActivityTypes"]
    if types is None:
        return lambda _: True
    valid = isinstance(types, list) and all(isinstance(name, str) for name in types)
    return lambda name: valid and name in types
