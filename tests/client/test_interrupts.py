"""Interrupts: all answered at once, checked before anything is sent, never by themselves."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from support.servers import FINISHED, STARTED, answer, asked, called, said, serve_frames

from agui_notebook import Answer, Interrupt, InterruptPending, InvalidInput, connect

YES_NO = {"type": "object", "properties": {"approved": {"type": "boolean"}}}
DELETE = {"id": "i1", "reason": "approval", "message": "Delete?", "toolCallId": "c1"}
SEND = {"id": "i2", "reason": "approval", "message": "Send?", "responseSchema": YES_NO}
DONE = answer("done", mid="end")


def asking(*interrupts: dict[str, Any]) -> list[dict[str, Any]]:
    return [STARTED, *called("delete", '{"path": "a", "force": false}'), asked(*interrupts)]


def resumed(server: Any, number: int = -1) -> Any:
    return server.requests[number].body.get("resume")


def ran_here() -> tuple[list[str], Any]:
    """A tool named delete, and what it was called with."""
    ran: list[str] = []

    def delete(path: str, force: bool) -> str:
        """Delete."""
        ran.append(path)
        return "gone"

    return ran, delete


def test_an_interrupted_run_waits_and_says_for_what() -> None:
    with serve_frames(asking(DELETE, SEND)) as server:
        session = connect(server.url)
        result = session.ask("go")
    assert (result.outcome, result.error) == ("interrupt", None)
    first, second = result.interrupts
    assert (first.id, first.reason, first.message) == ("i1", "approval", "Delete?")
    assert first.tool_call is not None
    assert first.tool_call["function"]["name"] == "delete"
    assert (second.tool_call, second.response_schema) == (None, YES_NO)
    assert "Delete?" in result._repr_markdown_()
    assert session.document["interrupts"] == [DELETE, SEND]


@pytest.mark.anyio
async def test_all_answers_go_out_together_with_the_history() -> None:
    with serve_frames(asking(DELETE, SEND), DONE) as server:
        session = connect(server.url)
        await session.run("go")
        result = await session.resume({"i1": {"approved": True}, "i2": {"approved": False}})
        assert result.text == "done"
        assert session.interrupts == []
        first, second = session.document["runs"]
        assert (first["interrupts"], second["resume"]) == ([DELETE, SEND], resumed(server))
    assert resumed(server) == [
        {"interruptId": "i1", "status": "resolved", "payload": {"approved": True}},
        {"interruptId": "i2", "status": "resolved", "payload": {"approved": False}},
    ]
    assert [m["role"] for m in server.requests[1].body["messages"]] == ["user", "assistant"]
    assert server.requests[1].body["threadId"] == server.requests[0].body["threadId"]


@pytest.mark.anyio
async def test_decisions_taken_one_by_one_are_sent_by_resume() -> None:
    with serve_frames(asking(DELETE, SEND), DONE) as server:
        session = connect(server.url)
        result = await session.run("go")
        result.interrupts[0].cancel()
        session.interrupts[1].approve()
        await session.resume()
    assert resumed(server) == [
        {"interruptId": "i1", "status": "cancelled"},
        {"interruptId": "i2", "status": "resolved", "payload": {"approved": True}},
    ]


@pytest.mark.anyio
async def test_nothing_is_approved_that_nobody_approved() -> None:
    with serve_frames(asking(DELETE, SEND), asking(DELETE, SEND), DONE) as server:
        session = connect(server.url)
        await session.run("go")
        with pytest.raises(InterruptPending, match="2 pending interrupt"):
            await session.resume()
        session.interrupts[0].approve()
        with pytest.raises(InterruptPending, match=r"1 pending .* not addressed by resume: i2"):
            await session.resume()
        session.interrupts[1].deny()
        await session.resume()
        assert session.interrupts[0].id == "i1"
        with pytest.raises(InterruptPending, match="2 pending interrupt"):
            await session.resume()  # the same ids ask again: earlier decisions do not count
        assert len(server.requests) == 2


@pytest.mark.anyio
async def test_an_unanswered_question_blocks_the_thread_before_anything_is_sent() -> None:
    with serve_frames(asking(SEND)) as server:
        session = connect(server.url)
        await session.run("go")
        blocked = r"Thread has 1 pending interrupt\(s\) not addressed by resume: i2"
        with pytest.raises(InterruptPending, match=blocked) as caught:
            await session.run("something else")
        assert caught.value.interrupts == [SEND]
        for attempt in (session.retry(), session.edit("x", "y")):
            with pytest.raises(InterruptPending):
                await attempt
        assert [m["role"] for m in session.messages] == ["user", "assistant"]
        assert len(server.requests) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ({"i2": {"approved": "yes"}}, "approved must be boolean, not 'yes'"),
        ({"i2": {"approved": True}, "i9": 1}, "No pending interrupt has the id i9"),
        ([{"interruptId": "i2", "status": "perhaps"}], "resolved or cancelled"),
    ],
)
async def test_a_wrong_answer_is_refused_before_it_is_sent(answers: Any, complaint: str) -> None:
    with serve_frames(asking(SEND)) as server:
        session = connect(server.url)
        await session.run("go")
        with pytest.raises(InvalidInput, match=complaint):
            await session.resume(answers)
        assert len(server.requests) == 1


@pytest.mark.anyio
async def test_an_expired_question_can_only_be_cancelled() -> None:
    late = {**SEND, "expiresAt": "2020-01-01T00:00:00Z"}
    with serve_frames(asking(late), DONE) as server:
        session = connect(server.url)
        await session.run("go")
        [interrupt] = session.interrupts
        with pytest.raises(InterruptPending, match=r"can no longer be answered\. Cancel it"):
            await session.resume([interrupt.approve()])
        await session.resume([interrupt.cancel()])
    assert resumed(server) == [{"interruptId": "i2", "status": "cancelled"}]


@pytest.mark.parametrize(
    ("text", "expired"),
    [
        (None, False),
        ("some day", False),
        ("2026-11-22T12:00:00Z", True),
        ("2026-11-22T12:00:01Z", False),
        ("2026-11-22T13:00:00+01:00", True),
        ("2026-11-22T12:00:00", True),
    ],
)
def test_expiry_is_read_as_a_date(text: str | None, expired: bool) -> None:
    now = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
    wire = {"id": "i", "reason": "r"} | ({"expiresAt": text} if text else {})
    assert Interrupt(wire).expired(now) is expired


def interrupt(schema: Any = None, **more: Any) -> Interrupt:
    call = {"function": {"name": "delete", "arguments": '{"path": "a", "force": false}'}}
    wire = {"id": "i", "reason": "r", **more}
    return Interrupt(wire if schema is None else {**wire, "responseSchema": schema}, tool_call=call)


def props(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members, "additionalProperties": False}


FLAG = {"type": "boolean"}
MICROSOFT = {
    **props(approved=FLAG, accepted=FLAG, path={"type": "string"}, editedArgs={"type": "object"}),
    "anyOf": [{"required": ["approved"]}, {"required": ["accepted"]}],
}
PYDANTIC = {
    "type": "object",
    "properties": {
        "approved": FLAG,
        "editedArgs": {"type": "object"},
        "reason": {"type": "string"},
    },
    "required": ["approved"],
}
ACTION = {"name": "delete", "arguments": {"path": "a"}}
OLDER_LANGCHAIN = {"langgraph": {"raw": {"value": {"action_requests": [ACTION]}}}}
LANGCHAIN = {"langgraph": {"raw": {"action_requests": [{"name": "delete", "args": {"path": "a"}}]}}}


@pytest.mark.parametrize(
    ("asks", "yes", "no"),
    [
        (interrupt(), {"approved": True}, {"approved": False, "reason": "no"}),
        (interrupt({"type": "object"}), {"approved": True}, {"approved": False}),
        (interrupt(MICROSOFT), {"approved": True}, {"approved": False}),
        (interrupt(PYDANTIC), {"approved": True}, {"approved": False, "reason": "no"}),
        (interrupt(props(accepted=FLAG)), {"accepted": True}, {"accepted": False}),
        (interrupt(FLAG), True, False),
        (
            interrupt(metadata=LANGCHAIN),
            {"decisions": [{"type": "approve"}]},
            {"decisions": [{"type": "reject", "message": "no"}]},
        ),
    ],
)
def test_yes_and_no_are_said_in_the_agents_dialect(asks: Interrupt, yes: Any, no: Any) -> None:
    assert asks.approve().payload == yes
    assert asks.deny("no").payload == no


def test_a_reason_without_room_in_the_payload_travels_beside_it() -> None:
    assert interrupt(MICROSOFT).deny("no").entry() == {
        "interruptId": "i",
        "status": "resolved",
        "payload": {"approved": False},
        "metadata": {"reason": "no"},
    }


@pytest.mark.parametrize(
    ("asks", "edits", "payload"),
    [
        (interrupt(MICROSOFT), {"path": "b"}, {"approved": True, "path": "b"}),
        (
            interrupt(PYDANTIC),
            {"path": "b"},
            {"approved": True, "editedArgs": {"path": "b", "force": False}},
        ),
        (
            interrupt(metadata=LANGCHAIN),
            {"force": True},
            {
                "decisions": [
                    {
                        "type": "edit",
                        "edited_action": {"name": "delete", "args": {"path": "a", "force": True}},
                    }
                ]
            },
        ),
        (
            interrupt(metadata=OLDER_LANGCHAIN),
            {"path": "b"},
            {
                "decisions": [
                    {"type": "edit", "edited_action": {"name": "delete", "args": {"path": "b"}}}
                ]
            },
        ),
    ],
)
def test_an_approval_may_change_the_arguments(asks: Interrupt, edits: Any, payload: Any) -> None:
    assert asks.approve(**edits).payload == payload


@pytest.mark.parametrize("text", ["[1]", "{", None])
def test_arguments_that_are_no_object_are_replaced_by_the_edits(text: Any) -> None:
    asks = Interrupt({"id": "i"}, tool_call={"id": "c", "function": {"arguments": text}})
    assert asks.approve(path="b").payload == {"approved": True, "editedArgs": {"path": "b"}}


def test_an_answer_of_nothing_has_no_payload() -> None:
    assert interrupt().answer(None).entry() == {"interruptId": "i", "status": "resolved"}


@pytest.mark.parametrize(
    "schema",
    [{"type": "string"}, props(choice={"enum": ["a", "b"]}), props(name={"type": "string"})],
)
def test_a_question_that_is_no_yes_or_no_is_never_answered_with_one(schema: Any) -> None:
    asks = interrupt(schema, message="Which one?")
    for verdict in (asks.approve, asks.deny):
        with pytest.raises(InvalidInput, match=r"does not ask for a yes or no \(Which one\?\)"):
            verdict()


def test_an_answer_is_checked_when_it_is_given() -> None:
    with pytest.raises(InvalidInput, match="the value must be string, not 3"):
        interrupt({"type": "string"}).answer(3)
    assert interrupt({"type": "string"}).answer("b").payload == "b"


@pytest.mark.anyio
async def test_calls_of_ours_beside_a_question_are_run_when_the_user_goes_on() -> None:
    ran = []

    def note(text: str) -> str:
        """Note."""
        ran.append(text)
        return "noted"

    both = [
        STARTED,
        *called("delete", "{}", cid="c1"),
        *called("note", '{"text": "x"}', cid="c2"),
        asked(DELETE),
    ]
    with serve_frames(both, DONE) as server:
        session = connect(server.url, tools=[note])
        await session.run("go")
        assert ran == []
        await session.resume([session.interrupts[0].deny()])
    assert ran == ["x"]
    answered = [m for m in server.requests[1].body["messages"] if m["role"] == "tool"]
    assert [m["toolCallId"] for m in answered] == ["c2"]


@pytest.mark.anyio
async def test_a_tool_of_ours_that_is_asked_about_runs_only_after_the_agent_says_so() -> None:
    ran, delete = ran_here()
    denied = [STARTED, *said("Fine, I will not.", mid="end"), FINISHED]
    unclear = {**SEND}  # names no tool call: it may be about this one
    for question in (DELETE, unclear):
        with serve_frames(asking(question), denied) as server:
            session = connect(server.url, tools=[delete])
            await session.run("go")
            await session.resume([session.interrupts[0].deny()])
            assert ran == []


@pytest.mark.anyio
@pytest.mark.parametrize("no", [Interrupt.deny, Interrupt.cancel])
async def test_a_declined_call_is_not_run_even_if_the_agent_hands_it_back(no: Any) -> None:
    ran, delete = ran_here()
    left = {**FINISHED, "outcome": {"type": "success", "pendingToolCallIds": ["c1"]}}
    with serve_frames(asking(DELETE), [STARTED, left], DONE) as server:
        session = connect(server.url, tools=[delete])
        await session.run("go")
        await session.resume([no(session.interrupts[0])])
        assert ran == []
        [told] = [m for m in server.requests[2].body["messages"] if m["role"] == "tool"]
        assert told["error"] == "The user declined this call."
    with serve_frames(asking(DELETE), [STARTED, left], DONE) as server:
        session = connect(server.url, tools=[delete])
        await session.run("go")
        await session.resume([session.interrupts[0].approve()])
    assert ran == ["a"]


@pytest.mark.anyio
async def test_questions_survive_a_run_that_failed() -> None:
    error = {"type": "RUN_ERROR", "message": "overloaded"}
    with serve_frames(asking(SEND), [STARTED, error], DONE) as server:
        session = connect(server.url)
        await session.run("go")
        await session.resume({"i2": {"approved": True}}, check=False)
        assert [i.id for i in session.interrupts] == ["i2"]
        assert (await session.resume({"i2": {"approved": True}})).text == "done"


def test_there_must_be_something_to_answer() -> None:
    session = connect("http://127.0.0.1:9/")
    assert session.start_resume({"i": 1}).result(10) is None
    assert session.warnings == [
        "There is nothing to answer, no interrupt is pending: say something with ask()."
    ]


@pytest.mark.anyio
async def test_a_rejection_in_langchains_dialect_declines_the_call_too() -> None:
    ran, delete = ran_here()
    actions = [{"name": "delete", "args": {"path": "a"}}]
    raw = {"langgraph": {"raw": {"value": {"action_requests": actions}}}}
    left = {**FINISHED, "outcome": {"type": "success", "pendingToolCallIds": ["c1"]}}
    with serve_frames(asking({**DELETE, "metadata": raw}), [STARTED, left], DONE) as server:
        session = connect(server.url, tools=[delete])
        await session.run("go")
        await session.resume([session.interrupts[0].deny()])
        assert resumed(server, 1)[0]["payload"] == {"decisions": [{"type": "reject"}]}
        assert ran == []


@pytest.mark.parametrize("name", ["allow", "allowed", "confirm", "approved"])
def test_a_no_by_any_name_declines(name: str) -> None:
    said = [Answer("i", payload={name: yes}).declines for yes in (True, False)]
    assert said == [False, True]


@pytest.mark.anyio
async def test_a_call_that_an_earlier_turn_left_is_refused_and_never_run_with_a_later_answer() -> (
    None
):
    ran, delete = ran_here()
    done = [STARTED, *said("done", mid="m1"), FINISHED]
    later = [STARTED, *called("other", "{}", cid="c2"), asked({**DELETE, "toolCallId": "c2"})]
    with serve_frames(asking(DELETE), done, later, DONE) as server:
        session = connect(server.url, tools=[delete])
        await session.run("go")
        await session.resume([session.interrupts[0].approve()])
        await session.run("and now?")
        [told] = [m for m in server.requests[2].body["messages"] if m["role"] == "tool"]
        assert "was not run" in told["error"]
        await session.resume([session.interrupts[0].deny()])
        assert ran == []


@pytest.mark.anyio
async def test_an_answer_that_is_no_json_is_said_before_anything_is_sent() -> None:
    with serve_frames(asking(DELETE), DONE) as server:
        session = connect(server.url)
        await session.run("go")
        with pytest.raises(InvalidInput, match="An answer must be JSON"):
            await session.resume({"i1": {"when": object()}})
        assert len(server.requests) == len(session.document["runs"]) == 1
        assert (await session.resume({"i1": {"approved": True}})).text == "done"


LEFT = {**FINISHED, "outcome": {"type": "success", "pendingToolCallIds": ["c1"]}}


@pytest.mark.anyio
async def test_a_denied_question_about_a_call_nobody_has_denies_the_calls_of_its_run() -> None:
    ran, delete = ran_here()
    with serve_frames(asking({**DELETE, "toolCallId": "gone"}), [STARTED, LEFT], DONE) as server:
        session = connect(server.url, tools=[delete])
        await session.run("go")
        await session.resume([session.interrupts[0].deny()])
        assert ran == []
        [told] = [m for m in server.requests[1].body["messages"] if m["role"] == "tool"]
        assert told["error"] == "The user declined this call."


@pytest.mark.anyio
async def test_a_denial_of_an_action_denies_the_call_of_that_name() -> None:
    ran, delete = ran_here()
    raw = {"langgraph": {"raw": {"action_requests": [{"name": "delete", "args": {}}]}}}
    unnamed = {"id": "i1", "reason": "langgraph:interrupt", "metadata": raw}
    with serve_frames(asking(unnamed), [STARTED, LEFT], DONE) as server:
        session = connect(server.url, tools=[delete])
        await session.run("go")
        await session.resume([session.interrupts[0].deny()])
        assert ran == []


def changed_after() -> list[Any]:
    """The question's call is another after the run that follows, and that run fails."""
    call = {"id": "c1", "type": "function", "function": {"name": "delete", "arguments": "{}"}}
    messages = [{"id": "u", "role": "user", "content": "go"}]
    held = [*messages, {"id": "a", "role": "assistant", "toolCalls": [call]}]
    snapshot = {"type": "MESSAGES_SNAPSHOT", "messages": held}
    error = {"type": "RUN_ERROR", "message": "overloaded"}
    return [asking(DELETE), [STARTED, snapshot, error], DONE]


