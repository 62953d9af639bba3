"""The agui command as a user meets it: real processes, pipes, a pseudo-terminal, exit codes."""

from __future__ import annotations

import io
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agui_notebook import connect
from agui_notebook.agents.demo import Demo
from agui_notebook.cli import main, make_parser
from agui_notebook.cli.completion import SHELLS, options_of
from agui_notebook.cli.terminal import Terminal
from agui_notebook.client.recording import record

AGUI = [sys.executable, "-m", "agui_notebook"]


def agui(
    *words: str, said: str | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    given = {"stdin": subprocess.DEVNULL} if said is None else {"input": said}
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [*AGUI, *words], capture_output=True, text=True, timeout=60, cwd=cwd, **given
    )


@pytest.fixture
def served() -> Iterator[tuple[str, str]]:
    """``agui demo`` in a process of its own: its address and its token."""
    with subprocess.Popen([*AGUI, "demo", "--port", "0"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = b"".join(process.stdout.readline() for _ in range(2)).decode()
        found = re.search(r"agui chat (\S+) --token (\S+)", lines)
        assert found is not None, lines
        yield found[1], found[2]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) in (0, 130)


def test_one_terminal_serves_the_demo_and_another_talks_to_it(served: tuple[str, str]) -> None:
    url, token = served
    ran = agui("chat", url, "--token", token, "-m", "What is 2 + 2?")
    assert (ran.returncode, ran.stderr, "4" in ran.stdout) == (0, "", True)


def test_what_is_piped_in_is_the_question_and_only_the_answer_is_piped_out(
    served: tuple[str, str],
) -> None:
    url, token = served
    ran = agui("chat", url, "--token", token, said="What is the weather in Lisbon?\n")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "get_weather" not in ran.stdout
    assert "\033" not in ran.stdout
    assert "Lisbon" in ran.stdout


def test_a_reader_that_has_enough_ends_the_command_without_a_word(served: tuple[str, str]) -> None:
    url, token = served
    talk = [*AGUI, "chat", url, "--token", token, "-m", "Tell me a long story"]
    with subprocess.Popen(talk, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert (process.wait(30), process.stderr.read()) == (0, b"")


def test_an_approval_is_asked_in_the_terminal_and_runs_only_after_a_yes(
    served: tuple[str, str],
) -> None:
    url, token = served
    ask = ("-m", "Send an email to the team")
    shown = in_terminal([*AGUI, "chat", url, "--token", token, *ask], "y\n")
    assert "send_email" in shown
    before, after = shown.split("y = yes, n = no", 1)
    assert ("→" in before, "→" in after) == (False, True)


def test_an_approval_that_nobody_can_give_is_not_given(served: tuple[str, str]) -> None:
    url, token = served
    ran = agui("chat", url, "--token", token, "-m", "Send an email to the team")
    assert (ran.returncode, "in a terminal" in ran.stdout) == (1, True)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("chat", "http://127.0.0.1:1/", "-m", "hi"), 1, "No server answers"),
        (("chat", "nowhere", "-m", "hi"), 2, "is not an agent's URL"),
        (
            ("chat", "http://127.0.0.1:1/", "--header", "secret-value", "-m", "x"),
            2,
            "'Name: value'",
        ),
        (("inspect", "missing.jsonl"), 2, "cannot be read as a recording"),
        (("serve", "nothing_here:agent"), 2, "There is no module 'nothing_here'"),
        (("serve", "json"), 2, "write module:name"),
        (("serve", "json:nothing"), 2, "json has no 'nothing'"),
        (("serve", "json:__all__"), 1, "Nothing here wraps a builtins.list"),
        (("serve", "json:dumps", "--workers", "0"), 2, "--workers is a number from 1"),
        (("demo", "--port", "99999"), 1, "Port 99999 cannot be used"),
        (("dance",), 2, "invalid choice"),
    ],
)
def test_a_wrong_call_gets_a_sentence_a_code_and_no_traceback(
    words: tuple[str, ...], code: int, sentence: str, tmp_path: Path
) -> None:
    ran = agui(*words, cwd=tmp_path)
    assert (ran.returncode, "Traceback" in ran.stderr) == (code, False)
    assert sentence in ran.stderr + ran.stdout
    assert "secret-value" not in ran.stderr + ran.stdout


def test_a_module_of_the_working_folder_is_served_by_several_workers(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def loud(text):\n    return text.upper()\n", "utf-8")
    serve = [*AGUI, "serve", "mine:loud", "--port", "0", "--workers", "2", "--token", "abc"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        found = re.search(rb"answers at (\S+);", process.stdout.readline())
        assert found is not None
        session = connect(found[1].decode(), token="abc")
        assert session.ask("hello", retries=20).text == "HELLO"
        process.send_signal(signal.SIGINT)
        assert process.wait(15) in (0, 130)


def test_a_recording_is_printed_as_a_transcript_in_text_and_in_html(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], serving: object
) -> None:
    server = serving(Demo(pace=0), token=False)  # type: ignore[operator]
    with connect(server.url) as session:
        session.ask("What is 2 + 2?")
        session.ask("What is 3 + 4?")
        path = record(session, tmp_path / "talk.jsonl")
    assert main(["inspect", str(path)]) == 0
    text = capsys.readouterr().out
    asked = [text.count("What is 2 + 2?"), text.count("What is 3 + 4?")]
    assert (asked, "7" in text, "recording" in text) == ([1, 1], True, False)
    assert main(["inspect", str(path), "--html"]) == 0
    assert capsys.readouterr().out.lstrip().startswith("<")


def test_nothing_an_agent_writes_is_an_order_to_the_terminal() -> None:
    out = io.StringIO()
    terminal = Terminal(out)
    told = "a\033]52;c;aGk=\007b\x9b31mc\u202ed\n"
    terminal.event({"type": "TEXT_MESSAGE_CONTENT", "delta": told})
    terminal.event({"type": "TOOL_CALL_START", "toolCallName": "x\033[2J"})
    assert out.getvalue() == "a␛]52;c;aGk=␇b⟨9B⟩31mc⟨202E⟩d\n"


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_completion_scripts_name_every_word_and_its_options(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for word, options in options_of(make_parser()).items():
        assert word in script
        assert [
            option for option in options if option[:2] == "--" and option[2:] not in script
        ] == []


def in_terminal(command: list[str], typed: str) -> str:
    """Everything a command shows in a terminal in which ``typed`` is typed at its question."""
    child, end = pty.fork()
    if child == 0:
        os.execvpe(command[0], command, {**os.environ, "TERM": "xterm", "COLUMNS": "200"})
    shown = b""
    while True:
        try:
            piece = os.read(end, 4096)
        except OSError:  # the terminal has closed
            break
        if not piece:
            break
        shown += piece
        if typed and b"y = yes" in shown:
            os.write(end, typed.encode())
            typed = ""
    os.waitpid(child, 0)
    return shown.decode(errors="replace")
