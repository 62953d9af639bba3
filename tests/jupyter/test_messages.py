"""The comm vocabulary: what crosses, and how large things are cut."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agui_notebook import Append, Set
from agui_notebook.jupyter import messages
from agui_notebook.protocol import apply, new_document
from agui_notebook.tools import as_plain_json

EVERY = [
    messages.bundle("widget", "abc"),
    messages.snapshot(3, new_document("t"), {}),
    messages.ops(4, [Set(("state",), 1), Append(("messages", 0, "content"), "x")], eventCount=7),
    messages.view(5, {}),
    messages.events(0, 1, [{"at": 1, "runId": "r", "event": {"type": "RAW"}}]),
    messages.file_export("markdown", "chat.md", "…"),
    messages.notice("no"),
    messages.saved_output({"text/html": "<p>"}),
]


@pytest.mark.parametrize("message", EVERY, ids=lambda message: message["kind"])
def test_no_message_has_an_id_at_its_top(message: dict[str, Any]) -> None:
    assert "id" not in message
    assert json.loads(json.dumps(message)) == message


def test_operations_cross_as_lists() -> None:
    assert EVERY[2] == {
        "kind": "ops",
        "seq": 4,
        "ops": [["set", ["state"], 1], ["append", ["messages", 0, "content"], "x"]],
        "eventCount": 7,
    }


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"kind": "sync"}, True),
        ({"kind": "send", "text": "hi"}, True),
        ({"kind": "edit", "mid": "m1", "text": "hi"}, True),
        ({"kind": "edit", "text": "hi"}, False),
        ({"kind": "edit", "mid": 1, "text": "hi"}, False),
        ({"kind": "set_state", "value": None}, True),
        ({"kind": "set_state"}, False),
        ({"kind": "format_disk"}, False),
        ({}, False),
        (None, False),
        ("sync", False),
    ],
)
def test_only_whole_commands_are_understood(content: object, expected: bool) -> None:
    assert messages.is_command(content) is expected


def test_a_small_document_is_sent_whole() -> None:
    document = new_document("t", [{"id": "u", "role": "user", "content": "x" * 1_000}])
    assert messages.split_document(document) == (document, [])


def test_a_large_document_is_sent_in_messages_that_stay_small_and_make_it_whole() -> None:
    document: dict[str, Any] = dict(new_document("t"))
    document["messages"] = [{"id": f"m{n}", "role": "user", "content": "x" * 40_000}
                            for n in range(100)]  # fmt: skip
    document["outputs"] = {"c": {"image/png": "y" * 900_000}}
    base, rest = messages.split_document(document)
    groups = list(messages.batches(rest))
    sizes = [len(json.dumps(messages.ops(0, group))) for group in groups]
    assert max(sizes) < 1_050_000
    assert len(groups) > 4
    whole = json.loads(json.dumps(base))
    for group in groups:
        for operation in group:
            apply(whole, operation)
    assert whole == document


def test_one_operation_larger_than_the_limit_goes_alone() -> None:
    small, large = Set(("state",), 1), Set(("state",), "x" * 50)
    assert list(messages.batches([small, large, small], 100)) == [[small], [large], [small]]


def test_events_are_cut_by_weight_but_one_always_goes() -> None:
    heavy = {"event": "x" * 80}
    assert messages.first_batch([heavy, heavy, heavy], 200) == [heavy, heavy]
    assert messages.first_batch([heavy, heavy], 10) == [heavy]
    assert messages.first_batch([], 10) == []


def test_what_json_cannot_carry_is_replaced() -> None:
    odd = {"a": float("nan"), 1: [float("inf"), "\ud83d half"], "b": (1, True, None, {2})}
    assert not messages.strict(odd)
    cleaned = as_plain_json(odd)
    assert messages.strict(cleaned)
    assert cleaned == {"a": None, "1": [None, "\ufffd half"], "b": [1, True, None, [2]]}


@pytest.mark.parametrize("value", [None, 1, "text", {"a": [1, 2.5, {"b": "ü"}]}])
def test_weight_is_close_to_the_length_of_the_json(value: object) -> None:
    assert abs(messages.weight(value) - len(json.dumps(value, ensure_ascii=False))) <= 12


def test_a_tick_takes_a_part_of_a_flood_and_leaves_the_rest() -> None:
    flood: list[Set | Append] = [
        Set(("a",), "x"),
        Append(("b",), "y" * 10),
        Set(("c",), "z" * 20),
        Set(("d",), 1),
    ]
    assert messages.part(flood, 8) == (
        [Set(("a",), "x"), Append(("b",), "y" * 5)],
        [Append(("b",), "y" * 5), *flood[2:]],
        8,
    )
    assert messages.part(flood[2:], 8) == ([flood[2]], [flood[3]], 22)
    assert messages.part(flood, float("inf")) == (flood, [], 45)
    assert messages.part([], 8) == ([], [], 0)