@pytest.mark.anyio
async def test_arguments_that_changed_after_the_yes_need_a_new_one() -> None:
    with serve_frames(*changed_after()) as server:
        session = connect(server.url)
        await session.run("go")
        [first] = session.interrupts
        yes = first.approve()
        await session.resume([yes], check=False)  # the agent changes the call, and fails
        with pytest.raises(InterruptPending, match="another question by now"):
            await session.resume([yes])
        assert len(server.requests) == 2
        [again] = session.interrupts
        assert again.fingerprint != first.fingerprint
        assert (await session.resume([again.approve()])).text == "done"


@pytest.mark.anyio
async def test_a_no_counts_whatever_has_changed_since() -> None:
    with serve_frames(*changed_after()) as server:
        session = connect(server.url)
        await session.run("go")
        no = session.interrupts[0].deny()
        await session.resume([no], check=False)
        assert (await session.resume([no])).text == "done"


def test_a_number_is_sent_on_as_it_is_written() -> None:
    text = '{"n": 9007199254740993, "m": 0.1, "path": "a"}'
    asks = Interrupt({"id": "i"}, tool_call={"id": "c", "function": {"arguments": text}})
    edited = asks.approve(path="b").payload["editedArgs"]
    assert json.dumps(edited) == '{"n": 9007199254740993, "m": 0.1, "path": "b"}'


