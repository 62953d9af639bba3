"""What is said of an approval with changes: the changes, and nothing else."""

from __future__ import annotations

import json
from typing import Any

from agui_notebook.protocol import answers_in_words, ask_all

BEFORE = {"to": "team", "subject": "Lunch on Friday", "copies": 2}


def said(payload: Any) -> dict[str, Any]:
    function = {"name": "send_email", "arguments": json.dumps(BEFORE)}
    call = {"id": "c", "type": "function", "function": function}
    asked = {"id": "i", "reason": "tool_approval", "toolCallId": "c", "message": "Send?"}
    questions = ask_all([asked], [{"role": "assistant", "id": "a", "toolCalls": [call]}])
    [told] = answers_in_words([asked], [{"interruptId": "i", "payload": payload}], questions)
    return dict(told)


def test_only_what_differs_is_told() -> None:
    told = said({"approved": True, "editedArgs": {**BEFORE, "subject": "Dinner on Saturday"}})
    assert told["said"] == "Approved with changes: subject: Lunch on Friday → Dinner on Saturday"
    assert told["changes"] == [
        {"name": "subject", "before": "Lunch on Friday", "after": "Dinner on Saturday"}
    ]


def test_what_is_no_text_is_told_as_json_and_what_was_not_there_as_nothing() -> None:
    told = said({"approved": True, "editedArgs": {"copies": 3, "urgent": True}})
    assert told["changes"] == [
        {"name": "copies", "before": "2", "after": "3"},
        {"name": "urgent", "before": "", "after": "true"},
    ]


def test_a_plain_yes_or_no_has_no_changes() -> None:
    assert "changes" not in said({"approved": True})
    assert "changes" not in said({"approved": False, "reason": "no"})
    assert "changes" not in said({"approved": True, "editedArgs": dict(BEFORE)})
