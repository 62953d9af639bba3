"""What must hold for every stream, not only for those somebody thought of."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterable
from typing import Any

import jsonpatch
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from support.streams import JSON, PATCHES, Event, runs

from agui_notebook import Append, ProtocolError, Set
from agui_notebook.protocol import (
    Document,
    Operation,
    PatchError,
    Pipeline,
    apply,
    changes,
    new_document,
    set_at,
    to_wire,
)
from agui_notebook.protocol import compact_events as compact
from agui_notebook.protocol import same_json as same
from agui_notebook.wire import FrameReader, decode

# no deadline: the machine may be busy; few examples: every one is a whole conversation
few = settings(
    deadline=None,
    max_examples=int(os.environ.get("AGUI_EXAMPLES", 30)),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)

REQUEST = {"threadId": "t", "runId": "r"}


def told(
    events: Iterable[object], strict: bool = False
) -> tuple[Document, list[Operation], list[Event], str | None]:
    """Document, operations, delivered events, and the error if there was one."""
    document = new_document("t")
    pipeline = Pipeline(document, REQUEST, strict=strict)
    done: list[Operation] = []
    seen: list[Event] = []
    error = None
    try:
        for at, event in enumerate(events):
            for told_event, changed, _ in pipeline.feed(event, at):
                done += changed
                seen += [] if told_event is None else [told_event]
        for _, changed, _ in pipeline.close(0):
            done += changed
    except ProtocolError as problem:
        error = str(problem)
        for _, changed, _ in pipeline.fail("error", error, at=0):
            done += changed
    return document, done, seen, error


def applied(operations: Iterable[Operation]) -> Document:
    document = new_document("t")
    for operation in operations:
        apply(document, operation)
    return document


# an id that is empty, used again and by a subagent; a call that names no message is not put in it
EMPTY_ID_AGAIN: list[Event] = [
    {"type": "RUN_STARTED", **REQUEST},
    {"type": "TOOL_CALL_START", "toolCallId": "a", "toolCallName": "f"},
    {"type": "TOOL_CALL_END", "toolCallId": "a"},
    {"type": "REASONING_MESSAGE_START", "messageId": "", "role": "reasoning"},
    {"type": "TEXT_MESSAGE_START", "messageId": "", "subagentRunId": "s"},
    {"type": "TOOL_CALL_START", "toolCallId": "a", "toolCallName": "f"},
]


@few
@given(runs(), st.integers(0, 40))
@example(EMPTY_ID_AGAIN, 0)
def test_operations_make_the_document_wherever_the_stream_ends(
    events: list[Event], length: int
) -> None:
    document, operations, _, error = told(events[:length] if length else events)
    assert error is None
    assert applied(operations) == document


@few
@given(runs())
def test_operations_survive_the_wire_and_nothing_changes_them_afterwards(
    events: list[Event],
) -> None:
    document, operations, _, _ = told(events)
    wire = json.loads(json.dumps([to_wire(operation) for operation in operations]))
    words = {"set": Set, "append": Append}
    assert applied(words[word](tuple(path), value) for word, path, value in wire) == document  # type: ignore[misc]


@few
@given(runs())
def test_the_agents_events_are_never_changed(events: list[Event]) -> None:
    before = copy.deepcopy(events)
    told(events)
    assert events == before


@few
@given(st.lists(JSON | st.fixed_dictionaries({"type": st.text(max_size=3)}), max_size=4), runs())
def test_whatever_comes_is_read_or_refused_and_what_came_before_stays(
    noise: list[object], events: list[Event]
) -> None:
    document, operations, _, _ = told([*events[:6], *noise])
    assert applied(operations) == document


UNKNOWN = st.fixed_dictionaries({"type": st.just("FUTURE_EVENT")}, optional={"x": JSON})


@few
@given(runs(), st.data(), st.booleans())
def test_material_nobody_described_changes_nothing(
    events: list[Event], data: st.DataObject, strict: bool
) -> None:
    strange = []
    for event in events:
        strange += data.draw(st.lists(UNKNOWN, max_size=1))
        strange.append({**event, "futureField": data.draw(JSON)})
    plain, _, seen, _ = told(events, strict)
    document, _, also_seen, error = told(strange, strict)
    assert error is None
    assert also_seen == seen
    assert {**document, "warnings": []} == {**plain, "warnings": []} | _times(document)


def _times(document: Document) -> dict[str, Any]:
    """Positions differ, so times do; they are not what is compared."""
    return {key: document[key] for key in ("runs", "items")}  # type: ignore[literal-required]


@few
@given(runs(), st.data())
def test_any_split_of_the_bytes_makes_the_same_document(
    events: list[Event], data: st.DataObject
) -> None:
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=12)))
    reader = FrameReader()
    frames: list[object] = []
    for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True):
        frames += map(decode, reader.feed(body[start:end]))
    frames += map(decode, reader.close())
    assert told(frames)[0] == told(events)[0]


@few
@given(JSON, PATCHES)
def test_a_patch_is_applied_whole_or_not_at_all(value: Any, patch: list[Event]) -> None:
    before = copy.deepcopy(value)
    try:
        changed = changes(value, patch)
    except PatchError:
        assert same(value, before)
        return
    assert same(value, before)
    holder = {"state": copy.deepcopy(value)}
    for path, new in changed:
        set_at(holder, ("state", *path), new)
    # the library refuses what the reference allows in one place only: removing the whole document
    if not any(operation["op"] == "remove" and operation["path"] == "" for operation in patch):
        assert same(holder["state"], jsonpatch.apply_patch(before, patch))


@few
@given(runs(wild=False))
def test_a_compacted_stream_tells_the_same_story(events: list[Event]) -> None:
    live, _, _, _ = told(events)
    replayed, _, _, error = told(compact(events))
    assert error is None
    assert replayed["messages"] == live["messages"]
    assert same(replayed["state"], live["state"])


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


BOMBS = {
    "state": {"type": "STATE_SNAPSHOT", "snapshot": nested(10_000)},
    "patch": {
        "type": "STATE_DELTA",
        "delta": [{"op": "add", "path": "/a", "value": nested(10_000)}],
    },
    "activity": {
        "type": "ACTIVITY_SNAPSHOT",
        "messageId": "k",
        "activityType": "t",
        "content": {"deep": nested(10_000)},
    },
    "metadata": {"type": "TEXT_MESSAGE_START", "messageId": "m", "metadata": {"d": nested(10_000)}},
    "type": {"type": nested(10_000)},
    "unknown field": {"type": "STEP_STARTED", "stepName": "s", "future": nested(10_000)},
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_nesting_beyond_all_measure_is_refused_or_left_out(bomb: Event) -> None:
    document, operations, _, error = told([{"type": "RUN_STARTED", **REQUEST}, bomb])
    assert error is None or "nested too deeply" in error or "carries no event type" in error
    assert applied(operations) == document
    json.dumps(document)


def test_ten_megabytes_in_one_delta_are_just_text() -> None:
    text = "x" * 10_000_000
    events = [
        {"type": "RUN_STARTED", **REQUEST},
        {"type": "TEXT_MESSAGE_START", "messageId": "m"},
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": text},
    ]
    document, _, _, _ = told(events)
    assert document["messages"][0]["content"] == text
