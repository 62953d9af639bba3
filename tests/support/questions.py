"""What a kernel adds to a document of its own accord: questions, and answers in words.

For tests that write documents by hand. Nothing here asks or answers.
"""

from __future__ import annotations

from typing import Any

from agui_notebook.protocol import answers_in_words, ask_all


def with_questions(document: dict[str, Any]) -> dict[str, Any]:
    """``document`` with its ``questions``, and with ``answers`` in runs that went on with some."""
    asked = [each for run in document["runs"] for each in run.get("interrupts", ())]
    runs = [
        {**run, "answers": answers_in_words(asked, run["resume"])} if "resume" in run else run
        for run in document["runs"]
    ]
    questions = ask_all(document["interrupts"], document["messages"])
    return {**document, "questions": questions, "runs": runs}
