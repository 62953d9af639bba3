"""What a hostile stream costs: no more, event by event, than a harmless one of its size."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from agui_notebook import ProtocolError, limits
from agui_notebook.protocol import PatchError, Pipeline, changes, copy_json, new_document
from agui_notebook.protocol.document import json_patch

Event = dict[str, Any]
IDS = {"threadId": "t", "runId": "r"}
STARTED, FINISHED = {"type": "RUN_STARTED", **IDS}, {"type": "RUN_FINISHED", **IDS}


def patch(*operations: Event, kind: str = "state") -> Event:
    if kind == "state":
        return {"type": "STATE_DELTA", "delta": [*operations]}
    return {"type": "ACTIVITY_DELTA", "messageId": "a", "activityType": "A", "patch": [*operations]}


def add(path: str, value: Any) -> Event:
    return {"op": "add", "path": path, "value": value}


def copy(origin: str, path: str) -> Event:
    return {"op": "copy", "from": origin, "path": path}


def move(origin: str, path: str) -> Event:
    return {"op": "move", "from": origin, "path": path}


def snapshot(value: Any, kind: str = "state") -> Event:
    if kind == "state":
        return {"type": "STATE_SNAPSHOT", "snapshot": value}
    return {"type": "ACTIVITY_SNAPSHOT", "messageId": "a", "activityType": "A", "content": value}


def fold(events: list[Event]) -> tuple[float, dict[str, Any], list[str]]:
    """Seconds, the document and the warnings of a run of these events."""
    document = new_document("t", [], None)
    pipeline = Pipeline(document, {**IDS, "messages": []})
    since = time.thread_time()
    for event in [STARTED, *events, FINISHED]:
        for _ in pipeline.feed(event, 1):
            pass
    return time.thread_time() - since, dict(document), pipeline.warnings


@pytest.mark.parametrize("kind", ["state", "activity"])
@pytest.mark.parametrize(
    "doubling",
    [
        [copy("/a", f"/a/{n}") for n in range(25)],
        [copy("", f"/b{n}") for n in range(25)],
        [step for n in range(25) for step in (copy("/a", "/t"), move("/t", f"/a/x{n}"))],
        [step for n in range(25) for step in (copy("/a", "/t"), copy("/t", f"/a/{n}"))],
    ],
    ids=["copy into itself", "copy of the whole", "copy and move", "copy twice"],
)  # fmt: skip
def test_a_patch_that_doubles_costs_no_more_than_its_bound(kind: str, doubling: Any) -> None:
    start = snapshot({"a": {"text": "x" * 100}}, kind)
    rows = [{"text": "x" * 100} for _ in range(limits.COPY_BYTES // 100)]
    cost, document, warnings = fold([start, patch(*doubling, kind=kind)])
    assert cost < 20 * fold([start, patch(add("/rows", rows), kind=kind)])[0]
    assert [text for text in warnings if "limits.COPY_BYTES" in text]
    value = document["state"] if kind == "state" else document["messages"][0]["content"]
    assert value == {"a": {"text": "x" * 100}}


def test_what_all_patches_of_a_run_copy_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each puts a large value in the place of the one before: nothing grows but the work."""
    monkeypatch.setattr(limits, "RUN_COPY_BYTES", 1_000)
    again = [patch(copy("/a", "/b"), add("/n", n)) for n in range(20)]
    _, document, warnings = fold([snapshot({"a": "x" * 98}), *again])
    assert document["state"]["n"] == 9
    assert "more than 1,000 characters (agui_notebook.limits.RUN_COPY_BYTES)" in warnings[0]


def test_a_value_grows_to_its_bound_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DOCUMENT_BYTES", 100_000)
    events = [patch(add(f"/k{n}", "x" * 1_000)) for n in range(200)]
    _, document, warnings = fold([snapshot({}), *events])
    assert 90_000 < len(json.dumps(document["state"])) < 105_000
    assert "the value would be larger than 100,000 characters as JSON" in warnings[0]
    fewer = [{"op": "remove", "path": "/k0"}, add("/y", "x" * 500)]
    _, document, warnings = fold([snapshot({}), *events[:90], patch(*fewer)])
    assert (warnings, document["state"]["y"]) == ([], "x" * 500)


