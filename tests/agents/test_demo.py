"""The demo: every suggestion plays its scene, and all it says is valid."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.wire import Event, asked, document, events_of, kinds, said

from agui_notebook import demo_agent as agent
from agui_notebook.agents import Demo
from agui_notebook.agents.demo import SUGGESTIONS
from agui_notebook.agents.demo.talk import HONEST, reply

pytestmark = pytest.mark.anyio
QUICK = Demo(pace=0)
TOOL = {
    "name": "query",
    "description": "Runs SQL",
    "parameters": {
        "type": "object",
        "properties": {"sql": {"type": "string"}, "limit": {"type": "integer"}},
        "required": ["sql"],
    },
}


async def played(text: str, **more: Any) -> list[Event]:
    return await events_of(QUICK, asked(text, **more))


@pytest.mark.parametrize("text", [*SUGGESTIONS, "hi", "What is 2 + 2?", "xyzzy", ""])
async def test_every_suggestion_streams_a_valid_answer_and_the_same_one_twice(text: str) -> None:
    first, second = await played(text), await played(text)
    assert said(first) == said(second) != ""
    assert kinds(first) == kinds(second)


def test_the_agent_offers_its_suggestions_and_a_pleasant_pace() -> None:
    assert list(agent.suggestions) == list(SUGGESTIONS)
    assert 60 <= agent.pace <= 100


async def test_it_is_honest() -> None:
    assert HONEST == "I am a scripted demo, no model behind me"
    assert HONEST in said(await played("Who are you?"))
    assert HONEST in said(await played("Please write my thesis"))


@pytest.mark.parametrize(
    ("text", "earlier", "answer"),
    [
        ("What is 2 + 2?", [], "2 + 2 equals 4."),
        ("7*6", [], "7 * 6 equals 42."),
        ("What is 1 / 0?", [], "1 divided by zero has no answer."),
        ("what did I just ask?", ["What is 2 + 2?"], "“What is 2 + 2?”"),
        ("What did I ask first?", ["a", "b"], "first thing you said before this was: “a”"),
        ("What is my name?", ["My name is Ada", "hm"], "Your name is Ada."),
        ("Tell me a fun fact about space", [], "a day on Venus is longer than its year"),
    ],
)
def test_small_talk_is_sensible_and_remembers(text: str, earlier: list[str], answer: str) -> None:
    assert answer in reply(text, earlier)


async def test_the_thread_is_remembered_from_the_history_alone() -> None:
    messages = [
        {"id": "1", "role": "user", "content": "What is 2 + 2?"},
        {"id": "2", "role": "assistant", "content": "2 + 2 equals 4."},
        {"id": "3", "role": "user", "content": "What did I just ask?"},
    ]
    assert "What is 2 + 2?" in said(await events_of(QUICK, asked(messages=messages)))


async def test_server_tools_are_called_in_parallel_with_streaming_arguments() -> None:
    events = await played("What is the weather in Lisbon and Oslo?")
    held = document(events, asked())
    calls = held["messages"][1]["toolCalls"]
    assert [call["function"]["arguments"] for call in calls] == [
        '{"city": "Lisbon"}',
        '{"city": "Oslo"}',
    ]
    assert [m["role"] for m in held["messages"]] == [
        "user",
        "assistant",
        "tool",
        "tool",
        "assistant",
    ]
    assert sum(event["type"] == "TOOL_CALL_ARGS" for event in events) > 4


async def test_a_frontend_tool_is_called_and_left_pending_and_its_answer_is_told() -> None:
    events = await played("Use one of my tools", tools=[TOOL])
    held = document(events, asked())
    call = held["messages"][-1]["toolCalls"][0]
    assert call["function"] == {"name": "query", "arguments": '{"sql": "demo"}'}
    assert events[-1]["outcome"] == {"type": "success", "pendingToolCallIds": [call["id"]]}
    answer = {"id": "x", "role": "tool", "toolCallId": call["id"], "content": "42 rows"}
    more = [*held["messages"], answer]
    assert "42 rows" in said(await events_of(QUICK, asked(messages=more, tools=[TOOL])))
    failed = [*held["messages"], {**answer, "content": "", "error": "no such table"}]
    assert "no such table" in said(await events_of(QUICK, asked(messages=failed)))


async def test_without_tools_it_says_how_to_offer_one() -> None:
    assert "@chat.tool" in said(await played("Use one of my tools"))


async def test_arguments_for_a_frontend_tool_can_be_typed() -> None:
    events = await played('Call my tool query with {"sql": "select 1"}', tools=[TOOL])
    arguments = "".join(e["delta"] for e in events if e["type"] == "TOOL_CALL_ARGS")
    assert arguments == '{"sql": "select 1"}'


async def email() -> tuple[list[Any], dict[str, Any]]:
    events = await played("Send an email to the team")
    interrupts = events[-1]["outcome"]["interrupts"]
    assert [each["reason"] for each in interrupts] == ["tool_approval"]
    return document(events, asked())["messages"], interrupts[0]


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (
            {"status": "resolved", "payload": {"approved": True}},
            "Sent to team@example.com: Lunch on Friday",
        ),
        (
            {
                "status": "resolved",
                "payload": {"approved": True, "editedArgs": {"to": "ada@example.com"}},
            },
            "Sent to ada@example.com: Lunch on Friday",
        ),
        (
            {"status": "resolved", "payload": {"approved": False, "reason": "too early"}},
            "Declined by the user (too early).",
        ),
        ({"status": "cancelled"}, "Cancelled by the user."),
    ],
    ids=["approve", "edit", "deny", "cancel"],
)
async def test_an_approval_is_asked_and_every_answer_is_obeyed(
    answer: dict[str, Any], result: str
) -> None:
    messages, interrupt = await email()
    resume = [{"interruptId": interrupt["id"], **answer}]
    events = await events_of(QUICK, asked(messages=messages, resume=resume))
    results = [e["content"] for e in events if e["type"] == "TOOL_CALL_RESULT"]
    assert results == [result]
    assert events[-1]["outcome"] == {"type": "success"}


async def test_an_approval_that_was_not_answered_is_asked_again() -> None:
    messages, interrupt = await email()
    turn = [*messages, {"id": "u2", "role": "user", "content": "What is 2 + 2?"}]
    events = await events_of(QUICK, asked(messages=turn))
    assert events[-1]["outcome"]["interrupts"] == [interrupt]


async def test_the_list_in_the_shared_state_grows_and_is_read_back() -> None:
    made = document(await played("Make a to-do list for a picnic", state={"mine": 1}), asked())
    assert made["state"]["mine"] == 1
    assert made["state"]["todo"][0] == {"task": "Buy bread and cheese", "done": False}
    request = asked("Add sunscreen to the list", state={"todo": [{"task": "x", "done": True}]})
    grown = document(await events_of(QUICK, request), request)
    assert grown["state"]["todo"][1] == {"task": "Sunscreen", "done": False}
    assert "- [x] x" in said(await played("What is on my list?", state=request["state"]))


async def test_the_failure_keeps_what_was_said_and_ends_in_an_error() -> None:
    events = await played("Fail halfway, please")
    assert said(events).startswith("I begin to answer")
    assert (events[-1]["type"], events[-1]["code"]) == ("RUN_ERROR", "demo")


async def test_a_long_answer_is_as_long_as_asked() -> None:
    assert len(said(await played("Tell me a story of 300 words")).split()) == 300
    long = said(await played("Tell me a long story"))
    assert len(long.split()) == 2000
    paragraphs = long.split("\n\n")
    assert len(paragraphs) > 20
    assert all(each.endswith(".") for each in paragraphs), "no sentence is broken"
    lengths = [
        len(said(await played(f"A story of {count} words")).split()) for count in range(1, 40)
    ]
    assert lengths == list(range(1, 40))


async def test_a_city_is_itself_and_one_that_is_not_known_is_no_other() -> None:
    rome = said(await played("What is the weather in Rome?"))
    assert "Rome" in rome
    assert "Lisbon" not in rome
    assert "Atlantis is not in my made-up table" in said(await played("Weather in Atlantis?"))
    for city, sight in (("Rome", "Trastevere"), ("Atlantis", "the old town of Atlantis")):
        held = document(await played(f"Plan a weekend in {city}"), asked())
        calls = [call for m in held["messages"] for call in m.get("toolCalls", [])]
        assert [json.loads(call["function"]["arguments"]) for call in calls] == [{"city": city}]
        assert sight in said(await played(f"Plan a weekend in {city}"))


async def test_a_table_is_booked_with_what_the_form_was_answered() -> None:
    events = await played("Book a table for dinner")
    (interrupt,) = events[-1]["outcome"]["interrupts"]
    assert interrupt["responseSchema"]["required"] == ["guests", "place"]

    async def answered(entry: dict[str, Any]) -> str:
        resume = [{"interruptId": interrupt["id"], **entry}]
        return said(await played("Book a table for dinner", resume=resume))

    payload = {"guests": 4, "place": "inside", "vegetarian": True}
    said_yes = await answered({"status": "resolved", "payload": payload})
    assert said_yes == "A table for 4, inside, with the vegetarian menu: booked, in this script."
    assert await answered({"status": "cancelled"}) == "As you like: no table, then."


async def test_a_plan_has_steps_progress_and_nested_subagents() -> None:
    held = document(await played("Plan a weekend in Lisbon"), asked())
    run = held["runs"][0]
    assert [step["stepName"] for step in run["steps"]] == ["Research", "Write"]
    assert [each["name"] for each in run["subagents"]] == ["researcher", "reader"]
    activities = [m["content"] for m in held["messages"] if m["role"] == "activity"]
    assert activities == [{"title": "Planning a weekend", "done": 3, "total": 3}]
