"""What went over the wire, as it is told to whoever looks: rows, verdicts, times, and no secrets.

How the panel shows it: tests/browser/test_panel.py.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from support.misbehaviours import MISBEHAVIOURS
from support.servers import FINISHED, STARTED, answer, called, said, serve_frames

from agui_notebook import AGUIError, Session, connect
from agui_notebook.client import JudgedFrames
from agui_notebook.render import bug_report_lines, bug_report_page

Row = dict[str, Any]


def told(session: Session) -> tuple[list[Row], list[Row]]:
    """Rows and facts of all that a session sent and got."""
    frames = JudgedFrames(session.thread.captures, session.secrets)
    return frames.more(10_000), frames.facts()


def ask(session: Session) -> None:
    """Ask, whatever comes of it."""
    with contextlib.suppress(AGUIError):
        session.ask("hello")


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_what_is_wrong_has_a_row_of_its_own_with_its_verdict_and_why(name: str) -> None:
    wrong = MISBEHAVIOURS[name]
    with serve_frames(wrong.answer) as server:
        session = connect(server.url)
        ask(session)
        rows, [fact] = told(session)
    assert rows[0]["kind"] == "request"
    found = {(row["verdict"], row["why"]) for row in rows[1:] if row["text"]}
    found |= {("failed", fact["fault"])} if fact["fault"] else set()
    assert any(wrong.verdict == verdict and wrong.why in why for verdict, why in found), rows
    run = session.document["runs"][-1]
    assert (run["status"] in ("error", "incomplete")) is wrong.fails
    assert run["runId"] == rows[0]["runId"]


def test_a_frame_names_the_item_that_it_went_into() -> None:
    events = [STARTED, *said("hi"), *called("look"), FINISHED]
    with serve_frames(events, answer("again")) as server:
        session = connect(server.url)
        ask(session)
        ask(session)  # its message comes under an id that is taken
        rows, _ = told(session)
    places = [row["place"] for row in rows if row["kind"] == "frame"]
    assert places[:8] == ["", *["message:m1"] * 3, *["call:c1"] * 3, ""]
    [_, second] = [
        each["id"] for each in session.messages if each.get("content") in ("hi", "again")
    ]
    assert places[8:] == ["", *[f"message:{second}"] * 3, ""]


def test_what_is_right_is_taken_and_its_request_tells_its_times() -> None:
    with serve_frames(answer("fine")) as server:
        session = connect(server.url, token="sesame-open-up")
        session.ask("hello")
        rows, [fact] = told(session)
    assert {row["verdict"] for row in rows[1:]} == {"taken"}
    assert [row["type"] for row in rows[1:]] == [
        record["event"]["type"] for record in session.events
    ]
    assert (fact["method"], fact["status"], fact["url"]) == ("POST", 200, server.url)
    assert 0 <= fact["headers"] <= fact["first"] <= fact["token"] <= fact["end"]
    assert ["authorization", "***"] in [[name.lower(), value] for name, value in fact["sent"]]
    assert json.loads(rows[0]["body"])["messages"][0]["content"] == "hello"


def test_rows_are_told_in_any_number_at_a_time_and_while_runs_go_on() -> None:
    with serve_frames(answer("one"), answer("two")) as server:
        session = connect(server.url)
        frames = JudgedFrames(session.thread.captures, session.secrets)
        assert frames.more(3) == []
        rows: list[Row] = []
        for _ in range(2):
            session.ask("hello")
            while fresh := frames.more(2):
                rows += fresh
        assert rows == told(session)[0]
        assert [each["end"] is not None for each in frames.facts()] == [True, True]
        assert frames.facts() == []


def test_no_secret_leaves_with_a_bug_report_and_nothing_of_the_agents_is_markup() -> None:
    events = [STARTED, *said("sesame-open-up <script>alert(1)</script>"), FINISHED]
    with serve_frames(events) as server:
        session = connect(f"{server.url}?key=abracadabra", token="sesame-open-up")
        session.ask("sesame-open-up")
        rows, facts = told(session)
    page, lines = bug_report_page(rows, facts, "1.0"), bug_report_lines(rows, facts)
    for secret in ("sesame-open-up", "abracadabra"):
        assert secret not in page + lines
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    first, *_ = map(json.loads, lines.splitlines())
    assert (first["kind"], first["status"]) == ("request", 200)


def test_the_bytes_of_the_oldest_requests_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agui_notebook.limits.CAPTURED_BYTES", 1_000)
    with serve_frames(answer("x" * 400)) as server:
        session = connect(server.url)
        for _ in range(3):
            session.ask("hello")
        kept = session.thread.captures
    assert [bool(each.pieces) for each in kept] == [False, False, True]
    assert [each.size for each in kept][:2] == [each.lost for each in kept][:2]


def test_a_secret_is_hidden_where_a_long_frame_is_cut() -> None:
    token = "k-1234567890-abcdef"
    for place in range(19_900, 20_010, 5):
        frame = b": " + b"x" * place + token.encode() + b"x" * 30_000 + b"\n\n"
        with serve_frames([STARTED, frame, FINISHED]) as server:
            session = connect(server.url, token=token)
            ask(session)
            [row] = [each for each in told(session)[0] if each.get("text", "").startswith(": x")]
        assert "k-1" not in row["text"]
