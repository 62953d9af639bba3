"""Stored events: fewer of them, the same conversation."""

from __future__ import annotations

from typing import Any

from support.telling import FINISHED, STARTED, Event, Told, call, delta, end, result, start, text

from agui_notebook.protocol import compact_events as compact

CUSTOM: Event = {"type": "CUSTOM", "name": "n", "value": 1}


def messages(events: list[Event]) -> Any:
    return Told(strict=True).tell(*events).messages


def test_deltas_are_joined_and_what_came_in_between_follows() -> None:
    events = [STARTED, start("m"), delta("m", "a"), CUSTOM, delta("m", "b"), end("m"), FINISHED]
    assert compact(events) == [
        STARTED,
        *text("m", "ab"),
        CUSTOM,
        FINISHED,
    ]


def test_overlapping_calls_keep_the_order_they_began_in() -> None:
    one, two = call("c", "1"), call("d", "2", parentMessageId="c")
    events = [STARTED, one[0], two[0], *two[1:], *one[1:], FINISHED]
    assert messages(compact(events)) == messages(events)


def test_what_begins_behind_something_that_waits_waits_too() -> None:
    events = [STARTED, start("m"), result("r", "nobody's"), *text("n", "x"), end("m"), FINISHED]
    assert [m["id"] for m in messages(compact(events))] == ["m", "r", "n"]


def test_a_reopened_message_keeps_what_its_first_end_said() -> None:
    reopened = [start("m"), delta("m", "b"), end("m", metadata={"n": 2})]
    first = [start("m"), delta("m", "a"), end("m", metadata={"n": 1, "first": True})]
    events = [STARTED, start("long"), *first, *reopened, end("long"), FINISHED]
    assert messages(compact(events)) == messages(events)
    assert len(compact(events)) == 7


def test_a_stream_that_never_ended_keeps_its_text_and_gets_no_end() -> None:
    error = {"type": "RUN_ERROR", "message": "no"}
    events = [STARTED, start("m"), delta("m", "a"), CUSTOM, delta("m", "b"), error]
    assert compact(events) == [STARTED, start("m"), delta("m", "ab"), CUSTOM, error]


def test_the_state_of_a_run_is_one_snapshot_and_deltas_without_a_baseline_stay() -> None:
    snapshot = {"type": "STATE_SNAPSHOT", "snapshot": {"n": 1}}
    amend = {"type": "STATE_DELTA", "delta": [{"op": "replace", "path": "/n", "value": 2}]}
    fails = {"type": "STATE_DELTA", "delta": [{"op": "remove", "path": "/nothing"}]}
    assert compact([STARTED, snapshot, fails, amend, FINISHED]) == [
        STARTED,
        {"type": "STATE_SNAPSHOT", "snapshot": {"n": 2}},
        FINISHED,
    ]
    assert compact([STARTED, amend, amend, FINISHED]) == [STARTED, amend, amend, FINISHED]
    assert snapshot["snapshot"] == {"n": 1}
