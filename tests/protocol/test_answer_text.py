"""What the user answered, in the words the widget uses too."""

from __future__ import annotations

import json
from pathlib import Path

from agui_notebook.protocol import answer_line, answers_in_words, ask, question_line

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "answered.json"


def test_questions_and_answers_read_the_same_here_and_in_the_widget() -> None:
    cases = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert len(cases) > 10
    for case in cases:
        told = {
            "asked": question_line(case["interrupt"]),
            "said": answer_line(case["interrupt"], case["answer"]),
        }
        assert told == {key: case[key] for key in ("asked", "said")}


def test_changes_of_arguments_that_nobody_can_read_are_told_as_they_were_sent() -> None:
    wire = {"id": "i", "reason": "tool_approval", "toolCallId": "c"}
    function = {"name": "drop", "arguments": "{no json"}
    call = {"id": "c", "type": "function", "function": function}
    payload = {"approved": True, "editedArgs": {"path": "a.txt"}}
    answer = {"interruptId": "i", "status": "resolved", "payload": payload}
    [said] = answers_in_words([wire], [answer], [ask(wire, call)])
    assert said == {
        "interruptId": "i",
        "declined": False,
        "asked": question_line(wire),
        "said": answer_line(wire, answer),
    }
