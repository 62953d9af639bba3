"""Proof from a conversation: a module and a recording, green as written, red when what is sent
changes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.servers import FINISHED, STARTED, answer, asked, called, said, serve_frames

from agui_notebook import InvalidInput, RunFailed, Session, connect, record
from agui_notebook.client.recording import save, thread_lines
from agui_notebook.testing import RecordedAgent, tool_calls
from agui_notebook.testing.module import free_name, module_text, write_test

ROOT = Path(__file__).resolve().parents[2]
pytest_plugins = ["pytester"]
PLUGIN = ("-p", "agui_notebook.testing.plugin", "-p", "no:cacheprovider")
QUESTION = {"id": "i1", "reason": "approval", "message": "Sure?"}
STATE = {"type": "STATE_SNAPSHOT", "snapshot": {"n": 1}}


def plot(title: str) -> str:
    """Draw."""
    return f"drawn {title}"


@pytest.fixture(scope="module")
def lived() -> Session:
    """A tool, an edited turn, state from both sides, a question and its answer."""
    with serve_frames(
        [STARTED, *called("plot", '{"title": "x"}'), FINISHED],
        answer("done", mid="d"),
        answer("two", mid="t"),
        answer("deux", mid="t2"),
        [STARTED, STATE, *said("a", "b", "c", mid="s"), FINISHED],
        [STARTED, *said("Sure?", mid="q"), asked(QUESTION)],
        answer("deleted", mid="x"),
    ) as server:
        session = connect(server.url, tools=[plot], system="be brief", context={"day": "Friday"})
        session.ask("draw")
        session.ask("count")
        session.ask_edit(session.messages[-2]["id"], "compte")
        session.set_state({"k": [1, 2]})
        session.ask("state")
        session.ask("delete")
        session.interrupts[0].approve()
        session.ask_resume()
    return session


@pytest.fixture
def agent(lived: Session, tmp_path: Path) -> Iterator[RecordedAgent]:
    with RecordedAgent(save(lived, tmp_path / "talk.jsonl")) as made:
        yield made


def talk(session: Session) -> None:
    """The code under test: what a user would have written."""
    session.ask("draw")
    session.ask("compte")
    session.set_state({"k": [1, 2]})
    session.ask("state")
    session.ask("delete")
    session.interrupts[0].approve()
    session.ask_resume()


def test_the_same_code_gets_the_same_conversation(agent: RecordedAgent, lived: Session) -> None:
    session = agent.connect(tools=agent.tools(), context={"day": "Friday"})
    talk(session)
    agent.check()
    mine, theirs = ([(m["role"], m.get("content")) for m in s.messages] for s in (session, lived))
    assert mine == theirs
    assert session.state == lived.state


@pytest.mark.parametrize(
    ("options", "spoils"),
    [
        ({"tools": []}, "tools:"),
        ({"context": {"day": "Monday"}}, '-  "value": "Friday"'),
        ({"state": {"n": 0}}, "state:"),
    ],
)
def test_other_options_are_refused(agent: RecordedAgent, options: Any, spoils: str) -> None:
    usual = {"tools": agent.tools(), "context": {"day": "Friday"}}
    with pytest.raises(RunFailed, match="Request 1 of 6 is not as recorded") as caught:
        agent.connect(**{**usual, **options}).ask("draw")
    assert spoils in str(caught.value)


def test_a_tool_of_ones_own_is_run_and_held_to_the_recording(agent: RecordedAgent) -> None:
    drawn = []

    def plot(title: str) -> str:
        """Draw."""
        drawn.append(title)
        return f"DRAWN {title}"

    session = agent.connect(tools=agent.tools(plot), context={"day": "Friday"})
    with pytest.raises(RunFailed) as caught:
        session.ask("draw")
    assert drawn == ["x"]
    assert '-  "content": "drawn x"' in str(caught.value)
    assert '+  "content": "DRAWN x"' in str(caught.value)


def test_what_was_not_sent_and_what_was_sent_beyond_the_end_is_told(tmp_path: Path) -> None:
    with serve_frames(answer("one", mid="1")) as server:
        session = connect(server.url)
        session.ask("first")
    with RecordedAgent(record(session, tmp_path / "talk.jsonl")) as agent:
        with pytest.raises(AssertionError, match=r"0 of 1 .* would have been user: 'first'"):
            agent.check()
        again = agent.connect()
        again.ask("first")
        agent.check()
        with pytest.raises(RunFailed, match=r"ends after 1 requests; one more .* 'second'"):
            again.ask("second")
        with pytest.raises(AssertionError, match="one more"):
            agent.check()


def test_any_client_reaches_it_at_an_address(agent: RecordedAgent) -> None:
    session = connect(agent.url, tools=agent.tools(), context={"day": "Friday"}, system="be brief")
    assert tool_calls(session.ask("draw")) == [("plot", {"title": "x"})]
    kind = {"content-type": "application/json"}
    assert httpx.post(agent.url, content=b"[]", headers=kind).status_code == 400
    # no page of a browser asks: neither by a form nor under a name of its own
    assert httpx.post(agent.url, content=b'{"messages": []}').status_code == 415
    for foreign in ({"host": "evil.test"}, {"origin": "https://evil.test"}):
        asked = httpx.post(agent.url, json={"messages": []}, headers={**kind, **foreign})
        assert asked.status_code in (403, 421)
    answered = httpx.post(agent.url, json={"threadId": "t", "runId": "r", "messages": []})
    (event,) = [json.loads(line[6:]) for line in answered.text.split("\n") if line[:4] == "data"]
    assert event["type"] == "RUN_ERROR"
    assert "- recorded" in event["message"] or "--- recorded" in event["message"]
    session.close()


def test_the_module_is_green_as_written(lived: Session, pytester: pytest.Pytester) -> None:
    write_test(thread_lines(lived.thread), pytester.path / "test_talk.py", "demo")
    pytester.runpytest(*PLUGIN, "--strict-markers").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('ask("draw")', 'ask("draw it")', '*+  "content": "draw it"*'),
        ('{"approved": True}', '{"approved": False}', '*"approved": false*'),
        ("set_state({", "set_state({'z': 1, ", "*state:*"),
        ('text == "deux"', 'text == "zwei"', "*assert 'deux' == 'zwei'*"),
        ('("plot", ', '("draw", ', "*tool_calls*"),
        ("    recorded_agent.check()", "    session.ask('more')", "*one more was sent*"),
        (
            "    recorded_agent.check()",
            "    session.ask('more', check=False)",
            "*AssertionError: The recording ends after 6 requests*",
        ),
    ],
)
def test_the_module_is_red_when_what_is_sent_changes(
    lived: Session, pytester: pytest.Pytester, was: str, becomes: str, told: str
) -> None:
    module, _ = write_test(thread_lines(lived.thread), pytester.path / "test_talk.py", "demo")
    text = module.read_text()
    assert was in text
    module.write_text(text.replace(was, becomes))
    result = pytester.runpytest(*PLUGIN)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([told])
    result.stdout.no_fnmatch_line("*def raise_failure*")


def test_a_secret_answer_may_be_any(pytester: pytest.Pytester, tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"pin": {"type": "string", "format": "password"}}}
    ask = {"id": "i1", "reason": "input", "responseSchema": schema}
    with serve_frames(
        [STARTED, *said("Pin?", mid="q"), asked(ask)], answer("thanks", mid="t")
    ) as server:
        session = connect(server.url)
        session.ask("hello")
        session.ask_resume({"i1": {"pin": "0000"}})
    with RecordedAgent(save(session, tmp_path / "talk.jsonl")) as agent:
        again = agent.connect()
        again.ask("hello")
        assert again.ask_resume({"i1": {"pin": "1234"}}).text == "thanks"
        agent.check()


def test_nothing_said_is_no_test(tmp_path: Path) -> None:
    session = connect("http://127.0.0.1:9/")
    with pytest.raises(InvalidInput, match="nothing to make a test of"):
        module_text(thread_lines(session.thread), "test_x", "test_x.jsonl", "demo")


def test_a_recording_of_a_stopped_and_a_failed_run_is_a_test_too(
    pytester: pytest.Pytester,
) -> None:
    failed = [STARTED, {"type": "RUN_ERROR", "message": "out of soup"}]
    with serve_frames(failed, [STARTED, *said("half", mid="h")]) as server:
        session = connect(server.url)
        session.ask("soup", check=False)
        session.ask('bread 🍞 """ \\ {x}\n' + "long " * 60, check=False)
    module, _ = write_test(
        thread_lines(session.thread), pytester.path / "test_talk.py", 'a """ \\ name'
    )
    assert 'assert result.outcome == "incomplete"' in module.read_text()
    pytester.runpytest(*PLUGIN).assert_outcomes(passed=1)


