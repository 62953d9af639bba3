"""Tools of this kernel that need a yes: asked about first, run as shown, never run unasked.

What the agent asks of its own accord is test_interrupts.py's business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.servers import FINISHED, STARTED, Server, answer, asked, called, serve_frames

from agui_notebook import InterruptPending, InvalidInput, Session, connect

DONE = answer("done", mid="end")


def pending(*calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [STARTED, *(event for call in calls for event in call), FINISHED]


DELETE = called("delete", '{"path": "a.txt"}')


def results(server: Server) -> list[dict[str, Any]]:
    """The tool messages of the last request, without their ids."""
    messages = [m for m in server.requests[-1].body["messages"] if m["role"] == "tool"]
    return [{k: v for k, v in m.items() if k not in ("id", "role")} for m in messages]


def with_delete(server: Server, approve: Any = True) -> tuple[Session, list[str]]:
    """A session that offers a tool which needs a yes, and the files it has deleted."""
    gone: list[str] = []
    session = connect(server.url)

    @session.tool(approve=approve)
    def delete(path: str) -> str:
        """Delete a file."""
        gone.append(path)
        return "deleted"

    return session, gone


def test_the_turn_ends_with_a_question_and_goes_on_with_the_yes() -> None:
    with serve_frames(pending(DELETE), DONE) as server:
        session, gone = with_delete(server)
        result = session.ask("go")
        assert (result.outcome, gone, len(server.requests)) == ("interrupt", [], 1)
        [question] = result.interrupts
        action = question.question["actions"][0]
        assert (question.question["kind"], question.question["text"]) == (
            "approval",
            "Allow delete?",
        )
        assert (action["name"], action["args"]) == ("delete", '{"path": "a.txt"}')
        session.interrupts[0].approve()
        assert session.ask_resume().text == "done"
    assert gone == ["a.txt"]
    assert results(server) == [{"toolCallId": "c1", "content": "deleted"}]
    assert "resume" not in server.requests[1].body  # the agent has asked nothing
    assert session.document["interrupts"] == session.document["questions"] == []
    assert session.document["runs"][1]["answers"][0]["said"] == "Approved"
    assert session.document["runs"][1]["answers"][0]["asked"] == "Allow delete?"


def test_a_changed_argument_is_the_one_it_runs_with() -> None:
    with serve_frames(pending(DELETE), DONE) as server:
        session, gone = with_delete(server)
        session.ask("go")
        session.interrupts[0].approve(path="b.txt")
        session.ask_resume()
    assert gone == ["b.txt"]


def test_an_edit_that_the_tool_does_not_take_is_refused_before_anything_runs() -> None:
    with serve_frames(pending(DELETE)) as server:
        session, gone = with_delete(server)
        session.ask("go")
        with pytest.raises(InvalidInput, match="path must be string"):
            session.interrupts[0].approve(path=3)
    assert gone == []


def test_a_no_and_its_reason_reach_the_agent_as_the_result() -> None:
    with serve_frames(pending(DELETE), DONE) as server:
        session, gone = with_delete(server)
        session.ask("go")
        session.interrupts[0].deny("Keep it.")
        assert session.ask_resume().text == "done"
    why = "The user did not allow this call. Keep it."
    assert gone == []
    assert results(server) == [{"toolCallId": "c1", "content": why, "error": why}]


def test_a_question_that_is_abandoned_runs_nothing() -> None:
    with serve_frames(pending(DELETE), DONE) as server:
        session, gone = with_delete(server)
        session.ask("go")
        session.interrupts[0].cancel()
        session.ask_resume()
    assert gone == []
    assert results(server)[0]["content"].startswith("The user gave no answer")


def test_nothing_else_is_said_before_the_question_is_answered() -> None:
    with serve_frames(pending(DELETE)) as server:
        session, _ = with_delete(server)
        session.ask("go")
        with pytest.raises(InterruptPending):
            session.ask("something else")
        with pytest.raises(InterruptPending):
            session.ask_resume({})


def test_a_function_says_which_calls_need_a_yes() -> None:
    seen: list[Any] = []

    def in_etc(arguments: dict[str, Any]) -> bool:
        seen.append(arguments)
        return str(arguments["path"]).startswith("/etc")

    calls = (DELETE, called("delete", '{"path": "/etc/passwd"}', cid="c2"))
    with serve_frames(pending(*calls), DONE) as server:
        session, gone = with_delete(server, in_etc)
        result = session.ask("go")
        assert gone == ["a.txt"]
        assert [each.wire["toolCallId"] for each in result.interrupts] == ["c2"]
        session.interrupts[0].approve()
        session.ask_resume()
    assert gone == ["a.txt", "/etc/passwd"]
    assert seen == [{"path": "a.txt"}, {"path": "/etc/passwd"}]


def fails(arguments: Any) -> bool:
    raise ValueError("no idea")


def exits(arguments: Any) -> bool:
    raise SystemExit


@pytest.mark.parametrize("broken", [fails, exits])
def test_where_that_function_fails_the_user_is_asked(broken: Callable[[Any], bool]) -> None:
    with serve_frames(pending(DELETE)) as server:
        session, gone = with_delete(server, broken)
        assert session.ask("go").outcome == "interrupt"
    assert gone == []


def test_a_call_that_cannot_run_is_not_asked_about() -> None:
    with serve_frames(pending(called("delete", '{"path": 3}')), DONE) as server:
        session, _ = with_delete(server)
        assert session.ask("go").text == "done"
    assert results(server)[0]["error"] == "Wrong arguments: path must be string, not 3"


def delete(path: str) -> str:
    """Delete a file."""
    return f"{path} deleted"


@pytest.mark.parametrize("approve", [True, ["delete"], [delete]])
def test_connect_says_which_tools_need_a_yes(approve: Any) -> None:
    with serve_frames(pending(DELETE)) as server:
        session = connect(server.url, tools=[delete], approve=approve)
        assert session.ask("go").outcome == "interrupt"


def test_approve_true_is_meant_for_tools_that_come_later_too() -> None:
    with serve_frames(pending(DELETE)) as server:
        session = connect(server.url, approve=True)
        session.add_tool(delete)
        assert session.ask("go").outcome == "interrupt"


def test_a_tool_that_was_allowed_runs_unasked_until_that_is_taken_back() -> None:
    more = pending(called("delete", '{"path": "b.txt"}', cid="c2"))
    last = pending(called("delete", '{"path": "c.txt"}', cid="c3"))
    with serve_frames(pending(DELETE), DONE, more, DONE, last) as server:
        session, gone = with_delete(server)
        session.ask("go")
        session.allow("delete")
        session.interrupts[0].approve()
        session.ask_resume()
        session.ask("again")
        assert (gone, session.permissions) == (["a.txt", "b.txt"], ["delete"])
        session.revoke("delete")
        assert session.ask("once more").outcome == "interrupt"
    assert gone == ["a.txt", "b.txt"]


def test_what_was_allowed_is_meant_for_the_function_as_it_was_then() -> None:
    session = connect("http://127.0.0.1:9/", tools=[delete], approve=True)
    session.allow("delete")
    session.add_tool(delete)  # the cell has run once more
    assert session.permissions == []
    session.allow("delete")
    session.remove_tool("delete")
    assert session.permissions == []
    session.add_tool(delete)
    with pytest.raises(InvalidInput, match=r"No tool named 'drop'.*there is delete"):
        session.allow("drop")


def test_what_the_agent_asks_and_what_is_asked_here_are_answered_at_once() -> None:
    question = {"id": "q1", "reason": "input_required", "responseSchema": {"type": "string"}}
    first = [STARTED, *DELETE, *called("theirs", "{}", cid="c9"), asked(question)]
    with serve_frames(first, DONE) as server:
        session, gone = with_delete(server)
        session.ask("go")
        theirs, ours = session.interrupts
        assert (theirs.id, ours.wire["toolCallId"], gone) == ("q1", "c1", [])
        with pytest.raises(InterruptPending):
            session.ask_resume({"q1": "blue"})
        assert gone == []
        session.ask_resume({"q1": "blue", ours.id: ours.approve()})
    assert gone == ["a.txt"]
    assert server.requests[1].body["resume"] == [
        {"interruptId": "q1", "status": "resolved", "payload": "blue"}
    ]


def test_an_agents_own_yes_is_no_yes_of_the_users_to_a_tool_here() -> None:
    """It asks about the very call, in words of its own; the tool is asked about all the same."""
    asking = {"id": "q1", "reason": "tool_approval", "toolCallId": "c1", "message": "Fine?"}
    again = pending(called("delete", '{"path": "a.txt"}', cid="c2"))
    with serve_frames([STARTED, *DELETE, asked(asking)], again) as server:
        session, gone = with_delete(server)
        session.ask("go")
        assert [each.id for each in session.interrupts] == ["q1"]
        session.interrupts[0].approve()
        result = session.ask_resume()
        assert [each.wire["toolCallId"] for each in result.interrupts] == ["c2"]
    assert gone == []


def test_what_runs_is_what_was_shown() -> None:
    with serve_frames(pending(DELETE), DONE) as server:
        session, gone = with_delete(server)
        session.ask("go")
        yes = session.interrupts[0].approve()
        call = session.document["messages"][-1]["toolCalls"][0]
        call["function"]["arguments"] = '{"path": "/etc/passwd"}'
        with pytest.raises(InterruptPending, match="another question by now"):
            session.ask_resume([yes])
    assert gone == []
