"""What a client itself does to its document, as operations: messages of ours, calls run here, cuts.

Pure: the document is looked at and never changed; nothing knows the time but by being told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ...values import Json
from .operations import Operation, Set
from .results import insert_behind_call
from .shape import Document, Message, Output, calls_of, item_key

if TYPE_CHECKING:
    from ..error_advice import Advice

EVENT = "custom"  # activity type and id of a CUSTOM event that stands in the thread


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
    document: Document, message: Message, output: Output | None, at: int | None
) -> list[Operation]:
    """A tool message behind its call, and what the tool showed (C-TOOL-11).

    ``at`` is when it ran here; None: it was only refused.
    """
    messages, call_id = document["messages"], message["toolCallId"]
    key = item_key("call", call_id)
    holders = (n for n, m in enumerate(messages) if any(c["id"] == call_id for c in calls_of(m)))
    ran = {} if at is None else {"endedAt": at, "by": "notebook"}
    done = {**document["items"].get(key, {}), "status": "done", **ran}
    shown = [] if output is None else [Set(("outputs", call_id), output)]
    inserted = insert_behind_call(messages, message, next(holders, len(messages) - 1))
    return [*inserted, *shown, Set(("items", key), done)]


def put_event(document: Document, run_id: str, name: str, value: Json) -> list[Operation]:
    """A CUSTOM event where the user sees it: an activity, one for each name and run."""
    key = f"{EVENT}:{run_id}:{name}"
    content = {"name": name, "value": value}
    messages = document["messages"]
    places = (n for n in range(len(messages) - 1, -1, -1) if messages[n]["id"] == key)
    place = next(places, None)
    if place is not None:
        return [Set(("messages", place, "content"), content)]
    made = {"id": key, "role": "activity", "activityType": EVENT, "content": content}
    return [
        *add_message(document, made),
        Set(("items", item_key("message", key)), {"status": "done"}),
    ]


def show(document: Document, place: str, output: Output) -> list[Operation]:
    """What the user's own code draws in a place: a call's id, or another key; [] is nothing."""
    same = document["outputs"].get(place, []) == output
    return [] if same else [Set(("outputs", place), output)]


def trace(
    document: Document, run_id: str | None, call_id: str | None, frames: Json
) -> list[Operation]:
    """Where the user's own code failed: in a call, or in the run itself where that has failed."""
    if call_id is not None:
        key = item_key("call", call_id)
        return [Set(("items", key, "trace"), frames)] if key in document["items"] else []
    runs = document["runs"]
    places = (n for n, run in enumerate(runs) if run["runId"] == run_id and "error" in run)
    return [Set(("runs", place, "error", "trace"), frames) for place in places]


def advise(document: Document, run_id: str, known: Advice | None) -> list[Operation]:
    """What to do about a run's error, and whether the same again may do better."""
    from ..error_advice import OWN, UNKNOWN  # as below: most runs do not fail, and ask nothing
    from ..error_advice import advise as advise_on

    operations: list[Operation] = []
    for place, run in enumerate(document["runs"]):
        error = run.get("error") if run["runId"] == run_id else None
        if error is not None:
            code = [error["code"]] if error.get("code") else []
            told = known or advise_on(error.get("message", ""), code)
            told = OWN if told is UNKNOWN and "trace" in error else told
            path = ("runs", place, "error")
            operations += [Set((*path, "advice"), told.text), Set((*path, "again"), told.again)]
    return operations


def ask_here(document: Document, asked: Sequence[dict[str, Json]]) -> list[Operation]:
    """Questions of ours behind the last run, beside those that it ended with."""
    place, run = len(document["runs"]) - 1, document["runs"][-1]
    ids = [wire["id"] for wire in asked]
    facts: dict[str, Json] = {
        "interrupts": [*run.get("interrupts", ()), *asked],
        "askedHere": [*run.get("askedHere", ()), *ids],
        "status": "interrupt",
    }
    return [
        *_questions(document, [*document["interrupts"], *asked]),
        *(Set(("runs", place, key), value) for key, value in facts.items()),
    ]


def settle_here(document: Document, ids: Collection[str]) -> list[Operation]:
    """Questions of ours were answered, or are asked no more."""
    left = [wire for wire in document["interrupts"] if wire["id"] not in ids]
    return [] if len(left) == len(document["interrupts"]) else _questions(document, left)


def _questions(document: Document, interrupts: list[dict[str, Json]]) -> list[Operation]:
    from ..question import ask_all

    questions = ask_all(interrupts, document["messages"])
    return [Set(("interrupts",), interrupts), Set(("questions",), questions)]


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
        Set(("outputs",), {k: v for k, v in document["outputs"].items() if k in calls | keys}),
    ]


def forget_run(document: Document, kept: str) -> list[Operation]:
    """Without the run that a server keeps under this name, and what came with it and after it."""
    runs, messages = document["runs"], document["messages"]
    place = next((n for n, run in enumerate(runs) if run.get("kept") == kept), None)
    if place is None:
        return []
    after = runs[place]["after"]
    count = next((n for n, message in enumerate(messages, 1) if message["id"] == after), 0)
    return [*cut(document, count), Set(("runs",), runs[:place])]
