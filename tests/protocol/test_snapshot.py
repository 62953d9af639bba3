"""What a MESSAGES_SNAPSHOT makes of the messages held."""

from __future__ import annotations

from agui_notebook.protocol.snapshot import merged

USER = {"id": "u", "role": "user", "content": "weather?"}
ASKED = {"id": "a", "role": "assistant", "content": "", "toolCalls": [{"id": "c"}]}
SAID = {"id": "b", "role": "assistant", "content": "It is 3."}


def result(message_id: str) -> dict[str, str]:
    return {"id": message_id, "role": "tool", "toolCallId": "c", "content": "3"}


def test_a_result_under_another_id_stays_behind_its_call() -> None:
    held = [USER, ASKED, result("streamed"), SAID]
    event = {"messages": [USER, ASKED, result("stored"), SAID]}
    assert merged(held, event) == [USER, ASKED, result("stored"), SAID]


def test_a_result_that_the_snapshot_does_not_have_is_gone() -> None:
    held = [USER, ASKED, result("streamed"), SAID]
    assert merged(held, {"messages": [USER, ASKED, SAID]}) == [USER, ASKED, SAID]


def test_a_result_the_snapshot_has_under_both_ids_is_two_messages() -> None:
    held = [USER, ASKED, result("streamed")]
    event = {"messages": [USER, ASKED, result("streamed"), result("stored")]}
    assert merged(held, event) == event["messages"]
