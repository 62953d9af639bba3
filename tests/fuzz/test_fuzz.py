"""Random input for everything that reads what others wrote: no exception but ours, no long wait.

`python3 dev.py test fuzz` gives each ten minutes, a run of all stages five seconds
(AGUI_FUZZ_SECONDS). The forms, and the page's Markdown, are in js/test/fuzz.
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

from agui_notebook import AGUIError, Session, foreign_json
from agui_notebook.client import Replay, RunOptions
from agui_notebook.client import fold_thread as fold_lines
from agui_notebook.client.recording import read
from agui_notebook.client.threads.journal import whole_lines
from agui_notebook.jupyter.player import Player
from agui_notebook.markup import safe, terminal
from agui_notebook.markup.markdown_html import format_markdown
from agui_notebook.markup.visible import visible
from agui_notebook.protocol import (
    EVENTS,
    PatchError,
    Pipeline,
    ask_all,
    changes,
    copy_json,
    fields,
    new_document,
)
from agui_notebook.protocol import read_input as read_request
from agui_notebook.render.html import html
from agui_notebook.render.markdown import markdown
from agui_notebook.render.text import text
from agui_notebook.server.body import Refused, parse
from agui_notebook.tools import problems
from agui_notebook.wire import FrameReader, decode

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(0)]
SECONDS = float(os.environ.get("AGUI_FUZZ_SECONDS", "5"))
LONGEST = 1.0  # seconds of processor time that one small input may take

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
    end, rounds, inputs = time.monotonic() + SECONDS, 0, 0

    def counted(value: Any) -> None:
        nonlocal inputs
        inputs += 1
        timed(check, value)

    while time.monotonic() < end:
        rounds += 1
        once = given(strategy)(counted)
        once = settings(
            max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )(once)
        seed(rounds)(once)()
    print(f"{inputs} inputs")
    assert inputs


def timed(check: Callable[[Any], object], value: Any) -> None:
    since = time.thread_time()
    check(value)
    assert time.thread_time() - since < LONGEST


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


def ask_human(given: list[Any]) -> None:
    """What page, cell and terminal make of interrupts, whatever stands in them."""
    called = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": given[0]}}
    calls = {"id": "a", "role": "assistant", "toolCalls": [called]}
    for question in ask_all(given[1], [calls]):
        json.loads(question["rest"] or "null")
        visible(question["text"])


def write_markdown(source: str) -> None:
    assert "<script" not in format_markdown(source).lower()
    safe(source)


def reopen(lines: list[Any]) -> None:
    """Lines of a store or a file: folded, and played step by step."""
    written = "\n".join(json.dumps(line) for line in lines)
    past, _ = fold_lines(whole_lines(written)[0])
    text(past.document)
    html(past.document)
    document = dict(fold_lines(whole_lines(written)[0])[0].document)
    assert document == past.document
    due: list[Callable[[], None]] = []

    def later(seconds: float, call: Callable[[], None]) -> Timer:
        due.append(call)
        return Timer()

    lines_of_it, _ = whole_lines(written)
    player = Player(Session(RunOptions(Replay([]))), lines_of_it, later, lambda: None)
    for word, value in [("event", 0), ("turn", 0), ("play", 0), ("seek", 2), ("back", 0)]:
        player.obey(word, value)
        while due:
            due.pop()()


class Timer:
    """A timer that is never called off."""

    def cancel(self) -> None:
        """Nothing to do."""


JSON_TEXT = st.text(alphabet='{}[]":,\\ 019aeEu-+.tfn\ud800\n', max_size=60)
KEYWORDS = st.sampled_from(["type", "enum", "properties", "required", "items", "anyOf", "allOf",
                            "$ref", "$defs", "pattern", "minimum", "format"])  # fmt: skip
SCHEMAS = st.recursive(
    VALUES, lambda inner: st.dictionaries(KEYWORDS, inner, max_size=4), max_leaves=8
)
ASKED_ACTIONS = st.dictionaries(
    st.sampled_from(["action_requests", "review_configs", "name", "args", "decisions"]),
    VALUES | st.lists(st.dictionaries(st.sampled_from(["name", "args", "description"]), VALUES)),
)
INTERRUPTS = st.fixed_dictionaries(  # as they are once their shape has been checked
    {"id": WORDS, "reason": WORDS},
    optional={
        "message": WORDS,
        "toolCallId": WORDS,
        "expiresAt": WORDS,
        "responseSchema": st.dictionaries(KEYWORDS, SCHEMAS, max_size=4),
        "metadata": ASKED_ACTIONS | st.dictionaries(WORDS, ASKED_ACTIONS, max_size=2),
    },
)
MARKS = st.sampled_from(
    [*"*_`~[]()<>!#-+|\\\n \t&;:/.1$", "```", "](", "https://a.b", "javascript:", "<script>", "> "]
)
PLACES = st.sampled_from(["messages", "state", "outputs", "runs", "threadId", 0, 1, "-"])
PATHS = st.lists(PLACES | VALUES, max_size=3)
CHANGES = st.lists(st.tuples(st.sampled_from(["set", "append"]), PATHS, VALUES) | VALUES)
ROLES = st.sampled_from(["user", "tool", "assistant"])
SAID = st.fixed_dictionaries({"id": WORDS, "role": ROLES}, optional={"content": VALUES})
REQUESTS = st.fixed_dictionaries({"messages": VALUES | st.lists(SAID)})
BEGINNINGS = st.fixed_dictionaries({"id": WORDS, "messages": VALUES, "state": VALUES})
TIMES = st.none() | st.integers(-(2**70), 2**70)
RECEIVED = {"at": TIMES, "runId": WORDS, "deltas": VALUES}
LINES = st.one_of(
    st.fixed_dictionaries({"event": EVENTS_OF_ALL_KINDS}, optional=RECEIVED),
    st.fixed_dictionaries({"request": REQUESTS, "at": TIMES}),
    st.fixed_dictionaries({"change": CHANGES}, optional={"at": TIMES}),
    st.fixed_dictionaries({"branch": st.integers(-2, 3)}, optional={"messages": SCALARS}),
    st.fixed_dictionaries({"thread": BEGINNINGS}),
    VALUES,
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
    "questions": (st.tuples(WORDS | JSON_TEXT, st.lists(INTERRUPTS, max_size=2)), ask_human),
    "markdown": (st.lists(MARKS | WORDS, max_size=120).map("".join), write_markdown),
    "stored lines": (st.lists(LINES, max_size=8), reopen),
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
            Replay(read(place)[0])

    line = st.dictionaries(st.sampled_from(["event", "request", "at", "runId", "type", "messages"]),
                           VALUES | EVENTS_OF_ALL_KINDS | st.fixed_dictionaries(
                               {"messages": VALUES}))  # fmt: skip
    fuzz(st.lists(line | VALUES | EVENTS_OF_ALL_KINDS, max_size=6), play)


def test_a_planted_fault_is_found() -> None:
    with pytest.raises(ZeroDivisionError):
        fuzz(st.integers(), lambda value: 1 / value)
