"""What a client does to its own document: operations, and the document left alone."""

from __future__ import annotations

import copy
from typing import Any

from support.telling import USER, call, result, run

from agui_notebook import Set
from agui_notebook.protocol import Document, Operation, apply, new_document
from agui_notebook.protocol.document import local


def changed(document: Document, operations: list[Operation]) -> Document:
    after = copy.deepcopy(document)
    for operation in operations:
        apply(after, operation)
    return after


def asked() -> Document:
    """A thread with two calls of one message, and an answer behind them."""
    both = [*call("c", "{}", parentMessageId="m"), *call("d", "{}", parentMessageId="m")]
    return run(*both, messages=[USER]).document


def tool(item: str, call_id: str) -> dict[str, Any]:
    return {"id": item, "role": "tool", "toolCallId": call_id, "content": "ok"}


def test_a_call_that_is_run_here_is_ours_until_it_is_left() -> None:
    document = asked()
    taken = changed(document, local.start_call(document, "c", 5))
    assert taken["items"]["call:c"] == {"status": "called", "startedAt": 5, "by": "notebook"}
    left = changed(taken, local.leave_call(taken, "c"))
    assert left["items"]["call:c"] == {"status": "called", "startedAt": 5}
    assert local.leave_call(document, "nobody's") == []
    assert document == asked()


def test_an_answer_stands_behind_its_call_and_its_other_results_with_what_was_shown() -> None:
    document = asked()
    document["messages"].append({"id": "a", "role": "assistant", "content": "x"})
    first = changed(document, local.answer_call(document, tool("r2", "d"), None, None))
    assert first["items"]["call:d"]["status"] == "done"
    assert "by" not in first["items"]["call:d"]
    shown = {"text/plain": "ok"}
    both = changed(first, local.answer_call(first, tool("r1", "c"), shown, 7))
    assert [message["id"] for message in both["messages"]] == ["u", "m", "r2", "r1", "a"]
    assert both["outputs"] == {"c": shown}
    assert (both["items"]["call:c"]["endedAt"], both["items"]["call:c"]["by"]) == (7, "notebook")


def test_an_answer_to_a_call_that_is_not_there_goes_to_the_end() -> None:
    document = new_document("t", [USER])
    answered = changed(document, local.answer_call(document, tool("r", "gone"), None, 1))
    assert [message["id"] for message in answered["messages"]] == ["u", "r"]


def test_what_was_said_behind_a_place_goes_with_all_that_belongs_to_it() -> None:
    document = run(*call("c", "{}"), result("r", "c"), messages=[USER]).document
    document["outputs"]["c"] = {}
    cut = changed(document, local.cut(document, 1))
    assert cut["messages"] == [USER]
    assert (cut["runs"], cut["items"], cut["outputs"]) == ([], {}, {})
    assert changed(document, local.cut(document, 3)) == document


def test_only_the_run_that_succeeded_last_is_said_to_have_been_stopped() -> None:
    document = asked()
    stopped = changed(document, local.end_last_run(document, "r", "cancelled"))
    assert stopped["runs"][0]["status"] == "cancelled"
    assert local.end_last_run(document, "another", "cancelled") == []
    assert local.end_last_run(stopped, "r", "incomplete") == []
    assert local.end_last_run(new_document("t"), "r", "cancelled") == []


def test_messages_and_warnings_are_added_and_replaced_in_place() -> None:
    document = new_document("t", [USER])
    assert local.add_message(document, USER) == [Set(("messages", 1), USER)]
    assert local.replace_message(document, 0, USER) == [Set(("messages", 0), USER)]
    assert local.add_warning(document, "no", 3) == [
        Set(("warnings", 0), {"message": "no", "at": 3})
    ]
