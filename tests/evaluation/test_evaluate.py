"""Cases asked of agents over real sockets: what is kept, resumed, stopped, bounded, told."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.servers import FINISHED, HANG, STARTED, answer, asked, called, said, serve_frames

from agui_notebook import (
    Case,
    InvalidInput,
    LocalServer,
    Report,
    RunResult,
    Session,
    Timeout,
    checks,
    connect,
    evaluate,
    evaluate_async,
    record,
    tool,
)
from agui_notebook.agents import Demo
from agui_notebook.client import Store, Writer

Serving = Callable[..., LocalServer]
TIMES = ("seconds", "first_token", "network")


def plain(report: Report) -> list[dict[str, Any]]:
    """What a report says, without the times."""
    left_out = (*TIMES, "at")
    return [{k: v for k, v in row.items() if k not in left_out} for row in report.rows()]


def told(report: Report) -> list[tuple[str, str]]:
    return [(row["name"], row["verdict"]) for row in report.rows()]


def test_every_case_is_asked_and_checked_and_told_whole() -> None:
    report = evaluate(str.upper, ["hello", "a"], [checks.contains("L")])
    known = {"repeat": 1, "outcome": "success"}
    reason = {"reason": "'L' is not in 'A'."}
    assert plain(report) == [
        {
            **known,
            "case": Case("hello").key,
            "name": "hello",
            "turns": ["hello"],
            "text": "HELLO",
            "verdict": "pass",
            "checks": [{"check": "contains('L')", "verdict": "pass"}],
        },
        {
            **known,
            "case": Case("a").key,
            "name": "a",
            "turns": ["a"],
            "text": "A",
            "verdict": "fail",
            "checks": [{"check": "contains('L')", "verdict": "fail", **reason}],
        },
    ]
    assert (report.pass_count, report.rate, report.missing_count) == (1, 0.5, 0)


def test_without_any_check_a_run_must_end_well() -> None:
    def agent(text: str) -> str:
        if text == "break":
            raise RuntimeError("The stove is cold.")
        return text

    report = evaluate(agent, ["soup", "break"])
    assert told(report) == [("soup", "pass"), ("break", "fail")]


@pytest.mark.anyio
async def test_it_can_be_awaited_where_a_loop_runs() -> None:
    report = await evaluate_async(str.upper, ["hello"], [checks.equals("HELLO")])
    assert told(report) == [("hello", "pass")]
    blocked = evaluate(str.upper, ["hello"], [checks.equals("HELLO")])
    assert plain(blocked) == plain(report)


def test_a_script_is_one_conversation_and_its_last_answer_is_checked() -> None:
    script = ["My name is Ada.", "What is my name?"]
    report = evaluate(Demo(pace=0), [script], [checks.equals("Your name is Ada.")])
    row = next(report.rows())
    assert (row["verdict"], row["turns"]) == ("pass", script)
    events = [line["event"]["type"] for line in report.lines(row) if "event" in line]
    assert events.count("RUN_FINISHED") == 2


def test_the_tools_and_first_words_of_a_session_go_into_every_case() -> None:
    asked_of: list[str] = []

    def plot(title: str) -> str:
        """Draw."""
        asked_of.append(title)
        return f"drawn {title}"

    call = [STARTED, *called("plot", '{"title": "x"}'), FINISHED]
    with serve_frames(call, answer("one"), call, answer("two")) as server:
        session = connect(server.url, tools=[tool(plot)], system="Be brief.")
        report = evaluate(session, ["a", "b"], [checks.tool_called("plot")], concurrency=1)
        systems = [request.body["messages"][0]["content"] for request in server.requests]
    assert told(report) == [("a", "pass"), ("b", "pass")]
    assert (asked_of, systems) == (["x", "x"], ["Be brief."] * 4)
    assert session.messages[1:] == []


def test_answers_of_a_script_go_to_what_the_agent_asked() -> None:
    question = {"id": "q1", "reason": "confirmation", "message": "Really?"}
    with serve_frames([STARTED, asked(question)], answer("Gone.")) as server:
        case = Case(["Delete it", {"approve": True}])
        report = evaluate(server.url, [case], [checks.equals("Gone.")])
        sent = server.requests[1].body["resume"]
    assert told(report) == [("Delete it", "pass")]
    assert sent == [{"interruptId": "q1", "status": "resolved", "payload": {"approved": True}}]


def test_a_question_that_the_script_does_not_answer_is_answered_by_nobody() -> None:
    question = {"id": "q1", "reason": "confirmation", "message": "Really?"}
    with serve_frames([STARTED, asked(question)]) as server:
        report = evaluate(server.url, [["Delete it", "And now?"]])
        count = len(server.requests)
    row = next(report.rows())
    assert (count, row["outcome"], row["verdict"]) == (1, "interrupt", "fail")
    assert row["left"] == "Only 1 of 2 turns were taken."


def test_an_agent_that_cannot_be_reached_makes_errors_and_no_end() -> None:
    report = evaluate("http://127.0.0.1:9/", ["a", "b"], [checks.contains("x")])
    assert [verdict for _, verdict in told(report)] == ["error", "error"]
    assert "No server answers" in next(report.rows())["error"]


def test_what_a_users_check_says_raises_or_asserts_becomes_a_verdict_that_names_it() -> None:
    def fine(result: RunResult) -> bool:
        return True

    def wrong(result: RunResult, case: Case) -> str:
        return f"{case.reference} was wanted"

    def asserts(result: RunResult) -> None:
        if result.text != "b":
            raise AssertionError("no b")

    async def breaks(result: RunResult) -> None:
        raise KeyError("nothing here")

    case = Case("a", reference="z")
    report = evaluate(str.lower, [case], [fine, wrong, asserts, breaks])
    row = next(report.rows())
    assert row["checks"] == [
        {"check": "fine", "verdict": "pass"},
        {"check": "wrong", "verdict": "fail", "reason": "z was wanted"},
        {"check": "asserts", "verdict": "fail", "reason": "no b"},
        {
            "check": "breaks",
            "verdict": "error",
            "reason": "'breaks' raised KeyError: 'nothing here'",
        },
    ]
    assert row["verdict"] == "error"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"cases": []}, "There is no case"),
        ({"cases": [""]}, "A case asks something"),
        ({"cases": ["a"], "checks": "contains"}, "Checks are given in a list"),
        ({"cases": ["a"], "checks": [3]}, "3 is no check"),
        ({"cases": ["a"], "repeats": 0}, "repeats is a number from 1"),
        ({"cases": ["a"], "concurrency": True}, "concurrency is a number from 1"),
        ({"cases": ["a"], "budget_tokens": -1}, "A budget is a number above 0"),
        ({"cases": ["a"], "to": "nowhere/at/all.jsonl"}, "cannot be written"),
        ({"cases": [{"said": "a"}]}, "A case has a member"),
        ({"cases": [{"prompt": "a", "matches": "("}]}, "is no regular expression"),
        ({"cases": 3}, "Cases are texts, dicts, files or tables"),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_asked(
    given: dict[str, Any], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked: list[str] = []
    with pytest.raises(InvalidInput, match=sentence):
        evaluate(asked.append, **given)
    assert asked == []


def test_repeats_that_differ_are_flaky() -> None:
    count = iter(range(1_000))

    def moody(text: str) -> str:
        return "yes" if text == "calm" or next(count) % 2 else "no"

    cases = ["calm", "moody"]
    report = evaluate(moody, cases, [checks.equals("yes")], repeats=4, concurrency=1)
    assert (len(report), report.pass_count, report.flaky) == (8, 6, ["moody"])
    assert [row["repeat"] for row in report.rows()] == [1, 2, 3, 4] * 2


def test_what_has_ended_is_not_asked_again(tmp_path: Path) -> None:
    asked: list[str] = []

    def agent(text: str) -> str:
        asked.append(text)
        return text

    path = tmp_path / "results.jsonl"
    given: Any = {"checks": [checks.contains("a")], "to": path, "concurrency": 1}  # in their order
    first = evaluate(agent, ["a", "b"], **given)
    more = evaluate(agent, ["a", "b", "c"], repeats=2, **given)
    assert sorted(asked) == sorted(["a", "b", "c", "a", "b", "c"])
    assert plain(first) == [row for row in plain(more) if row["repeat"] == 1][:2]
    assert (len(more), plain(Report.read(path))) == (6, plain(more))


def test_a_file_of_other_checks_or_of_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    path, other = tmp_path / "results.jsonl", tmp_path / "other.txt"
    evaluate(str.upper, ["a"], [checks.contains("A")], to=path)
    other.write_text("my diary\n")
    before = path.read_bytes()
    with pytest.raises(InvalidInput, match=r"other checks \(contains\('A'\)\)"):
        evaluate(str.upper, ["a"], [checks.contains("B")], to=path)
    with pytest.raises(InvalidInput, match="no results of an evaluation"):
        evaluate(str.upper, ["a"], to=other)
    assert (path.read_bytes(), other.read_text()) == (before, "my diary\n")


@pytest.mark.parametrize("tail", [b'{"result":{"case":"x"', b'{"at":1,"runId":"r","event":{}}\n'])
def test_a_case_that_was_half_written_is_asked_again(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "results.jsonl"
    whole = evaluate(str.upper, ["a", "b"], to=path)
    lines = path.read_bytes().splitlines(keepends=True)
    results = [n for n, text in enumerate(lines) if text.startswith(b'{"result"')]
    path.write_bytes(b"".join(lines[: results[0] + 1]) + tail)
    assert Report.read(path).missing_count == 0
    again = evaluate(str.upper, ["a", "b"], to=path)
    assert plain(again) == plain(whole)
    assert tail.rstrip(b"\n") not in path.read_bytes().splitlines()


def test_a_result_that_stands_twice_in_a_file_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    whole = evaluate(str.upper, ["a", "b"], to=path)
    head, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([head, *rest, *rest]))
    assert plain(Report.read(path)) == plain(whole)
    again = evaluate(str.upper, ["a", "b"], to=path, progress=False)
    assert (len(again), again.pass_count) == (2, 2)


KILLED = """
import sys, time
from agui_notebook import checks, evaluate
def agent(text):
    time.sleep(0.02)
    return text.upper()
