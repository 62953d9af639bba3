"""Which event may follow which, and what is said about one that may not."""

from __future__ import annotations

from typing import Any

import pytest
from support.telling import FINISHED, STARTED, Told, call, delta, end, run, start, text

from agui_notebook import ProtocolError

REASONING: dict[str, Any] = {
    "type": "REASONING_MESSAGE_START",
    "messageId": "z",
    "role": "reasoning",
}
ERROR = {"type": "RUN_ERROR", "message": "no"}


def sub(kind: str, item: str, **more: Any) -> dict[str, Any]:
    return {"type": f"SUBAGENT_{kind}", "subagentRunId": item, **more}


def step(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": f"STEP_{kind}", "stepName": name, **more}


VIOLATIONS = {
    "C-LIFE-01 anything before the start": ([start("m")], "First event must be 'RUN_STARTED'"),
    "C-LIFE-02 a run within a run": ([STARTED, STARTED], "while a run is still active"),
    "C-LIFE-03 an event after the end": (
        [STARTED, FINISHED, start("m")],
        "The run has already finished with 'RUN_FINISHED'",
    ),
    "C-LIFE-12 a message open at the end": (
        [STARTED, start("m"), start("n"), FINISHED],
        "while text messages are still active: m, n",
    ),
    "C-LIFE-12 a call open at the end": (
        [STARTED, *call("c")[:1], FINISHED],
        "while tool calls are still active: c",
    ),
    "C-LIFE-12 a subagent active at the end": (
        [STARTED, sub("STARTED", "s", name="n"), FINISHED],
        "while subagents are still active: s",
    ),
    "C-LIFE-12 a step open at the end": (
        [STARTED, step("STARTED", "x", subagentRunId="s"), FINISHED],
        "while steps are still active: x (subagent 's')",
    ),
    "C-TEXT-04 text for a message not open": (
        [STARTED, delta("m", "x")],
        "No active text message found with ID 'm'",
    ),
    "C-TEXT-04 text for a message that has ended": (
        [STARTED, *text("m", "x"), delta("m", "y")],
        "No active text message found with ID 'm'",
    ),
    "C-TEXT-04 a message opened twice": (
        [STARTED, start("m"), start("m")],
        "A text message with ID 'm' is already in progress",
    ),
    "P-STREAM-01 arguments for a call not open": (
        [STARTED, call("c", "{}")[1]],
        "No active tool call found with ID 'c'",
    ),
    "C-REAS-01 a span ended but never opened": (
        [STARTED, {"type": "REASONING_END", "messageId": "z"}],
        "No active reasoning span found with ID 'z'",
    ),
    "C-REAS-01 a span is no message": (
        [
            STARTED,
            {"type": "REASONING_START", "messageId": "z"},
            {"type": "REASONING_MESSAGE_CONTENT", "messageId": "z", "delta": "x"},
        ],
        "No active reasoning message found with ID 'z'",
    ),
    "C-LIFE-15 a step finished but never started": (
        [STARTED, step("FINISHED", "x")],
        "that was not started",
    ),
    "C-LIFE-15 a step finished by somebody else": (
        [STARTED, step("STARTED", "x"), step("FINISHED", "x", subagentRunId="s")],
        "A step must be finished by whoever started it",
    ),
    "C-LIFE-15 a step started twice": (
        [STARTED, step("STARTED", "x"), step("STARTED", "x")],
        'Step "x" is already active',
    ),
    "C-SUB-01 a delta from another subagent": (
        [STARTED, start("m", subagentRunId="s"), delta("m", "x", subagentRunId="s2")],
        "subagentRunId 's2' does not match the message 'm' opener's subagent 's'",
    ),
    "C-SUB-01 a delta of the parent's message from a subagent": (
        [STARTED, start("m"), delta("m", "x", subagentRunId="s")],
        "opener's subagent '(the parent agent)'",
    ),
    "P-SUB-10 a call in somebody else's message": (
        [
            STARTED,
            start("m", subagentRunId="s"),
            call("c", parentMessageId="m", subagentRunId="x")[0],
        ],
        "A tool call belongs to the message that carries it",
    ),
    "C-SUB-03 a subagent that ends but never began": (
        [STARTED, sub("FINISHED", "s")],
        "no active subagent found with ID 's'",
    ),
    "C-SUB-03 a subagent that comes back in the same run": (
        [
            STARTED,
            sub("STARTED", "s", name="n"),
            sub("FINISHED", "s"),
            sub("STARTED", "s", name="n"),
        ],
        "subagent 's' has already finished in this run",
    ),
    "C-SUB-03 a parent nobody announced": (
        [STARTED, sub("STARTED", "s", name="n", parentSubagentRunId="p")],
        "parentSubagentRunId 'p' has not been started",
    ),
}


@pytest.mark.parametrize("case", VIOLATIONS)
def test_to_the_letter_an_event_out_of_order_is_refused_with_its_rule(case: str) -> None:
    events, said = VIOLATIONS[case]
    told = Told(strict=True).tell(*events[:-1])
    before = [dict(message) for message in told.messages]
    with pytest.raises(ProtocolError) as caught:
        told.tell(events[-1])
    assert said in str(caught.value)
    assert caught.value.rule == case.split()[0]
    assert caught.value.event == events[-1]
    assert told.messages == before


# let through as they are: there is no event that would put them right
AS_IT_CAME = {
    "C-LIFE-03 an event after the end",
    "C-SUB-03 a subagent that comes back in the same run",
}


@pytest.mark.parametrize("case", VIOLATIONS)
def test_tolerantly_an_event_out_of_order_is_mended_with_a_word_about_the_agent(case: str) -> None:
    events, _ = VIOLATIONS[case]
    told = Told().tell(*events)
    assert told.warnings[-1].startswith("The agent ")
    assert told.warnings[-1].endswith(f": event {len(events)} of this run.")
    if case not in AS_IT_CAME:
        Told(strict=True).tell(*told.events)  # what application code sees is in order


STRICTLY = {
    "another thread at the end": (
        [STARTED, {**FINISHED, "threadId": "x"}],
        "carry the input's threadId",
    ),
    "another thread at the start": ([{**STARTED, "threadId": "x"}], "carries the input's threadId"),
    "another run at the end": ([STARTED, {**FINISHED, "runId": "x"}], "must agree on their runId"),
    "two interrupts of one id": (
        [
            STARTED,
            {
                **FINISHED,
                "outcome": {
                    "type": "interrupt",
                    "interrupts": [{"id": "i", "reason": "a"}, {"id": "i", "reason": "b"}],
                },
            },
        ],
        "two interrupts carrying the",
    ),
    "an end behind an error": ([STARTED, ERROR, FINISHED], "after RUN_ERROR"),
}


@pytest.mark.parametrize("case", STRICTLY)
def test_what_only_the_letter_forbids_is_a_warning_unless_strict(case: str) -> None:
    events, said = STRICTLY[case]
    told = Told().tell(*events)
    assert len(told.warnings) == 1
    assert said in told.warnings[0]
    with pytest.raises(ProtocolError):
        Told(strict=True).tell(*events)


def test_nothing_behind_a_run_error_is_applied_however_often_it_comes() -> None:
    told = Told().tell(STARTED, start("m"), delta("m", "kept"), ERROR)
    told.tell(delta("m", "!"), delta("m", "!"), delta("m", "!"), end("m"), FINISHED)
    assert [event["type"] for event in told.events][-1] == "RUN_ERROR"
    assert told.messages == [{"id": "m", "role": "assistant", "content": "kept"}]
    assert told.run["status"] == "error"


def test_a_late_error_makes_a_finished_run_a_failed_one() -> None:
    told = run(*text("m", "x")).tell(ERROR)
    assert told.run["status"] == told.pipeline.outcome == "error"
    assert told.messages[0]["content"] == "x"


def test_an_error_may_come_first_and_another_run_may_follow() -> None:
    told = Told().tell(ERROR, STARTED, *text("m", "x"), FINISHED)
    assert [entry["status"] for entry in told.document["runs"]] == ["error", "success"]


def test_a_new_run_knows_nothing_of_what_the_failed_one_left_open() -> None:
    told = Told(strict=True).tell(STARTED, start("m"), step("STARTED", "x"), ERROR)
    told.tell(STARTED, start("m"), step("STARTED", "x"))


def test_one_id_may_name_a_message_a_call_a_span_and_a_reasoning_message() -> None:
    span = {"type": "REASONING_START", "messageId": "x"}
    told = Told(strict=True).tell(STARTED, start("x"), call("x")[0], span)
    told.tell({**REASONING, "messageId": "x"})
    assert told.warnings == []


def test_parent_and_subagent_may_have_a_step_of_the_same_name() -> None:
    both = [step("STARTED", "x"), step("STARTED", "x", subagentRunId="s")]
    ends = [step("FINISHED", "x"), step("FINISHED", "x", subagentRunId="s")]
    assert [entry["status"] for entry in run(*both, *ends).run["steps"]] == ["done", "done"]


def test_an_untagged_call_belongs_to_the_owner_of_its_message() -> None:
    told = Told(strict=True).tell(STARTED, start("m", subagentRunId="s"))
    told.tell(*call("c", parentMessageId="m"))
    with pytest.raises(ProtocolError, match="opener's subagent 's'"):
        told.tell(call("c", subagentRunId="s2")[0])
