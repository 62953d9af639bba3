"""What older and sloppier servers send, and what it is read as."""

from __future__ import annotations

from typing import Any

import pytest
from support.telling import FINISHED, STARTED, USER, Told, call, end, result, run, start, text

from agui_notebook import ProtocolError

THINKING = [
    {"type": "THINKING_START", "title": "Working"},
    {"type": "THINKING_TEXT_MESSAGE_START"},
    {"type": "THINKING_TEXT_MESSAGE_CONTENT", "delta": "Hm."},
    {"type": "THINKING_TEXT_MESSAGE_END"},
    {"type": "THINKING_END"},
]


@pytest.mark.parametrize("strict", [False, True], ids=["tolerant", "strict"])
def test_thinking_is_read_as_reasoning(strict: bool) -> None:
    told = run(*THINKING, strict=strict, mint=iter(["s", "z"]).__next__)
    assert told.messages == [{"id": "z", "role": "reasoning", "content": "Hm."}]
    assert [event["type"] for event in told.events[1:-1]] == [
        "REASONING_START",
        "REASONING_MESSAGE_START",
        "REASONING_MESSAGE_CONTENT",
        "REASONING_MESSAGE_END",
        "REASONING_END",
    ]
    assert told.events[1]["metadata"] == {"title": "Working"}
    assert "THINKING_START" in told.warnings[0]


def test_thinking_without_an_opener_is_opened_unless_strict() -> None:
    told = run(THINKING[2], THINKING[3], THINKING[4])
    assert [message["content"] for message in told.messages] == ["Hm."]
    with pytest.raises(ProtocolError, match="No active reasoning message"):
        Told(strict=True).tell(STARTED, THINKING[2])


MEDIA = {
    "image/png": "image",
    "audio/mpeg": "audio",
    "video/mp4": "video",
    "application/pdf": "document",
}


@pytest.mark.parametrize("mime", MEDIA)
def test_a_binary_part_becomes_the_medium_it_is(mime: str) -> None:
    part = {"type": "binary", "mimeType": mime, "data": "AA==", "url": "u", "filename": "f"}
    told = run(
        {"type": "MESSAGES_SNAPSHOT", "messages": [{**USER, "content": [part]}]}, strict=True
    )
    source = {"type": "data", "value": "AA==", "mimeType": mime}
    assert told.messages[0]["content"] == [
        {"type": MEDIA[mime], "source": source, "metadata": {"filename": "f"}}
    ]


def test_a_binary_copy_of_a_modern_part_and_one_with_only_an_id_are_removed() -> None:
    modern = {"type": "image", "source": {"type": "url", "value": "u", "mimeType": "image/png"}}
    copy = {"type": "binary", "mimeType": "image/png", "url": "u"}
    lost = {"type": "binary", "mimeType": "image/png", "id": "x"}
    message = {**USER, "content": [modern, copy, lost]}
    told = run({"type": "MESSAGES_SNAPSHOT", "messages": [message]})
    assert told.messages[0]["content"] == [modern]
    assert len(told.warnings) == 1


@pytest.mark.parametrize("strict", [False, True], ids=["tolerant", "strict"])
def test_the_nulls_of_old_encoders_are_absent_fields(strict: bool) -> None:
    told = Told(strict=strict).tell(
        {**STARTED, "rawEvent": None},
        *call("c", parentMessageId=None),
        {**FINISHED, "result": None, "outcome": None},
    )
    assert told.run["status"] == "success"
    assert "result" not in told.run
    assert told.warnings


