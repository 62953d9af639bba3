"""What a MESSAGES_SNAPSHOT makes of the messages held."""

from __future__ import annotations

from typing import Any

from agui_notebook.protocol import merge_messages

USER = {"id": "u", "role": "user", "content": "weather?"}
ASKED = {"id": "a", "role": "assistant", "content": "", "toolCalls": [{"id": "c"}]}
SAID = {"id": "b", "role": "assistant", "content": "It is 3."}


def result(message_id: str) -> dict[str, str]:
    return {"id": message_id, "role": "tool", "toolCallId": "c", "content": "3"}


def snapshot(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"type": "MESSAGES_SNAPSHOT", "messages": list(messages)}


def test_a_result_under_another_id_stands_behind_its_call() -> None:
    held = [USER, ASKED, result("streamed"), SAID]
    event = snapshot(USER, ASKED, result("stored"), SAID)
    assert merge_messages(held, event, strict=False) == [USER, ASKED, result("stored"), SAID]  # type: ignore[arg-type]


def test_to_the_letter_what_is_new_goes_to_the_end() -> None:
    held = [USER, ASKED, result("streamed"), SAID]
    event = snapshot(USER, ASKED, result("stored"), SAID)
    assert merge_messages(held, event, strict=True) == [USER, ASKED, SAID, result("stored")]  # type: ignore[arg-type]


def test_a_call_and_its_result_that_are_both_new_keep_their_order() -> None:
    held = [USER, {**ASKED, "id": "streamed"}, result("streamed too")]
    event = snapshot(USER, ASKED, result("stored"), SAID)
    assert merge_messages(held, event, strict=False) == event["messages"]  # type: ignore[arg-type]


def test_a_result_stays_whose_call_the_snapshot_has_without_one() -> None:
    held = [USER, ASKED, result("streamed"), SAID]
    assert merge_messages(held, snapshot(USER, ASKED, SAID), strict=False) == held  # type: ignore[arg-type]
    assert merge_messages(held, snapshot(USER, ASKED, SAID), strict=True) == [USER, ASKED, SAID]  # type: ignore[arg-type]
    assert merge_messages(held, snapshot(USER, SAID), strict=False) == [USER, SAID]  # type: ignore[arg-type]


def test_a_result_the_snapshot_has_under_both_ids_is_two_messages() -> None:
    held = [USER, ASKED, result("streamed")]
    event = snapshot(USER, ASKED, result("streamed"), result("stored"))
    assert merge_messages(held, event, strict=False) == event["messages"]  # type: ignore[arg-type]
