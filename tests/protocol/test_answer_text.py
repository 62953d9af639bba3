"""What the user answered, in the words the widget uses too."""

from __future__ import annotations

import json
from pathlib import Path

from agui_notebook.protocol.answer_text import answer_line, question_line

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
