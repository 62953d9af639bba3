"""Recordings: what a session lived through, as JSON Lines, and lived through again."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.servers import CUT, FINISHED, STARTED, answer, asked, called, said, serve_frames

from agui_notebook import InvalidInput, Session, TransportError, connect, record, replay
from agui_notebook.client import recording

DONE = answer("done", mid="end")
QUESTION = {"id": "i1", "reason": "approval"}


def add(a: int, b: int) -> int:
    """Add."""
    return a + b


def types(session: Session) -> list[str]:
    return [record["event"]["type"] for record in session.events]


def lived(document: Any) -> Any:
    """A document without what only the first life had: times, and what tools showed."""
    runs = [{k: run[k] for k in ("runId", "status")} for run in document["runs"]]
    return document["threadId"], document["messages"], document["state"], runs


@pytest.mark.anyio
async def test_a_recorded_session_replays_to_the_same_conversation(tmp_path: Path) -> None:
    calls = [STARTED, *called("add", '{"a": 1, "b": 2}'), FINISHED]
    asks = [STARTED, *said("Sure?", mid="q"), asked(QUESTION)]
    last = [
        STARTED,
        {"type": "STATE_SNAPSHOT", "snapshot": {"n": 1}},
        *said("ok", mid="z"),
        FINISHED,
    ]
    with serve_frames(calls, DONE, asks, last) as server:
        session = connect(server.url, tools=[add], system="be brief")
        await session.run("1+2?")
        await session.run("delete it")
        await session.resume({"i1": {"approved": True}})
    path = record(session, tmp_path / "life.jsonl")

    again = replay(path)
    assert (await again.run()).text == "done"
    assert (await again.run()).outcome == "interrupt"
    assert (await again.resume({"i1": {"approved": True}})).text == "ok"
    assert lived(again.document) == lived(session.document)
    assert [r["event"]["type"] for r in again.events] == [
        r["event"]["type"] for r in session.events
    ]
    with pytest.raises(TransportError, match="The recording ends here"):
        await again.run()


@pytest.mark.anyio
async def test_a_compact_recording_tells_the_same_in_fewer_events(tmp_path: Path) -> None:
    calls = [STARTED, *called("add", '{"a": 1, "b": 2}'), FINISHED]
    talks = [STARTED, *said("Hel", "lo", " you", mid="z"), FINISHED]
    with serve_frames(calls, talks) as server:
        session = connect(server.url, tools=[add])
        await session.run("1+2?")
    path = record(session, tmp_path / "short.jsonl", compact=True)

    again = replay(path, speed=1)
    assert (await again.run()).text == "Hello you"
    assert lived(again.document) == lived(session.document)
    assert types(again) == [
        *("RUN_STARTED", "TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "RUN_FINISHED"),
        *("RUN_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END"),
        "RUN_FINISHED",
    ]


def test_a_recording_is_one_line_per_request_and_event(tmp_path: Path) -> None:
    with serve_frames(answer("one", mid="1"), answer("two", mid="2")) as server:
        session = connect(server.url)
        session.ask("first")
        result = session.ask("second")
    lines = record(result, tmp_path / "turn.jsonl").read_text().splitlines()
    request, *events = [json.loads(line) for line in lines]
    assert sorted(request) == ["at", "request", "runId"]
    assert [m["content"] for m in request["request"]["messages"]] == ["second"]
    assert [line["event"] for line in events] == result.events
    assert {line["runId"] for line in events} == {result.run_id}
    whole = record(session, tmp_path / "all.jsonl").read_text().splitlines()
    assert whole[-len(lines) :] == lines
    assert len(whole) == 2 * len(lines)


def test_whoever_replays_may_say_something_else(tmp_path: Path) -> None:
    with serve_frames(answer("recorded")) as server:
        session = connect(server.url)
        session.ask("original")
    again = replay(record(session, tmp_path / "x.jsonl"))
    assert again.ask("mine").text == "recorded"
    assert [m["content"] for m in again.messages] == ["mine", "recorded"]


@pytest.mark.parametrize(
    ("speed", "waits"),
    [(1, [0.15, 0.05, 0.05, 0.05]), (5, [0.03, 0.01, 0.01, 0.01]), (None, [])],
)
def test_the_pace_is_kept_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speed: float | None, waits: list[float]
) -> None:
    lines = [
        {"at": at, "runId": "r", "event": {"threadId": "t", "runId": "r", **event}}
        if event["type"].startswith("RUN_")
        else {"at": at, "runId": "r", "event": event}
        for at, event in zip((0, 150, 200, 250, 300), answer("slow"), strict=True)
    ]
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(round(seconds, 6))

    monkeypatch.setattr(recording, "asyncio", SimpleNamespace(sleep=sleep))
    assert replay(path, speed=speed).ask().text == "slow"
    assert waited == waits


def test_a_run_that_was_cut_off_stays_cut_off(tmp_path: Path) -> None:
    with serve_frames([STARTED, *said("par")[:-1], CUT], answer("whole", mid="m2")) as server:
        session = connect(server.url)
        session.ask("hi", check=False)
        session.ask("again")
    again = replay(record(session, tmp_path / "x.jsonl"))
    assert again.ask(check=False).outcome == "incomplete"
    assert again.ask().text == "whole"
    assert [run["status"] for run in again.runs] == ["incomplete", "success"]


def test_bare_events_are_a_recording_too(tmp_path: Path) -> None:
    path = tmp_path / "bare.jsonl"
    ids = {"threadId": "t", "runId": "r"}
    events = [{**ids, **STARTED}, *said("plain"), {**ids, **FINISHED}]
    path.write_text("\n".join(map(json.dumps, events)) + "\n")
    session = replay(path)
    assert session.ask().text == "plain"
    assert session.thread_id == "t"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        '{"at": 1}\n',
        "5\n",
        '{"event": 5}\n{"type": "X"}',
        '{"event": {}, "at": "x"}',
        None,
    ],
)
def test_what_is_no_recording_is_said_at_once(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "x.jsonl"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InvalidInput, match="recording"):
        replay(path)


def test_a_recording_with_a_broken_line_is_read_up_to_it_and_says_so(tmp_path: Path) -> None:
    with serve_frames(answer("one", mid="1"), answer("two", mid="2")) as server:
        session = connect(server.url)
        session.ask("first")
        session.ask("second")
    path = recording.save(session, tmp_path / "talk.jsonl")
    rows = path.read_text().splitlines()
    broken = next(n for n, row in enumerate(rows) if '"second"' in row)
    path.write_text("\n".join([*rows[:broken], rows[broken][:30], *rows[broken + 1 :]]))
    past, fault = recording.load(path)
    assert fault == broken + 1
    assert [m["content"] for m in past.document["messages"]] == ["first", "one"]
    played = replay(path)
    said = f"Line {broken + 1} of the recording is damaged: what follows is left out."
    assert played.warnings == [said]
    assert played.ask().text == "one"


def test_a_secret_in_what_was_said_is_in_no_file(tmp_path: Path) -> None:
    parts = ["the key is top-", "secret", "-123 {", '"top-secret-123": 1}', ' "top-secret-123"']
    with serve_frames([STARTED, *said(*parts), FINISHED]) as server:
        session = connect(server.url, token="top-secret-123")
        session.ask('is it "top-secret-123"?')
    path = recording.save(session, tmp_path / "talk.jsonl")
    assert "top-secret-123" not in path.read_text()
    past, fault = recording.load(path)
    assert fault is None
    question, told = (m["content"] for m in past.document["messages"])
    assert (question, told) == ('is it "***"?', 'the key is *** {"***": 1} "***"')


def test_four_times_the_deltas_are_replayed_in_about_four_times_the_time(tmp_path: Path) -> None:
    def cost(count: int) -> float:
        place = tmp_path / "long.jsonl"
        events = (STARTED, *said(*["word "] * count), FINISHED)
        place.write_text("".join(f"{json.dumps({'threadId': 't', 'runId': 'r', **each})}\n"
                                 for each in events))  # fmt: skip
        session = replay(place)
        since = time.process_time()
        assert len(session.ask("again").text) == 5 * count
        return time.process_time() - since

    cost(100)
    few = min(cost(10_000) for _ in range(2))
    assert cost(40_000) < 12 * few + 0.2
