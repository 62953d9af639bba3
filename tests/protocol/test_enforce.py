"""The unknown is taken out with a word, the malformed is refused."""

from __future__ import annotations

from typing import Any

import pytest
from support.telling import STARTED, Told, delta, run, start, text

from agui_notebook import ProtocolError
from agui_notebook.protocol import Enforcement, check_event

IMAGE = {"type": "image", "source": {"type": "url", "value": "http://x/y.png"}}


def snapshot(*messages: Any) -> dict[str, Any]:
    return {"type": "MESSAGES_SNAPSHOT", "messages": list(messages)}


def user(*parts: Any) -> dict[str, Any]:
    return {"id": "u", "role": "user", "content": list(parts)}


def cleaned(event: dict[str, Any], strict: bool = False) -> tuple[Any, list[str]]:
    warnings: list[str] = []
    return Enforcement(strict, warnings.append)(event), warnings


TEXT = {"type": "text", "text": "hi"}
STRANGE = {"type": "hologram", "data": 1}
FINISHED = {"type": "RUN_FINISHED", "threadId": "t", "runId": "r"}
REMOVED = {
    "an unknown field": (
        {**start("m"), "futureProp": 1},
        start("m"),
        "/futureProp",
    ),
    "a field named like a method": ({**start("m"), "constructor": 1}, start("m"), "/constructor"),
    "a part in a list": (
        snapshot(user(TEXT, STRANGE)),
        snapshot(user(TEXT)),
        "/messages/0/content/1",
    ),
    "a part whose source is unknown": (
        snapshot(user({**IMAGE, "source": {"type": "telepathy"}}, TEXT)),
        snapshot(user(TEXT)),
        "/messages/0/content/0",
    ),
    "a message of unknown role": (
        snapshot({"id": "x", "role": "oracle"}, user(TEXT)),
        snapshot(user(TEXT)),
        "/messages/0",
    ),
    "an unknown outcome": ({**FINISHED, "outcome": {"type": "maybe"}}, FINISHED, "/outcome"),
    "an operation nobody knows": (
        {
            "type": "STATE_DELTA",
            "delta": [{"op": "swap", "path": "/a"}, {"op": "remove", "path": "/b"}],
        },
        {"type": "STATE_DELTA", "delta": [{"op": "remove", "path": "/b"}]},
        "/delta/0",
    ),
    "a slash in a name": ({**start("m"), "a/b~": 1}, start("m"), "/a~1b~0"),
}


@pytest.mark.parametrize("strict", [False, True], ids=["tolerant", "strict"])
@pytest.mark.parametrize("case", REMOVED)
def test_what_nobody_described_is_removed_with_a_warning_that_names_it(
    case: str, strict: bool
) -> None:
    event, expected, path = REMOVED[case]
    clean, warnings = cleaned(event, strict)
    assert clean == expected
    assert len(warnings) == 1
    assert f"'{path}'" in warnings[0]


@pytest.mark.parametrize("strict", [False, True], ids=["tolerant", "strict"])
def test_an_unknown_event_is_dropped_and_named(strict: bool) -> None:
    told = run({"type": "FUTURE_EVENT"}, *text("m", "x"), strict=strict)
    assert "FUTURE_EVENT" in told.warnings[0]
    assert [event["type"] for event in told.events if event["type"] == "FUTURE_EVENT"] == []
    assert told.messages[0]["content"] == "x"


OPEN = {
    "metadata": {**start("m"), "metadata": {"acme.x": None, "constructor": {"deep": [None]}}},
    "an operation's extras": {
        "type": "STATE_DELTA",
        "delta": [{"op": "remove", "path": "/a", "value": 1, "note": None}],
    },
    "a custom value": {"type": "CUSTOM", "name": "acme.anything", "value": {"x": None}},
    "a raw event": {"type": "RAW", "event": None},
    "a null snapshot": {"type": "STATE_SNAPSHOT", "snapshot": None},
    "an activity": {
        "type": "ACTIVITY_SNAPSHOT",
        "messageId": "k",
        "activityType": "?",
        "content": {"x": None},
    },
    "an integral float": {**start("m"), "timestamp": 1.0},
}


@pytest.mark.parametrize("event", OPEN.values(), ids=OPEN)
def test_what_is_open_is_left_alone(event: dict[str, Any]) -> None:
    assert cleaned(event, strict=True) == (event, [])


