"""What state and activity events do to the document, one function per event.

How a JSON Patch works is json_patch.py's business.
"""

from __future__ import annotations

from .builder import Fold, Ops, carry_over
from .json_patch import changes
from .operations import Path, Set
from .patch_draft import PatchError
from .shape import Event, Message


def state_snapshot(fold: Fold, event: Event) -> Ops:
    """Any JSON value replaces the state, whatever was skipped before (C-STATE-01, C-SNAP-06)."""
    return [Set(("state",), event["snapshot"])]


def state_delta(fold: Fold, event: Event) -> Ops:
    """All operations or none; a failure is a warning (C-SNAP-02, C-SNAP-03, C-STATE-02)."""
    try:
        changed = changes(fold.document["state"], event["delta"], fold.sizes, "state")
    except PatchError as error:
        fold.warn(f"Failed to apply state patch: {error}")
        return ()
    return [Set(("state", *path), value) for path, value in changed]


def activity_snapshot(fold: Fold, event: Event) -> Ops:
    """Create, replace, or with ``replace: false`` leave as it is (C-ACT-02 to C-ACT-04)."""
    message_id = event["messageId"]
    held = fold.message(message_id)
    fresh = {"id": message_id, "role": "activity", "activityType": event["activityType"]}
    fresh.update(content=event["content"], **carry_over(event))
    if held is None:
        return [fold.append_message(fresh)]
    path = fold.message_path(message_id)
    if event.get("replace") is False:
        return fold.metadata(path, event) if held["role"] == "activity" else ()
    metadata = {**held.get("metadata", {}), **event.get("metadata", {})}
    fold.forget_text(message_id)
    return [Set(path, {**fresh, "metadata": metadata} if metadata else fresh)]


def activity_delta(fold: Fold, event: Event) -> Ops:
    """A delta with nothing to change is skipped with a warning (C-ACT-05, C-ACT-06)."""
    message_id = event["messageId"]
    held = fold.message(message_id)
    if held is None or held["role"] != "activity":
        fold.warn(f"ACTIVITY_DELTA: No activity message found with ID '{message_id}'")
        return ()
    path = fold.message_path(message_id)
    return [*_change_content(fold, path, held, event), *fold.metadata(path, event)]


def _change_content(fold: Fold, path: Path, held: Message, event: Event) -> Ops:
    try:
        changed = changes(held["content"], event["patch"], fold.sizes, f":{held['id']}")
    except PatchError as error:
        fold.warn(f"Failed to apply activity patch for '{event['messageId']}': {error}")
        return ()
    operations = [Set((*path, "content", *steps), value) for steps, value in changed]
    if held["activityType"] != event["activityType"]:
        operations.append(Set((*path, "activityType"), event["activityType"]))
    return operations
