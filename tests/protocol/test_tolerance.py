"""What docs/tolerance.md says is forgiven: every row is a case, and no fault is without a row."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from support.telling import (
    FINISHED,
    STARTED,
    Event,
    Told,
    call,
    delta,
    end,
    result,
    start,
    text,
)

from agui_notebook.protocol import Nothing
from agui_notebook.wire import decode

ROOT = Path(__file__).resolve().parents[2]
PROTOCOL = ROOT / "agui_notebook" / "protocol"
HELLO = text("hello", "hello")
TELLING = {"blame", "lose", "_lose", "_blame"}


def step(kind: str, **more: str) -> Event:
    return {"type": f"STEP_{kind}", "stepName": "x", **more}


def subagent(kind: str, item: str = "s", **more: str) -> Event:
    return {"type": f"SUBAGENT_{kind}", "subagentRunId": item, **more}


def snapshot(*messages: Event) -> Event:
    return {"type": "MESSAGES_SNAPSHOT", "messages": list(messages)}


def chunk(**more: str) -> Event:
    return {"type": "TEXT_MESSAGE_CHUNK", **more}


CUT = call("c", "{}")[0]
ARGS = {"type": "TOOL_CALL_ARGS", "toolCallId": "c", "delta": "{}"}
UNTOLD = {"id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}
SAID = {"id": "a", "role": "assistant", "content": "hello"}
BEGAN = subagent("STARTED", name="n")

BEYOND: Any = decode('{"type": "STATE_SNAPSHOT", "snapshot": {"x": NaN}}')

# a row's first cell -> events within a run that also says "hello"
WITHIN: dict[str, list[Event]] = {
    "sent … with … at '…', which is no JSON number and is read as null": [BEYOND],
    "sent RUN_STARTED again within a run": [STARTED],
    "left … … open at RUN_FINISHED": [start("m")],
    "started … … twice": [start("m"), start("m"), end("m")],
    "sent … … without starting it": [delta("m", "x")],
    "sent … … after its end": [*text("m", "x"), delta("m", "y")],
    "ended … …, which was not open": [end("m")],
    "sent … for … …, which a START had opened": [
        start("m"),
        chunk(messageId="m", delta="x"),
        end("m"),
    ],
    "sent a … that does not fit (…)": [
        chunk(messageId="m", delta="a"),
        chunk(messageId="m", role="user"),
    ],
    "sent … that opens nothing (…); it is left out": [
        {"type": "TOOL_CALL_CHUNK", "toolCallId": "c", "delta": "{}"}
    ],
    "started tool call … twice": [CUT, *call("c", "{}")],
    "ended tool call …, which was not open": call("c", "{}")[-1:],
    "sent arguments for tool call … after its end": [*call("c"), ARGS],
    "sent the end of the arguments of tool call … again": [
        *call("c", "{}"),
        {**ARGS, "delta": "}"},
    ],
    "sent arguments for tool call … after its result": [*call("c"), result("r", "c"), ARGS],
    "sent arguments for tool call … before its TOOL_CALL_START; it is left out": [ARGS],
    "sent the result of tool call … twice": [*call("c"), result("r", "c"), result("r", "c")],
    "told tool call … of an earlier run again": call("asked", "{}"),
    "started step … twice": [step("STARTED"), step("STARTED"), step("FINISHED")],
    "finished step …, which was not open": [step("FINISHED")],
    "finished step … in the name of another agent": [
        step("STARTED"),
        step("FINISHED", subagentRunId="s"),
    ],
    "started subagent … twice": [BEGAN, BEGAN, subagent("FINISHED")],
    "started subagent … again after its end": [
        *(BEGAN, subagent("FINISHED")),
        *(BEGAN, subagent("FINISHED")),
    ],
    "ended subagent …, which was not active": [subagent("FINISHED")],
    "named a parent of subagent … that was not started": [
        {**BEGAN, "parentSubagentRunId": "p"},
        subagent("FINISHED"),
    ],
    "used the id of … … again for another one": [*call("c", "{}"), result("r", "c"), *call("c")],
    "sent MESSAGES_SNAPSHOT with one id for several messages or calls": [snapshot(SAID, SAID)],
    "sent MESSAGES_SNAPSHOT without the arguments of its tool calls": [
        *call("c", "{}"),
        snapshot(SAID, {"id": "c", "role": "assistant", "toolCalls": [UNTOLD]}),
    ],
    "sent … for … in the name of another subagent": [
        start("m", subagentRunId="s"),
        delta("m", "x", subagentRunId="other"),
        end("m"),
    ],
    "put tool call … into a message of another subagent": [
        *text("m", "x", subagentRunId="s"),
        *call("c", "{}", parentMessageId="m", subagentRunId="other"),
    ],
    "sent … without '…'": [{"type": "TEXT_MESSAGE_CHUNK", "delta": "x"}],
    "sent … with a malformed '…', which is mended": [start("m", timestamp="2026-11-28T10:00Z")],
    "sent … with a malformed '…', which is left out": [start("m", metadata="x")],
    "sent … in no readable form (…); it is left out": [{"type": "CUSTOM", "value": 1}],
    "sent … under the name …": [{"type": "TextMessageContent", "messageId": "m", "delta": "x"}],
    "sent … in snake_case (AG-UI is camelCase: serialise by alias)": [
        {"type": "TEXT_MESSAGE_CONTENT", "message_id": "m", "delta": "x"}
    ],
    "sent MESSAGES_SNAPSHOT with a message in another form at '…'": [
        snapshot({"id": "a", "role": "ai", "content": [{"type": "text", "text": "hello"}]})
    ],
}
SAYS = {"type": "RUN_FINISHED", "threadId": "t", "runId": "r"}
# the same, for whole streams
WHOLE: dict[str, list[Event]] = {
    "sent … before RUN_STARTED": [*HELLO, FINISHED],
    "sent … behind RUN_FINISHED": [STARTED, FINISHED, *HELLO],
    "sent RUN_FINISHED twice": [STARTED, *HELLO, FINISHED, FINISHED],
    "sent RUN_ERROR without a message of its own": [
        STARTED,
        *HELLO,
        {"type": "RUN_ERROR", "error": "boom"},
    ],
    "sent RUN_FINISHED with the outcome as a word, …": [
        *(STARTED, *HELLO),
        {**SAYS, "outcome": "success"},
    ],
    "sent RUN_FINISHED with its questions outside the outcome": [
        *(STARTED, *HELLO),
        {**SAYS, "interrupt": [{"id": "i", "value": "?"}]},
    ],
}
FORGIVEN = {case: [STARTED, *HELLO, *events, FINISHED] for case, events in WITHIN.items()} | WHOLE


def told(case: str, strict: bool = False) -> Told:
    """The events told to a thread that holds a call which waits for an answer."""
    asked = {"id": "asked", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    held = [{"id": "held", "role": "assistant", "toolCalls": [asked]}]
    resume = [{"interruptId": "i", "status": "resolved"}]
    again = case == "told tool call … of an earlier run again"
    more = {"resume": resume} if again else {}
    return Told(held if again else (), strict=strict, **more).tell(*FORGIVEN[case])


@pytest.mark.parametrize("case", FORGIVEN)
def test_a_fault_is_forgiven_with_a_word_about_it(case: str) -> None:
    found = told(case)
    wanted = re.compile(f"The agent {_pattern(case)}: event \\d+ of this run\\.")
    assert [text for text in found.warnings if wanted.fullmatch(text)] != []
    assert "hello" in [message.get("content") for message in found.messages]


def _pattern(phrase: str) -> str:
    return ".*".join(re.escape(part) for part in phrase.split("…"))


def phrases(text: str) -> list[str]:
    """The first cells of the tables whose heading is what the agent did."""
    rows = re.findall(r"^\| (.+?) \| .+? \|$", text, re.MULTILINE)
    return [row for row in rows if row.split()[0] in VERBS]


VERBS = {"sent", "left", "started", "ended", "told", "finished", "named", "used", "put"}


def faults() -> set[str]:
    """What the code can say of an agent, with … for what it fills in."""
    found = set()
    for path in PROTOCOL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in TELLING:
                lost = "; it is left out" if "lose" in _name(node.func) else ""
                found.add(_template(node.args[-1]) + lost)
    return found - {"…; it is left out"}


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _template(text: ast.expr) -> str:
    values = text.values if isinstance(text, ast.JoinedStr) else [text]
    return "".join(v.value if isinstance(v, ast.Constant) else "…" for v in values)  # type: ignore[misc]


def test_the_table_says_what_is_forgiven_and_each_row_is_a_case() -> None:
    table = phrases((ROOT / "docs" / "tolerance.md").read_text("utf-8"))
    assert sorted(table) == sorted(FORGIVEN)
    said = {_pattern(phrase) for phrase in table}
    fits = {fault: [p for p in said if re.fullmatch(p, fault)] for fault in faults()}
    assert [fault for fault, rows in fits.items() if not rows] == []


def test_the_tests_that_the_table_names_are_there() -> None:
    text = (ROOT / "docs" / "tolerance.md").read_text("utf-8")
    for path, name in re.findall(r"`(tests/[\w/.]+)::(\w+)`", text):
        assert f"def {name}(" in (ROOT / path).read_text("utf-8")
    assert "docs/tolerance.md" in (ROOT / "README.md").read_text("utf-8")


def test_a_call_in_a_message_of_an_earlier_turn_gets_one_of_this_turn() -> None:
    history = [{**SAID, "content": "before"}, {"id": "u", "role": "user", "content": "hi"}]
    found = Told(history).tell(STARTED, *call("c", "{}", parentMessageId="a"), FINISHED)
    assert [message["id"] for message in found.messages] == ["a", "u", "a~again-2"]
    assert "used the id of text message a again" in found.warnings[0]


def test_whoever_keeps_no_thread_holds_nothing() -> None:
    nothing = Nothing()
    assert (nothing.role("m"), nothing.message("m"), nothing.call("c")) == (None, None, None)  # type: ignore[func-returns-value]
    assert (nothing.is_last("m"), nothing.is_answered("c")) == (False, False)
