"""Servers checked over real sockets: the clean one passes, each fault is told with its event."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from support.servers import FINISHED, STARTED, Reply, Request, Server, answer, said, serve_frames

from agui_notebook import ServerCheck, TransportError, check, check_async, serve
from agui_notebook.evaluation import remark
from agui_notebook.server import servers

START, CONTENT, END = said("hi")
NO_JSON = b"data: {no json\n\n"
FAULTS: dict[str, tuple[list[Any], int]] = {
    "content before the run's start": ([CONTENT, STARTED, FINISHED], 1),
    "no start at all": ([START, CONTENT, END, FINISHED], 1),
    "events behind the end": ([STARTED, FINISHED, START, CONTENT, END], 3),
    "a frame that is no JSON": ([STARTED, NO_JSON, FINISHED], 2),
    "a message left open": ([STARTED, START, CONTENT, FINISHED], 4),
}


def served(*frames: Any) -> AbstractContextManager[Server]:
    """Only runs are answered with frames; a question for capabilities is not."""

    def reply(request: Request) -> Any:
        return list(frames) if request.body else Reply(status=404)

    return serve_frames(reply)


def found_at(*frames: Any) -> ServerCheck:
    with served(*frames) as server:
        return check(server.url, "Hello")


def test_a_server_of_ours_keeps_the_protocol() -> None:
    with serve(str.upper) as mine:
        found = check(mine.url, token=mine.token)
    assert (found.ok, found.findings, len(found.runs)) == (True, [], 4)


def test_a_server_and_an_agent_stand_for_their_address() -> None:
    before = set(servers())
    with serve(str.upper, name="mine") as mine:
        assert [check(each).ok for each in (mine, str.upper)] == [True, True]
        assert mine.running
    assert set(servers()) == before, "what was begun for the check has ended"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_event(fault: str) -> None:
    frames, number = FAULTS[fault]
    found = found_at(*frames)
    assert not found.ok
    assert found.of_run(1)[0].event == number
    assert f"event {number}: " in "\n".join(found.lines())


def test_all_faults_of_a_run_are_told_and_not_only_the_first() -> None:
    one, other = ({"type": "STEP_FINISHED", "stepName": name} for name in "ab")
    found = found_at(STARTED, one, START, CONTENT, END, other, FINISHED)
    assert [each.event for each in found.of_run(1)] == [2, 6]


def test_a_stream_that_only_stops_is_told_as_that() -> None:
    found = found_at(STARTED, START, CONTENT, END)
    assert [(each.rule, each.event) for each in found.of_run(1)] == [("C-TRUNC-03", 4)]


def test_a_check_can_be_awaited() -> None:
    with served(*answer("yes")) as server:
        assert asyncio.run(check_async(server.url)).ok


@pytest.mark.parametrize(
    "reply",
    [
        Reply([b"broken"], status=500),
        Reply([b"<html></html>"], headers={"content-type": "text/html"}),
    ],
)
def test_an_answer_that_is_no_stream_is_a_fault_of_each_run(reply: Reply) -> None:
    with serve_frames(reply) as server:
        found = check(server.url, "Hello")
    assert [each.run for each in found.findings] == [1, 2]


def test_what_an_agent_wrote_is_harmless_in_every_outlet(tmp_path: Path) -> None:
    evil = {"type": "STEP_FINISHED", "stepName": "<script>\x1b[2J]]>"}
    found = found_at(STARTED, evil, FINISHED)
    assert found.of_run(1)[0].event == 2
    assert "<script>" not in found._repr_html_()
    assert "\x1b" not in "\n".join(found.lines())
    ElementTree.parse(found.junit(tmp_path / "check.xml"))


def test_of_faults_without_number_the_first_are_shown_and_the_rest_is_counted(
    tmp_path: Path,
) -> None:
    results = [
        {"type": "TOOL_CALL_RESULT", "messageId": f"m{n}", "toolCallId": f"c{n}", "content": "x"}
        for n in range(300)
    ]
    found = found_at(STARTED, *[CONTENT] * 300, *results, FINISHED)
    assert len(found.findings) + len(found.remarks) >= 600
    written = found.junit(tmp_path / "check.xml").read_text("utf-8")
    for told in ("\n".join(found.lines()), found._repr_html_(), written):
        assert "more of this run" in told
        assert len(told) < 60_000


def test_where_nothing_answers_the_call_says_so() -> None:
    with serve_frames([]) as server:
        url = server.url
    with pytest.raises(TransportError):
        check(url)


def call(arguments: str) -> list[dict[str, Any]]:
    """A call of a tool, whole."""
    return [
        {"type": "TOOL_CALL_START", "toolCallId": "c1", "toolCallName": "weather"},
        {"type": "TOOL_CALL_ARGS", "toolCallId": "c1", "delta": arguments},
        {"type": "TOOL_CALL_END", "toolCallId": "c1"},
    ]


def result_of(name: str) -> dict[str, Any]:
    return {"type": "TOOL_CALL_RESULT", "messageId": "r1", "toolCallId": name, "content": "3"}


REMARKS: dict[str, tuple[list[Any], list[tuple[int, str]]]] = {
    "an event nobody knows": ([{"type": "NOVELTY"}], [(2, "C-PROC-03")]),
    "a property nobody described": ([{**START, "mood": "good"}, END], [(2, "C-PROC-04")]),
    "a patch that does not apply": (
        [{"type": "STATE_DELTA", "delta": [{"op": "remove", "path": "/none"}]}],
        [(2, "C-STATE-02")],
    ),
    "arguments that are no JSON": (call("{city: Oslo}"), [(4, "C-TOOL-01")]),
    "a result of a call nobody made": ([result_of("other")], [(2, "C-TOOL-04")]),
    "a call without arguments, and its result": ([*call(""), result_of("c1")], []),
}


@pytest.mark.parametrize("remark", REMARKS)
def test_what_every_reader_survives_is_a_remark_and_no_fault(remark: str) -> None:
    frames, wanted = REMARKS[remark]
    found = found_at(STARTED, *frames, FINISHED)
    assert found.ok
    assert [(each.event, each.rule) for each in found.remarks if each.run == 1] == wanted
    assert len([line for line in found.lines() if "remark: event" in line]) == 2 * len(wanted)


def test_remarks_are_told_beside_a_fault_and_the_fault_comes_first() -> None:
    frames = [STARTED, {"type": "NOVELTY"}, START, START, END, result_of("other"), FINISHED]
    found = found_at(*frames)
    assert [each.event for each in found.of_run(1)] == [4]
    assert [each.event for each in found.remarks if each.run == 1] == [2, 6]


def test_an_answer_that_came_all_at_once_after_a_second_was_held_back() -> None:
    request = {"threadId": "t", "runId": "r"}
    frames = [STARTED, START, *[CONTENT] * 3, END, FINISHED]
    [held] = list(remark(request, frames, [2.3]))
    assert held.words.startswith("All 7 events came at once, after 2.3 s: ")
    assert list(remark(request, frames, [0.2])) == []
    assert list(remark(request, frames, [2.0, 2.3])) == []


def test_the_rules_that_were_met_are_told_with_how_they_were_kept() -> None:
    found = found_at(STARTED, START, CONTENT, FINISHED)
    assert {each.rule: each.verdict for each in found.rules} == {
        **dict.fromkeys(["P-SSE-06", "C-PROC-17", "C-PROC-02", "C-PROC-03", "C-PROC-04"], "kept"),
        **dict.fromkeys(["C-LIFE-01", "C-LIFE-02", "C-LIFE-03", "C-TRUNC-03"], "kept"),
        **dict.fromkeys(["P-INPUT-02", "C-TEXT-04"], "kept"),
        "C-LIFE-12": "broken",
    }
    assert "Broken: C-LIFE-12." in found.lines()


@pytest.mark.parametrize("odd", [None, 3, "text", ["list"], {"a": 1}])
def test_remarks_are_made_on_frames_of_any_shape(odd: Any) -> None:
    kinds = ["START", "ARGS", "END", "RESULT"]
    frames = [{"type": f"TOOL_CALL_{kind}", "toolCallId": odd, "delta": odd} for kind in kinds]
    snapshots = [{"messages": odd}, {"messages": [odd]}, {"messages": [{"toolCalls": odd}]}]
    frames += [{"type": "MESSAGES_SNAPSHOT", **each} for each in snapshots]
    found = list(remark({}, [odd, {"type": odd}, *frames]))
    assert {each.rule for each in found} <= {"C-TOOL-01"}
