"""The bounded loop of a chat model and tools, with a model that plays a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from support.runs import WEATHER_TOOL, Ran, get_weather, run

from agui_notebook.agents import AgentOptions, ModelAgent, Piece, Prompt, Reply

pytestmark = pytest.mark.anyio
Turn = Callable[[Prompt, Reply], Any]


class Model:
    """Plays one turn per question; ``asked`` are the prompts it got."""

    def __init__(self, *turns: Turn) -> None:
        self.asked: list[Prompt] = []
        self._turns = list(turns)

    async def __call__(self, prompt: Prompt, reply: Reply) -> None:
        self.asked.append(prompt)
        turn = self._turns[min(len(self.asked), len(self._turns)) - 1]
        await turn(prompt, reply)
        reply.complete = True

    def agent(self, **options: Any) -> ModelAgent:
        return ModelAgent(AgentOptions(model="m", **options), self)


def says(text: str) -> Turn:
    async def turn(prompt: Prompt, reply: Reply) -> None:
        await reply.text(text)

    return turn


def calls(*named: tuple[str, str, Any]) -> Turn:
    async def turn(prompt: Prompt, reply: Reply) -> None:
        for call_id, name, arguments in named:
            text = arguments if isinstance(arguments, str) else json.dumps(arguments)
            await reply.call(Piece(call_id, call_id, name, text))

    return turn


def drop(table: str) -> str:
    """Drop a table."""
    dropped.append(table)
    return f"dropped {table}"


dropped: list[str] = []
DROP = calls(("c1", "drop", {"table": "users"}))
YES = {"status": "resolved", "payload": {"approved": True}}
NO = {"status": "resolved", "payload": {"approved": False, "reason": "Not on Friday."}}


def results(ran: Ran) -> list[tuple[str, str]]:
    return [(m["toolCallId"], m["content"]) for m in ran.said if m["role"] == "tool"]


def resumed(ran: Ran, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The next run of the thread: the history as it is now, and answers."""
    interrupts = ran.end["outcome"]["interrupts"]
    answers = [{"interruptId": i["id"], **e} for i, e in zip(interrupts, entries, strict=True)]
    return {"messages": ran.document["messages"], "resume": answers, **more}


@pytest.fixture(autouse=True)
def nothing_dropped() -> None:
    dropped.clear()


async def test_an_approval_is_an_interrupt_about_the_call() -> None:
    ran = await run(Model(DROP).agent(tools=[drop], approve=["drop"]), "drop users")
    [asked] = ran.end["outcome"]["interrupts"]
    schema = asked.pop("responseSchema")
    assert asked == {
        "id": "approve-c1",
        "reason": "tool_approval",
        "toolCallId": "c1",
        "message": "Allow drop?",
    }
    assert schema["required"] == ["approved"]
    assert dropped == []


async def test_a_yes_runs_the_call_in_any_process_and_the_model_goes_on() -> None:
    ran = await run(Model(DROP).agent(tools=[drop], approve=["drop"]), "drop users")
    model = Model(says("Done."))  # another agent: all it knows is in the history
    agent = model.agent(tools=[drop], approve=["drop"])
    again = await run(agent, **resumed(ran, YES))
    assert again.said == [
        {"role": "tool", "toolCallId": "c1", "content": "dropped users"},
        {"role": "assistant", "content": "Done."},
    ]
    assert [turn["role"] for turn in model.asked[0].turns] == ["user", "assistant", "tool"]
    assert dropped == ["users"]


async def test_a_no_is_told_to_the_model_with_its_reason() -> None:
    ran = await run(Model(DROP).agent(tools=[drop], approve=["drop"]), "drop users")
    agent = Model(says("Then not.")).agent(tools=[drop], approve=["drop"])
    again = await run(agent, **resumed(ran, NO))
    assert results(again) == [("c1", "The user did not allow this call. Not on Friday.")]
    assert again.said[-1] == {"role": "assistant", "content": "Then not."}
    assert dropped == []


@pytest.mark.parametrize("payload", [None, "yes", {"approved": "true"}, {"approved": 1}, {}])
async def test_whatever_is_not_plainly_yes_is_no(payload: Any) -> None:
    ran = await run(Model(DROP).agent(tools=[drop], approve=["drop"]), "drop users")
    agent = Model(says("Then not.")).agent(tools=[drop], approve=["drop"])
    await run(agent, **resumed(ran, {"status": "resolved", "payload": payload}))
    assert dropped == []


async def test_edited_arguments_are_the_ones_that_run() -> None:
    ran = await run(Model(DROP).agent(tools=[drop], approve=["drop"]), "drop users")
    agent = Model(says("Done.")).agent(tools=[drop], approve=["drop"])
    edited = {"approved": True, "editedArgs": {"table": "logs"}}
    again = await run(agent, **resumed(ran, {"status": "resolved", "payload": edited}))
    assert results(again) == [("c1", "dropped logs")]


async def test_a_cancelled_question_ends_the_matter_without_the_model() -> None:
    ran = await run(Model(DROP).agent(tools=[drop], approve=["drop"]), "drop users")
    model = Model(says("?"))
    agent = model.agent(tools=[drop], approve=["drop"])
    again = await run(agent, **resumed(ran, {"status": "cancelled"}))
    assert again.said == [
        {"role": "tool", "toolCallId": "c1", "content": "The user did not allow this call."}
    ]
    assert (again.end["outcome"], model.asked) == ({"type": "success"}, [])


