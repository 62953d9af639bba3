"""MESSAGES_SNAPSHOT against the messages held: what stays, what is replaced, what is new.

Only the merge lives here (C-STATE-03, C-STATE-04, C-REAS-08).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .conversation import Message

_OWN_KEY = "@ag-ui/client"  # the first-party client's namespace in an event's metadata


def merged(held: Sequence[Message], event: Mapping[str, Any]) -> list[Message]:
    """The messages after ``event``: same id replaced in place, new ids appended, the rest gone.

    Local activity and reasoning messages survive unless the snapshot speaks of that role. A tool
    message that the snapshot holds under another id is that message still, and stays in place:
    deployed servers name a result differently each time, and its call must not lose it.
    """
    stated = event["messages"]
    by_id = {message["id"]: message for message in reversed(stated)}
    by_id |= _renamed(held, stated, by_id)
    survives = _survivors(event)
    kept = [
        by_id.get(message["id"], message)
        for message in held
        if message["id"] in by_id or survives(message)
    ]
    known = {message["id"] for message in (*held, *kept)}
    return kept + [message for message in stated if message["id"] not in known]


def _renamed(
    held: Sequence[Message], stated: Sequence[Message], by_id: Mapping[str, Message]
) -> dict[str, Message]:
    """Held tool messages whose ids the snapshot lacks, and what it has for the same calls."""
    ids = {message["id"] for message in held}
    fresh = {m["toolCallId"]: m for m in stated if m["role"] == "tool" and m["id"] not in ids}
    gone = (m for m in held if m["role"] == "tool" and m["id"] not in by_id)
    return {m["id"]: fresh[m["toolCallId"]] for m in gone if m["toolCallId"] in fresh}


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
