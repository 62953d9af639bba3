"""The emitter pairs and closes; what is open is noted; foreign events are mended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from support.wire import Event, asked, document, events_of, kinds

from agui_notebook import Emitter, ProtocolError
from agui_notebook.agents import RunRequest, Wrapped

pytestmark = pytest.mark.anyio
Play = Callable[[Emitter], Awaitable[Any]]


class Acting(Wrapped):
    """An agent that is one coroutine function over the emitter."""

    def __init__(self, play: Play) -> None:
        super().__init__("acting")
        self._play = play

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        await self._play(emit)


async def played(play: Play) -> list[Event]:
    return await events_of(Acting(play))


def without_ids(events: list[Event]) -> list[Event]:
    """Events with their minted ids replaced by small numbers, in order of appearance."""
    numbers: dict[str, int] = {}
    minted = {"messageId", "toolCallId", "parentMessageId", "subagentRunId", "entityId"}
    return [
        {
            key: numbers.setdefault(value, len(numbers) + 1) if key in minted else value
            for key, value in event.items()
        }
        for event in events
    ]


START = {"type": "RUN_STARTED", "threadId": "t1", "runId": "r1", "protocolVersion": "1.0"}
FINISH = {
    "type": "RUN_FINISHED",
    "threadId": "t1",
    "runId": "r1",
    "outcome": {"type": "success"},
}


async def test_deltas_open_and_close_what_they_need() -> None:
    async def play(emit: Emitter) -> None:
        await emit.reasoning("Hm")
        await emit.text("Hel")
        await emit.text("lo")

    assert without_ids(await played(play)) == [
        START,
        {"type": "REASONING_START", "messageId": 1},
        {"type": "REASONING_MESSAGE_START", "messageId": 1, "role": "reasoning"},
        {"type": "REASONING_MESSAGE_CONTENT", "messageId": 1, "delta": "Hm"},
        {"type": "REASONING_MESSAGE_END", "messageId": 1},
        {"type": "REASONING_END", "messageId": 1},
        {"type": "TEXT_MESSAGE_START", "messageId": 2, "role": "assistant"},
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": 2, "delta": "Hel"},
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": 2, "delta": "lo"},
        {"type": "TEXT_MESSAGE_END", "messageId": 2},
        FINISH,
    ]


async def test_the_calls_of_one_turn_share_an_assistant_message_and_pend_if_unanswered() -> None:
    async def play(emit: Emitter) -> None:
        await emit.text("Looking.")
        first = await emit.tool_call("c1", "f")
        second = await emit.tool_call("c2", "g")
        await emit.tool_args(second, "{}")
        await emit.tool_result(first, {"a": 1})
        await emit.tool("c3", "h", {"x": [1]})

    assert without_ids(await played(play))[4:] == [
        {
            "type": "TOOL_CALL_START",
            "toolCallId": 2,
            "toolCallName": "f",
            "parentMessageId": 1,
        },
        {
            "type": "TOOL_CALL_START",
            "toolCallId": 3,
            "toolCallName": "g",
            "parentMessageId": 1,
        },
        {"type": "TOOL_CALL_ARGS", "toolCallId": 3, "delta": "{}"},
        {"type": "TOOL_CALL_END", "toolCallId": 2},
        {
            "type": "TOOL_CALL_RESULT",
            "messageId": 4,
            "toolCallId": 2,
            "content": '{"a": 1}',
            "role": "tool",
        },
        {
            "type": "TOOL_CALL_START",
            "toolCallId": 5,
            "toolCallName": "h",
            "parentMessageId": 6,
        },
        {"type": "TOOL_CALL_ARGS", "toolCallId": 5, "delta": '{"x": [1]}'},
        {"type": "TOOL_CALL_END", "toolCallId": 5},
        {"type": "TOOL_CALL_END", "toolCallId": 3},
        {**FINISH, "outcome": {"type": "success", "pendingToolCallIds": ["c2", "c3"]}},
    ]


async def test_subagents_steps_and_activities_nest_and_are_attributed() -> None:
    async def play(emit: Emitter) -> None:
        async with emit.step("work"), emit.subagent("outer", description="d") as outer:
            await outer.text("a")
            async with outer.subagent("inner") as inner:
                await inner.tool("c1", "f", "{}")
                await inner.tool_result("c1", "ok")
            shown = await emit.activity("x.progress", {"done": 0})
            change = [{"op": "replace", "path": "/done", "value": 1}]
            await emit.activity_delta(shown, "x.progress", change)

    held = document(await played(play), asked())
    messages = held["messages"][1:]
    assert [(m["role"], "subagentRunId" in m) for m in messages] == [
        ("assistant", True),
        ("assistant", True),
        ("tool", True),
        ("activity", False),
    ]
    outer, inner = held["runs"][0]["subagents"]
    assert inner["parentSubagentRunId"] == outer["subagentRunId"]
    assert [outer["status"], inner["status"]] == ["success", "success"]
    assert messages[3]["content"] == {"done": 1}


async def test_a_subagent_that_fails_says_so_and_the_run_may_go_on() -> None:
    async def delegate(emit: Emitter) -> None:
        async with emit.subagent("fragile") as inner:
            await inner.text("I am")
            raise ValueError("lost")

    async def play(emit: Emitter) -> None:
        with pytest.raises(ValueError, match="lost"):
            await delegate(emit)
        await emit.text("Without it, then.")

    events = await played(play)
    assert kinds(events)[-6:] == [
        "TEXT_MESSAGE_END",
        "SUBAGENT_ERROR",
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_END",
        "RUN_FINISHED",
    ]


async def test_usage_adds_up_per_model_and_leaves_the_unknown_out() -> None:
    async def play(emit: Emitter) -> None:
        emit.usage(provider="p", model="m", input_tokens=5, output_tokens=2)
        emit.usage(provider="p", model="m", input_tokens=7, output_tokens=None)
        emit.usage(model="n", output_tokens=1)

    assert (await played(play))[-1]["usage"] == [
        {"provider": "p", "model": "m", "inputTokens": 12, "outputTokens": 2, "totalTokens": 14},
        {"model": "n", "outputTokens": 1},
    ]


async def test_interrupts_end_the_run_as_interrupted_with_their_ids_filled_in() -> None:
    async def play(emit: Emitter) -> None:
        emit.interrupt({"message": "Really?"}, {"id": "i2", "reason": "x"})

    outcome = (await played(play))[-1]["outcome"]
    first, second = outcome["interrupts"]
    assert outcome["type"] == "interrupt"
    assert (first["reason"], first["message"]) == ("input_required", "Really?")
    assert second == {"id": "i2", "reason": "x"}


async def test_the_run_that_a_run_continues_is_echoed() -> None:
    async def play(emit: Emitter) -> None:
        pass

    events = await events_of(Acting(play), asked(parentRunId="r0", protocolVersion="1.7"))
    assert events[0] == {**START, "parentRunId": "r0"}


async def test_an_exception_becomes_one_error_and_nothing_follows() -> None:
    async def play(emit: Emitter) -> None:
        await emit.text("so far")
        raise LookupError("no such city")

    events = await played(play)
    assert events[-1] == {
        "type": "RUN_ERROR",
        "message": "LookupError: no such city",
        "code": "LookupError",
    }


async def test_what_json_cannot_say_is_an_error_and_not_a_broken_stream() -> None:
    async def play(emit: Emitter) -> None:
        await emit.state({"x": 1})
        emit.result(object())

    from agui_notebook.wire import frame

    sent: list[Event] = []

    def send(event: Event) -> Any:
        frame(event)
        sent.append(event)
        return done()

    async def done() -> None:
        return None

    from agui_notebook.agents import drive

    emit = Emitter(asked(), send)
    await drive(Acting(play), asked(), emit)
    assert [event["type"] for event in sent] == ["STATE_SNAPSHOT", "RUN_ERROR"]
    assert sent[-1]["message"].startswith("RUN_FINISHED cannot be written as JSON")


MENDED = [
    (
        "content without a start opens the message",
        [{"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "a"}],
        ["TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END"],
    ),
    (
        "a doubled start and an end too many are dropped",
        [
            {"type": "TEXT_MESSAGE_START", "messageId": "m"},
            {"type": "TEXT_MESSAGE_START", "messageId": "m"},
            {"type": "TEXT_MESSAGE_END", "messageId": "m"},
            {"type": "TEXT_MESSAGE_END", "messageId": "m"},
        ],
        ["TEXT_MESSAGE_START", "TEXT_MESSAGE_END"],
    ),
    (
        "chunks become start, content and end",
        [
            {"type": "TEXT_MESSAGE_CHUNK", "messageId": "m", "delta": "a"},
            {"type": "TEXT_MESSAGE_CHUNK", "delta": "b"},
            {"type": "TOOL_CALL_CHUNK", "toolCallId": "c", "toolCallName": "f", "delta": "{}"},
        ],
        [
            "TEXT_MESSAGE_START",
            "TEXT_MESSAGE_CONTENT",
            "TEXT_MESSAGE_END",
            "TOOL_CALL_START",
            "TOOL_CALL_ARGS",
            "TOOL_CALL_END",
        ],
    ),
    (
        "ids that are missing are made up, boundaries are ours",
        [
            {"type": "RUN_STARTED", "threadId": "x", "runId": "y"},
            {"type": "TEXT_MESSAGE_START"},
            {"type": "TEXT_MESSAGE_CONTENT", "delta": "a"},
            {"type": "TEXT_MESSAGE_END"},
            {"type": "RUN_FINISHED", "threadId": "x", "runId": "y"},
        ],
        ["TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END"],
    ),
    (
        "nulls, unknown fields and unknown events are left out, snake_case is read",
        [
            {"type": "CUSTOM", "name": "a.b", "value": None, "timestamp": None, "zzz": 1},
            {"type": "NO_SUCH_EVENT"},
            {"type": "TOOL_CALL_START", "tool_call_id": "c", "tool_call_name": "f"},
            {"type": "TOOL_CALL_RESULT", "message_id": "m", "tool_call_id": "c", "content": ""},
        ],
        ["CUSTOM", "TOOL_CALL_START", "TOOL_CALL_RESULT", "TOOL_CALL_END"],
    ),
    (
        "retired thinking events become reasoning",
        [
            {"type": "THINKING_START"},
            {"type": "THINKING_TEXT_MESSAGE_START"},
            {"type": "THINKING_TEXT_MESSAGE_CONTENT", "delta": "hm"},
            {"type": "THINKING_TEXT_MESSAGE_END"},
            {"type": "THINKING_END"},
        ],
        [
            "REASONING_START",
            "REASONING_MESSAGE_START",
            "REASONING_MESSAGE_CONTENT",
            "REASONING_MESSAGE_END",
            "REASONING_END",
        ],
    ),
]


@pytest.mark.parametrize(("given", "expected"), [m[1:] for m in MENDED], ids=[m[0] for m in MENDED])
async def test_foreign_events_are_mended(given: list[Event], expected: list[str]) -> None:
    async def play(emit: Emitter) -> None:
        for event in given:
            await emit.event(event)

    assert kinds(await played(play))[1:-1] == expected


async def test_an_event_that_nobody_knows_is_left_out_and_told_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def play(emit: Emitter) -> None:
        await emit.event({"type": "TEXT_MESSAGE_CHUNCK", "delta": "hi"})

    assert await played(play) == [START, FINISH]
    assert caplog.messages == ["'TEXT_MESSAGE_CHUNCK' is no AG-UI event and is left out."]


async def test_a_foreign_ending_is_kept_and_what_follows_an_error_is_dropped() -> None:
    async def asks(emit: Emitter) -> None:
        interrupts = [{"id": "i", "reason": "r"}]
        outcome = {"type": "interrupt", "interrupts": interrupts}
        usage = [{"model": "m", "inputTokens": 1, "outputTokens": 2, "totalTokens": 3}]
        ending = {"type": "RUN_FINISHED", "outcome": outcome, "usage": usage}
        await emit.event({**ending, "threadId": "other", "runId": "other", "result": None})

    assert (await played(asks))[-1] == {
        **FINISH,
        "outcome": {"type": "interrupt", "interrupts": [{"id": "i", "reason": "r"}]},
        "usage": [{"model": "m", "inputTokens": 1, "outputTokens": 2, "totalTokens": 3}],
    }

    async def fails(emit: Emitter) -> None:
        await emit.event({"type": "RUN_ERROR", "message": "no", "code": "c"})
        await emit.event({"type": "CUSTOM", "name": "x.late", "value": 1})

    assert (await played(fails))[1:] == [{"type": "RUN_ERROR", "message": "no", "code": "c"}]


async def test_arguments_of_a_call_that_never_began_cannot_be_mended() -> None:
    async def play(emit: Emitter) -> None:
        with pytest.raises(ProtocolError, match="before its TOOL_CALL_START"):
            await emit.event({"type": "TOOL_CALL_ARGS", "toolCallId": "c", "delta": "{}"})
        with pytest.raises(ProtocolError, match="not a int"):
            await emit.event(4)

    assert kinds(await played(play)) == ["RUN_STARTED", "RUN_FINISHED"]


async def test_a_plain_text_and_a_foreign_call_do_not_run_into_one_message() -> None:
    async def play(emit: Emitter) -> None:
        await emit.text("before")
        await emit.event({"type": "TOOL_CALL_START", "toolCallId": "c", "toolCallName": "f"})
        await emit.text("after")

    texts = [e["messageId"] for e in await played(play) if e["type"] == "TEXT_MESSAGE_CONTENT"]
    assert len(set(texts)) == 2
