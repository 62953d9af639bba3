"""The stages together: their order, what is delivered, and how a stream ends."""

from __future__ import annotations

import pytest
from support.telling import (
    FINISHED,
    REQUEST,
    STARTED,
    USER,
    Event,
    Told,
    delta,
    end,
    run,
    start,
    text,
)

from agui_notebook import Append, ProtocolError
from agui_notebook.protocol import Pipeline, new_document
from agui_notebook.protocol.pipeline import MOST_WARNINGS


def test_middleware_sees_what_enforcement_removes_and_after_it_what_was_translated() -> None:
    seen: list[Event] = []

    def watch(event: Event) -> list[Event]:
        seen.append(event)
        return [event]

    strange = {**start("m"), "futureProp": 1}
    told = Told(middleware=[watch]).tell(STARTED, strange, {"type": "FUTURE_EVENT"})
    told.tell({"type": "THINKING_START"})
    assert seen[1:3] == [strange, {"type": "FUTURE_EVENT"}]
    assert seen[3]["type"] == "REASONING_START"
    assert told.events[1] == start("m")


def test_middleware_may_drop_replace_and_add_chunks_too() -> None:
    def twice(event: Event) -> list[Event]:
        return [event, event] if event["type"] == "TEXT_MESSAGE_CHUNK" else [event]

    told = run({"type": "TEXT_MESSAGE_CHUNK", "messageId": "m", "delta": "ha"}, middleware=[twice])
    assert told.messages[0]["content"] == "haha"


def test_a_delta_is_one_append_whatever_came_before() -> None:
    history = [{**USER, "id": f"u{n}"} for n in range(1000)]
    pipeline = Pipeline(new_document("t", history), REQUEST)
    for event in (STARTED, start("m"), delta("m", "a"), delta("m", "b")):
        deliveries = list(pipeline.feed(event))
    assert deliveries == [(delta("m", "b"), (Append(("messages", 1000, "content"), "b"),), True)]


def test_a_stream_without_a_terminal_event_is_incomplete_and_keeps_its_text() -> None:
    told = Told().tell(STARTED, start("m"), delta("m", "half"))
    assert [event for event, *_ in told.pipeline.close(9)] == [None]
    assert told.pipeline.outcome == told.run["status"] == "incomplete"
    assert "ended without a terminal event" in told.run["error"]["message"]
    assert told.messages[0]["content"] == "half"
    assert told.document["items"]["message:m"] == {"status": "done", "startedAt": 1, "endedAt": 9}


def test_an_empty_stream_is_an_incomplete_run() -> None:
    told = Told([USER])
    list(told.pipeline.close())
    assert told.run["status"] == "incomplete"
    assert (told.run["runId"], told.run["after"]) == ("r", "u")


def test_closing_a_stream_that_ended_well_changes_nothing() -> None:
    assert list(run(*text("m", "x")).pipeline.close(9)) == []


def test_a_stop_ends_the_run_and_only_that() -> None:
    told = Told().tell(STARTED, start("m"), delta("m", "half"))
    list(told.pipeline.fail("cancelled", at=9))
    assert told.run["status"] == told.pipeline.outcome == "cancelled"
    assert "error" not in told.run
    ended = run(*text("m", "x"))
    assert list(ended.pipeline.fail("cancelled", at=9)) == []
    assert ended.run["status"] == "success"


def test_a_violation_behind_a_good_end_makes_the_run_a_failed_one() -> None:
    told = run(*text("m", "x"), strict=True)
    with pytest.raises(ProtocolError):
        told.tell(start("n"))
    list(told.pipeline.fail("error", "out of order", "protocol", at=9))
    assert told.run["status"] == "error"
    assert told.run["error"] == {"message": "out of order", "code": "protocol"}
    assert told.messages[0]["content"] == "x"


def test_warnings_are_in_the_document_with_their_run_and_time() -> None:
    told = run({"type": "FUTURE_EVENT"})
    (warning,) = told.document["warnings"]
    assert warning == {"message": told.warnings[0], "at": 1, "runId": "r"}


def test_what_was_wrong_with_a_refused_event_is_in_the_document_too() -> None:
    told = Told(strict=True).tell(STARTED)
    with pytest.raises(ProtocolError):
        told.tell({**delta("nobody", "x"), "futureProp": 1})
    assert len(told.document["warnings"]) == 1


def test_a_warning_is_told_once_and_a_flood_is_cut() -> None:
    told = run(*[{"type": "FUTURE_EVENT"}] * 3, *[{"type": f"FUTURE_{n}"} for n in range(500)])
    assert len(told.document["warnings"]) == MOST_WARNINGS
    assert len(set(told.warnings)) == MOST_WARNINGS


def test_a_consumer_may_leave_in_the_middle_of_an_event() -> None:
    pipeline = Pipeline(new_document("t"), REQUEST)
    list(pipeline.feed(STARTED))
    deliveries = pipeline.feed(
        {"type": "TEXT_MESSAGE_CHUNK", "messageId": "m", "delta": "x", "no": 1}
    )
    next(deliveries)  # type: ignore[call-overload]
    deliveries.close()  # type: ignore[attr-defined]
    assert pipeline.outcome is None


def test_a_pair_of_surrogates_split_over_deltas_is_one_character() -> None:
    told = run(*text("m", "a\ud83d", "\ude00b", "\ud83d", "\ude00\ud83d", "\ude00"), strict=True)
    assert told.messages[0]["content"] == "a😀b😀😀"
    told.messages[0]["content"].encode()


def test_half_a_pair_that_stays_alone_is_kept_as_it_came() -> None:
    assert run(*text("m", "a\ud83d", "b\ud83d")).messages[0]["content"] == "a\ud83db\ud83d"
    told = Told().tell(STARTED, start("m"), delta("m", "a\ud83d"))
    list(told.pipeline.close())
    assert told.messages[0]["content"] == "a\ud83d"


def test_an_activity_that_is_replaced_costs_no_other_message_its_half() -> None:
    activity = {"type": "ACTIVITY_SNAPSHOT", "messageId": "k", "activityType": "t", "content": {}}
    told = run(activity, start("m"), delta("m", "\ud83d"), activity, delta("m", "\ude00"), end("m"))
    assert told.messages[1]["content"] == "😀"


def test_two_runs_on_one_stream_accumulate() -> None:
    told = run(*text("m", "x"), {"type": "STATE_SNAPSHOT", "snapshot": {"n": 1}}, strict=True)
    told.tell({**STARTED, "runId": "r2"}, *text("n", "y"), {**FINISHED, "runId": "r2"})
    assert [message["content"] for message in told.messages] == ["x", "y"]
    assert told.document["state"] == {"n": 1}
    assert [entry["after"] for entry in told.document["runs"]] == [None, "m"]
