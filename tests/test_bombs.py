"""What is small and hostile, by every way in: it costs what harmless text does.

Each row is a way in. A bomb of a few thousand characters is compared, in time and in memory of this
run, with harmless events as large as what a patch may become at most; a body with one of its size.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import closing
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.servers import FINISHED, STARTED, serve_frames

from agui_notebook import AGUIError, connect, limits, replay, serve
from agui_notebook.client import Card, Store
from agui_notebook.tools import problems

SIZE = 100_000  # characters of a body
IDS = {"threadId": "t", "runId": "r"}


def event(kind: str, **members: object) -> dict[str, object]:
    return {"type": kind, **members}


def doubling(first: str, then: str) -> list[dict[str, object]]:
    """A patch whose values double with each operation."""
    steps: list[dict[str, object]] = []
    for number in range(40):
        steps.append({"op": first, "from": "/a", "path": f"/t{number}"})
        steps.append({"op": then, "from": f"/t{number}", "path": f"/a/x{number}", "value": {}})
    return steps


START = event("STATE_SNAPSHOT", snapshot={"a": {"text": "x" * 100}})
# what a patch may become at most, come by honest means
ROWS = [{"text": "x" * 100} for _ in range(limits.COPY_BYTES // 100)]
HARMLESS = [START, event("STATE_DELTA", delta=[{"op": "add", "path": "/rows", "value": ROWS}])]
BOMBS: dict[str, list[dict[str, object]]] = {
    "doubled by copy": [START, event("STATE_DELTA", delta=doubling("copy", "copy"))],
    "doubled by copy and move": [START, event("STATE_DELTA", delta=doubling("copy", "move"))],
    "deeper by add": [
        START,
        *(
            event("STATE_DELTA", delta=[{"op": "add", "path": "/d" * n, "value": {}}])
            for n in range(1, 260)
        ),
    ],
    "doubled in an activity": [
        event("ACTIVITY_SNAPSHOT", messageId="a", activityType="A", content={"a": {"t": "x" * 90}}),
        event("ACTIVITY_DELTA", messageId="a", activityType="A", patch=doubling("copy", "move")),
    ],
    "a form that is itself": [
        event(
            "RUN_FINISHED",
            **IDS,
            outcome={
                "type": "interrupt",
                "interrupts": [
                    {"id": "i", "reason": "f", "responseSchema": {"allOf": [{"$ref": "#"}] * 50}}
                ],
            },
        )
    ],
    "an A2UI surface": [
        event(
            "ACTIVITY_SNAPSHOT",
            messageId="s",
            activityType="a2ui-surface",
            content={"a": {"operations": [{"surfaceUpdate": {"components": [1] * 5_000}}]}},
        ),
        event("ACTIVITY_DELTA", messageId="s", activityType="a2ui-surface",
              patch=doubling("copy", "copy")),
    ],
    "an MCP app": [
        event(
            "ACTIVITY_SNAPSHOT",
            messageId="p",
            activityType="mcp-apps",
            content={"a": {"resource": {"text": "<script>" * 5_000}}},
        ),
        event("ACTIVITY_DELTA", messageId="p", activityType="mcp-apps",
              patch=doubling("copy", "move")),
    ],
}  # fmt: skip


def over_the_wire(events: list[dict[str, object]], folder: Path) -> None:
    with serve_frames([STARTED, *events]) as server, connect(server.url) as session:
        session.ask("hi", check=False)


def lines_of(events: list[dict[str, object]]) -> str:
    told = [event("RUN_STARTED", **IDS), *events, event("RUN_FINISHED", **IDS)]
    return "".join(f"{json.dumps({'at': 1, 'runId': 'r', 'event': each})}\n" for each in told)


def in_a_recording(events: list[dict[str, object]], folder: Path) -> None:
    place = folder / "r.jsonl"
    place.write_text(lines_of(events))
    with contextlib.suppress(AGUIError):
        replay(place).ask("hi", check=False)


def in_a_store(events: list[dict[str, object]], folder: Path) -> None:
    from agui_notebook.client import fold_thread

    place = folder / "s.sqlite"
    place.unlink(missing_ok=True)
    store = Store(place)
    store.append(Card("abcdefghij", "t", "title", "demo", "", "", 1), 0, ["{}"], ["word"])
    store.close()
    with closing(sqlite3.connect(place)) as base, base:
        kept = zlib.compress(lines_of(events).encode())
        base.execute("INSERT INTO batch VALUES ('abcdefghij', 1, ?)", (kept,))
    store = Store(place)
    fold_thread(store.lines("abcdefghij"))
    store.close()


WAYS: dict[str, Callable[[list[dict[str, object]], Path], None]] = {
    "the wire": over_the_wire,
    "a recording": in_a_recording,
    "a store": in_a_store,
}


def cost(act: Callable[[], object]) -> tuple[float, int]:
    """Seconds of processor time, and bytes held at most."""
    since = time.process_time()
    act()
    best = time.process_time() - since
    tracemalloc.start()
    act()
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return best, held


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, int]]:
    folder = tmp_path_factory.mktemp("harmless")
    return {name: cost(lambda: way(HARMLESS, folder)) for name, way in WAYS.items()}  # noqa: B023


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("way", WAYS)
def test_a_bomb_costs_a_few_times_what_harmless_events_do(
    way: str, bomb: str, harmless: dict[str, tuple[float, int]], tmp_path: Path
) -> None:
    seconds, held = cost(lambda: WAYS[way](BOMBS[bomb], tmp_path))
    usual, room = harmless[way]
    print(f"{way} {bomb}: {seconds / usual:.1f} times, {held / room:.1f} times the memory")
    assert seconds < 20 * usual + 0.1
    assert held < 20 * room + 1_000_000


BODIES = {
    "depth": '{"messages":' + "[" * SIZE,
    "members that repeat": '{"messages": [], ' + '"a":1,' * (SIZE // 6) + '"a":1}',
    "a number without end": '{"messages": [], "state": ' + "9" * SIZE + "}",
    "values beyond count": '{"messages": [], "state": [' + "1," * 1_100_000 + "1]}",
    "escapes": '{"messages": [], "state": "' + "\\ud800" * (SIZE // 6) + '"}',
    "empty messages": '{"messages": [' + "{}," * (SIZE // 3) + "{}]}",
}
USUAL = json.dumps({"messages": [{"id": "m", "role": "user", "content": "word " * (SIZE // 5)}]})


@pytest.mark.parametrize("body", BODIES)
def test_a_hostile_body_costs_a_few_times_what_a_harmless_one_of_its_size_does(body: str) -> None:
    def post(text: str) -> int:
        sent = httpx.post(server.url, content=text.encode(), headers=headers, timeout=60)
        return sent.status_code

    with serve(lambda text: "ok", name="bodies") as server:
        headers = {**server.headers, "Content-Type": "application/json"}
        assert post(USUAL) == 200
        usual, room = cost(lambda: post(USUAL))
        size = len(BODIES[body]) / len(USUAL)
        assert post(BODIES[body]) in (200, 400, 422)
        seconds, held = cost(lambda: post(BODIES[body]))
    assert seconds < 30 * size * usual + 0.1
    assert held < 30 * size * room + 10_000_000


LENGTHS = (60, 1_000)  # of chains: within the bound of depth, and beyond
Step = Callable[[dict[str, Any]], dict[str, Any]]


def chain(step: Step, length: int) -> dict[str, Any]:
    """Definitions each of which leads to the next, by way of ``step``."""
    named = {f"d{n}": step({"$ref": f"#/$defs/d{n + 1}"}) for n in range(length)}
    return {"$ref": "#/$defs/d0", "$defs": {**named, f"d{length}": {"type": "string"}}}


def nested(depth: int) -> Any:
    return {"a": nested(depth - 1), "aa": 1} if depth else "a" * 1_000


SCHEMAS: dict[str, Step] = {
    "$defs": lambda then: then,
    "anyOf": lambda then: {"anyOf": [then, then, {"minLength": 1}]},
    "oneOf and not": lambda then: {"oneOf": [then, {"not": then}]},
    "allOf of members": lambda then: {"allOf": [{"properties": {"a": then}}] * 8},
    "patternProperties": lambda then: {"patternProperties": {"^(a+)+$": then, "(a|a)*$": then}},
    "items": lambda then: {"prefixItems": [then, then], "items": then, "contains": then},
    "conditions": lambda then: {"dependentSchemas": {"a": then}, "if": then, "then": then},
}
VALUES = {"deep": nested(40), "long": ["a" * 1_000] * 50, "text": "a" * 3_000}


@cache
def cost_of_fields(size: int) -> tuple[float, int]:
    """What a harmless schema of about so many characters costs, with a value that fits it."""
    fields = {f"k{n}": {"type": "string", "pattern": "^w+$"} for n in range(size // 45)}
    value = dict.fromkeys(fields, "www")
    return cost(lambda: problems(value, {"type": "object", "properties": fields}))


@pytest.mark.parametrize("bomb", SCHEMAS)
def test_a_schema_of_chains_costs_a_few_times_what_a_harmless_one_does(bomb: str) -> None:
    usual, room = cost_of_fields(50_000)
    for length, value in product(LENGTHS, VALUES):
        schema = chain(SCHEMAS[bomb], length)
        seconds, held = cost(lambda: problems(VALUES[value], schema))  # noqa: B023
        print(f"{bomb} {length} {value}: {seconds / usual:.1f} times, {held / room:.1f} in memory")
        assert seconds < 20 * usual + 0.1
        assert held < 20 * room + 1_000_000


def test_open_steps_cost_what_steps_that_end_do(tmp_path: Path) -> None:
    begun = [event("STEP_STARTED", stepName=f"s{n}") for n in range(4_000)]
    ended = [event("STEP_FINISHED", stepName=f"s{n}") for n in range(4_000)]
    paired = [each for pair in zip(begun, ended, strict=True) for each in pair]
    usual, _ = cost(lambda: over_the_wire([*paired, FINISHED], tmp_path))
    left, _ = cost(lambda: over_the_wire([*begun, FINISHED], tmp_path))
    assert left < 3 * usual + 0.1


def test_eight_times_the_subagents_cost_about_eight_times_as_much(tmp_path: Path) -> None:
    def begun(count: int) -> list[Any]:
        started = [event("SUBAGENT_STARTED", subagentRunId=f"s{n}", name="x") for n in range(count)]
        ended = [event("SUBAGENT_FINISHED", subagentRunId=f"s{n}") for n in range(count)]
        return [*started, *ended, FINISHED]

    few, _ = cost(lambda: over_the_wire(begun(1_500), tmp_path))
    many, _ = cost(lambda: over_the_wire(begun(12_000), tmp_path))
    assert many < 20 * few + 0.2
