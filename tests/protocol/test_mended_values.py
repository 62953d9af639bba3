"""Malformed values and foreign shapes, read as what they were meant to be, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from support.telling import STARTED, Told, run

from agui_notebook import InvalidInput
from agui_notebook.protocol import answered_calls, open_calls, read_arguments, words_of
from agui_notebook.protocol.tolerance.local_ids import local_id, wire_id, with_wire_ids
from agui_notebook.protocol.tolerance.shapes import reshape
from agui_notebook.protocol.tolerance.values import NOTHING, reading_of, sentence_of

READ: dict[str, tuple[str, Any, Any]] = {
    "a fixed word": ("=tool", "Tool", "tool"),
    "a text for content": ("str/[Part]", "hi", "hi"),
    "nothing for content": ("str/[Part]", None, ""),
    "a number for content": ("str/[Part]", 5, "5"),
    "one part for content": ("str/[Part]", {"type": "x"}, [{"type": "x"}]),
    "strings among parts": ("str/[Part]", ["a"], [{"type": "text", "text": "a"}]),
    "what is no part": ("str/[Part]", [1], "[1]"),
    "one where several may be": ("[Tool]", {"a": 1}, [{"a": 1}]),
    "a list as JSON text": ("[Tool]", "[1]", [1]),
    "no list": ("[Tool]", "oh", NOTHING),
    "a list for an object": ("object", [1], {"items": [1]}),
    "an object as JSON text": ("object", '{"a": 1}', {"a": 1}),
    "a sentence for an object": ("object", "oh", {"message": "oh"}),
    "a number for an object": ("object", 5, {"message": "5"}),
    "a kind nobody reads": ("Outcome", 5, NOTHING),
    "data for text": ("str", {"a": 1}, '{"a": 1}'),
    "a word for a flag": ("bool", " True ", True),
    "a number for a flag": ("bool", 0, False),
    "no flag": ("bool", "perhaps", NOTHING),
    "a pointer as steps": ("pointer", ["a/b", "m~n", 0], "/a~1b/m~0n/0"),
    "a pointer without its slash": ("pointer", "a/b", "/a/b"),
    "a tilde that escapes nothing": ("pointer", "/m~n", "/m~0n"),
    "no pointer": ("pointer", 5, NOTHING),
    "ISO 8601": ("safeint", "2026-11-28T10:00:00.250Z", 1_795_860_000_250),
    "a date in February of a leap year": ("safeint", "2024-02-29 00:00", 1_709_164_800_000),
    "an hour east": ("safeint", "1970-01-01T01:00:00+01:00", 0),
    "an hour west": ("safeint", "1969-12-31T23:00:00-0100", 0),
    "no moment": ("safeint", "tomorrow", NOTHING),
    "seconds": ("safeint", 1.5, 1500),
    "milliseconds with a fraction": ("safeint", 1_795_860_000_250.4, 1_795_860_000_250),
    "beyond all numbers": ("safeint", 1e300, NOTHING),
    "no number": ("safeint", None, NOTHING),
}


@pytest.mark.parametrize("case", READ)
def test_a_malformed_value_is_read_as_its_kind(case: str) -> None:
    kind, value, reading = READ[case]
    assert reading_of(kind, value, True) == reading


def test_an_object_that_may_be_left_out_is_not_made_up() -> None:
    assert reading_of("object", '{"a": 1}', False) == {"a": 1}
    assert reading_of("object", "oh", False) is NOTHING
    assert reading_of("object", ["oh"], False) is NOTHING


def test_a_report_is_the_sentence_in_it() -> None:
    assert sentence_of({"detail": "full", "code": 5}) == "full"
    assert sentence_of({"code": 5}) == '{"code": 5}'
    assert sentence_of("full") == "full"


INTERRUPT = {"id": "i", "reason": "input_required"}
RAW_QUESTION = {"value": "Go on?", "id": "i"}
RESHAPED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "snake_case": (
        {"type": "STEP_STARTED", "step_name": "a", "odd_one": 1},
        {"type": "STEP_STARTED", "stepName": "a", "odd_one": 1},
    ),
    "an error as an object": (
        {"type": "RUN_ERROR", "error": {"message": "full", "code": "E"}},
        {"type": "RUN_ERROR", "code": "E", "message": "full"},
    ),
    "an error as a detail": (
        {"type": "RUN_ERROR", "detail": "full"},
        {"type": "RUN_ERROR", "message": "full"},
    ),
    "an outcome as a word": (
        {"type": "RUN_FINISHED", "outcome": "success"},
        {"type": "RUN_FINISHED", "outcome": {"type": "success"}},
    ),
    "one question beside the outcome": (
        {"type": "RUN_FINISHED", "interrupt": INTERRUPT},
        {"type": "RUN_FINISHED", "outcome": {"type": "interrupt", "interrupts": [INTERRUPT]}},
    ),
}


@pytest.mark.parametrize("case", RESHAPED)
def test_a_foreign_shape_is_put_into_todays_and_told(case: str) -> None:
    given, made = RESHAPED[case]
    told: list[str] = []
    assert reshape(given, told.append) == made
    assert told


AS_IT_IS: list[dict[str, Any]] = [
    {"type": "STEP_STARTED", "stepName": "a", "step_name": "b"},
    {"type": "RUN_ERROR", "message": "full"},
    {"type": "RUN_ERROR"},
    {"type": "RUN_FINISHED"},
    {"type": "MESSAGES_SNAPSHOT", "messages": "none"},
    {"type": "MESSAGES_SNAPSHOT", "messages": [5]},
    {"type": "NOBODY_KNOWS", "odd_one": 1},
]


@pytest.mark.parametrize("event", AS_IT_IS, ids=lambda event: "-".join(map(str, event.values())))
def test_what_is_no_foreign_shape_is_left_to_the_table(event: dict[str, Any]) -> None:
    assert reshape(event, pytest.fail) == event


def test_a_question_that_is_only_a_value_gets_an_id() -> None:
    outcome = {"type": "interrupt", "interrupts": ["Go on?", RAW_QUESTION, {**INTERRUPT, "id": ""}]}
    made = reshape({"type": "RUN_FINISHED", "outcome": outcome}, pytest.fail)
    first, second, third = made["outcome"]["interrupts"]
    assert [first["id"], second["id"], third["id"]] == ["question-1", "i", "question-3"]
    assert second["metadata"] == {"langgraph": {"raw": "Go on?"}}
    assert "value" not in second


def test_a_value_that_is_mended_says_where_and_one_that_cannot_be_is_left_out() -> None:
    start = {"type": "TEXT_MESSAGE_START", "messageId": "m", "timestamp": "tomorrow", "name": 5}
    told = run(start, {"type": "TEXT_MESSAGE_END", "messageId": "m"})
    assert told.messages == [{"id": "m", "role": "assistant", "name": "5", "content": ""}]
    assert ["/timestamp" in warning for warning in told.warnings].count(True) == 1
    assert "left out" in "".join(told.warnings)


def test_a_required_member_that_is_null_means_what_its_shape_means_without_it() -> None:
    told = run(
        {"type": "TEXT_MESSAGE_START", "messageId": "m"},
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": None},
        {"type": "TEXT_MESSAGE_END", "messageId": "m"},
    )
    assert told.messages[0]["content"] == ""


def test_a_value_whose_reading_does_not_fit_either_is_left_out() -> None:
    told = run({"type": "STATE_SNAPSHOT", "snapshot": {}, "timestamp": 9e14 * 1.5})
    assert told.document["state"] == {}


# --- arguments ----------------------------------------------------------------------------------


ARGUMENTS: dict[str, tuple[str, Any]] = {
    "none": ("", {}),
    "an object": ('{"a": 1}', {"a": 1}),
    "no object": ("[1]", None),
    "no JSON": ('{"a"', None),
    "not a number": ('{"a": NaN}', None),
    "nesting beyond all reason": ("[" * 100_000, None),
}


@pytest.mark.parametrize("case", ARGUMENTS)
@pytest.mark.parametrize("exact", [False, True])
def test_arguments_are_an_object_or_nothing(case: str, exact: bool) -> None:
    text, read = ARGUMENTS[case]
    assert read_arguments(text, exact=exact) == read


def test_arguments_that_would_change_on_the_way_are_refused_only_when_they_are_sent_on() -> None:
    assert read_arguments('{"a": 0.5}', exact=True) == {"a": 0.5}
    twice, long = '{"a": 1, "a": 2}', '{"a": 0.1234567890123456789}'
    assert read_arguments(twice) == {"a": 2}
    assert read_arguments(long) == {"a": 0.12345678901234568}
    with pytest.raises(InvalidInput, match="one thing twice"):
        read_arguments(twice, exact=True)
    with pytest.raises(InvalidInput, match="cannot be sent on"):
        read_arguments(long, exact=True)


# --- ids used again -----------------------------------------------------------------------------


def test_a_local_id_is_free_and_leads_back_to_the_agents() -> None:
    taken = {"c", "c~again-2"}
    assert local_id("c", taken.__contains__) == "c~again-3"
    assert local_id("c~again-2", taken.__contains__) == "c~again-3"
    assert [wire_id(item) for item in ("c~again-3", "c", "c~again-x")] == ["c", "c", "c~again-x"]


def test_a_message_goes_back_under_the_agents_ids() -> None:
    plain = {"id": "m", "role": "user", "content": "hi"}
    assert with_wire_ids(plain) is plain
    assert with_wire_ids(
        {"id": "r~again-2", "role": "tool", "toolCallId": "c~again-2", "content": "ok"}
    ) == {"id": "r", "role": "tool", "toolCallId": "c", "content": "ok"}
    assert with_wire_ids({"id": "a", "role": "assistant", "toolCalls": [{"id": "c~again-2"}]}) == {
        "id": "a",
        "role": "assistant",
        "toolCalls": [{"id": "c"}],
    }


def test_messages_that_read_the_same_are_told_apart_by_nothing_else() -> None:
    user = {"id": "u", "role": "user", "content": "hi"}
    assert words_of(user) == words_of({**user, "id": "v"})
    assert words_of(user) != words_of({**user, "content": "ho"})


def test_the_open_calls_are_those_nobody_answered() -> None:
    calls = [{"id": "c"}, {"id": "d"}]
    messages = [
        {"id": "a", "role": "assistant", "toolCalls": calls},
        {"id": "r", "role": "tool", "toolCallId": "c", "content": "ok"},
    ]
    assert answered_calls(messages) == {"c"}  # type: ignore[arg-type]
    assert open_calls(messages) == [{"id": "d"}]  # type: ignore[arg-type]


def test_a_snapshot_with_one_id_for_two_keeps_both() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    first = {"id": "a", "role": "assistant", "toolCalls": [call]}
    answer = {"id": "r", "role": "tool", "toolCallId": "c", "content": "ok"}
    snapshot = {"type": "MESSAGES_SNAPSHOT", "messages": [first, answer, first, answer]}
    told = Told().tell(STARTED, snapshot)
    assert told.messages == [first, answer]
    other = {**first, "content": "again"}
    told = Told().tell(STARTED, {**snapshot, "messages": [first, answer, other]})
    assert [m["id"] for m in told.messages] == ["a", "r", "a~again-2"]
    assert told.messages[2]["toolCalls"][0]["id"] == "c~again-2"