def test_shrinking_is_always_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DOCUMENT_BYTES", 100)
    shorter = {"op": "replace", "path": "/a", "value": "y"}
    _, document, warnings = fold([snapshot({"a": "x" * 500}), patch(shorter)])
    assert (document["state"], warnings) == ({"a": "y"}, [])


@pytest.mark.parametrize("kind", ["state", "activity"])
def test_no_sequence_of_shallow_patches_makes_a_value_too_deep(kind: str) -> None:
    paths = ["/d" * n for n in range(1, 260)]
    _, document, warnings = fold(
        [snapshot({}, kind), *(patch(add(path, {}), kind=kind) for path in paths)]
    )
    assert "nested deeper than 200 levels" in warnings[0]
    assert copy_json(document) == document  # every reader can follow it
    wrapping = [patch(copy("", "/d"), kind=kind) for _ in range(12)]
    assert fold([snapshot({"d": {}}, kind), *wrapping])[2] == []
    moves = patch(*(step for _ in range(300) for step in (move("/a", "/b/a"), move("/b", "/a"),
                    add("/b", {}))), kind=kind)  # fmt: skip
    assert "nested deeper" in fold([snapshot({"a": {}, "b": {}}, kind), moves])[2][0]


def test_too_much_work_is_not_begun_anew_for_every_operation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "PATCH_STEPS", 100_000)
    items = list(range(50_000))
    back_and_forth = [move("/0", "/-") for _ in range(20_000)]
    with pytest.raises(PatchError, match="too much work"):
        changes(items, back_and_forth)
    assert items == list(range(50_000))
    assert changes(items, [move("/0", "/-")]) == [((), [*range(1, 50_000), 0])]


