"""An agent that means harm, one scenario a kind: what it answers to a message that names one.

Only what is sent stands here. Who is driven against it: tests/browser/test_hostile_agent.py.
"""

from __future__ import annotations

import gzip
import itertools
import json
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from .servers import FINISHED, HANG, STARTED, Reply, Request, asked, called, frame, said

Items = Iterable[Any]


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"type": "STATE_DELTA", "delta": list(operations)}


def copy(origin: str, path: str) -> dict[str, Any]:
    return {"op": "copy", "from": origin, "path": path}


def harmless() -> Items:
    return [STARTED, *said(*["Some words of an answer. "] * 400), FINISHED]


def patch_bomb() -> Items:
    """A value that doubles with each operation, by copy, and by copy and move."""
    start = {"type": "STATE_SNAPSHOT", "snapshot": {"a": {"text": "x" * 100}}}
    copies = patch(*(copy("/a", f"/a/{n}") for n in range(25)))
    moved = patch(
        *(
            step
            for n in range(25)
            for step in (copy("/a", "/t"), {"op": "move", "from": "/t", "path": f"/a/x{n}"})
        )
    )
    deep = [patch({"op": "add", "path": "/d" * n, "value": {}}) for n in range(1, 260)]
    return [STARTED, start, *[copies, moved] * 20, *deep, FINISHED]


def compressed_comments() -> Items:
    """Comments that are next to nothing on the wire."""
    made = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield made.compress(frame({"type": "RUN_STARTED", "threadId": "t", "runId": "r"}))
    yield made.compress(b":\n\n" * 20_000_000) + made.flush()


def bomb_in_one_frame() -> Items:
    """A frame of 10 MB that has no end, of 10 KB."""
    yield gzip.compress(b"data: " + b" " * 60_000_000)


def recursive_form() -> Items:
    schemas: list[dict[str, Any]] = [
        {"allOf": [{"$ref": "#"}] * 50},
        {"type": "object", "properties": {f"k{n}": {"$ref": "#"} for n in range(60)}},
        {"anyOf": [{"$ref": "#/$defs/a"}] * 50, "$defs": {"a": {"anyOf": [{"$ref": "#"}] * 50}}},
        {"type": "array", "items": {"enum": list(range(20_000))}, "uniqueItems": True},
    ]
    return [STARTED, asked(*(question(f"f{n}", each) for n, each in enumerate(schemas)))]


def question(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "reason": "form", "message": "Fill this in", "responseSchema": schema}


def hostile_pattern() -> Items:
    field = {"type": "string", "pattern": "^((a|a)*|(a+)+)*$", "default": "a" * 3_000 + "!"}
    names = {f"k{n}": field for n in range(100)}
    odd = {"type": "object", "patternProperties": {"^(a+)+$": {}}, "default": {"a" * 3_000: 1}}
    schema = {"type": "object", "properties": {**names, "odd": odd}}
    return [STARTED, asked(question("p", schema))]


QUADRATIC = [
    ">",
    "> ",
    "[",
    "](",
    "*a ",
    "` ",
    "`",
    "![](",
    "|",
    "<a",
    "$",
    "- ",
    "\\[",
    "&#",
    "_a__b",
]


def quadratic_text() -> Items:
    answers = [said(each * (30_000 // len(each)), mid=f"m{n}") for n, each in enumerate(QUADRATIC)]
    return [STARTED, *itertools.chain(*answers), FINISHED]


def many_calls() -> Items:
    yield STARTED
    for n in range(20_000):
        yield b"".join(map(frame, called("look_up", "{}", f"c{n}")))
    yield FINISHED


def many_keys() -> Items:
    yield STARTED
    for n in range(20_000):
        yield frame(patch({"op": "add", "path": f"/k{n}", "value": n}))
    yield FINISHED


def endless() -> Items:
    """Text that never stops."""
    yield STARTED
    yield said("")[0]
    yield from itertools.repeat(frame(said("more and more ")[1]) * 100)


def large_body() -> Items:
    """One event of nearly 10 MB, again and again."""
    yield STARTED
    value = [{"id": n, "text": "some words"} for n in range(200_000)]
    event = frame({"type": "CUSTOM", "name": "large", "value": value})
    yield from [event] * 4
    yield FINISHED


CODE = "x\"\"\"\n'); import os; os.system('touch owned') #<script>globalThis.pwned=1</script>"


def names_of_code() -> Items:
    yield STARTED
    yield from called(CODE, json.dumps({CODE: CODE}), CODE)
    yield {"type": "STEP_STARTED", "stepName": CODE}
    yield {"type": "CUSTOM", "name": CODE, "value": CODE}
    yield FINISHED


def large_approval() -> Items:
    """Two megabytes of arguments, with all that can hide or fake what stands in them."""
    hidden = "\u202egnp.exe\u200b\U000e0041 p\u0430ypal.com "
    sql = {"sql": "SELECT 1; " * 200_000 + "DROP TABLE users", "to\u202e": hidden, "n": 2**53 + 1}
    wants = {"id": "i", "reason": "tool_call", "toolCallId": "c", "message": hidden}
    schema = {"type": "object", "properties": {"approved": {"type": "boolean"}}}
    yield STARTED
    yield from called("run_sql", json.dumps(sql), "c")
    yield asked({**wants, "responseSchema": schema})


def escapes() -> Items:
    text = "\x1b]52;c;cm0gLXJm\x07\x1b]8;;https://evil.test\x1b\\link\x1b]8;;\x1b\\\x1b[2J\x9b31m"
    return [STARTED, *said(text * 200), *called(text, text, "c"), FINISHED]


def many_deltas() -> Items:
    yield STARTED
    start, delta, end = said("word ")
    yield start
    for _ in range(100):
        yield frame(delta) * 1_000
    yield end
    yield FINISHED


def large_error() -> Reply:
    """A refusal whose page becomes 60 MB."""
    head = {"content-type": "application/json", "content-encoding": "gzip"}
    body = json.dumps({"detail": "\x1b[31m api_key= " * 3_000_000}).encode()
    return Reply([gzip.compress(body)], 500, head)


ZIPPED = {"content-type": "text/event-stream", "content-encoding": "gzip"}
SCENARIOS: dict[str, Callable[[], Items | Reply]] = {
    "harmless": harmless,
    "patch bomb": patch_bomb,
    "compressed comments": lambda: Reply(compressed_comments(), 200, ZIPPED),  # type: ignore[arg-type]
    "bomb in one frame": lambda: Reply(bomb_in_one_frame(), 200, ZIPPED),  # type: ignore[arg-type]
    "recursive form": recursive_form,
    "hostile pattern": hostile_pattern,
    "quadratic text": quadratic_text,
    "20,000 calls": many_calls,
    "20,000 keys": many_keys,
    "endless": endless,
    "large events": large_body,
    "large error": large_error,
    "names of code": names_of_code,
    "large approval": large_approval,
    "escapes": escapes,
    "100,000 deltas": many_deltas,
    "silence": lambda: [STARTED, HANG],
}


def answer(request: Request) -> Any:
    """The scenario that the last thing said names; with none of them some harmless words."""
    if not request.body:  # somebody looks what this is
        return Reply([b"{}"], 405, {"content-type": "application/json"})
    texts = [each["content"] for each in request.body["messages"] if each["role"] == "user"]
    scenario = SCENARIOS.get(texts[-1] if texts else "", harmless)
    return scenario()