evaluate(agent, [f"case {n}" for n in range(80)], [checks.contains("7")], to=sys.argv[1])
"""


def test_killed_in_the_middle_and_resumed_it_reports_as_if_never_interrupted(
    tmp_path: Path,
) -> None:
    path = tmp_path / "results.jsonl"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path)]) as process:
        until = time.monotonic() + 60
        while time.monotonic() < until and results_in(path) < 20:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
    kept = results_in(path)
    asked: list[str] = []

    def agent(text: str) -> str:
        asked.append(text)
        return text.upper()

    cases, wanted = [f"case {n}" for n in range(80)], [checks.contains("7")]
    resumed = evaluate(agent, cases, wanted, to=path)
    assert (20 <= kept < 80, len(asked)) == (True, 80 - kept)
    assert plain(resumed) == plain(evaluate(agent, cases, wanted))
    frames = [each.frame().drop(columns=list(TIMES)) for each in (resumed, Report.read(path))]
    assert (
        frames[0]
        .sort_values("case", ignore_index=True)
        .equals(frames[1].sort_values("case", ignore_index=True))
    )


def results_in(path: Path) -> int:
    return path.read_bytes().count(b'{"result":') if path.exists() else 0


WATCHED = """
import time
from agui_notebook import evaluate
def agent(text):
    time.sleep(0.05)
    return text
