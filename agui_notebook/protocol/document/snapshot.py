"""MESSAGES_SNAPSHOT against the messages held: what stays, what is replaced, in which order.

Only the merge lives here (C-STATE-03, C-STATE-04, C-REAS-08).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ...values import Json
from .results import is_sound, settle
from .shape import Message, calls_of, words_of

_OWN_KEY = "@ag-ui/client"  # the first-party client's namespace in an event's metadata


def merge_messages(
    held: Sequence[Message], event: Mapping[str, Json], strict: bool
) -> list[Message]:
    """The messages after ``event``: same id replaced, the rest gone but for what is ours alone.

    Local activity and reasoning messages survive unless the snapshot speaks of that role. To the
    letter what is held keeps its place and what is new comes behind; otherwise the order is the
    snapshot's, if no result stands before its call in it, what survives stands behind what it
    followed, and a result survives whose call is there without one.
    """
    if strict:
        return _reconcile(held, event, _survivors(event))
    survives = _with_results(_survivors(event), event["messages"])
    stated = list({message["id"]: message for message in reversed(event["messages"])}.values())
    stated.reverse()
    if not is_sound(stated):
        return settle(_reconcile(held, event, survives))
    return settle(_interleave(stated, SnapshotComparison.of(held, stated), survives, held))


def _reconcile(
    held: Sequence[Message], event: Mapping[str, Json], survives: Callable[[Message], bool]
) -> list[Message]:
    """By the letter: replaced in place, the new ones appended (C-STATE-03)."""
    stated = event["messages"]
    by_id = {message["id"]: message for message in reversed(stated)}
    kept = [
        by_id.get(message["id"], message)
        for message in held
        if message["id"] in by_id or survives(message)
    ]
    known = {message["id"] for message in held}
    return kept + [message for message in stated if message["id"] not in known]


class SnapshotComparison(NamedTuple):
    """Which message of the snapshot a held one is: by its id, or by what it says."""

    same: dict[str, str]  # id of a held message -> id in the snapshot
    renamed: dict[str, str]  # those of them that have another id there

    @classmethod
    def of(cls, held: Sequence[Message], stated: Sequence[Message]) -> SnapshotComparison:
        """Compare; each message of the snapshot is at most one of those held."""
        known, ids = {m["id"] for m in held}, {m["id"] for m in stated}
        fresh: dict[str, list[str]] = {}
        for message in reversed(stated):
            if message["id"] not in known:
                fresh.setdefault(words_of(message), []).append(message["id"])
        renamed: dict[str, str] = {}
        for message in held if fresh else ():
            if message["id"] not in ids and (found := fresh.get(words_of(message))):
                renamed[message["id"]] = found.pop()
        return cls({**{item: item for item in known & ids}, **renamed}, renamed)


def _interleave(
    stated: Sequence[Message],
    compared: SnapshotComparison,
    survives: Callable[[Message], bool],
    held: Sequence[Message],
) -> list[Message]:
    """The snapshot's messages in its order, what survives behind what it followed here."""
    behind: dict[str | None, list[Message]] = {}
    last: str | None = None
    for message in held:
        item = compared.same.get(message["id"])
        if item is not None:
            last = item
        elif survives(message):
            behind.setdefault(last, []).append(message)
    made = list(behind.get(None, ()))
    for message in stated:
        made += [message, *behind.get(message["id"], ())]
    return made


def _survivors(event: Mapping[str, Json]) -> Callable[[Message], bool]:
    """Which of the messages that the snapshot leaves out are kept."""
    roles = {message["role"] for message in event["messages"]}
    owned = _owned_activities(event.get("metadata") or {})

    def survives(message: Message) -> bool:
        role = message["role"]
        if role == "activity" and owned is not None:
            return not owned(message.get("activityType"))
        return role in ("activity", "reasoning") and role not in roles

    return survives


def _with_results(
    survives: Callable[[Message], bool], stated: Sequence[Message]
) -> Callable[[Message], bool]:
    """The same, and results of calls that would be left without one: no model reads those."""
    answered = {message["toolCallId"] for message in stated if message["role"] == "tool"}
    left = {call["id"] for message in stated for call in calls_of(message)} - answered
    return lambda message: (
        survives(message) or (message["role"] == "tool" and message["toolCallId"] in left)
    )


def _owned_activities(metadata: Mapping[str, Json]) -> Callable[[Json], bool] | None:
    """The activity types a snapshot declares itself complete for; None when it says nothing."""
    namespace = metadata.get(_OWN_KEY)
    if not isinstance(namespace, dict) or "authoritativeActivityTypes" not in namespace:
        return None
    types = namespace["authoritativeActivityTypes"]
    if types is None:
        return lambda _: True
    valid = isinstance(types, list) and all(isinstance(name, str) for name in types)
    return lambda name: valid and name in types
