"""Runs that a server keeps: what it says of them, what is asked of it, what a join does here."""

from __future__ import annotations

from typing import Any

import pytest
from support.telling import Event, run, text

from agui_notebook.protocol import (
    Pipeline,
    announce_kept,
    apply,
    ask_to_stop,
    forget_run,
    kept_run,
    new_document,
    run_to_stop,
)

ASKED = {"id": "u1", "role": "user", "content": "go"}
BEFORE = [{"id": "u0", "role": "user", "content": "a"}, {"id": "a0", "role": "assistant"}]


def started(run_id: str, kept: str) -> Event:
    return announce_kept({"type": "RUN_STARTED", "threadId": "t", "runId": run_id}, kept)


def fed(document: Any, run_id: str, *events: Event, strict: bool = False) -> Any:
    pipeline = Pipeline(document, {"threadId": "t", "runId": run_id}, strict=strict)
    for event in events:
        list(pipeline.feed(event))
    return pipeline


def test_what_is_announced_and_asked_is_read_again() -> None:
    assert kept_run(started("r2", "r1")) == "r1"
    assert run_to_stop({"forwardedProps": ask_to_stop("r1")}) == "r1"


@pytest.mark.parametrize(
    "event",
    [
        None,
        "RUN_STARTED",
        {"type": "RUN_FINISHED", "metadata": {"agui_notebook": {"keeps": "r1"}}},
        {"type": "RUN_STARTED"},
        {"type": "RUN_STARTED", "metadata": [1]},
        {"type": "RUN_STARTED", "metadata": {"agui_notebook": "r1"}},
        {"type": "RUN_STARTED", "metadata": {"agui_notebook": {"keeps": 1}}},
    ],
)
def test_what_announces_nothing_is_no_kept_run(event: object) -> None:
    assert kept_run(event) is None


@pytest.mark.parametrize(
    "props", [{}, [], None, {"agui_notebook": []}, {"agui_notebook": {"stop": True}}]
)
def test_what_asks_for_no_stop_stops_nothing(props: Any) -> None:
    assert run_to_stop({"forwardedProps": props}) is None


@pytest.mark.parametrize("strict", [True, False])
def test_a_joined_run_begins_behind_what_it_began_with(strict: bool) -> None:
    document = new_document("t")
    snapshot = {"type": "MESSAGES_SNAPSHOT", "messages": [*BEFORE, ASKED]}
    fed(document, "r2", started("r2", "r1"), snapshot, *text("a1", "hi"), strict=strict)
    assert [(r["runId"], r["kept"], r["after"]) for r in document["runs"]] == [("r2", "r1", "u1")]
    assert [m["id"] for m in document["messages"]] == ["u0", "a0", "u1", "a1"]


@pytest.mark.parametrize(
    ("start", "messages"),
    [
        (started("r1", "r1"), [ASKED]),  # our own, which a server keeps
        ({"type": "RUN_STARTED", "threadId": "t", "runId": "r1"}, [ASKED]),
        (started("r2", "r1"), []),
    ],
)
def test_any_other_run_stays_behind_what_it_followed(start: Event, messages: list[Any]) -> None:
    document = new_document("t")
    snapshot = {"type": "MESSAGES_SNAPSHOT", "messages": messages}
    fed(document, start["runId"], start, snapshot)
    assert document["runs"][0]["after"] is None


def test_a_snapshot_in_the_middle_moves_no_beginning() -> None:
    document = new_document("t", [ASKED])
    snapshot = {"type": "MESSAGES_SNAPSHOT", "messages": [ASKED, {"id": "a1", "role": "assistant"}]}
    fed(document, "r2", started("r2", "r1"), *text("a1", "hi"), snapshot)
    assert document["runs"][0]["after"] == "u1"


def test_a_run_that_is_told_anew_goes_with_all_that_came_of_it() -> None:
    document = new_document("t", [*BEFORE, ASKED])
    fed(document, "r1", started("r1", "r1"), *text("a1", "hal"))
    for operation in forget_run(document, "r1"):
        apply(document, operation)
    assert document == new_document("t", [*BEFORE, ASKED])


def test_a_run_that_is_not_known_here_takes_nothing_along() -> None:
    document = run(*text("a1", "hi"), messages=[ASKED]).document
    assert forget_run(document, "r1") == []


def test_an_earlier_run_that_stood_in_the_same_place_stays() -> None:
    document = new_document("t", [ASKED])
    fed(document, "r0", {"type": "RUN_STARTED", "threadId": "t", "runId": "r0"})
    fed(document, "r1", started("r1", "r1"), *text("a1", "hal"))
    for operation in forget_run(document, "r1"):
        apply(document, operation)
    assert [each["runId"] for each in document["runs"]] == ["r0"]