@pytest.mark.parametrize("text", ['{"n": 1e400}', '{"n": 0.1234567890123456789}', '{"n":1,"n":2}'])
def test_arguments_that_would_not_arrive_as_written_are_not_edited(text: str) -> None:
    asks = Interrupt({"id": "i"}, tool_call={"id": "c", "function": {"arguments": text}})
    assert asks.approve().payload == {"approved": True}
    with pytest.raises(InvalidInput, match="as they stand, not changed"):
        asks.approve(path="b")


def test_of_several_actions_each_has_its_own_edits() -> None:
    actions = [{"name": name, "args": {"path": name}} for name in ("delete", "move")]
    raw = {"langgraph": {"raw": {"action_requests": actions}}}
    asks = Interrupt({"id": "i", "reason": "r", "metadata": raw})
    edited = {"name": "move", "args": {"path": "x"}}
    assert asks.approve([None, {"path": "x"}]).payload == {
        "decisions": [{"type": "approve"}, {"type": "edit", "edited_action": edited}]
    }
    with pytest.raises(InvalidInput, match="asks about several calls"):
        asks.approve(path="x")


def test_one_call_of_langchains_middleware_gets_one_decision() -> None:
    raw = {"type": "tool_approval", "tool_call_id": "c", "name": "delete", "args": {"path": "a"}}
    asks = Interrupt({"id": "i", "reason": "r", "metadata": {"langgraph": {"raw": raw}}})
    edited = {"name": "delete", "args": {"path": "b"}}
    assert [asks.approve().payload, asks.deny("no").payload, asks.approve(path="b").payload] == [
        {"type": "approve"},
        {"type": "reject", "message": "no"},
        {"type": "edit", "edited_action": edited},
    ]


def test_what_is_asked_besides_the_yes_goes_along_with_it() -> None:
    schema = props(approved=FLAG, reason={"type": "string"}, steps={"type": "array"})
    assert interrupt(schema).approve(steps=[1]).payload == {"approved": True, "steps": [1]}
    assert interrupt(schema).deny("no", steps=[]).payload == {
        "approved": False,
        "steps": [],
        "reason": "no",
    }
