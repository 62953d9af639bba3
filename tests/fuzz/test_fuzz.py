"""Random input for everything that reads what others wrote: no exception but ours, no long wait.

`python3 dev.py test fuzz` gives each ten minutes, a run of all stages ten seconds
(AGUI_FUZZ_SECONDS).
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from agui_notebook import foreign_json
from agui_notebook.client.recording import Replay, read
from agui_notebook.errors import AGUIError
from agui_notebook.markup.outlets import terminal
from agui_notebook.protocol.document.json_patch import changes
from agui_notebook.protocol.document.operations import copy_json
from agui_notebook.protocol.document.patch_draft import PatchError
from agui_notebook.protocol.document.shape import new_document
from agui_notebook.protocol.pipeline import Pipeline
from agui_notebook.protocol.run_input import read as read_request
from agui_notebook.protocol.schema import EVENTS, fields
from agui_notebook.render.html import html
from agui_notebook.render.markdown import markdown
from agui_notebook.render.text import text
from agui_notebook.server.body import Refused, parse
from agui_notebook.tools.validate import problems
from agui_notebook.wire.sse_reader import FrameReader, decode

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(0)]
SECONDS = float(os.environ.get("AGUI_FUZZ_SECONDS", "5"))
LONGEST = 2.0  # seconds that one small input may take, on a machine with much else to do

WORDS = st.sampled_from(
    ["m1", "m2", "c1", "t", "r", "", "\ud800", "\x1b[2J", "__proto__", "x" * 300]
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | WORDS | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)
POINTERS = st.lists(st.sampled_from(["a", "0", "1", "-", "~1", "__proto__", ""]), max_size=4).map(
    lambda steps: "".join(f"/{step}" for step in steps)
)
OPERATIONS = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]),
        "path": POINTERS,
        "from": POINTERS,
        "value": VALUES,
    }
)


def event_of(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    usual = {"delta": WORDS | VALUES | st.lists(OPERATIONS, max_size=4)}
    members = {name: usual.get(name, WORDS | VALUES) for name in fields(EVENTS[kind])}
    return st.fixed_dictionaries({"type": st.just(kind)}, optional=members)


RUN = {"threadId": "t", "runId": "r"}
EVENTS_OF_ALL_KINDS = st.sampled_from(sorted(EVENTS)).flatmap(event_of)
STREAMS = st.lists(EVENTS_OF_ALL_KINDS | VALUES, max_size=12)
PIECES = st.sampled_from(
    [b"data: ", b"data:", b"\n", b"\r", b"\r\n", b": c", b"id: 1", b"\xff", b"{}"]
)
BYTES = st.lists(PIECES | st.binary(max_size=8), max_size=40)


def fuzz(strategy: st.SearchStrategy[Any], check: Callable[[Any], object]) -> None:
    """Check values of ``strategy`` until the time is up; a failure is shrunk as ever."""
    end, rounds = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        rounds += 1
        once = given(strategy)(lambda value: timed(check, value))
        once = settings(
            max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )(once)
        seed(rounds)(once)()
    assert rounds


def timed(check: Callable[[Any], object], value: Any) -> None:
    since = time.perf_counter()
    check(value)
    assert time.perf_counter() - since < LONGEST


def read_stream(pieces: list[bytes]) -> None:
    reader = FrameReader()
    try:
        for piece in pieces:
            for data in reader.feed(piece):
                decode(data)
    except AGUIError as error:
        told = str(error)
    else:
        told = ""
    assert told == terminal(told)


def fold(stream: list[Any]) -> dict[str, Any]:
    document = new_document("t", [], None)
    pipeline = Pipeline(document, {**RUN, "messages": []})
    try:
        for event in [{"type": "RUN_STARTED", **RUN}, *stream]:
            for _ in pipeline.feed(copy_json(event), 1):
                pass
    except AGUIError:
        pass
    list(pipeline.close(1))
    return dict(document)


def show(stream: list[Any]) -> None:
    document = fold(stream)
    written = text(document)
    assert written == terminal(written)
    markdown(document)
    assert "<script" not in html(document).lower()


def read_body(value: Any) -> None:
    with contextlib.suppress(AGUIError, Refused):
        read_request(parse(json.dumps(value).encode()), lambda: "id")


def read_json(written: str) -> None:
    with contextlib.suppress(foreign_json.NotJSON):
        foreign_json.read(written)


def patch(given: tuple[Any, list[Any]]) -> None:
    value, operations = given
    before = repr(value)
    with contextlib.suppress(PatchError):
        changes(value, operations)
    assert repr(value) == before


def check_schema(given: tuple[Any, Any]) -> None:
    value, schema = given
    list(problems(value, schema))


JSON_TEXT = st.text(alphabet='{}[]":,\\ 019aeEu-+.tfn\ud800\n', max_size=60)
KEYWORDS = st.sampled_from(["type", "enum", "properties", "required", "items", "anyOf", "allOf",
                            "$ref", "$defs", "pattern", "minimum", "format"])  # fmt: skip
SCHEMAS = st.recursive(
    VALUES, lambda inner: st.dictionaries(KEYWORDS, inner, max_size=4), max_leaves=8
)
TARGETS: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], object]]] = {
    "bytes": (BYTES, read_stream),
    "events": (STREAMS, show),
    "bodies": (st.dictionaries(st.sampled_from(["messages", "tools", "context", "resume", "state"]),
                               VALUES | st.lists(st.dictionaries(st.sampled_from(
                                   ["role", "content", "id", "toolCalls", "name", "interruptId"]),
                                   VALUES), max_size=3)), read_body),
    "json": (JSON_TEXT, read_json),
    "patches": (st.tuples(VALUES, st.lists(OPERATIONS, max_size=8)), patch),
    "schemas": (st.tuples(VALUES, st.dictionaries(KEYWORDS, SCHEMAS, max_size=4)), check_schema),
}  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_random_input_meets_no_exception_but_ours(target: str) -> None:
    fuzz(*TARGETS[target])


def test_random_recordings_are_played_or_refused(tmp_path: Path) -> None:
    place = tmp_path / "random.jsonl"

    def play(lines: list[Any]) -> None:
        place.write_text("\n".join(json.dumps(line) for line in lines))
        with contextlib.suppress(AGUIError):
            Replay(read(place))

    line = st.dictionaries(st.sampled_from(["event", "request", "at", "runId", "type", "messages"]),
                           VALUES | EVENTS_OF_ALL_KINDS | st.fixed_dictionaries(
                               {"messages": VALUES}))  # fmt: skip
    fuzz(st.lists(line | VALUES | EVENTS_OF_ALL_KINDS, max_size=6), play)


def test_a_planted_fault_is_found() -> None:
    with pytest.raises(ZeroDivisionError):
        fuzz(st.integers(), lambda value: 1 / value)
