"""What a turn begins with is one value, taken in every mode by one rule; verbs are its names."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from support.servers import FINISHED, STARTED, asked, said, serve_frames

from agui_notebook import ChatWidget, Edit, InvalidInput, Resume, Retry, Say, Session, connect
from agui_notebook.client import Start

DEADLINE = 20  # seconds
YES_NO = {"type": "object", "properties": {"approved": {"type": "boolean"}}}
SEND = {"id": "i2", "reason": "approval", "message": "Send?", "responseSchema": YES_NO}
DONE = [STARTED, *said("done", mid="end"), FINISHED]
VERBS = {"resume": Resume, "edit": Edit, "retry": Retry}
MODES: dict[str, Callable[[Session, Start], Any]] = {
    "run": lambda session, start: asyncio.run(session.run(start)),
    "ask": lambda session, start: session.ask(start),
    "start": lambda session, start: session.start(start).result(DEADLINE),
}


def parameters(name: str) -> list[inspect.Parameter]:
    return list(inspect.signature(getattr(Session, name)).parameters.values())


def test_run_ask_and_start_take_the_same() -> None:
    run, ask, start = map(parameters, ("run", "ask", "start"))
    assert run == ask
    assert [each for each in run if each.name != "check"] == start


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_takes_the_same_in_every_mode_and_what_its_value_holds(verb: str) -> None:
    awaited, blocking, begun = map(parameters, (verb, f"ask_{verb}", f"start_{verb}"))
    assert awaited == blocking
    assert [each for each in awaited if each.name != "check"] == begun
    positional = [p.name for p in awaited[1:] if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert positional == [field.name for field in fields(VERBS[verb])]
    assert inspect.iscoroutinefunction(getattr(Session, verb))


@pytest.mark.parametrize("verb", VERBS)
def test_the_widget_has_every_verb_of_the_session(verb: str) -> None:
    for name in (verb, f"ask_{verb}", f"start_{verb}"):
        own, widgets = getattr(Session, name), getattr(ChatWidget, name)
        assert inspect.signature(widgets) == inspect.signature(own)


@pytest.mark.parametrize("mode", MODES)
def test_every_start_is_taken_in_every_mode(mode: str) -> None:
    begin = MODES[mode]
    with serve_frames(DONE, DONE, DONE) as server:
        session = connect(server.url)
        assert begin(session, Say("one")).text == "done"
        [first, *_] = session.messages
        assert begin(session, Edit(first["id"], "two")).text == "done"
        assert begin(session, Retry()).text == "done"
        assert [m["content"] for m in session.messages] == ["two", "done"]


@pytest.mark.parametrize("mode", MODES)
def test_decisions_taken_earlier_are_sent_in_every_mode(mode: str) -> None:
    with serve_frames([STARTED, asked(SEND)], DONE) as server:
        session = connect(server.url)
        session.ask("go")
        session.interrupts[0].approve()
        assert MODES[mode](session, Resume()).text == "done"
        payload = {"approved": True}
        assert server.requests[1].body["resume"] == [
            {"interruptId": "i2", "status": "resolved", "payload": payload}
        ]


def test_a_verb_is_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(Session, "ask", lambda self, start, **over: seen.append((start, over)))
    session = connect("http://127.0.0.1:9/")
    session.ask_resume({"i": 1}, retries=2)
    session.ask_edit("m", "text", check=False)
    session.ask_retry()
    assert seen == [
        (Resume({"i": 1}), {"check": True, "retries": 2}),
        (Edit("m", "text"), {"check": False}),
        (Retry(), {"check": True}),
    ]


def test_files_go_with_what_is_said() -> None:
    session = connect("http://127.0.0.1:9/")
    with pytest.raises(InvalidInput, match="attached to what is said"):
        session.ask(Retry(), attach=[b"x"])
