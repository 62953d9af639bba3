"""What a client itself does to its document, as operations: messages of ours, calls run here, cuts.

Pure: the document is looked at and never changed; nothing knows the time but by being told.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...values import Json
from .operations import Operation, Set
from .results import insert_behind_call
from .shape import Document, Message, calls_of, item_key


def add_message(document: Document, message: Message) -> list[Operation]:
    """Say something, behind everything else."""
    return [Set(("messages", len(document["messages"])), message)]


def replace_message(document: Document, place: int, message: Message) -> list[Operation]:
    """Say something else in an earlier place."""
    return [Set(("messages", place), message)]


def add_warning(document: Document, text: str, at: int) -> list[Operation]:
    """Put a warning where the user sees it."""
    return [Set(("warnings", len(document["warnings"])), {"message": text, "at": at})]


def start_call(document: Document, call_id: str, at: int) -> list[Operation]:
    """A tool call is being run here."""
    key = item_key("call", call_id)
    held = document["items"].get(key, {"status": "called"})
    working = {name: value for name, value in held.items() if name != "endedAt"}
    return [Set(("items", key), {**working, "startedAt": at, "by": "notebook"})]


def leave_call(document: Document, call_id: str) -> list[Operation]:
    """A tool call is not being run here any more, and was not answered."""
    key = item_key("call", call_id)
    held = document["items"].get(key)
    if held is None:
        return []
    return [Set(("items", key), {name: value for name, value in held.items() if name != "by"})]


def answer_call(
    document: Document, message: Message, bundle: Mapping[str, Json] | None, at: int | None
) -> list[Operation]:
    """A tool message behind its call, and what the tool showed (C-TOOL-11).

    ``at`` is when it ran here; None: it was only refused.
    """
    messages, call_id = document["messages"], message["toolCallId"]
    key = item_key("call", call_id)
    holders = (n for n, m in enumerate(messages) if any(c["id"] == call_id for c in calls_of(m)))
    ran = {} if at is None else {"endedAt": at, "by": "notebook"}
    done = {**document["items"].get(key, {}), "status": "done", **ran}
    shown = [] if bundle is None else [Set(("outputs", call_id), dict(bundle))]
    inserted = insert_behind_call(messages, message, next(holders, len(messages) - 1))
    return [*inserted, *shown, Set(("items", key), done)]


def end_last_run(document: Document, run_id: str | None, status: str) -> list[Operation]:
    """A turn was stopped behind its last run, while tools of ours did what that run asked."""
    runs = document["runs"]
    if not runs or runs[-1]["runId"] != run_id or runs[-1]["status"] != "success":
        return []
    return [Set(("runs", len(runs) - 1, "status"), status)]


def cut(document: Document, count: int) -> list[Operation]:
    """Keep the first ``count`` messages and what belongs to them."""
    kept = document["messages"][:count]
    calls = {call["id"] for message in kept for call in calls_of(message)}
    keys = {item_key("message", message["id"]) for message in kept}
    keys |= {item_key("call", call) for call in calls}
    known = {None, *(message["id"] for message in kept[:-1])}
    return [
        Set(("messages",), kept),
        Set(("runs",), [run for run in document["runs"] if run["after"] in known]),
        Set(("items",), {k: v for k, v in document["items"].items() if k in keys}),
        Set(("outputs",), {k: v for k, v in document["outputs"].items() if k in calls}),
    ]
