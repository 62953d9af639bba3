"""Ids that an agent uses again, and questions of older dialects: what we make of them and send.

The agents here are functions of the request that give frames.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from agui_notebook import Session
from agui_notebook.client import RunOptions

Event = dict[str, Any]


class Agent:
    """Answers each request with the next of ``runs``; ``sent`` are the requests."""

    def __init__(self, *runs: list[Event]) -> None:
        self.runs = list(runs)
        self.sent: list[Event] = []

    @asynccontextmanager
    async def __call__(self, request: Event, **_: Any) -> AsyncIterator[AsyncIterator[Event]]:
        self.sent.append(json.loads(json.dumps(request)))
        ids = {"threadId": request["threadId"], "runId": request["runId"]}
        inner = self.runs.pop(0)

        async def frames() -> AsyncIterator[Event]:
            yield {"type": "RUN_STARTED", **ids}
            for event in inner:
                yield event if event["type"] != "RUN_FINISHED" else {**event, **ids}
            if not inner or inner[-1]["type"] != "RUN_FINISHED":
                yield {"type": "RUN_FINISHED", **ids}

        yield frames()


def call(item: str, arguments: str) -> list[Event]:
    return [
        {"type": "TOOL_CALL_START", "toolCallId": item, "toolCallName": "purge"},
        {"type": "TOOL_CALL_ARGS", "toolCallId": item, "delta": arguments},
        {"type": "TOOL_CALL_END", "toolCallId": item},
    ]


def said(text: str, item: str) -> list[Event]:
    return [
        {"type": "TEXT_MESSAGE_START", "messageId": item, "role": "assistant"},
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": item, "delta": text},
        {"type": "TEXT_MESSAGE_END", "messageId": item},
    ]


def asks(*values: Any) -> list[Event]:
    return [{"type": "CUSTOM", "name": "on_interrupt", "value": value} for value in values]


def talk(agent: Agent, *turns: Any, **options: Any) -> tuple[Session, list[str], list[str]]:
    """The session after these prompts, its texts, and what the tool was called with."""
    ran: list[str] = []

    def purge(path: str = "/") -> str:
        """Delete all that is there."""
        ran.append(path)
        return f"purged {path}"

    session = Session(RunOptions(agent, **options), thread_id="t")
    session.add_tool(purge)

    async def main() -> list[str]:
        return [(await _turn(session, turn)).text for turn in turns]

    return session, asyncio.run(main()), ran


async def _turn(session: Session, turn: Any) -> Any:
    if callable(turn):
        return await session.resume(turn(session))
    return await session.run(turn)


def results(request: Event) -> list[tuple[str, str]]:
    return [(m["toolCallId"], m["content"]) for m in request["messages"] if m["role"] == "tool"]


def test_a_call_under_the_id_of_an_earlier_turns_call_is_run() -> None:
    agent = Agent(
        call("purge", '{"path":"/a"}'),
        said("one", "m1"),
        call("purge", '{"path":"/b"}'),
        said("two", "m2"),
    )
    session, texts, ran = talk(agent, "first", "second")
    assert (texts, ran) == (["one", "two"], ["/a", "/b"])
    assert results(agent.sent[3]) == [("purge", "purged /a"), ("purge", "purged /b")]
    made = [c["id"] for m in agent.sent[3]["messages"] for c in m.get("toolCalls", ())]
    assert made == ["purge", "purge"]
    assert session.warnings == [
        "The agent used the id of tool call purge again for another one: event 2 of this run."
    ]


def test_two_calls_under_one_id_in_one_answer_are_two() -> None:
    agent = Agent([*call("c", '{"path":"/a"}'), *call("c", '{"path":"/b"}')], said("ok", "m"))
    session, texts, ran = talk(agent, "go")
    assert (texts, sorted(ran)) == (["ok"], ["/a", "/b"])
    assert results(agent.sent[1]) == [("c", "purged /a"), ("c", "purged /b")]
    answered = [m["toolCallId"] for m in session.messages if m["role"] == "tool"]
    assert sorted(answered) == ["c", "c~again-2"]


@pytest.mark.parametrize("arguments", ['{"path":"/a"}', '{"path":"/b"}'])
def test_the_result_of_a_servers_call_belongs_to_the_newest_of_its_id(arguments: str) -> None:
    # microsoft/agent-framework#6788: a server that runs its tools itself and names calls after them
    def ran_there(given: str, content: str) -> list[Event]:
        result = {"type": "TOOL_CALL_RESULT", "messageId": f"r-{content}", "toolCallId": "search"}
        return [*call("search", given), {**result, "content": content}, *said("ok", f"m-{content}")]

    agent = Agent(ran_there('{"path":"/a"}', "A"), ran_there(arguments, "B"))
    session, texts, _ = talk(agent, "first", "second")
    assert texts == ["ok", "ok"]
    assert [(m["toolCallId"], m["content"]) for m in session.messages if m["role"] == "tool"] == [
        ("search", "A"),
        ("search~again-2", "B"),
    ]


def test_the_calls_an_outcome_speaks_of_are_meant_by_their_new_ids() -> None:
    pending = {"type": "success", "pendingToolCallIds": ["c"]}
    agent = Agent(
        call("c", '{"path":"/a"}'),
        said("one", "m"),
        [*call("c", '{"path":"/b"}'), {"type": "RUN_FINISHED", "outcome": pending}],
        said("two", "n"),
    )
    _, texts, ran = talk(agent, "first", "second")
    assert (texts, ran) == (["one", "two"], ["/a", "/b"])


def test_the_answer_to_a_question_by_custom_event_goes_by_command() -> None:
    agent = Agent(asks('{"question": "ok?"}'), said("resumed", "n"))
    answer: Callable[[Session], Any] = lambda s: [s.interrupts[0].answer({"yes": 1})]  # noqa: E731
    session, texts, _ = talk(agent, "go", answer, forwarded_props={"command": {"a": 1}, "b": 2})
    assert texts == ["", "resumed"]
    assert agent.sent[1]["forwardedProps"] == {"command": {"a": 1, "resume": {"yes": 1}}, "b": 2}
    assert "resume" not in agent.sent[1]
    assert session.document["runs"][1]["resume"][0]["payload"] == {"yes": 1}
    assert session.interrupts == []


def test_an_action_that_langchains_middleware_asks_about_is_approved_by_command() -> None:
    value = {"action_requests": [{"name": "send", "args": {"to": "a@b"}}], "review_configs": []}
    agent = Agent(asks(json.dumps(value)), said("sent", "n"))
    _, texts, _ = talk(agent, "go", lambda s: [s.interrupts[0].approve()])
    assert texts == ["", "sent"]
    assert agent.sent[1]["forwardedProps"]["command"] == {
        "resume": {"decisions": [{"type": "approve"}]}
    }


@pytest.mark.parametrize("text", [True, False])
def test_a_server_that_keeps_nothing_gets_its_question_back_with_the_answer(text: bool) -> None:
    """CopilotKit/CopilotKit#6353: without it Mastra's began another turn, and said nothing."""
    suspended = {"type": "mastra_suspend", "toolCallId": "c", "runId": "m-1", "message": "Go on?"}
    value = json.dumps(suspended) if text else suspended
    asking = {"type": "CUSTOM", "name": "on_interrupt", "value": value}
    agent = Agent([asking], said("ok", "n"), [asking], said("dropped", "m"))
    yes: Callable[[Session], Any] = lambda s: [s.interrupts[0].answer({"yes": 1})]  # noqa: E731
    drop: Callable[[Session], Any] = lambda s: [s.interrupts[0].cancel()]  # noqa: E731
    talk(agent, "go", yes, "again", drop)
    assert [sent["forwardedProps"]["command"] for sent in agent.sent[1::2]] == [
        {"resume": {"yes": 1}, "interruptEvent": value},
        {"resume": False, "interruptEvent": value},
    ]