SLOPPY: dict[str, tuple[list[dict[str, Any]], str]] = {
    "a value lost with its null": ([{"type": "CUSTOM", "name": "n"}], "value"),
    "a snapshot lost with its null": ([{"type": "STATE_SNAPSHOT"}], "snapshot"),
    "the role of an old SDK": (
        [
            {"type": "REASONING_MESSAGE_START", "messageId": "z", "role": "assistant"},
            {"type": "REASONING_MESSAGE_END", "messageId": "z"},
        ],
        "role",
    ),
    "no role at all": (
        [
            {"type": "REASONING_MESSAGE_START", "messageId": "z"},
            {"type": "REASONING_MESSAGE_END", "messageId": "z"},
        ],
        "role",
    ),
    "a result that is data": ([result("m", "c", {"n": 1})], "content"),
    "a result that is a list of numbers": ([result("m", "c", [1, 2])], "content"),
    "arguments that are data": ([*call("c", {"n": 1})], "delta"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", SLOPPY)
def test_sloppy_shapes_are_read_with_a_warning_and_refused_when_strict(case: str) -> None:
    events, named = SLOPPY[case]
    told = run(*events)
    assert told.run["status"] == "success"
    assert len(told.warnings) == 1
    assert named in told.warnings[0]
    with pytest.raises(ProtocolError, match=named):
        run(*events, strict=True)


def test_structured_results_and_arguments_are_kept_as_json_text() -> None:
    told = run(*call("c", {"n": "é"}), result("m", "c", {"n": 1}))  # type: ignore[arg-type]
    assert told.messages[0]["toolCalls"][0]["function"]["arguments"] == '{"n": "é"}'
    assert told.messages[1]["content"] == '{"n": 1}'


def test_missing_ids_are_the_requests() -> None:
    told = Told().tell({"type": "RUN_STARTED"}, {"type": "RUN_FINISHED"})
    assert told.events == [
        {"type": "RUN_STARTED", "threadId": "t", "runId": "r"},
        {"type": "RUN_FINISHED", "threadId": "t", "runId": "r"},
    ]
    assert told.run["runId"] == "r"


def test_the_end_of_a_replayed_run_takes_the_ids_of_its_start() -> None:
    told = Told().tell({**STARTED, "runId": "earlier"}, {"type": "RUN_FINISHED"})
    assert told.events[-1]["runId"] == "earlier"


def test_of_two_interrupts_of_one_id_the_first_is_kept() -> None:
    first, second = ({"id": "i", "reason": reason} for reason in ("first", "second"))
    other = {"id": "j", "reason": "other"}
    outcome = {"type": "interrupt", "interrupts": [first, second, other]}
    told = Told().tell(STARTED, {**FINISHED, "outcome": outcome})
    assert told.document["interrupts"] == [first, other]


def test_a_bare_error_object_is_quoted() -> None:
    with pytest.raises(ProtocolError, match="It says: out of memory"):
        Told().tell({"error": "out of memory"})


@pytest.mark.parametrize("frame", [None, 1, "x", [], True])
def test_a_frame_that_is_no_object_is_refused(frame: object) -> None:
    with pytest.raises(ProtocolError, match="not a JSON object"):
        Told().tell(frame)


VERSIONS = {
    "1.0": 0,
    "0.9": 0,
    "1.1": 0,
    "1.2": 1,
    "1.10": 1,
    "2.0": 1,
    "1": 1,
    "1.0.0": 1,
    "draft": 1,
}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_newer_or_unreadable_version_is_a_warning_and_no_more(version: str) -> None:
    events = [{**STARTED, "protocolVersion": version}, *text("m", "x"), FINISHED]
    told = Told().tell(*events)
    assert told.run["status"] == "success"
    assert len(told.warnings) == VERSIONS[version]
    # to the letter all that is newer than what we say we speak, though it be understood
    assert len(Told(strict=True).tell(*events).warnings) == (VERSIONS | {"1.1": 1})[version]


def test_a_peer_from_before_subagents_is_read_without_them() -> None:
    told = run(
        {"type": "SUBAGENT_STARTED", "subagentRunId": "s", "name": "n"},
        start("m", subagentRunId="s"),
        end("m", subagentRunId="s"),
        {"type": "SUBAGENT_FINISHED", "subagentRunId": "s"},
        peer="0.0.57",
    )
    assert told.messages == [{"id": "m", "role": "assistant", "content": ""}]
    assert "dropping SUBAGENT_STARTED" in told.warnings[0]
    assert (
        run(
            {"type": "SUBAGENT_STARTED", "subagentRunId": "s", "name": "n"},
            {"type": "SUBAGENT_FINISHED", "subagentRunId": "s"},
            peer="0.0.58",
        ).warnings
        == []
    )