def test_the_work_of_all_patches_of_a_run_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are refused count as well: each was work before it was too much."""
    items = list(range(50_000))
    refused = patch(add("/0", 0), {"op": "remove", "path": "/no"})
    for steps in (refused, patch(add("/0", 0))):
        monkeypatch.setattr(limits, "RUN_PATCH_STEPS", 100_000)
        _, document, warnings = fold([snapshot(items), *[steps] * 20, patch(add("/0", "last"))])
        assert "too much work (agui_notebook.limits.RUN_PATCH_STEPS)" in warnings[-1]
        assert document["state"][0] == 0
    monkeypatch.setattr(limits, "RUN_PATCH_STEPS", 200_000)
    assert fold([snapshot(items), *[patch(add("/0", 0))] * 20])[2] == []


def test_what_is_undone_is_as_it_was_whatever_went_before() -> None:
    value = {"l": [1, 2], "m": {"x": 1, "y": 2}}
    steps = [
        add("/l/-", 3),
        {"op": "remove", "path": "/l/0"},
        {"op": "remove", "path": "/l/0"},
        {"op": "remove", "path": "/l/0"},
        add("/l/-", 4),
        {"op": "replace", "path": "/l/0", "value": 5},
        {"op": "remove", "path": "/l/0"},
        add("/m/z", 1),
        {"op": "replace", "path": "/m/x", "value": 9},
        {"op": "remove", "path": "/m/x"},
        {"op": "remove", "path": "/m/z"},
    ]
    assert changes(value, steps) == [(("l",), []), (("m",), {"y": 2})]
    assert json.dumps(value) == '{"l": [1, 2], "m": {"x": 1, "y": 2}}'


def test_what_is_known_of_a_size_is_forgotten_with_its_value() -> None:
    sizes, value = json_patch.Sizes(), {"a": 1}
    assert sizes.find("state", value) is None
    json_patch.patch({"state": value}, "state", [add("/b", "xyz")], sizes, "state")
    assert sizes.find("state", value) == 15 + 10
    assert sizes.find("state", {"a": 1}) is None
    assert sizes.find("other", None) is None


def calls(count: int, parent: str | None = None) -> list[Event]:
    owner = {"parentMessageId": parent} if parent else {}
    begun = [
        event
        for n in range(count)
        for event in (
            {"type": "TOOL_CALL_START", "toolCallId": f"c{n}", "toolCallName": "x", **owner},
            {"type": "TOOL_CALL_END", "toolCallId": f"c{n}"},
        )
    ]
    done = {"type": "TOOL_CALL_RESULT", "content": "ok"}
    return begun + [{**done, "messageId": f"r{n}", "toolCallId": f"c{n}"} for n in range(count)]


def said(count: int) -> list[Event]:
    kinds = ("TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END")
    more: dict[str, Event] = {kinds[0]: {"role": "assistant"}, kinds[1]: {"delta": "hi"}}
    return [
        {"type": kind, "messageId": f"m{n}", **more.get(kind, {})}
        for n in range(count)
        for kind in kinds
    ]


STREAMS: dict[str, Callable[[int], list[Event]]] = {
    "calls in messages of their own": calls,
    "calls in one message": lambda count: calls(count, "m"),
    "calls that nobody answers": lambda count: calls(count)[: 2 * count : 2],
    "keys of the state": lambda count: [
        snapshot({}), *(patch(add(f"/k{n}", n)) for n in range(count))
    ],
    "items of a list": lambda count: [
        snapshot([]), *(patch(add("/-", n)) for n in range(count))
    ],
    "keys of an activity": lambda count: [
        snapshot({}, "activity"),
        *(patch(add(f"/k{n}", n), kind="activity") for n in range(count)),
    ],
    "steps": lambda count: [
        {"type": kind, "stepName": f"s{n}"}
        for n in range(count)
        for kind in ("STEP_STARTED", "STEP_FINISHED")
    ],
    "messages": said,
    "messages left open": lambda count: [
        {"type": "TEXT_MESSAGE_START", "messageId": f"m{n}", "role": "assistant"}
        for n in range(count)
    ],
    "text for messages nobody began": lambda count: [
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": f"m{n}", "delta": "x"}
        for n in range(count)
    ],
}  # fmt: skip


@pytest.mark.parametrize("stream", STREAMS)
def test_ten_times_the_events_take_about_ten_times_as_long(stream: str) -> None:
    few, many = (min(fold(STREAMS[stream](count))[0] for _ in range(2)) for count in (500, 5_000))
    assert many < 60 * few


def test_results_far_behind_their_calls_stand_at_the_end_and_near_ones_in_place() -> None:
    _, document, warnings = fold(calls(50))
    assert [m["id"] for m in document["messages"][:4]] == ["c0", "r0", "c1", "r1"]
    assert warnings == []
    _, document, warnings = fold(calls(150))
    roles = [message["role"] for message in document["messages"]]
    assert len(roles) == 300
    assert roles[:150].count("tool") + roles[150:].count("tool") == 150
    assert warnings == []


def test_of_two_calls_with_one_id_the_first_is_found_also_when_others_move() -> None:
    call = {"id": "same", "type": "function", "function": {"name": "x", "arguments": "{}"}}
    held = [
        {"id": "a", "role": "assistant", "toolCalls": [{**call, "id": "first"}]},
        {"id": "b", "role": "assistant", "toolCalls": [call]},
        {"id": "c", "role": "assistant", "toolCalls": [call]},
    ]
    result = {"type": "TOOL_CALL_RESULT", "content": "ok"}
    _, document, _ = fold(
        [
            {"type": "MESSAGES_SNAPSHOT", "messages": held},
            {**result, "messageId": "r2", "toolCallId": "same"},
            {**result, "messageId": "r1", "toolCallId": "first"},
        ]
    )
    assert [m["id"] for m in document["messages"]] == ["a", "r1", "b", "r2", "c"]


DOUBLING_DEFS = {
    f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 4, "properties": {f"k{n}": {}}}
    for n in range(60)
}
LOOPS: dict[str, Any] = {
    "allOf of itself": {"allOf": [{"$ref": "#"}] * 50},
    "$defs in a chain": {"$ref": "#/$defs/d0", "$defs": DOUBLING_DEFS},
    "anyOf in a chain": {
        "anyOf": [{"$ref": "#/$defs/a"}] * 50,
        "$defs": {"a": {"anyOf": [{"$ref": "#"}] * 50}},
    },
    "members that lead back": {"properties": {f"k{n}": {"$ref": "#"} for n in range(60)}},
    "members in every part": {
        "allOf": [{"$ref": "#/$defs/a"}] * 500,
        "$defs": {"a": {"properties": {f"k{n}": {"type": "boolean"} for n in range(5_000)}}},
    },
    "members that are none": {"properties": [1], "allOf": [{"properties": 7, "required": True}]},
    "verdicts that lead back": {"properties": {"approved": {"allOf": [{"$ref": "#"}] * 50}}},
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_question_whose_schema_leads_to_itself_costs_about_what_a_plain_one_costs(
    name: str,
) -> None:
    plain = {"properties": {f"k{n}": {"type": "string"} for n in range(5_000)}}
    plain_cost, cost = (
        min(fold([interrupt(schema)])[0] for _ in range(2)) for schema in (plain, LOOPS[name])
    )
    assert cost < 30 * plain_cost + 0.05
    _, document, _ = fold([interrupt(LOOPS[name])])
    assert [question["id"] for question in document["questions"]] == ["i"]


def interrupt(schema: Any, count: int = 1) -> Event:
    asked = {"id": "i", "reason": "form", "responseSchema": schema}
    asked_all = [{**asked, "id": f"i{n}"} for n in range(count)] if count > 1 else [asked]
    return {**FINISHED, "outcome": {"type": "interrupt", "interrupts": asked_all}}


def test_nobody_is_asked_more_questions_than_can_be_read() -> None:
    with pytest.raises(ProtocolError, match=r"asks 201 questions at once.*limits.QUESTIONS"):
        fold([interrupt({}, 201)])


def unwatched(size: int, count: int = 300) -> float:
    """Seconds for insertions at the front of a list of this size, when nobody looks on."""
    document = new_document("t", [], {"l": list(range(size))})
    pipeline = Pipeline(document, {**IDS, "messages": []}, watched=lambda: False)
    list(pipeline.feed(STARTED, 1))
    list(pipeline.feed(patch(add("/l/0", "first")), 1))  # measures the list, once
    since = time.thread_time()
    for n in range(count):
        list(pipeline.feed(patch(add("/l/0", n)), 1))
    spent = time.thread_time() - since
    assert document["state"]["l"][: count + 2] == [*reversed(range(count)), "first", 0]
    return spent


def test_an_insertion_at_the_front_of_a_list_copies_nothing_that_nobody_looks_at() -> None:
    small, large = (min(unwatched(size) for _ in range(3)) for size in (1_000, 16_000))
    assert large < 5 * small


def test_what_a_patch_has_told_stays_and_what_it_took_is_its_own() -> None:
    document = new_document("t", [], {"l": [[1], [2]]})
    pipeline = Pipeline(document, {**IDS, "messages": []})
    list(pipeline.feed(STARTED, 1))
    event = patch(add("/l/0", {"deep": [0]}))
    [(_, [told], _)] = pipeline.feed(event, 1)
    event["delta"][0]["value"]["deep"].append("the caller's")
    list(pipeline.feed(patch(add("/l/0/deep/-", "ours")), 1))
    assert told == (("state", "l"), [{"deep": [0]}, [1], [2]])
    assert document["state"] == {"l": [{"deep": [0, "ours"]}, [1], [2]]}


def test_a_patch_that_fails_half_way_leaves_all_as_it_was() -> None:
    before = {"l": [1, 2, 3], "m": {"x": {"y": 1}, "z": 2}}
    halves = [
        add("/l/0", 0),
        add("/m/x/n", 5),
        {"op": "remove", "path": "/m/x"},
        move("/l/1", "/m/q"),
        {"op": "replace", "path": "", "value": 7},
        add("/nowhere/at/all", 1),
    ]
    _, document, warnings = fold([snapshot(before), patch(*halves)])
    assert (list(document["state"]), document["state"]) == (["l", "m"], before)
    assert "nothing" in warnings[0]
