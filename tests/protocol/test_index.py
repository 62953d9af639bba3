"""Places of messages and calls while messages move; which is which is not decided here."""

from __future__ import annotations

from typing import Any

from agui_notebook.protocol import new_document
from agui_notebook.protocol.document.index import Places


def asking(item: str, call: str) -> dict[str, Any]:
    calls = [{"id": call, "type": "function", "function": {"name": "f", "arguments": ""}}]
    return {"id": item, "role": "assistant", "toolCalls": calls}


def test_of_two_calls_of_one_id_the_first_stays_known_while_the_second_moves() -> None:
    document = new_document("t", [asking("a", "c"), asking("b", "c")])
    places = Places(document)
    assert (places.call("c"), places.message("b")) == ((0, 0), 1)
    places.move_positions(1)
    document["messages"].insert(1, {"id": "x", "role": "user", "content": ""})
    assert (places.call("c"), places.message("x"), places.message("b")) == ((0, 0), 1, 2)
