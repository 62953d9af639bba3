"""What is open in a run, noted event by event: what must be closed, which calls nobody answered."""

from __future__ import annotations

from support.telling import FINISHED, STARTED, Event, call, end, result, start

from agui_notebook.protocol import OpenItems
from agui_notebook.protocol.grammar import CALL, STEP, SUBAGENT, TEXT


def noted(*events: Event) -> OpenItems:
    items = OpenItems()
    for event in (STARTED, *events):
        items.note(event)
    return items


def step(word: str, name: str, **more: str) -> Event:
    return {"type": f"STEP_{word}", "stepName": name, **more}


AGENT: Event = {"type": "SUBAGENT_STARTED", "subagentRunId": "s", "name": "helper"}


def test_what_is_open_is_closed_from_the_inside_out_by_its_owner() -> None:
    items = noted(AGENT, start("m", subagentRunId="s"), step("STARTED", "look"))
    assert items.closing_events() == [
        step("FINISHED", "look"),
        end("m", subagentRunId="s"),
        {"type": "SUBAGENT_FINISHED", "subagentRunId": "s"},
    ]


def test_what_has_ended_is_known_and_not_open() -> None:
    items = noted(start("m"), end("m"), start("n"))
    assert items.open_names(TEXT) == ["n"]
    assert [items.is_open(end(name)) for name in ("m", "n")] == [False, True]
    assert [items.known(TEXT, name) for name in ("m", "n", "o")] == [True, True, False]
    assert not items.known(SUBAGENT, "m")


def test_the_end_of_what_never_began_is_nothing() -> None:
    items = noted(end("m"))
    assert items.closing_events() == []
    assert not items.known(TEXT, "m")


def test_steps_of_one_name_belong_to_their_owners() -> None:
    items = noted(step("STARTED", "look"), step("STARTED", "look", subagentRunId="s"))
    assert items.step_owners("look") == [None, "s"]
    items.note(step("FINISHED", "look"))
    assert items.step_owners("look") == ["s"]
    assert items.open_names(STEP) == ["look"]


def test_pending_calls_are_those_of_this_run_without_a_result() -> None:
    items = noted(*call("c"), *call("d"), result("r", "c"), result("q", "of an earlier run"))
    assert items.pending_calls() == ["d"]
    assert items.known(CALL, "c")


def test_a_run_that_ends_leaves_nothing_open_and_a_new_one_knows_nothing() -> None:
    items = noted(start("m"))
    assert (items.phase, items.over) == ("running", False)
    items.note(FINISHED)
    assert (items.phase, items.over, items.open) == ("finished", True, {})
    items.note({"type": "RUN_ERROR", "message": "late"})
    assert (items.phase, items.over) == ("errored", True)
    items.note(STARTED)
    assert (items.phase, items.known(TEXT, "m")) == ("running", False)