print(evaluate(agent, [str(n) for n in range(20)], concurrency=2))
"""


def test_a_terminal_shows_one_line_that_counts_and_a_pipe_none() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", WATCHED], stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        with contextlib.suppress(OSError):  # how a terminal ends
            while more := os.read(ours, 1024):
                seen += more
        assert process.wait(30) == 0
    os.close(ours)
    shown = seen.decode()
    counts = re.findall(r"\r\x1b\[K(\d+) of 20: (\d+) pass", shown)
    assert counts[-1] == ("20", "20")
    assert 2 <= len(counts) < 20
    assert shown.splitlines()[-1] == "<Report agent: 20 of 20 pass>"
    ran = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("<Report agent: 20 of 20 pass>\n", "")


def test_an_interrupt_gives_the_report_of_what_there_is(tmp_path: Path) -> None:
    main, reached = threading.main_thread().ident, threading.Event()
    assert main is not None

    def interrupt() -> None:
        assert reached.wait(30)
        signal.pthread_kill(main, signal.SIGINT)

    def reply(request: Any) -> Any:
        text = request.body["messages"][-1]["content"]
        if text == "slow":
            reached.set()
            return [STARTED, HANG]
        return answer(text)

    threading.Thread(target=interrupt, daemon=True).start()
    path = tmp_path / "results.jsonl"
    with serve_frames(reply) as server:
        report = evaluate(server.url, ["a", "b", "slow", "c"], concurrency=1, to=path)
        assert server.gone.wait(30)
    assert told(report) == [("a", "pass"), ("b", "pass")]
    assert (report.note, report.missing_count) == ("It was stopped.", 2)
    with serve_frames(lambda request: answer("x")) as server:
        assert evaluate(server.url, ["a", "b", "slow", "c"], to=path).missing_count == 0
        assert len(server.requests) == 2


@pytest.mark.anyio
async def test_being_cancelled_keeps_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    with serve_frames(answer("x"), [STARTED, HANG]) as server:
        task = asyncio.ensure_future(evaluate_async(server.url, ["a", "b"], to=path, concurrency=1))
        assert await asyncio.to_thread(server.hanging.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(server.gone.wait, 30)
    assert told(Report.read(path)) == [("a", "pass")]


def usage(tokens: int, model: str = "gpt-5-mini") -> list[dict[str, Any]]:
    used = {"provider": "openai", "model": model, "inputTokens": tokens, "outputTokens": 0}
    return [STARTED, *said("ok"), {**FINISHED, "usage": [used]}]


@pytest.mark.parametrize(
    ("budget", "reason"),
    [
        ({"budget_tokens": 250}, "The budget is spent (budget_tokens)."),
        ({"budget_cost": 250 * 0.25 / 1e6}, "The budget is spent (budget_cost)."),
    ],
)
def test_a_budget_is_overrun_by_no_more_than_what_is_in_flight(
    budget: dict[str, Any], reason: str
) -> None:
    with serve_frames(usage(100)) as server:
        report = evaluate(server.url, [str(n) for n in range(20)], concurrency=2, **budget)
        assert len(server.requests) in (3, 4)
        assert len(report) == len(server.requests)
    assert (report.note, report.missing_count) == (reason, 20 - len(report))


def test_a_budget_that_cannot_be_counted_ends_after_the_first() -> None:
    with serve_frames(answer("no usage")) as server:
        report = evaluate(server.url, ["a", "b", "c"], concurrency=1, budget_tokens=10)
    assert (len(report), report.note) == (
        1,
        "The agent tells no tokens, so that budget_tokens cannot be kept.",
    )
    with serve_frames(usage(1, "unheard-of")) as server:
        report = evaluate(server.url, ["a", "b", "c"], concurrency=1, budget_cost=1)
    assert (len(report), "put it into agui_notebook.prices" in report.note) == (1, True)


def test_secrets_of_a_session_are_in_no_file_of_results(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    with serve_frames(answer("you sent hunter2-hunter2")) as server:
        evaluate(connect(server.url, token="hunter2-hunter2"), ["a"], to=path)
        assert server.requests[0].headers["authorization"] == "Bearer hunter2-hunter2"
    assert "hunter2" not in path.read_text()


def test_a_server_of_the_users_goes_on_after_it(serving: Serving) -> None:
    server = serving(str.upper, name="upper", token=False)
    assert told(evaluate(server, ["a"])) == [("a", "pass")]
    assert told(evaluate(str.upper, ["a"])) == [("a", "pass")]
    assert server.running


# -- cases ----------------------------------------------------------------------------------------


def turns(source: Any) -> list[tuple[Any, ...]]:
    return [(list(case.turns), case.reference) for case in Case.read(source)]


def test_cases_come_from_lines_tables_and_rows(tmp_path: Path) -> None:
    rows = [
        {"prompt": "What is 2 + 2?", "reference": "4", "contains": "4", "topic": "sums"},
        {"turns": ["a", "b"], "name": "two", "tool_called": {"names": ["x"], "at_most": 2}},
    ]
    lines = tmp_path / "cases.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
    whole = tmp_path / "cases.json"
    whole.write_text(json.dumps(rows))
    first, second = Case.read(lines)
    assert (first.turns, first.reference, first.data) == (
        ("What is 2 + 2?",),
        "4",
        {"topic": "sums"},
    )
    assert list(map(repr, [*first.checks, *second.checks])) == ["contains('4')", "tool_called('x')"]
    wanted = [(["What is 2 + 2?"], "4"), (["a", "b"], None)]
    assert [turns(source) for source in (lines, str(lines), whole, rows)] == [wanted] * 4


def test_cases_come_from_csv_and_frames(tmp_path: Path) -> None:
    import pandas

    path = tmp_path / "cases.csv"
    path.write_text('prompt,reference,max_seconds,city\n"Hello, you",Hi,2.5,\nBye,,,Oslo\n')
    hello, bye = Case.read(path)
    assert (hello.turns, hello.reference, list(map(repr, hello.checks))) == (
        ("Hello, you",),
        "Hi",
        ["max_seconds(2.5)"],
    )
    assert (bye.turns, bye.reference, bye.checks, bye.data) == (
        ("Bye",),
        None,
        (),
        {"city": "Oslo"},
    )
    frame = Case.read(pandas.read_csv(path))
    assert [(c.turns, c.reference, c.data) for c in frame] == [
        (c.turns, c.reference, c.data) for c in (hello, bye)
    ]


def test_cases_come_from_conversations_recordings_and_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "threads.sqlite")
    writer = Writer(store)
    with serve_frames(answer("one", mid="1"), answer("two", mid="2")) as server:
        session = connect(server.url)
        kept = writer.follow(session.thread, "agent")
        session.ask("first")
        session.ask("second")
        writer.leave(kept)
        path = record(session, tmp_path / "talk.jsonl")
    wanted = [(["first", "second"], "two")]
    assert turns(session) == turns(path) == turns(str(path)) == turns(store) == wanted
    assert turns(Case.from_threads("first", store=store)) == wanted
    assert Case.from_threads("nothing like it", store=store) == []


def test_the_cases_of_an_evaluation_can_be_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    evaluate(str.upper, [Case("a", reference="A"), ["b", "c"]], repeats=2, to=path)
    assert turns(path) == [(["a"], "A"), (["b", "c"], None)]


def test_a_file_that_holds_no_cases_is_told(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text("{oops\n")
    (tmp_path / "cases.xml").write_text("<a/>")
    with pytest.raises(InvalidInput, match=r"Line 1 of cases\.jsonl cannot be read"):
        Case.read(tmp_path / "cases.jsonl")
    with pytest.raises(InvalidInput, match=r"Cases are read from \.jsonl"):
        Case.read(tmp_path / "cases.xml")
    with pytest.raises(InvalidInput, match="cannot be read as cases"):
        Case.read("missing.csv")


# -- many -----------------------------------------------------------------------------------------


def test_no_conversation_stays_in_memory() -> None:
    def alive() -> int:
        gc.collect()
        return sum(isinstance(each, Session) for each in gc.get_objects())

    before, seen = alive(), []

    def agent(text: str) -> str:
        if text.endswith("00"):
            seen.append(alive() - before)
        return text

    report = evaluate(agent, [f"case {n}" for n in range(301)], concurrency=4)
    assert (len(report), len(seen)) == (301, 3)
    assert max(seen) <= 12  # those in flight, those being let go, and the one they are made after
    assert alive() <= before + 1


def test_a_time_limit_of_the_session_holds_for_each_case() -> None:
    with serve_frames([STARTED, HANG]) as server:
        session = connect(server.url, timeout=Timeout(run=0.5))
        row = next(evaluate(session, ["a"], [checks.max_seconds(60)]).rows())
    assert (row["verdict"], row["outcome"]) == ("error", "incomplete")


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("cases.csv", "prompt\n" + "x" * 140_000, "cases.csv cannot be read as a table"),
        ("cases.jsonl", '{"prompt": "a", "checks": ["x"]}', "The checks of a case are a mapping"),
        ("cases.csv", "prompt,state,checks\nhi," + "[" * 100_000 + ",x", "of a case are a mapping"),
        ("cases.jsonl", '{"prompt": [["a"]]}', "A turn is a text, a message or a list"),
    ],
)
def test_cases_that_cannot_be_read_are_a_sentence(
    tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(InvalidInput, match=sentence):
        evaluate(str.upper, file)
