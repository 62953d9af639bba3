"""The player: a recording moves a chat's document, and nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.servers import FINISHED, STARTED, answer, asked, called, said, serve_frames

from agui_notebook import Session, connect, record, replay
from agui_notebook.client import Replay, RunOptions
from agui_notebook.client.recording import save, thread_lines
from agui_notebook.jupyter.player import Player

QUESTION = {"id": "i1", "reason": "approval", "message": "Sure?"}


class Clock:
    """Timers that run when a test says so."""

    def __init__(self) -> None:
        self.due: list[Callable[[], None]] = []

    def later(self, seconds: float, function: Callable[[], None]) -> Any:
        self.due.append(function)
        clock = self

        class Waiting:
            def cancel(self) -> None:
                clock.due.remove(function)

        return Waiting()

    def run(self) -> None:
        while self.due:
            self.due.pop(0)()


def plot(title: str) -> str:
    """Draw."""
    return f"drawn {title}"


@pytest.fixture
def lived() -> Session:
    """A session of three turns: a tool with its output, an answer, a question."""
    calls = [STARTED, *called("plot", '{"title": "x"}'), FINISHED]
    asks = [STARTED, *said("Sure?", mid="q"), asked(QUESTION)]
    with serve_frames(calls, answer("done", mid="d"), answer("two", mid="t"), asks) as server:
        session = connect(server.url, tools=[plot])
        session.ask("draw")
        session.ask("count")
        session.ask("delete")
    return session


def player(session: Session, clock: Clock) -> Player:
    past = Session(RunOptions(Replay(())))
    return Player(past, thread_lines(session.thread), clock.later, lambda: None)


def texts(session: Session) -> list[str]:
    return [
        m["content"]
        for m in session.messages
        if m["role"] in ("user", "assistant") and m.get("content")
    ]


def test_played_to_its_end_it_is_the_conversation_itself(lived: Session) -> None:
    clock = Clock()
    made = player(lived, clock)
    made.obey("play", 0)
    assert made.view()["playing"] is True
    clock.run()
    assert dict(made.session.document) == dict(lived.document)
    assert list(made.session.events) == list(lived.events)
    view = made.view()
    assert (view["playing"], view["at"]) == (False, view["count"])
    assert made.session.interrupts[0].id == "i1"
    assert list(made.session.document["outputs"].values()) == [{"text/plain": "drawn x"}]


def test_steps_go_by_event_and_by_turn_in_both_directions(lived: Session) -> None:
    made = player(lived, Clock())
    made.obey("turn", 0)
    assert texts(made.session) == ["draw", "done"]
    made.obey("turn", 0)
    assert texts(made.session) == ["draw", "done", "count", "two"]
    at = made.view()["at"]
    made.obey("event", 0)
    assert made.view()["at"] > at
    made.obey("back", 0)
    made.obey("back", 0)
    assert texts(made.session)[:2] == ["draw", "done"]
    made.obey("seek", 0)
    assert made.session.messages == []
    assert len(made.view()["turns"]) == 3


def test_a_step_within_an_answer_goes_on_from_there(lived: Session) -> None:
    made = player(lived, Clock())
    for place in range(made.view()["count"] + 1):
        made.seek(place)
    assert dict(made.session.document) == dict(lived.document)
    for place in (5, 9, 3, 7, made.view()["count"]):
        made.seek(place)
    assert dict(made.session.document) == dict(lived.document)


def test_a_pause_stands_still_and_a_speed_has_bounds(lived: Session) -> None:
    clock = Clock()
    made = player(lived, clock)
    made.obey("play", 0)
    made.obey("pause", 0)
    assert clock.due == []
    made.obey("speed", 1e9)
    assert made.view()["speed"] == 100.0
    made.obey("dance", 0)


def test_every_kind_of_file_plays(lived: Session, tmp_path: Path) -> None:
    files = [
        record(lived, tmp_path / "wire.jsonl"),
        record(lived, tmp_path / "short.jsonl", compact=True),
        save(lived, tmp_path / "whole.jsonl"),
    ]
    for path in files:
        session = replay(path)
        made = Player(session, session.options.transport.lines, Clock().later, lambda: None)  # type: ignore[attr-defined]
        made.seek(10_000)
        assert texts(session) == texts(lived), path
        assert session.thread.copy("outputs") == lived.thread.copy("outputs")


def test_a_damaged_line_ends_the_recording(lived: Session) -> None:
    lines = thread_lines(lived.thread)
    lines[-2] = {"at": 1, "runId": "r", "event": {"type": "STATE_DELTA", "delta": "nonsense"}}
    made = Player(Session(RunOptions(Replay(()))), lines, Clock().later, lambda: None)
    made.seek(10_000)
    assert made.view()["at"] == made.view()["count"]
    assert texts(made.session)[:4] == ["draw", "done", "count", "two"]