async def test_going_on_without_an_answer_asks_again_and_runs_nothing() -> None:
    agent = Model(DROP).agent(tools=[drop], approve=["drop"])
    ran = await run(agent, "drop users")
    more = {"id": "u2", "role": "user", "content": "well?"}
    again = await run(agent, [*ran.document["messages"], more])
    assert again.end["outcome"] == ran.end["outcome"]
    assert dropped == []


async def test_a_partial_answer_is_carried_out_and_the_rest_asked_again() -> None:
    both = calls(("c1", "drop", {"table": "a"}), ("c2", "drop", {"table": "b"}))
    agent = Model(both, says("Done.")).agent(tools=[drop], approve=["drop"])
    ran = await run(agent, "drop both")
    entry = {"interruptId": "approve-c2", **YES}
    again = await run(agent, ran.document["messages"], resume=[entry])
    assert results(again) == [("c2", "dropped b")]
    assert [i["id"] for i in again.end["outcome"]["interrupts"]] == ["approve-c1"]
    last = await run(agent, **resumed(again, YES))
    assert (results(last), last.said[-1]["content"]) == ([("c1", "dropped a")], "Done.")
    assert dropped == ["b", "a"]


async def test_calls_that_need_no_yes_run_before_the_question() -> None:
    both = calls(("c1", "get_weather", {"city": "Oslo"}), ("c2", "drop", {"table": "b"}))
    agent = Model(both, says("Done.")).agent(tools=[drop, get_weather], approve=["drop"])
    ran = await run(agent, "both")
    assert results(ran) == [("c1", "3")]
    again = await run(agent, **resumed(ran, YES))
    assert results(again) == [("c2", "dropped b")]


async def test_a_callers_tool_beside_a_question_waits_for_another_call() -> None:
    both = calls(("c1", "get_weather", {"city": "Oslo"}), ("c2", "drop", {"table": "b"}))
    model = Model(both, says("Done."))
    agent = model.agent(tools=[drop], approve=["drop"])
    ran = await run(agent, "both", tools=[WEATHER_TOOL])
    assert [i["id"] for i in ran.end["outcome"]["interrupts"]] == ["approve-c2"]
    await run(agent, **resumed(ran, YES), tools=[WEATHER_TOOL])
    told = {t["toolCallId"]: t["content"] for t in model.asked[1].turns if t["role"] == "tool"}
    assert told == {
        "c1": "This call was not carried out. Make it again if it is still needed.",
        "c2": "dropped b",
    }


async def test_a_model_that_will_not_stop_is_stopped() -> None:
    model = Model(calls(("c", "get_weather", {"city": "Oslo"})))
    ran = await run(model.agent(tools=[get_weather], max_rounds=3), "weather")
    assert (len(model.asked), ran.end) == (
        3,
        {
            "type": "RUN_ERROR",
            "message": "The model was not done after 3 rounds; "
            "raise max_rounds= if that is wanted.",
            "code": "max_rounds",
        },
    )


async def test_a_tool_that_fails_and_a_tool_that_is_not_there_are_told_to_the_model() -> None:
    wrong = calls(
        ("c1", "get_weather", {"city": "Paris"}),
        ("c2", "get_weather", {"town": "Oslo"}),
        ("c3", "get_weather", '{"city": "Os'),
        ("c4", "explode", {}),
    )
    ran = await run(Model(wrong, says("Sorry.")).agent(tools=[get_weather]), "weather")
    told = dict(results(ran))
    assert told["c1"] == "KeyError: 'Paris'"
    assert told["c2"].startswith("Wrong arguments: ")
    assert told["c3"].startswith("The arguments are not JSON: ")
    assert told["c4"] == "There is no tool named explode."


async def test_async_tools_run_side_by_side() -> None:
    together = asyncio.Event()
    inside: list[str] = []

    async def meet(name: str) -> str:
        """Wait until both are here."""
        inside.append(name)
        if len(inside) == 2:
            together.set()
        await asyncio.wait_for(together.wait(), 5)
        return name

    two = calls(("c1", "meet", {"name": "a"}), ("c2", "meet", {"name": "b"}))
    ran = await run(Model(two, says("Met.")).agent(tools=[meet]), "meet")
    assert sorted(results(ran)) == [("c1", "a"), ("c2", "b")]


async def test_a_call_of_an_earlier_run_that_was_cut_short_is_not_run_later() -> None:
    model = Model(says("Hello."))
    function = {"name": "get_weather", "arguments": '{"city": "Os'}
    history = [
        {"id": "u", "role": "user", "content": "weather"},
        {"id": "a", "role": "assistant", "toolCalls": [{"id": "c", "function": function}]},
        {"id": "v", "role": "user", "content": "never mind"},
    ]
    ran = await run(model.agent(tools=[get_weather], approve=["get_weather"]), history)  # type: ignore[arg-type]
    assert ran.said == [{"role": "assistant", "content": "Hello."}]
    assert [turn["role"] for turn in model.asked[0].turns] == ["user", "assistant", "tool", "user"]


async def test_an_empty_conversation_asks_nobody() -> None:
    model = Model(says("?"))
    ran = await run(model.agent(), [])
    assert (ran.end["outcome"], model.asked) == ({"type": "success"}, [])


async def test_a_tool_of_ours_hides_one_of_the_callers_with_its_name() -> None:
    model = Model(calls(("c1", "get_weather", {"city": "Oslo"})), says("It is 3."))
    ran = await run(model.agent(tools=[get_weather]), "weather", tools=[WEATHER_TOOL])
    assert results(ran) == [("c1", "3")]
    assert [tool["name"] for tool in model.asked[0].tools] == ["get_weather"]
