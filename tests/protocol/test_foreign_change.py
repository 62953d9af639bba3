"""Changes that a file asks for: made where they fit a document, else refused, nothing changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agui_notebook import Append, Set
from agui_notebook.client import fold_thread as fold
from agui_notebook.client.threads.journal import whole_lines
from agui_notebook.protocol import Document, copy_json, new_document
from agui_notebook.protocol.document.foreign_change import make

SAID = {"id": "m", "role": "user", "content": "hello"}
RUN = {"runId": "r", "after": None, "status": "success", "startedAt": 1, "steps": []}


def document() -> Document:
    made = new_document("t", [SAID], {"n": 1, "text": "a"})
    made["runs"].append(dict(RUN))  # type: ignore[arg-type]
    made["outputs"]["several"] = [{"text/plain": "3"}]
    return made


FITS = [
    Set(("messages", 1), {"id": "t", "role": "tool", "toolCallId": "c", "content": "3"}),
    Set(("messages", 0, "content"), "bye"),
    Append(("messages", 0, "content"), "!"),
    Set(("runs", 0, "status"), "cancelled"),
    Set(("runs", 0, "steps"), [{"stepName": "s", "status": "done"}]),
    Set(("state", "n"), {"any": ["thing"]}),
    Append(("state", "text"), "b"),
    Set(("items", "call:c"), {"status": "done", "by": "notebook"}),
    Set(("outputs", "c"), {"text/plain": "3"}),
    Set(("outputs", "c"), [{"text/plain": "3"}, {"image/png": "iVBO"}]),
    Set(("items",), {"call:c": {"status": "done"}}),
    Set(("interrupts",), [{"id": "i", "reason": "r"}]),
    Set(("threadId",), "other"),
]
FAULTS = [
    Set(("messages",), "none"),
    Set(("messages", 0), {"role": "user"}),
    Set(("messages", 0), {"id": [], "role": "user", "content": ""}),
    Set(("messages", 0), {"id": "m", "role": "weird", "content": ""}),
    Set(("messages", 5), SAID),
    Set(("messages", -1), SAID),
    Set(("messages", True), SAID),
    Set(("messages", "0"), SAID),
    Set(("messages", 0, "content"), {"text": 7}),
    Set(("messages", 0, "toolCalls"), "none"),
    Set(("messages", 0, "content", "x"), 1),
    Append(("messages", 0, "content"), 7),  # type: ignore[arg-type]
    Append(("state", "n"), "x"),
    Append(("messages",), "x"),
    Set(("runs", 0), {**RUN, "after": 7}),
    Set(("runs", 0, "steps"), [{"stepName": 7, "status": "done"}]),
    Set(("runs", 0, "startedAt"), "soon"),
    Set(("items", 7), {"status": "done"}),
    Set(("outputs",), []),
    Set(("outputs", "c"), ["3"]),
    Set(("outputs", "several", 0), {"text/plain": "4"}),
    Set(("threadId",), 7),
    Set(("__proto__",), {}),
    Set((), {}),
]


@pytest.mark.parametrize("change", FITS, ids=str)
def test_what_fits_is_made(change: Any) -> None:
    held = document()
    assert make(held, change) == change
    assert held != document()


@pytest.mark.parametrize("change", FAULTS, ids=str)
def test_what_does_not_fit_changes_nothing(change: Any) -> None:
    held = document()
    with pytest.raises((ValueError, LookupError, TypeError)):
        make(held, change)
    assert copy_json(held) == document()


def test_what_is_asked_is_read_here_and_not_taken_from_the_file() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "drop", "arguments": '{"a":1}'}}
    asking = {"id": "i", "reason": "tool_call", "toolCallId": "c"}
    shown = {"id": "i", "kind": "yes_no", "text": "All fine?", "actions": [], "rest": None,
             "secret": False, "fingerprint": "x"}  # fmt: skip
    lines = [
        {"thread": {"id": "t", "messages": [], "state": {}}},
        {"change": [["set", ["messages", 0], {"id": "a", "role": "assistant",
                                              "toolCalls": [call]}],
                    ["set", ["interrupts"], [asking]], ["set", ["questions"], [shown]]]},
    ]  # fmt: skip
    past, fault = fold(whole_lines("\n".join(map(json.dumps, lines)))[0])
    (question,) = past.document["questions"]
    assert fault is None
    assert [(action["name"], action["args"]) for action in question["actions"]] == [
        ("drop", '{"a":1}')
    ]


@pytest.mark.parametrize("at", [-1, 10**15, 1e308, "soon", True])
def test_a_time_that_no_calendar_has_ends_the_recording(at: Any) -> None:
    lines = [{"at": at, "event": {"type": "RUN_STARTED", "threadId": "t", "runId": "r"}}]
    found, _ = whole_lines("\n".join(map(json.dumps, lines)))
    assert len(found) == (1 if at is True else 0)
