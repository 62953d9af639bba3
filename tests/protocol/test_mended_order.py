"""Streams out of order, read as what was meant; each mending is told as a warning."""

from __future__ import annotations

from typing import Any

import pytest
from support.telling import (
    FINISHED,
    STARTED,
    USER,
    Event,
    Told,
    call,
    end,
    result,
    run,
    start,
    text,
)

RESUME = [{"interruptId": "i", "status": "resolved"}]
ERROR = "Error: the call was cut off before its arguments; it was not run."


def started(item: str, name: str = "f", **more: Any) -> Event:
    return {"type": "TOOL_CALL_START", "toolCallId": item, "toolCallName": name, **more}


def args(item: str, delta: str, **more: Any) -> Event:
    return {"type": "TOOL_CALL_ARGS", "toolCallId": item, "delta": delta, **more}


def ended(item: str) -> Event:
    return {"type": "TOOL_CALL_END", "toolCallId": item}


def calls(told: Told) -> list[tuple[str, str, str]]:
    """Id, name and arguments of every call, in order."""
    return [
        (made["id"], made["function"]["name"], made["function"]["arguments"])
        for message in told.messages
        for made in message.get("toolCalls", ())
    ]


MENDED: dict[str, tuple[list[Event], list[tuple[str, str, str]], str]] = {
    "started twice": (
        [started("c"), started("c"), args("c", "{}"), ended("c")],
        [("c", "f", "{}")],
        "started tool call c twice",
    ),
    "another one started while the first is open": (
        [started("c"), args("c", "{}"), started("c", "g"), args("c", "[]"), ended("c")],
        [("c", "f", "{}"), ("c~again-2", "g", "[]")],
        "used the id of tool call c again",
    ),
    "used again after a result": (
        [*call("c", "{}"), result("r", "c"), *call("c", "[]")],
        [("c", "f", "{}"), ("c~again-2", "f", "[]")],
        "used the id of tool call c again",
    ),
    "used again when nothing was missing": (
        [*call("c", "{}"), *call("c", "[]")],
        [("c", "f", "{}"), ("c~again-2", "f", "[]")],
        "used the id of tool call c again",
    ),
    "another one where the first said nothing": (
        [started("c"), ended("c"), *call("c", "{}", name="g")],
        [("c", "f", ""), ("c~again-2", "g", "{}")],
        "used the id of tool call c again",
    ),
    "arguments before the start": (
        [args("c", "{}"), *call("d", "{}")],
        [("d", "f", "{}")],
        "before its TOOL_CALL_START",
    ),
    "arguments after the end": (
        [started("c"), args("c", "{"), ended("c"), args("c", "}")],
        [("c", "f", "{}")],
        "after its end",
    ),
    "arguments after the result": (
        [*call("c", "{}"), result("r", "c"), args("c", "more")],
        [("c", "f", "{}")],
        "after its result",
    ),
    "an end of nothing": ([ended("c"), *call("d", "{}")], [("d", "f", "{}")], "was not open"),
    "arguments in the name of another": (
        [started("c", subagentRunId="s"), args("c", "{}", subagentRunId="t"), ended("c")],
        [("c", "f", "{}")],
        "in the name of another subagent",
    ),
    "in a message of another": (
        [
            *text("m", subagentRunId="s"),
            started("c", parentMessageId="m", subagentRunId="t"),
            args("c", "{}"),
            ended("c"),
        ],
        [("c", "f", "{}")],
        "into a message of another subagent",
    ),
}


@pytest.mark.parametrize("case", MENDED)
def test_a_call_out_of_order_is_read_as_it_was_meant_and_told(case: str) -> None:
    events, made, words = MENDED[case]
    told = run(*events)
    assert calls(told) == made
    assert [warning for warning in told.warnings if words in warning]


def test_a_call_that_goes_on_under_its_id_is_one_call() -> None:
    told = run(*call("c", '{"a"'), *call("c", ": 1}"))
    assert calls(told) == [("c", "f", '{"a": 1}')]


def test_a_call_that_ends_without_its_arguments_is_answered_so_that_it_never_runs() -> None:
    told = run(started("c"))
    assert calls(told) == [("c", "f", "")]
    assert [m["content"] for m in told.messages if m["role"] == "tool"] == [ERROR]


def test_of_calls_left_open_only_those_without_arguments_are_answered() -> None:
    told = run(started("c"), args("c", "{}"), started("d"))
    assert [m["toolCallId"] for m in told.messages if m["role"] == "tool"] == ["d"]


def asked() -> list[dict[str, Any]]:
    made = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    return [USER, {"id": "a", "role": "assistant", "toolCalls": [made]}]


