"""Streams out of order, read as what was meant; each mending is told as a warning."""

from __future__ import annotations

import re
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

from agui_notebook.protocol import Nothing, OpenItems, TolerantStages, calls_since

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
    "started again behind its arguments": (  # as Agent Framework's server does
        [started("c"), args("c", "{}"), started("d"), started("c"), ended("c"), *call("d", "[]")],
        [("c", "f", "{}"), ("d", "f", "[]")],
        "started tool call c twice",
    ),
    "started again between its arguments": (
        [started("c"), args("c", '{"a"'), started("c"), args("c", ":1}"), ended("c")],
        [("c", "f", '{"a":1}')],
        "started tool call c twice",
    ),
    "another of the same name started while the first is open": (
        [started("c"), args("c", "{}"), started("c"), args("c", "[]"), ended("c")],
        [("c", "f", "{}"), ("c~again-2", "f", "[]")],
        "used the id of tool call c again",
    ),
    "told into a message of another after its end": (
        [
            *text("m", subagentRunId="s"),
            *call("c", '{"a"'),
            started("c", parentMessageId="m"),
            args("c", ":1}"),
            ended("c"),
        ],
        [("c", "f", '{"a":1}')],
        "into a message of another subagent",
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
    "a chunk of it behind another's": (
        [
            {"type": "TOOL_CALL_CHUNK", "toolCallId": "c", "toolCallName": "f", "delta": '{"a"'},
            {"type": "TEXT_MESSAGE_CHUNK", "messageId": "m", "delta": "hm"},
            {"type": "TOOL_CALL_CHUNK", "toolCallId": "c", "delta": ":1}"},
        ],
        [("c", "f", '{"a":1}')],
        "after its end",
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


def told_results(told: Told) -> list[tuple[str, str, str]]:
    return [(m["id"], m["toolCallId"], m["content"]) for m in told.messages if m["role"] == "tool"]


def test_results_under_one_id_are_each_a_message_and_one_said_again_is_not() -> None:
    # microsoft/agent-framework#3962, agentscope-ai/agentscope#2554,
    # agentscope-ai/agentscope-java#2907: all results under the answer's id
    both = [*call("c", "{}"), *call("d", "{}"), result("r", "c"), result("r", "d")]
    told = run(*both, result("r", "c"), {**result("r", "c"), "content": "more"}, *call("c", "[]"))
    assert told_results(told) == [
        ("r", "c", "ok"),
        ("r~again-3", "c", "more"),
        ("r~again-2", "d", "ok"),
    ]
    assert [calls(told)[-1][0], *(warning.split(":")[0] for warning in told.warnings)] == [
        "c~again-2",
        "The agent used the id of tool result r again for another one",
        "The agent sent the result of tool call c twice",
        "The agent used the id of tool call c again for another one",
    ]


def test_a_result_under_the_id_of_its_answer_leaves_that_answer_alone() -> None:
    # microsoft/agent-framework-go#193: results share the id of the text before them
    told = run(*call("c", "{}", parentMessageId="m"), result("m", "c"), *text("m", "hello"))
    assert [(m["id"], m["role"], m.get("content")) for m in told.messages if m != USER] == [
        ("m", "assistant", "hello"),
        ("m~again-2", "tool", "ok"),
    ]


def test_a_snapshot_that_tells_calls_twice_and_without_arguments_takes_nothing_back() -> None:
    """As Agent Framework's server restates two calls of a caller's tool."""
    untold = [
        {"id": item, "type": "function", "function": {"name": name, "arguments": ""}}
        for item, name in (("c", "f"), ("d", "f"), ("c", "f"), ("d", "f"), ("e", "f"))
    ]
    message = {"id": "m", "role": "assistant", "toolCalls": untold}
    streamed = [*call("c", '{"a": 1}'), *call("d", "[]"), *call("e", "{}", name="g")]
    told = run(*streamed, {"type": "MESSAGES_SNAPSHOT", "messages": [USER, message]})
    assert calls(told) == [("c", "f", '{"a": 1}'), ("d", "f", "[]"), ("e", "f", "")]


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


# --- snapshots ----------------------------------------------------------------------------------


MADE = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
EMPTY = {"name": "f", "arguments": ""}
CALLING = {"id": "a", "role": "assistant", "toolCalls": [MADE]}
ANSWER = {"id": "r", "role": "tool", "toolCallId": "c", "content": "ok"}


def snapshot(*messages: Any) -> Event:
    return {"type": "MESSAGES_SNAPSHOT", "messages": list(messages)}


def test_a_snapshot_with_a_result_before_its_call_puts_it_behind() -> None:
    told = run(snapshot(USER, ANSWER, CALLING))
    assert [message["id"] for message in told.messages] == ["u", "a", "r"]


def test_a_snapshot_in_langchains_words_is_read_and_told() -> None:
    calling = {"id": "a", "type": "ai", "content": "", "toolCalls": [{"id": "c", "name": "f"}]}
    told = run(snapshot({"id": "u", "type": "human", "content": "hi"}, calling))
    assert told.messages == [
        USER,
        {**CALLING, "content": "", "toolCalls": [{**MADE, "function": EMPTY}]},
    ]
    assert [w for w in told.warnings if "in another form at '/messages/0'" in w]


def test_the_calls_behind_a_message_are_those_made_since() -> None:
    assert calls_since([USER, CALLING], "u") == {"c"}
    assert calls_since([USER, CALLING], "a") == set()
    assert calls_since([USER, CALLING], None) == {"c"}


LOST: dict[str, tuple[Event, str]] = {
    "a patch of what is no operation": (
        {"type": "STATE_DELTA", "delta": "[1]"},
        "STATE_DELTA in no readable form",
    ),
    "a patch of nothing at all": (
        {"type": "STATE_DELTA", "delta": "oh"},
        "STATE_DELTA in no readable form",
    ),
    "a step without a name": ({"type": "STEP_STARTED"}, "STEP_STARTED in no readable form"),
}


@pytest.mark.parametrize("case", LOST)
def test_an_event_nothing_can_be_made_of_is_left_out_and_told(case: str) -> None:
    event, words = LOST[case]
    told = run(event)
    assert [e["type"] for e in told.events] == ["RUN_STARTED", "RUN_FINISHED"]
    assert [warning for warning in told.warnings if words in warning]


@pytest.mark.parametrize("usage", ["[1]", "oh"])
def test_a_member_that_cannot_be_read_is_left_out_if_it_may_be(usage: str) -> None:
    told = Told().tell(STARTED, {**FINISHED, "usage": usage})
    assert told.run["status"] == "success"
    assert [
        warning
        for warning in told.warnings
        if re.search(r"'/usage(/0)?', which is left out", warning)
    ]


def test_a_call_may_stand_in_a_message_that_nobody_has_yet_or_that_is_older() -> None:
    told = run(
        *call("c", "{}", parentMessageId="new"),
        *call("d", "{}", parentMessageId="old"),
        messages=[{"id": "old", "role": "assistant", "content": "x"}, USER],
    )
    assert [(m["id"], len(m.get("toolCalls", ()))) for m in told.messages] == [
        *(("old", 0), ("u", 0), ("new", 1), ("old~again-2", 1)),
    ]


# --- chunks beside their long forms, and streams that others begin and end ----------------------


def chunk(delta: str, **more: Any) -> Event:
    return {"type": "TEXT_MESSAGE_CHUNK", "delta": delta, **more}


@pytest.mark.parametrize("named", [{}, {"messageId": "m"}], ids=["unnamed", "named"])
def test_a_chunk_for_what_a_start_has_opened_is_a_piece_of_it(named: Event) -> None:
    told = run(start("m"), chunk("a", **named), chunk("b", metadata={"n": 1}), end("m"))
    assert told.messages == [
        {"id": "m", "role": "assistant", "content": "ab", "metadata": {"n": 1}}
    ]
    assert [w for w in told.warnings if "which a START had opened" in w]


def test_a_chunk_that_opens_nothing_is_left_out_and_told() -> None:
    told = run({"type": "TOOL_CALL_CHUNK", "toolCallId": "c", "delta": "{}"})
    assert told.messages == []
    assert [w for w in told.warnings if "TOOL_CALL_CHUNK that opens nothing" in w]


def test_whoever_begins_and_ends_the_run_himself_closes_what_is_open_himself() -> None:
    items, warnings, lost = OpenItems(), list[str](), list[Event]()

    def lose(event: Event, _: str) -> None:
        lost.append(event)

    stages = TolerantStages(items, warnings.append, lambda: "new", Nothing(), lost=lose)
    made: list[Event] = []
    for event in (start("m"), *call("c", "{}"), args("d", "{}"), FINISHED):
        for part in stages(event):
            made.append(part)
            items.note(part)
    assert made == [start("m"), *call("c", "{}"), FINISHED]
    assert lost == [args("d", "{}")]
    assert len(warnings) == 1


def test_a_subagent_without_a_name_is_called_one() -> None:
    told = run(subagent("STARTED"), subagent("FINISHED"))
    assert told.run["subagents"][0]["name"] == "subagent"
    assert [w for w in told.warnings if "without '/name'" in w]


def test_what_comes_without_an_id_gets_that_of_what_is_open_or_a_new_one() -> None:
    ids = iter(["new"])
    told = run(
        {"type": "TEXT_MESSAGE_START"},
        {"type": "TEXT_MESSAGE_CONTENT", "delta": "a"},
        {"type": "TEXT_MESSAGE_END"},
        mint=ids.__next__,
    )
    assert told.messages == [{"id": "new", "role": "assistant", "content": "a"}]


def test_nothing_is_held_where_no_thread_is_kept() -> None:
    held = Nothing()
    assert held.role("m") is None
    assert held.call("c") is None  # type: ignore[func-returns-value]
    assert not held.is_last("m")
    assert not held.is_answered("c")


def test_a_chunk_without_an_id_goes_on_with_what_chunks_have_opened() -> None:
    told = run(chunk("a", messageId="m"), chunk("b"))
    assert told.messages == [{"id": "m", "role": "assistant", "content": "ab"}]
    assert told.warnings == []
