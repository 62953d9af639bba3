"""Streams and requests as they seldom come; what comes often is told in the files of each stage."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.telling import (
    FINISHED,
    STARTED,
    USER,
    Event,
    Told,
    call,
    delta,
    end,
    run,
    start,
)

from agui_notebook import InvalidInput, ProtocolError
from agui_notebook.protocol import (
    WARNING,
    Fold,
    answered_calls,
    check_message,
    copy_json,
    new_document,
    reduce,
    text_of,
)
from agui_notebook.protocol import build_input as build
from agui_notebook.protocol import compact_events as compact
from agui_notebook.protocol import read_input as read

TEXT = {"type": "text", "text": "hi"}


def chunk(kind: str = "TEXT_MESSAGE", **fields: Any) -> Event:
    return {"type": f"{kind}_CHUNK", **fields}


def subagent(word: str, item: str, **more: Any) -> Event:
    return {"type": f"SUBAGENT_{word}", "subagentRunId": item, **more}


def snapshot(*messages: Any) -> Event:
    return {"type": "MESSAGES_SNAPSHOT", "messages": list(messages)}


def read_of(**body: Any) -> Any:
    return read({"threadId": "t", "runId": "r", **body}, lambda: "minted")


# --- chunks -------------------------------------------------------------------------------------


def test_a_chunk_that_brings_nothing_only_opens_its_message() -> None:
    told = run(chunk(messageId="m"), strict=True)
    assert [event["type"] for event in told.events[1:3]] == [
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_END",
    ]


def test_an_untagged_continuation_goes_to_the_only_open_lane() -> None:
    told = run(chunk(messageId="m", subagentRunId="s", delta="a"), chunk(delta="b"), strict=True)
    assert told.messages == [
        {"id": "m", "role": "assistant", "subagentRunId": "s", "content": "ab"}
    ]


def test_chunks_of_reasoning_are_a_reasoning_message() -> None:
    told = run(chunk("REASONING_MESSAGE", messageId="z", delta="Hm."), strict=True)
    assert told.messages == [{"id": "z", "role": "reasoning", "content": "Hm."}]


# --- old servers --------------------------------------------------------------------------------


def test_the_end_of_a_thought_that_never_began_is_dropped_with_a_warning() -> None:
    told = run({"type": "THINKING_TEXT_MESSAGE_END"})
    assert told.messages == []
    assert len(told.warnings) == 1


def test_an_echoed_input_may_lack_messages_and_carry_old_nulls() -> None:
    given = {
        "threadId": "t",
        "runId": "r",
        "messages": [],
        "tools": [{"name": "f", "description": "", "parameters": None}],
        "resume": [{"interruptId": "i", "status": "resolved", "payload": None}],
        "context": [],
        "forwardedProps": None,
    }
    told = Told(strict=True).tell({**STARTED, "input": given}, FINISHED)
    echoed = told.events[0]["input"]
    assert echoed == {
        **{name: given[name] for name in ("threadId", "runId", "messages", "context")},
        "tools": [{"name": "f", "description": ""}],
        "resume": [{"interruptId": "i", "status": "resolved"}],
    }
    bare = {name: item for name, item in given.items() if name != "messages"}
    with pytest.raises(ProtocolError, match="messages"):
        Told(strict=True).tell({**STARTED, "input": bare})


# --- what a schema refuses or lets go -----------------------------------------------------------


def test_an_event_whose_required_word_is_unknown_goes_whole() -> None:
    secret = {"type": "REASONING_ENCRYPTED_VALUE", "entityId": "m", "encryptedValue": "v"}
    told = run({**secret, "subtype": "hologram"})
    assert [event["type"] for event in told.events] == ["RUN_STARTED", "RUN_FINISHED"]
    assert len(told.warnings) == 1


MALFORMED: dict[str, tuple[Any, str]] = {
    "a function that is no object": (
        snapshot({"id": "a", "role": "assistant", "toolCalls": [{"id": "c", "function": "f"}]}),
        "expected object, received string",
    ),
    "a role that is no word": (
        snapshot({"id": "a", "role": 5}),
        "expected string, received number",
    ),
    "no text at all": (delta("m", None), "received null"),  # type: ignore[arg-type]
    "nesting beyond all reason": (
        {"type": "STATE_SNAPSHOT", "snapshot": json.loads("[" * 900 + "]" * 900)},
        "nested too deeply",
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_to_the_letter_a_malformed_event_is_refused_in_words(case: str) -> None:
    event, words = MALFORMED[case]
    with pytest.raises(ProtocolError, match=words):
        Told(strict=True).tell(STARTED, start("m"), event)


def test_a_copy_ends_where_readers_would() -> None:
    with pytest.raises(RecursionError):
        copy_json([[[]]], room=2)


# --- order and owners ---------------------------------------------------------------------------


OUT_OF_ORDER: dict[str, tuple[list[Event], str]] = {
    "a call that was somebody else's": (
        [
            start("m"),
            end("m"),
            *call("c", subagentRunId="s"),
            {
                "type": "TOOL_CALL_START",
                "toolCallId": "c",
                "toolCallName": "f",
                "parentMessageId": "m",
            },
        ],
        "tool call 'c' is owned by 's'",
    ),
    "a subagent that is already at work": (
        [subagent("STARTED", "s", name="a"), subagent("STARTED", "s", name="a")],
        "already active",
    ),
}


@pytest.mark.parametrize("case", OUT_OF_ORDER)
def test_who_owns_what_and_who_is_at_work_is_held(case: str) -> None:
    events, words = OUT_OF_ORDER[case]
    with pytest.raises(ProtocolError, match=words):
        Told(strict=True).tell(STARTED, *events)


# --- the document -------------------------------------------------------------------------------


def test_what_belongs_to_a_call_a_snapshot_removed_is_dropped() -> None:
    first, args, last = call("c", "{}")
    told = run(first, snapshot(USER), args, last)
    assert told.messages == [USER]
    assert told.warnings == ["TOOL_CALL_ARGS: No message found containing tool call with ID 'c'"]


def test_a_call_that_is_restated_under_its_name_is_one_call() -> None:
    told = run(*call("c", "{"), *call("c", "}"))
    (message,) = told.messages
    assert message["toolCalls"] == [
        {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    ]
    assert told.warnings == []


def test_an_activity_changes_its_kind_and_survives_a_patch_that_does_not_apply() -> None:
    shown = {"type": "ACTIVITY_SNAPSHOT", "messageId": "k", "activityType": "t", "content": {}}
    amend = {"type": "ACTIVITY_DELTA", "messageId": "k", "activityType": "u"}
    told = run(
        shown,
        {**amend, "patch": [{"op": "remove", "path": "/n"}]},
        {**amend, "patch": [{"op": "add", "path": "/n", "value": 1}]},
    )
    assert told.messages == [
        {"id": "k", "role": "activity", "activityType": "u", "content": {"n": 1}}
    ]
    assert "Failed to apply activity patch for 'k'" in told.warnings[0]


def test_a_call_whose_message_became_an_activity_is_a_new_one_when_it_starts_again() -> None:
    shown = {"type": "ACTIVITY_SNAPSHOT", "messageId": "k", "activityType": "t", "content": {}}
    first, *rest = call("c", "{}")
    parent = {**first, "parentMessageId": "k"}
    told = run(parent, *rest, shown, first, *rest, strict=True)
    activity, message = told.messages
    assert activity == {"id": "k", "role": "activity", "activityType": "t", "content": {}}
    assert message["toolCalls"] == [
        {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    ]


def test_the_reducer_alone_takes_phases_that_no_run_holds_for_nothing() -> None:
    document = new_document("t")
    fold = Fold(document, {}, False, pytest.fail)
    step = {"type": "STEP_STARTED", "stepName": "a"}
    for event in (step, {**step, "type": "STEP_FINISHED"}, subagent("FINISHED", "s")):
        assert reduce(fold, event, None) == ()
    assert document == new_document("t")


def test_the_text_of_a_message_is_its_string_or_its_text_parts() -> None:
    image = {"type": "image", "source": {"type": "url", "value": "u"}}
    assert text_of(USER) == "hi"
    assert text_of({**USER, "content": [TEXT, image, TEXT]}) == "hihi"
    assert text_of({"id": "a", "role": "assistant"}) == ""


def test_the_answered_calls_are_those_with_a_tool_message() -> None:
    tool = {"id": "r", "role": "tool", "toolCallId": "c", "content": "ok"}
    assert answered_calls([USER, tool]) == {"c"}


def test_what_stands_between_state_events_goes_before_their_snapshot() -> None:
    whole = {"type": "STATE_SNAPSHOT", "snapshot": {"n": 1}}
    custom = {"type": "CUSTOM", "name": "x", "value": None}
    amend = {"type": "STATE_DELTA", "delta": [{"op": "replace", "path": "/n", "value": 2}]}
    assert compact([STARTED, whole, custom, amend, FINISHED]) == [
        STARTED,
        custom,
        {"type": "STATE_SNAPSHOT", "snapshot": {"n": 2}},
        FINISHED,
    ]


def test_a_warning_of_the_servers_joins_ours_and_other_names_mean_nothing_here() -> None:
    def custom(name: str, value: Any) -> Event:
        return {"type": "CUSTOM", "name": name, "value": value}

    told = run(
        custom(WARNING, {"message": " The file was \n not sent. "}),
        *(custom(WARNING, value) for value in (None, {"message": 5}, {"message": " "})),
        custom("theirs", {"message": "x"}),
    )
    assert told.warnings == ["The file was not sent."]


# --- requests -----------------------------------------------------------------------------------


def test_an_old_peer_gets_a_string_as_it_is_and_parts_of_text_without_a_word() -> None:
    warnings: list[str] = []
    messages = [USER, {"id": "v", "role": "user", "content": [TEXT, TEXT]}]
    request = build(
        thread_id="t",
        run_id="r",
        messages=messages,  # type: ignore[arg-type]
        peer="0.0.39",
        warn=warnings.append,
    )
    assert [message["content"] for message in request["messages"]] == ["hi", "hihi"]
    assert warnings == []


def test_a_message_that_no_request_could_carry_is_refused() -> None:
    assert check_message(USER) is USER
    with pytest.raises(InvalidInput, match=r"cannot be sent.*'/content'"):
        check_message({**USER, "content": 5})


REFUSED: dict[str, tuple[Any, str]] = {
    "an id that is no word": ({"threadId": []}, "threadId must be a string"),
    "a call without a name": (
        {"messages": [{"id": "a", "role": "assistant", "toolCalls": [{"id": "c"}]}]},
        "function with a name",
    ),
    "a tool without a name": ({"tools": [{}]}, "A tool must have a name"),
    "an answer to nothing": ({"resume": [{"payload": 1}]}, "must name its interruptId"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_request_that_cannot_be_meant_is_refused_in_words(case: str) -> None:
    body, words = REFUSED[case]
    with pytest.raises(InvalidInput, match=words):
        read_of(**body)