def test_several_questions_by_custom_event_are_answered_by_name_where_they_have_one() -> None:
    named = [
        {**event, "rawEvent": {"id": f"x{n}", "value": "?"}}
        for n, event in enumerate(asks("a", "b"))
    ]
    agent = Agent(named, said("ok", "n"), asks("a?", "b?"), said("ok", "m"))
    both: Callable[[Session], Any] = lambda s: [i.answer(i.id) for i in s.interrupts]  # noqa: E731
    talk(agent, "go", both, "again", both)
    assert agent.sent[1]["forwardedProps"]["command"]["resume"] == {"x0": "x0", "x1": "x1"}
    assert agent.sent[3]["forwardedProps"]["command"]["resume"] == ["question-1", "question-2"]


def test_an_abandoned_question_by_custom_event_is_not_taken_for_an_answer() -> None:
    agent = Agent(asks("ok?"), said("then not", "n"))
    talk(agent, "go", lambda s: [s.interrupts[0].cancel()])
    assert agent.sent[1]["forwardedProps"]["command"]["resume"] == {
        "__agui_cancelled__": True,
        "interrupt_id": "question-1",
    }


def test_questions_beside_the_outcome_are_answered_as_todays_are() -> None:
    asked = {"type": "RUN_FINISHED", "interrupt": [{"id": "i1", "value": {"q": "ok?"}}]}
    agent = Agent([asked], said("done", "n"))
    session, texts, _ = talk(agent, "go", lambda s: [s.interrupts[0].answer("yes")])
    assert texts == ["", "done"]
    assert agent.sent[1]["resume"] == [
        {"interruptId": "i1", "status": "resolved", "payload": "yes"}
    ]
    assert agent.sent[1]["forwardedProps"] == {}
    assert session.document["runs"][0]["interrupts"][0]["message"] == "ok?"


