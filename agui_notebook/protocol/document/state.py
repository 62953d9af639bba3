"""What state and activity events do to the document, one function per event.

A patch is carried out here, not by who reads what was done: it is tried in place. How a JSON Patch
works is json_patch.py's business.
"""

from __future__ import annotations

from .builder import Fold, Ops, carry_over
from .operations import Path, Set, apply
from .patch_draft import PatchError
from .shape import Event, Message


def state_snapshot(fold: Fold, event: Event) -> Ops:
    """Any JSON value replaces the state, whatever was skipped before (C-STATE-01, C-SNAP-06)."""
    return [Set(("state",), event["snapshot"])]


def state_delta(fold: Fold, event: Event) -> Ops:
    """All operations or none; a failure is a warning (C-SNAP-02, C-SNAP-03, C-STATE-02)."""
    try:
        return fold.patch(("state",), event["delta"], "state")
    except PatchError as error:
        fold.warn(f"Failed to apply state patch: {error}")
        return ()


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
    fold.forget_calls(held)
    return [Set(path, {**fresh, "metadata": metadata} if metadata else fresh)]


def activity_delta(fold: Fold, event: Event) -> Ops:
    """A delta with nothing to change is skipped with a warning (C-ACT-05, C-ACT-06)."""
    message_id = event["messageId"]
    held = fold.message(message_id)
    if held is None or held["role"] != "activity":
        fold.warn(f"ACTIVITY_DELTA: No activity message found with ID '{message_id}'")
        return ()
    path = fold.message_path(message_id)
    done = _change_content(fold, path, event)
    rest = [*_change_type(path, held, event, done is not None), *fold.metadata(path, event)]
    for operation in rest:
        apply(fold.document, operation)
    return [*(done or ()), *rest]


def _change_content(fold: Fold, path: Path, event: Event) -> Ops | None:
    """Carry out the patch; None where it does not apply."""
    try:
        return fold.patch((*path, "content"), event["patch"], f":{event['messageId']}")
    except PatchError as error:
        fold.warn(f"Failed to apply activity patch for '{event['messageId']}': {error}")
        return None


def _change_type(path: Path, held: Message, event: Event, patched: bool) -> Ops:
    changes = patched and held["activityType"] != event["activityType"]
    return [Set((*path, "activityType"), event["activityType"])] if changes else ()