def test_a_free_name_overwrites_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert free_name("My agent: 1!") == "test_my_agent_1.py"
    (tmp_path / "test_my_agent_1.py").touch()
    assert free_name("My agent: 1!") == "test_my_agent_1_2.py"
    assert free_name("🍜") == "test_talk.py"


def test_the_plugin_imports_nothing_until_it_is_asked(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_of_ours_is_loaded():
            ours = [name for name in sys.modules if name.startswith("agui_notebook.")]
            heavy = [name for name in ours if name.split(".")[1] not in {"_version", "errors",
                     "testing", "markup"}]
            assert heavy == []
            assert "httpx" not in sys.modules
        """
    )
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_module_runs_where_there_is_only_our_wheel_and_pytest(
    lived: Session, tmp_path: Path
) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    venv = [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")]
    subprocess.run(venv, check=True)
    # this environment's packages stand in for those of an index
    home = Path(pytest.__file__).parent.parent
    (folder,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    (folder / "others.pth").write_text(f"{home}\n")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)
    write_test(thread_lines(lived.thread), tmp_path / "test_talk.py", "demo")
    run = [str(python), "-m", "pytest", "-q", "--strict-markers", "-W", "error", "test_talk.py"]
    ran = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr
    module = tmp_path / "test_talk.py"
    module.write_text(module.read_text().replace('ask("draw")', 'ask("paint")'))
    ran = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
    assert '+  "content": "paint"' in ran.stdout
    assert "1 failed" in ran.stdout
