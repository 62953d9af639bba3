"""Shorthand events, written out."""

from __future__ import annotations

from typing import Any

import pytest
from support.telling import FINISHED, STARTED, Told, run

from agui_notebook import ProtocolError


def chunk(kind: str = "TEXT_MESSAGE", **fields: Any) -> dict[str, Any]:
    return {"type": f"{kind}_CHUNK", **fields}


def types(told: Told) -> list[str]:
    return [event["type"] for event in told.events[1:]]


def test_chunks_of_one_message_become_start_content_and_end() -> None:
    told = run(chunk(messageId="m", delta="a"), chunk(delta="b"), chunk(messageId="m", delta="c"))
    assert types(told) == [
        "TEXT_MESSAGE_START",
        *["TEXT_MESSAGE_CONTENT"] * 3,
        "TEXT_MESSAGE_END",
        "RUN_FINISHED",
    ]
    assert told.messages == [{"id": "m", "role": "assistant", "content": "abc"}]


def test_another_id_closes_the_one_and_opens_the_other() -> None:
    told = run(
        chunk("TOOL_CALL", toolCallId="c", toolCallName="f", delta="1"),
        chunk("TOOL_CALL", toolCallId="d", toolCallName="g", delta="2"),
    )
    names = [made["toolCalls"][0]["function"] for made in told.messages]
    assert names == [{"name": "f", "arguments": "1"}, {"name": "g", "arguments": "2"}]


OPENER = chunk(messageId="m", delta="a", name="A")
VIOLATIONS = {
    "no id": ([chunk(delta="x")], "First TEXT_MESSAGE_CHUNK must have a messageId"),
    "no call id": ([chunk("TOOL_CALL", delta="x")], "First TOOL_CALL_CHUNK must have a toolCallId"),
    "no call name": (
        [chunk("TOOL_CALL", toolCallId="c")],
        "First TOOL_CALL_CHUNK must have a toolCallName",
    ),
    "another name": (
        [OPENER, chunk(name="B")],
        "message 'm': chunk name 'B' does not match the open stream's name 'A'",
    ),
    "another role than the unsaid one": (
        [OPENER, chunk(role="user")],
        "chunk role 'user' does not match the open stream's role 'assistant'",
    ),
    "another subagent": (
        [
            chunk(messageId="m", delta="a", subagentRunId="s"),
            chunk(messageId="m", subagentRunId="x"),
        ],
        "chunk subagentRunId 'x' does not match the open stream's subagent 's'",
    ),
    "nobody's": (
        [
            chunk(messageId="m", delta="a", subagentRunId="s"),
            chunk(messageId="n", delta="a", subagentRunId="x"),
            chunk(delta="?"),
        ],
        "2 lanes have an open text message",
    ),
    "behind a custom event": (
        [OPENER, {"type": "CUSTOM", "name": "n", "value": 1}, chunk(delta="x")],
        "First TEXT_MESSAGE_CHUNK must have a messageId",
    ),
}


@pytest.mark.parametrize("case", VIOLATIONS)
def test_to_the_letter_a_chunk_out_of_place_is_refused(case: str) -> None:
    events, said = VIOLATIONS[case]
    with pytest.raises(ProtocolError) as caught:
        Told(strict=True).tell(STARTED, *events)
    assert said in str(caught.value)


@pytest.mark.parametrize("case", VIOLATIONS)
def test_tolerantly_the_text_of_a_chunk_out_of_place_is_kept(case: str) -> None:
    events, _ = VIOLATIONS[case]
    told = run(*events)
    sent = [e.get("delta", "") for e in events if e["type"] == "TEXT_MESSAGE_CHUNK"]
    assert "".join(m.get("content", "") for m in told.messages) == "".join(sent)
    assert told.warnings[0].startswith("The agent sent ")


BYSTANDERS = [
    {"type": "RAW", "event": 1},
    {"type": "ACTIVITY_SNAPSHOT", "messageId": "k", "activityType": "t", "content": {}},
    {
        "type": "REASONING_ENCRYPTED_VALUE",
        "subtype": "message",
        "entityId": "m",
        "encryptedValue": "x",
    },
    {"type": "SUBAGENT_STARTED", "subagentRunId": "s", "name": "n"},
    {"type": "FUTURE_EVENT"},
]


@pytest.mark.parametrize("event", BYSTANDERS, ids=lambda event: event["type"])
def test_some_events_end_no_chunk_stream(event: dict[str, Any]) -> None:
    told = Told().tell(STARTED, chunk(messageId="m", delta="a"), event, chunk(delta="b"))
    assert told.messages[0]["content"] == "ab"


def test_lanes_are_per_owner_and_end_with_it() -> None:
    told = run(
        {"type": "SUBAGENT_STARTED", "subagentRunId": "s", "name": "n"},
        chunk(messageId="p", delta="parent "),
        chunk(messageId="m", delta="sub ", subagentRunId="s"),
        chunk(delta="more"),
        chunk(delta="agent", subagentRunId="s"),
        {"type": "SUBAGENT_FINISHED", "subagentRunId": "s"},
        strict=True,
    )
    assert [(m["content"], m.get("subagentRunId")) for m in told.messages] == [
        ("parent more", None),
        ("sub agent", "s"),
    ]
    assert types(told)[-4:] == [
        *("TEXT_MESSAGE_END", "SUBAGENT_FINISHED", "TEXT_MESSAGE_END", "RUN_FINISHED")
    ]


def test_metadata_goes_to_what_its_own_chunk_made() -> None:
    told = run(
        chunk(messageId="m", delta="a", metadata={"n": 1}),
        chunk(metadata={"n": 2}),
        chunk(delta="b", rawEvent={"x": 1}),
        chunk(),
    )
    assert [event.get("metadata") for event in told.events[1:-1]] == [
        *({"n": 1}, {"n": 1}, {"n": 2}, None, None)
    ]
    assert [event.get("rawEvent") for event in told.events[1:-1]] == [
        None,
        None,
        None,
        {"x": 1},
        None,
    ]
    assert told.messages[0] == {
        "id": "m",
        "role": "assistant",
        "content": "ab",
        "metadata": {"n": 2},
    }


def test_a_stream_that_stops_gets_no_end() -> None:
    told = Told().tell(STARTED, chunk(messageId="m", delta="a"))
    assert [event for event, *_ in told.pipeline.close(2)] == [None]
    assert types(told) == ["TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT"]
    assert told.run["status"] == "incomplete"


def test_an_explicit_event_for_the_same_id_ends_the_shorthand() -> None:
    explicit = {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "x"}
    with pytest.raises(ProtocolError, match="No active text message found with ID 'm'"):
        Told(strict=True).tell(STARTED, chunk(messageId="m", delta="a"), explicit, FINISHED)
    assert run(chunk(messageId="m", delta="a"), explicit).messages[0]["content"] == "ax"
