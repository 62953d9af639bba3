"""What events do to the document: messages, calls, state, activities, runs."""

from __future__ import annotations

from typing import Any

import pytest
from support.telling import (
    FINISHED,
    STARTED,
    USER,
    Told,
    call,
    delta,
    end,
    result,
    run,
    start,
    text,
)

FUNCTION = {"name": "f", "arguments": ""}


def snapshot(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"type": "MESSAGES_SNAPSHOT", "messages": list(messages), **more}


def activity(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": f"ACTIVITY_{kind}", "messageId": "k", "activityType": "t", **more}


def test_a_reopened_message_goes_on_where_it_was() -> None:
    told = run(*text("m", "a"), *text("n", "-"), *text("m", "b"), strict=True)
    assert [(m["id"], m["content"]) for m in told.messages] == [("m", "ab"), ("n", "-")]


def test_text_for_a_message_of_an_earlier_run_is_added_to_it() -> None:
    told = run(*text("m", "a")).tell(STARTED, *text("m", "b"), FINISHED)
    assert told.messages == [{"id": "m", "role": "assistant", "content": "ab"}]


def test_text_into_a_message_of_parts_replaces_the_parts() -> None:
    held = {"id": "m", "role": "user", "content": [{"type": "text", "text": "old"}]}
    told = run(*text("m", "new"), messages=[held], strict=True)
    assert told.messages[0]["content"] == "new"


def test_text_for_an_activity_is_dropped_with_a_warning() -> None:
    told = run(activity("SNAPSHOT", content={"n": 1}), *text("k", "x"), strict=True)
    assert told.messages[0]["content"] == {"n": 1}
    assert "is an activity message" in told.warnings[0]


def test_text_for_a_message_that_a_snapshot_removed_is_dropped_with_a_warning() -> None:
    events = [start("m"), delta("m", "a"), snapshot(USER), delta("m", "b"), end("m")]
    told = run(*events, strict=True)
    assert told.messages == [USER]
    assert "TEXT_MESSAGE_CONTENT: No message found with ID 'm'" in told.warnings
    assert run(*events).messages == [USER, {"id": "m", "role": "assistant", "content": "b"}]


def test_text_goes_on_in_the_snapshots_version_of_an_open_message() -> None:
    said = {"id": "m", "role": "assistant", "content": "A"}
    told = run(start("m"), delta("m", "a"), snapshot(said), delta("m", "b"), end("m"))
    assert told.messages == [{**said, "content": "Ab"}]


PARENTS: dict[str, tuple[list[Any], dict[str, Any], list[Any]]] = {
    "an assistant message": (
        [{"id": "a", "role": "assistant", "content": "x"}],
        {"parentMessageId": "a"},
        [{"id": "a", "role": "assistant", "content": "x", "toolCalls": "THE CALL"}],
    ),
    "nothing that is held": (
        [],
        {"parentMessageId": "a"},
        [{"id": "a", "role": "assistant", "toolCalls": "THE CALL"}],
    ),
    "nothing at all": ([], {}, [{"id": "c", "role": "assistant", "toolCalls": "THE CALL"}]),
    "an empty id": (
        [],
        {"parentMessageId": ""},
        [{"id": "c", "role": "assistant", "toolCalls": "THE CALL"}],
    ),
    "somebody else's message": (
        [USER],
        {"parentMessageId": "u"},
        [USER, {"id": "c", "role": "assistant", "toolCalls": "THE CALL"}],
    ),
}


@pytest.mark.parametrize("parent", PARENTS)
def test_a_call_stands_in_the_message_its_parent_names(parent: str) -> None:
    held, named, expected = PARENTS[parent]
    the_call = {"id": "c", "type": "function", "function": FUNCTION}
    told = run(*call("c", **named), messages=held)
    assert told.messages == [
        {**message, "toolCalls": [the_call]} if "toolCalls" in message else message
        for message in expected
    ]
    assert len(told.warnings) == (parent == "somebody else's message")


def test_a_call_started_again_is_one_call_with_the_newer_name() -> None:
    told = run(*call("c", "{", name="f"), *call("c", "}", name="g"))
    (made,) = told.messages[0]["toolCalls"]
    assert made["function"] == {"name": "g", "arguments": "{}"}
    assert "already exists with name 'f'" in told.warnings[0]


def test_results_stand_behind_their_call_in_the_order_they_came() -> None:
    told = run(
        *call("c"),
        *call("d", parentMessageId="c"),
        *text("m", "answer"),
        result("r2", "d"),
        result("r1", "c"),
        result("r0", "nobody's"),
    )
    assert [message["id"] for message in told.messages] == ["c", "r2", "r1", "m", "r0"]


def test_text_streams_on_while_results_are_put_before_it() -> None:
    told = run(*call("c"), start("m"), delta("m", "a"), result("r", "c"), delta("m", "b"), end("m"))
    assert told.messages[-1]["content"] == "ab"


def test_metadata_lands_per_key_on_what_its_event_builds() -> None:
    told = run(
        start("m", metadata={"a": {"x": 1}, "b": 1}),
        delta("m", "x", metadata={"a": {"y": 2}}),
        *call("c", parentMessageId="m", metadata={"n": 1}),
        end("m", metadata={"c": None}),
    )
    assert told.messages[0]["metadata"] == {"a": {"y": 2}, "b": 1, "c": None}
    assert told.messages[0]["toolCalls"][0]["metadata"] == {"n": 1}


def test_a_secret_for_nobody_is_a_warning() -> None:
    secret = {"type": "REASONING_ENCRYPTED_VALUE", "encryptedValue": "s"}
    told = run(
        *call("c"),
        {**secret, "subtype": "tool-call", "entityId": "c"},
        {**secret, "subtype": "message", "entityId": "nobody"},
    )
    assert told.messages[0]["toolCalls"][0]["encryptedValue"] == "s"
    assert len(told.messages) == 1
    assert "nobody" in told.warnings[0]


LOCAL = [
    {"id": "k", "role": "activity", "activityType": "t", "content": {}},
    {"id": "z", "role": "reasoning", "content": "hm"},
]


def test_local_activities_and_reasoning_survive_a_snapshot_that_has_none() -> None:
    told = run(snapshot(USER), messages=[LOCAL[0], USER, LOCAL[1]])
    assert [message["id"] for message in told.messages] == ["k", "u", "z"]


def test_a_snapshot_with_reasoning_is_complete_for_reasoning() -> None:
    other = {"id": "y", "role": "reasoning", "content": "so"}
    told = run(snapshot(USER, other), messages=[LOCAL[0], USER, LOCAL[1]])
    assert [message["id"] for message in told.messages] == ["k", "u", "y"]


OWNED = {"None": None, "t": ["t"], "other": ["o"], "nonsense": 5}
LEFT = {"None": ["u"], "t": ["u"], "other": ["k", "u"], "nonsense": ["k", "u"]}


@pytest.mark.parametrize("types", OWNED)
def test_a_snapshot_may_say_which_activities_it_is_complete_for(types: str) -> None:
    metadata = {"@ag-ui/client": {"authoritativeActivityTypes": OWNED[types]}}
    told = run(snapshot(USER, metadata=metadata), messages=[LOCAL[0], USER])
    assert [message["id"] for message in told.messages] == LEFT[types]


@pytest.mark.parametrize("value", [None, 0, False, "", [], {}, [None], "x"])
def test_any_json_value_may_be_the_state(value: Any) -> None:
    told = run({"type": "STATE_SNAPSHOT", "snapshot": value}, state={"old": 1})
    assert told.document["state"] == value
    assert type(told.document["state"]) is type(value)


def test_a_patch_that_fails_changes_nothing_and_is_a_warning() -> None:
    patch = [{"op": "add", "path": "/b", "value": 2}, {"op": "test", "path": "/a", "value": True}]
    told = run({"type": "STATE_DELTA", "delta": patch}, state={"a": 1})
    assert told.document["state"] == {"a": 1}
    assert told.warnings[0].startswith("Failed to apply state patch")
    assert told.run["status"] == "success"


def test_an_activity_is_replaced_kept_or_amended() -> None:
    told = Told().tell(STARTED, activity("SNAPSHOT", content={"n": 1}, metadata={"a": 1}))
    kept = activity("SNAPSHOT", content={"n": 2}, replace=False, metadata={"b": 2})
    told.tell(kept, activity("DELTA", patch=[{"op": "add", "path": "/m", "value": 3}]))
    assert told.messages[0] | {"metadata": None} == {
        "id": "k",
        "role": "activity",
        "activityType": "t",
        "content": {"n": 1, "m": 3},
        "metadata": None,
    }
    told.tell({**activity("SNAPSHOT", content={}), "activityType": "u", "subagentRunId": "s"})
    assert told.messages == [
        {
            "id": "k",
            "role": "activity",
            "activityType": "u",
            "content": {},
            "subagentRunId": "s",
            "metadata": {"a": 1, "b": 2},
        }
    ]


@pytest.mark.parametrize("messages", [[], [{**USER, "id": "k"}]], ids=["missing", "no activity"])
def test_a_delta_for_no_activity_is_skipped_with_a_warning(messages: list[Any]) -> None:
    told = run(activity("DELTA", patch=[]), messages=messages)
    assert told.messages == messages
    assert "ACTIVITY_DELTA" in told.warnings[0]


def test_the_echoed_input_brings_messages_we_do_not_have() -> None:
    mine = {**USER, "content": "mine"}
    other = {**USER, "id": "v"}
    echo = {"threadId": "t", "runId": "r", "messages": [{**USER, "content": "theirs"}, other]}
    told = Told([mine]).tell({**STARTED, "input": echo})
    assert told.messages == [mine, other]


def test_pending_calls_are_those_nobody_answered_if_the_agent_does_not_say() -> None:
    told = run(*call("c"), *call("d"), result("r", "c"), *call("e"))
    assert told.run["pendingToolCallIds"] == ["d", "e"]
    declared = {**FINISHED, "outcome": {"type": "success", "pendingToolCallIds": ["e"]}}
    assert Told().tell(STARTED, *call("e"), declared).run["pendingToolCallIds"] == ["e"]


def test_what_an_earlier_run_left_pending_is_not_pending_in_the_next() -> None:
    told = run(*call("c")).tell(STARTED, FINISHED)
    assert [entry.get("pendingToolCallIds") for entry in told.document["runs"]] == [["c"], None]


INTERRUPTED = {
    **FINISHED,
    "outcome": {"type": "interrupt", "interrupts": [{"id": "i", "reason": "ask"}]},
}


def test_interrupts_stay_until_a_run_ends_well() -> None:
    told = Told().tell(STARTED, INTERRUPTED)
    assert told.document["interrupts"] == [{"id": "i", "reason": "ask"}]
    told.tell(STARTED, {"type": "RUN_ERROR", "message": "no"})
    assert told.document["interrupts"] == [{"id": "i", "reason": "ask"}]
    told.tell(STARTED, FINISHED)
    assert told.document["interrupts"] == []


def test_a_cancelled_run_is_neither_a_success_nor_a_failure() -> None:
    told = Told(strict=True).tell(STARTED, {**FINISHED, "outcome": {"type": "cancelled"}})
    assert told.pipeline.outcome == told.run["status"] == "cancelled"
    assert told.warnings == []


def test_the_answers_a_request_carries_are_those_of_the_first_run_in_its_stream() -> None:
    told = Told(resume=[{"interruptId": "i", "status": "resolved"}])
    told.tell(STARTED, INTERRUPTED, STARTED, FINISHED)
    first, second = told.document["runs"]
    assert first["resume"] == [{"interruptId": "i", "status": "resolved"}]
    assert (first["interrupts"], "resume" in second) == ([{"id": "i", "reason": "ask"}], False)


def test_a_run_remembers_where_it_began_and_what_it_brought() -> None:
    usage = [{"model": "m", "inputTokens": 1}]
    told = Told([USER]).tell(STARTED, {**FINISHED, "result": None, "usage": usage})
    assert told.document["runs"] == [
        {
            "runId": "r",
            "after": "u",
            "status": "success",
            "startedAt": 1,
            "endedAt": 1,
            "steps": [],
            "subagents": [],
            "usage": usage,
        }
    ]


def test_items_say_how_far_messages_and_calls_have_come() -> None:
    told = Told().tell(STARTED, start("m"), *call("c")[:1])
    statuses = {key: item["status"] for key, item in told.document["items"].items()}
    assert statuses == {"message:m": "open", "call:c": "open"}
    told.tell(end("m"), call("c")[-1])
    assert told.document["items"]["call:c"] == {"status": "called", "startedAt": 1, "endedAt": 1}
    told.tell(result("r", "c"))
    assert told.document["items"]["call:c"]["status"] == "done"
    assert told.document["items"]["call:c"]["by"] == "agent"


def test_subagents_end_as_they_say() -> None:
    def subagent(kind: str, item: str, **more: Any) -> dict[str, Any]:
        return {"type": f"SUBAGENT_{kind}", "subagentRunId": item, **more}

    told = run(
        *(subagent("STARTED", item, name="n") for item in "abc"),
        subagent("FINISHED", "a", result={"n": 1}),
        subagent("FINISHED", "b", outcome={"type": "suspended", "interruptIds": ["i"]}),
        subagent("ERROR", "c", message="no"),
    )
    assert [entry["status"] for entry in told.run["subagents"]] == ["success", "suspended", "error"]
    assert told.run["subagents"][0]["result"] == {"n": 1}
    assert told.run["subagents"][2]["message"] == "no"
