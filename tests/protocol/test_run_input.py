"""Requests: built to the letter, read in every dialect that is spoken."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from agui_notebook import InvalidInput
from agui_notebook.protocol import build_input as build
from agui_notebook.protocol import read_input as read

USER = {"id": "u", "role": "user", "content": "hi"}


def built(**given: Any) -> tuple[Any, list[str]]:
    warnings: list[str] = []
    request = build(**{"thread_id": "t", "run_id": "r", "warn": warnings.append, **given})
    return request, warnings


def took(body: object) -> tuple[Any, list[str]]:
    warnings: list[str] = []
    numbers = count(1)
    return read(body, lambda: f"minted-{next(numbers)}", warnings.append), warnings


WHOLE = {
    "threadId": "t",
    "runId": "r",
    "protocolVersion": "1.0",
    "state": {},
    "messages": [],
    "tools": [],
    "context": [],
    "forwardedProps": {},
}


def test_the_shortest_request_still_says_all_that_old_servers_need() -> None:
    assert built() == (WHOLE, [])


def test_activities_stay_here_and_nulls_are_omitted() -> None:
    activity = {"id": "k", "role": "activity", "activityType": "t", "content": {}}
    request, warnings = built(messages=[{**USER, "name": None}, activity], state=None)
    assert (request["messages"], request["state"], warnings) == ([USER], {}, [])


@pytest.mark.parametrize("state", [0, False, "", [], {"a": None}])
def test_a_falsy_state_is_sent_as_it_is(state: Any) -> None:
    assert built(state=state)[0]["state"] == state


def test_what_nobody_described_is_not_sent() -> None:
    request, warnings = built(messages=[{**USER, "mine": 1}, {"id": "x", "role": "oracle"}])
    assert request["messages"] == [USER]
    assert len(warnings) == 2
    assert "'/messages/0/mine'" in warnings[0]


UNSENDABLE: dict[str, dict[str, Any]] = {
    "a message without an id": {"messages": [{"role": "user", "content": "hi"}]},
    "a number for text": {"messages": [{**USER, "content": 5}]},
    "a tool without a description": {"tools": [{"name": "f"}]},
    "an answer without a payload but null in the middle": {"resume": [{"interruptId": 5}]},
}


@pytest.mark.parametrize("case", UNSENDABLE)
def test_a_malformed_request_is_not_sent(case: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be sent"):
        built(**UNSENDABLE[case])


def test_reasoning_and_secrets_go_back_as_they_came() -> None:
    messages = [
        {"id": "z", "role": "reasoning", "content": "", "encryptedValue": "s"},
        {"id": "a", "role": "assistant", "encryptedValue": "s", "encryptedValueType": "x"},
        {"id": "b", "role": "assistant", "content": "x", "subagentRunId": "s1"},
    ]
    assert built(messages=messages)[0]["messages"] == messages


def test_an_old_peer_gets_what_it_can_read() -> None:
    image = {"type": "image", "source": {"type": "url", "value": "u"}}
    message = {**USER, "content": [{"type": "text", "text": "hi"}, image], "subagentRunId": "s"}
    request, warnings = built(messages=[message], peer="0.0.39", parent_run_id="p")
    assert request == {k: v for k, v in WHOLE.items() if k != "protocolVersion"} | {
        "messages": [USER]
    }
    assert "DROPS non-text parts" in warnings[0]
    assert (
        built(messages=[message], peer="0.0.57")[0]["messages"][0]["content"] == message["content"]
    )


def test_a_given_message_is_not_changed() -> None:
    message = {**USER, "content": [{"type": "binary", "mimeType": "image/png", "url": "u"}]}
    request, _ = built(messages=[message])
    assert request["messages"][0]["content"][0]["type"] == "image"
    assert message["content"][0]["type"] == "binary"  # type: ignore[index]


@pytest.mark.parametrize(
    "body", [None, [], "x", 1, {"messages": 5}, {"messages": [1]}, {"tools": 1}]
)
def test_what_is_no_request_is_refused(body: object) -> None:
    with pytest.raises(InvalidInput):
        took(body)


def test_an_empty_object_is_a_request() -> None:
    request, warnings = took({})
    assert request == {k: v for k, v in WHOLE.items() if k != "protocolVersion"} | {
        "threadId": "minted-1",
        "runId": "minted-2",
    }
    assert warnings == []


def test_snake_case_is_read() -> None:
    request, _ = took(
        {
            "thread_id": "t",
            "run_id": "r",
            "parent_run_id": "p",
            "forwarded_props": {"a": 1},
            "messages": [
                {"id": "a", "role": "assistant", "tool_calls": [_CALL], "content": None},
                {"id": "t", "role": "tool", "tool_call_id": "c", "content": "ok", "error": None},
            ],
        }
    )
    assert request["messages"] == [
        {"id": "a", "role": "assistant", "toolCalls": [_CALL]},
        {"id": "t", "role": "tool", "toolCallId": "c", "content": "ok"},
    ]
    assert (request["threadId"], request["parentRunId"]) == ("t", "p")
    assert request["forwardedProps"] == {"a": 1}


_CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
_DATA = {"type": "data", "value": "AA==", "mimeType": "image/png"}
CONTENTS: dict[str, tuple[dict[str, Any], Any]] = {
    "no id": ({"role": "user", "content": "hi"}, {**USER, "id": "minted-1"}),
    "a number for an id": ({**USER, "id": 7}, {**USER, "id": "7"}),
    "nothing said": ({"id": "u", "role": "user"}, {**USER, "content": ""}),
    "a tool's data": (
        {"id": "t", "role": "tool", "toolCallId": "c", "content": {"n": 1}},
        {"id": "t", "role": "tool", "toolCallId": "c", "content": '{"n": 1}'},
    ),
    "an assistant in parts": (
        {"id": "a", "role": "assistant", "content": [{"type": "text", "text": "so"}]},
        {"id": "a", "role": "assistant", "content": "so"},
    ),
    "a retired part": (
        {**USER, "content": [{"type": "binary", "mimeType": "image/png", "data": "AA=="}]},
        {**USER, "content": [{"type": "image", "source": _DATA}]},
    ),
    "OpenAI's parts": (
        {
            **USER,
            "content": [
                {"type": "input_text", "text": "see"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
                {"type": "input_image", "image_url": "http://x/y"},
            ],
        },
        {
            **USER,
            "content": [
                {"type": "text", "text": "see"},
                {"type": "image", "source": _DATA},
                {"type": "image", "source": {"type": "url", "value": "http://x/y"}},
            ],
        },
    ),
    "snake_case within a part": (
        {
            **USER,
            "content": [
                {
                    "type": "image",
                    "source": {"type": "data", "value": "AA==", "mime_type": "image/png"},
                }
            ],
        },
        {**USER, "content": [{"type": "image", "source": _DATA}]},
    ),
    "arguments as data": (
        {
            "id": "a",
            "role": "assistant",
            "toolCalls": [{"id": "c", "function": {"name": "f", "arguments": {"n": 1}}}],
        },
        {
            "id": "a",
            "role": "assistant",
            "toolCalls": [
                {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"n": 1}'}}
            ],
        },
    ),
}


@pytest.mark.parametrize("case", CONTENTS)
def test_a_message_is_read_in_every_dialect(case: str) -> None:
    sent, expected = CONTENTS[case]
    request, warnings = took({"threadId": "t", "runId": "r", "messages": [sent]})
    assert request["messages"] == [expected]
    assert warnings == []


SKIPPED: dict[str, tuple[Any, list[Any]]] = {
    "an unknown role": ({"id": "x", "role": "oracle"}, []),
    "an unknown part": ({**USER, "content": [{"type": "hologram"}]}, [{**USER, "content": []}]),
    "an unknown source": (
        {**USER, "content": [{"type": "image", "source": {"type": "telepathy"}}]},
        [{**USER, "content": []}],
    ),
    "an unknown field": ({**USER, "mood": "good"}, [USER]),
}


@pytest.mark.parametrize("case", SKIPPED)
def test_what_nobody_knows_is_skipped_with_a_warning_and_never_fatal(case: str) -> None:
    sent, expected = SKIPPED[case]
    request, warnings = took({"threadId": "t", "runId": "r", "messages": [sent]})
    assert request["messages"] == expected
    assert len(warnings) == 1


def test_tools_and_context_are_completed() -> None:
    request, _ = took({"tools": [{"name": "f"}], "context": [{"value": {"n": 1}}], "state": None})
    assert request["tools"] == [{"name": "f", "description": "", "parameters": {}}]
    assert request["context"] == [{"description": "", "value": '{"n": 1}'}]
    assert request["state"] == {}


_ANSWER = {"interruptId": "i", "status": "resolved", "payload": {"ok": True}}
RESUMES = {
    "today's": [_ANSWER],
    "one answer": {"interruptId": "i", "payload": {"ok": True}},
    "in a box": {"interrupts": [{"id": "i", "value": {"ok": True}}]},
    "in another box": {"interrupt": [{"interrupt_id": "i", "response": {"ok": True}}]},
    "by its call": [{"toolCallId": "i", "value": {"ok": True}, "status": None}],
}


@pytest.mark.parametrize("form", RESUMES)
def test_answers_are_read_in_every_form(form: str) -> None:
    assert took({"resume": RESUMES[form]})[0]["resume"] == [_ANSWER]


def test_no_answers_are_no_answers() -> None:
    assert "resume" not in took({"resume": []})[0]
    assert "resume" not in took({"resume": None})[0]


def test_other_members_are_ignored() -> None:
    request, warnings = took(
        {"threadId": "t", "runId": "r", "config": {}, "availableInterrupts": []}
    )
    assert "config" not in request
    assert warnings == []