def test_a_run_that_goes_on_may_tell_the_call_it_asked_about_again() -> None:
    told = Told(asked(), resume=RESUME)
    told.tell(STARTED, *call("c", "{}"), result("r", "c"), FINISHED)
    assert calls(told) == [("c", "f", "{}")]
    assert [m["id"] for m in told.messages] == ["u", "a", "r"]
    assert [w for w in told.warnings if "of an earlier run again" in w]


@pytest.mark.parametrize("name", ["f", "g"])
def test_a_run_of_its_own_that_uses_an_earlier_calls_id_means_another(name: str) -> None:
    told = Told(asked()).tell(STARTED, *call("c", "[]", name=name), FINISHED)
    assert calls(told) == [("c", "f", "{}"), ("c~again-2", name, "[]")]


def test_the_outcome_speaks_of_the_calls_under_our_ids() -> None:
    outcome = {
        "type": "interrupt",
        "interrupts": [
            {"id": "i", "reason": "x", "toolCallId": "c"},
            {"id": "j", "reason": "x"},
        ],
    }
    told = Told(asked()).tell(STARTED, *call("c", "[]"), {**FINISHED, "outcome": outcome})
    assert [q.get("toolCallId") for q in told.document["interrupts"]] == ["c~again-2", None]
    left = {"type": "success", "pendingToolCallIds": ["c", "d"]}
    told = Told(asked()).tell(STARTED, *call("c", "[]"), {**FINISHED, "outcome": left})
    assert told.run["pendingToolCallIds"] == ["c~again-2", "d"]
    plain = Told(asked()).tell(
        STARTED, *call("c", "[]"), {**FINISHED, "outcome": {"type": "cancelled"}}
    )
    assert plain.run["status"] == "cancelled"


# --- the rest of a run --------------------------------------------------------------------------


def step(word: str, **more: Any) -> Event:
    return {"type": f"STEP_{word}", "stepName": "look", **more}


def subagent(word: str, **more: Any) -> Event:
    return {"type": f"SUBAGENT_{word}", "subagentRunId": "s", **more}


ODD: dict[str, tuple[list[Event], str]] = {
    "a run within a run": ([STARTED], "RUN_STARTED again within a run"),
    "a step started twice": ([step("STARTED"), step("STARTED")], "started step look twice"),
    "a step finished that was not open": ([step("FINISHED")], "finished step look, which was not"),
    "a step finished by another agent": (
        [step("STARTED"), step("FINISHED", subagentRunId="s")],
        "in the name of another agent",
    ),
    "a subagent's step finished by its parent": (
        [step("STARTED", subagentRunId="s"), step("FINISHED")],
        "in the name of another agent",
    ),
    "a subagent started twice": (
        [subagent("STARTED", name="a"), subagent("STARTED", name="a")],
        "started subagent s twice",
    ),
    "a subagent that comes back": (
        [subagent("STARTED", name="a"), subagent("FINISHED"), subagent("STARTED", name="a")],
        "again after its end",
    ),
    "a message left open": ([start("m")], "left text message m open at RUN_FINISHED"),
}


@pytest.mark.parametrize("case", ODD)
def test_a_run_out_of_order_ends_well_and_is_told(case: str) -> None:
    events, words = ODD[case]
    told = run(*events)
    assert told.run["status"] == "success"
    assert [warning for warning in told.warnings if words in warning]
    assert not [item for item in told.document["items"].values() if item["status"] == "open"]


@pytest.mark.parametrize("first", [start("m"), {"type": "CUSTOM", "name": "x", "value": 1}])
def test_a_stream_that_begins_in_the_middle_gets_its_beginning(first: Event) -> None:
    told = Told().tell(first, end("m"), FINISHED)
    assert told.events[0]["type"] == "RUN_STARTED"
    assert told.run["status"] == "success"
    assert [warning for warning in told.warnings if "before RUN_STARTED" in warning]


def test_what_comes_behind_the_end_is_read_and_told_and_a_second_end_is_dropped() -> None:
    told = run(*text("m", "a")).tell(FINISHED, *text("n", "b"))
    assert [m["content"] for m in told.messages] == ["a", "b"]
    assert [w for w in told.warnings if "RUN_FINISHED twice" in w]
    assert [w for w in told.warnings if "behind RUN_FINISHED" in w]


def test_an_activity_under_the_id_of_a_message_is_another_thing() -> None:
    shown = {"type": "ACTIVITY_SNAPSHOT", "messageId": "u", "activityType": "t", "content": {}}
    told = run(shown, messages=[USER])
    assert [m["id"] for m in told.messages] == ["u", "u~again-2"]


def test_a_stream_is_told_each_kind_of_fault_once_and_not_without_end() -> None:
    told = run(*[end(f"m{number}") for number in range(300)])
    assert len(told.warnings) <= 100