USAGE = {"type": "RUN_ERROR", "message": "m"}
MALFORMED = {
    "a number for text": (
        {**delta("m", "x"), "delta": 5},
        "/delta",
        "expected string, received number",
    ),
    "no text": ({"type": "TEXT_MESSAGE_CONTENT", "messageId": "m"}, "delta", "without a 'delta'"),
    "a true for a number": ({**start("m"), "timestamp": True}, "/timestamp", "received boolean"),
    "half a millisecond": ({**start("m"), "timestamp": 1.5}, "/timestamp", "integer"),
    "a time beyond 2^53": ({**start("m"), "timestamp": 2**53}, "/timestamp", "integer"),
    "a list for an object": ({**start("m"), "metadata": []}, "/metadata", "received array"),
    "a list for an outcome": (
        {**FINISHED, "outcome": []},
        "/outcome",
        "expected object, received array",
    ),
    "an interrupt without questions": (
        {**FINISHED, "outcome": {"type": "interrupt", "interrupts": []}},
        "/outcome/interrupts",
        ">=1",
    ),
    "a bad pointer": (
        {"type": "STATE_DELTA", "delta": [{"op": "remove", "path": "a"}]},
        "/delta/0/path",
        "JSON pointer",
    ),
    "an operation without its value": (
        {"type": "STATE_DELTA", "delta": [{"op": "add", "path": "/a"}]},
        "delta.0.value",
        "without a",
    ),
    "a negative count": (
        {**USAGE, "usage": [{"inputTokens": -1}]},
        "/usage/0/inputTokens",
        "count",
    ),
    "a subagent without a name": (
        {"type": "SUBAGENT_STARTED", "subagentRunId": "s"},
        "name",
        "without a 'name'",
    ),
}


@pytest.mark.parametrize("strict", [False, True], ids=["tolerant", "strict"])
@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_value_fails_the_run_and_is_named(case: str, strict: bool) -> None:
    event, place, said = MALFORMED[case]
    with pytest.raises(ProtocolError) as caught:
        Enforcement(strict, lambda text: None)(event)
    assert place in str(caught.value)
    assert said in str(caught.value)
    assert caught.value.rule == "C-PROC-02"


def test_a_null_for_an_absent_field_is_read_as_absent_and_said_once() -> None:
    told = run(
        start("m", name=None, timestamp=None, metadata=None),
        delta("m", "x", subagentRunId=None),
        {"type": "TEXT_MESSAGE_END", "messageId": "m", "rawEvent": None},
    )
    assert told.messages == [{"id": "m", "role": "assistant", "content": "x"}]
    assert len(told.warnings) == 1


def test_to_the_letter_a_null_is_malformed() -> None:
    with pytest.raises(ProtocolError, match=r"'name: null'. The field is optional — omit it"):
        Told(strict=True).tell(STARTED, start("m", name=None))


def test_an_unknown_role_is_stripped_unless_strict() -> None:
    told = run(
        start("m", role="oracle"), delta("m", "x"), {"type": "TEXT_MESSAGE_END", "messageId": "m"}
    )
    assert told.messages[0]["role"] == "assistant"
    assert "'/role'" in told.warnings[0]
    with pytest.raises(ProtocolError, match="role"):
        Told(strict=True).tell(STARTED, start("m", role="oracle"))


def test_snake_case_is_told_to_the_servers_author() -> None:
    event = {"type": "TEXT_MESSAGE_CONTENT", "message_id": "m", "delta": "x"}
    with pytest.raises(ProtocolError, match="sends 'message_id'; AG-UI is camelCase"):
        Told(strict=True).tell(STARTED, event)
    told = run(start("m"), event)
    assert told.messages[0]["content"] == "x"
    assert "AG-UI is camelCase" in told.warnings[0]


def test_the_event_itself_is_not_changed() -> None:
    event = {**start("m"), "futureProp": 1}
    cleaned(event)
    assert event == {**start("m"), "futureProp": 1}


def test_a_type_of_one_one_rides_along_with_the_secret_it_describes() -> None:
    secret = {"subtype": "message", "entityId": "m", "encryptedValue": "s"}
    event = {"type": "REASONING_ENCRYPTED_VALUE", **secret}
    told = run(*text("m", "x"), {**event, "encryptedValueType": "acme.x"})
    assert told.messages[0]["encryptedValueType"] == "acme.x"
    told.tell(STARTED, event)
    assert told.messages[0] == {
        "id": "m",
        "role": "assistant",
        "content": "x",
        "encryptedValue": "s",
    }


def test_check_event_lists_everything_the_schema_has_against_an_event() -> None:
    assert check_event(start("m")) == []
    assert len(check_event({**start("m"), "futureProp": 1})) == 1
    assert len(check_event({"type": "FUTURE_EVENT"})) == 1
    assert "delta" in check_event({"type": "TEXT_MESSAGE_CONTENT", "messageId": "m"})[0]
    assert check_event({}) != []