def test_a_delegation_that_goes_on_in_the_next_run_is_recorded_once() -> None:
    begun = {"type": "SUBAGENT_STARTED", "subagentRunId": "s", "name": "w"}
    done = {"type": "SUBAGENT_FINISHED", "subagentRunId": "s"}
    paused = {**done, "outcome": {"type": "suspended", "interruptIds": ["i"]}}
    agent = Agent([begun, paused], [begun, {**done, "outcome": {"type": "success"}}])
    session, _, _ = talk(agent, "one", "two", strict=True)
    first, second = session.document["runs"]
    assert [(s["subagentRunId"], s["status"]) for s in first["subagents"]] == [("s", "success")]
    assert second["subagents"] == []


def test_a_call_whose_start_is_told_again_before_its_end_is_one_call() -> None:
    """Agent Framework's server tells both starts again behind the arguments of both."""

    def start(item: str) -> Event:
        return {"type": "TOOL_CALL_START", "toolCallId": item, "toolCallName": "get"}

    def args(item: str, text: str) -> Event:
        return {"type": "TOOL_CALL_ARGS", "toolCallId": item, "delta": text}

    both = [start("a"), args("a", '{"n": 1}'), start("b"), args("b", '{"n": 2}')]
    ends: list[Event] = [{"type": "TOOL_CALL_END", "toolCallId": item} for item in ("a", "b")]
    agent = Agent([*both, start("a"), start("b"), *ends], said("done", "m1"))
    session, _, _ = talk(agent, "go")
    calls = [call for m in session.messages for call in m.get("toolCalls") or ()]
    told = [(call["id"], call["function"]["arguments"]) for call in calls]
    assert told == [("a", '{"n": 1}'), ("b", '{"n": 2}')]
    assert [warning.split(":")[0] for warning in session.warnings] == [
        "The agent started tool call a twice",
        "The agent started tool call b twice",
    ]
