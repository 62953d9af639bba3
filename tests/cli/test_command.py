"""The agui command as a user meets it: real processes, pipes, a pseudo-terminal, exit codes."""

from __future__ import annotations

import codecs
import io
import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.servers import CUT, HANG, answer, serve_frames

from agui_notebook import connect, record
from agui_notebook.agents import Demo
from agui_notebook.cli import completion, main, make_parser, rich_text, terminal
from agui_notebook.client import Store, Writer

TERMINAL = "Nothing is asked: give -m TEXT, pipe a text in, or use a terminal."
AGUI = [sys.executable, "-m", "agui_notebook"]


def agui(
    *words: str, said: str | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    given = {"stdin": subprocess.DEVNULL} if said is None else {"input": said}
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [*AGUI, *words], capture_output=True, text=True, timeout=60, cwd=cwd, **given
    )


def begun(text: str) -> list[dict[str, str]]:
    """An answer that has begun and is not at its end."""
    message = {"messageId": "m", "role": "assistant"}
    said = {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": text}
    return [{"type": "RUN_STARTED"}, {"type": "TEXT_MESSAGE_START", **message}, said]


@pytest.fixture(scope="module")
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


@pytest.mark.parametrize(("words", "code"), [(("chat", "-m", "hi"), 1), (("check",), 2)])
def test_who_is_not_let_in_is_told_of_the_options_that_help(
    served: tuple[str, str], words: tuple[str, ...], code: int
) -> None:
    ran = agui(words[0], served[0], *words[1:])
    assert (ran.returncode, ran.stdout) == (code, "")
    assert "it wants credentials: pass --token or --header." in ran.stderr


def test_what_is_piped_in_is_the_question_and_only_the_answer_is_piped_out(
    served: tuple[str, str],
) -> None:
    url, token = served
    ran = agui("chat", url, "--token", token, said="What is the weather in Lisbon?\n")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "get_weather" not in ran.stdout
    assert "\033" not in ran.stdout
    assert "Lisbon" in ran.stdout


def test_a_reader_that_has_enough_ends_the_command_without_a_word() -> None:
    more = {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": " and more"}
    with serve_frames([*begun("Once upon a time"), ("gate", "left"), more, HANG]) as server:
        talk = [*AGUI, "chat", server.url, "-m", "Tell me a story"]
        with subprocess.Popen(talk, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.read(10)
            process.stdout.close()
            server.gate("left").set()
            assert (process.wait(30), process.stderr.read()) == (0, b"")
        assert server.gone.wait(20)  # the run was stopped


def test_an_approval_is_asked_in_the_terminal_and_runs_only_after_a_yes(
    served: tuple[str, str],
) -> None:
    url, token = served
    ask = ("-m", "Send an email to the team")
    asked = {"y = yes": "y\n"}
    shown, _ = in_terminal([*AGUI, "chat", url, "--token", token, *ask], asked)
    assert "send_email" in shown
    before, after = shown.split("y = yes, n = no", 1)
    assert ("→" in before, "→" in after) == (False, True)


def test_an_approval_that_nobody_can_give_is_not_given(served: tuple[str, str]) -> None:
    url, token = served
    ran = agui("chat", url, "--token", token, "-m", "Send an email to the team")
    assert (ran.returncode, "run agui chat in a terminal to give it" in ran.stderr) == (1, True)
    assert "nothing is really sent" in ran.stdout


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
        ((), 2, "Serve a scripted agent, without any model."),
        (("threads", "--store", "missing.sqlite"), 2, "There is no store missing.sqlite"),
    ],
)
def test_a_wrong_call_gets_a_sentence_a_code_and_no_traceback(
    words: tuple[str, ...],
    code: int,
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    try:
        ended = main(words)
    except SystemExit as left:  # what argparse refuses
        ended = int(left.code or 0)
    told = capsys.readouterr()
    assert (ended, told.out) == (code, "")
    assert sentence in told.err
    assert "secret-value" not in told.err


@pytest.mark.parametrize(
    ("closed", "code"),
    [("<&-", 2), ("</dev/null", 2), (">&-", 1), ("2>&-", 1), ("<&- >&- 2>&-", 2)],
)
def test_with_a_stream_closed_there_is_a_code_and_no_traceback(closed: str, code: int) -> None:
    asked = "" if "<" in closed else " -m hi"
    command = f"{shlex.join(AGUI)} chat http://127.0.0.1:1/{asked} {closed}"
    ran = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout, "Traceback" in ran.stderr) == (code, "", False)
    if closed in ("<&-", "</dev/null"):
        assert TERMINAL in ran.stderr


def test_ctrl_c_stops_the_run_and_the_conversation_goes_on() -> None:
    with serve_frames([*begun("Once upon"), HANG], answer("Four.", mid="n")) as server:
        typed = {"> ": "A story\r", "Once upon": "\x03", "stopped": "2 + 2? \\\r", "…": "Please\r"}
        shown, code = in_terminal([*AGUI, "chat", server.url], {**typed, "Four.": ":q\r"})
        assert (code, server.gone.wait(20)) == (0, True)
        assert "Traceback" not in shown
        assert server.requests[1].body["messages"][-1]["content"] == "2 + 2? \nPlease"


def test_a_server_that_dies_in_mid_run_is_told_and_the_conversation_goes_on() -> None:
    with serve_frames([*begun("Once upon"), CUT], answer("Four.", mid="n")) as server:
        typed = [("> ", "A story\r"), ("was lost", "2 + 2?\r"), ("Four.", ""), ("> ", "\x04")]
        shown, code = in_terminal([*AGUI, "chat", server.url], typed)
    assert (code, "Traceback" in shown, "what had arrived is kept" in shown) == (0, False, True)


def test_a_question_that_was_left_is_put_again_before_anything_else(
    served: tuple[str, str],
) -> None:
    typed = [("> ", "Send an email to the team\r"), ("y = yes", "\x03"), ("> ", "What is 1 + 1?\r")]
    end = [("y = yes", "\x04"), ("> ", "What is 1 + 1?\r"), ("y = yes", "n\r"), ("equals", ":q\r")]
    url, token = served
    shown, code = in_terminal([*AGUI, "chat", url, "--token", token], [*typed, *end])
    assert (code, shown.count("Send this email to the team?")) == (0, 3)
    assert shown.index("I have not sent it") < shown.index("1 + 1 equals 2")


@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_where_no_colours_are_wanted_there_are_none_and_all_is_shown(
    setting: dict[str, str],
) -> None:
    with serve_frames(answer("Four.", mid="n")) as server:
        shown, code = in_terminal([*AGUI, "chat", server.url, "-m", "2 + 2?"], {}, setting)
    assert (code, shown) == (0, "Four.\r\n")


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
    shown = terminal.Terminal(out)
    told = "a\033]52;c;aGk=\007b\x9b31mc\u202ed\n"
    shown.event({"type": "TEXT_MESSAGE_CONTENT", "delta": told})
    shown.event({"type": "TOOL_CALL_START", "toolCallName": "x\033[2J"})
    assert out.getvalue() == "a␛]52;c;aGk=␇b⟨9B⟩31mc⟨202E⟩d\n"


def test_what_markdown_writes_in_other_ways_is_no_order_either() -> None:
    out = io.StringIO()
    answer = rich_text.MarkdownText(out)
    answer.append("a &#x202e;gnp.exe &#155;2J &#13;b `&#x202e;`\n\n```\n&#x202e;\n```\n")
    answer.close()
    assert not re.search("[\u202e\x9b]", out.getvalue())
    assert "⟨202E⟩gnp.exe" in out.getvalue()


def test_what_was_typed_before_a_question_stood_there_is_no_yes(served: tuple[str, str]) -> None:
    url, token = served
    pasted = ("> ", "Send an email to the team\ry\ry\r")  # as an agent may advise to
    typed = [pasted, ("y = yes", "n\r"), ("have not sent", ":q\r")]
    shown, code = in_terminal([*AGUI, "chat", url, "--token", token], typed)
    assert (code, shown.count("y = yes")) == (0, 1)


@pytest.mark.parametrize("shell", sorted(completion.SHELLS))
def test_completion_scripts_name_every_word_and_its_options(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for word, options in completion.options_of(make_parser()).items():
        assert word in script
        assert [
            option for option in options if option[:2] == "--" and option[2:] not in script
        ] == []


def in_terminal(
    command: list[str],
    typed: dict[str, str] | list[tuple[str, str]],
    setting: dict[str, str] | None = None,
) -> tuple[str, int]:
    """All that a command shows in a terminal, and its code; ``typed``: what, after which words."""
    with warnings.catch_warnings():  # of threads: the child becomes another program at once
        warnings.simplefilter("ignore", DeprecationWarning)
        child, end = pty.fork()
    if child == 0:
        about = {"TERM": "xterm", "COLUMNS": "200", "NO_COLOR": "", **(setting or {})}
        os.execvpe(command[0], command, {**os.environ, **about})
    shown, seen, last = "", 0, ""
    waiting = list(typed.items() if isinstance(typed, dict) else typed)
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    while piece := read_terminal(end, last):
        shown += decode(piece)
        while waiting and (found := shown.find(waiting[0][0], seen)) >= 0:
            words, answer = waiting.pop(0)
            seen = found + len(words)
            os.write(end, answer.encode())
            last = answer
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert waiting == [], shown
    return shown, code


def read_terminal(end: int, typed: str) -> bytes:
    """What a terminal shows next; nothing once it has closed.

    A Ctrl-C between a prompt and Python's waiting for it is only noticed with what comes next, so
    that it is typed again where nothing happens.
    """
    try:
        while typed == "\x03" and not select.select([end], [], [], 1)[0]:
            os.write(end, typed.encode())
        return os.read(end, 4096)
    except OSError:
        return b""


@pytest.fixture
def talked(tmp_path: Path) -> Iterator[Callable[..., int]]:
    """``agui threads`` over a store with one conversation."""
    store = Store(tmp_path / "threads.sqlite")
    with serve_frames(answer("Good morning", mid="m")) as server:
        session = connect(server.url)
        writer = Writer(store)
        kept = writer.follow(session.thread, "demo", server.url)
        session.ask("Hello there")
        writer.leave(kept)
    yield lambda *words: main(["threads", "--store", str(store.path), *words])
    store.close()


def test_kept_conversations_are_listed_searched_and_shown(
    talked: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert talked() == 0
    listed = capsys.readouterr().out
    assert "messages  demo  Hello there" in listed
    assert (talked("list"), capsys.readouterr().out) == (0, listed)
    assert (talked("search", "HELLO"), capsys.readouterr().out) == (0, listed)
    assert (talked("search", "soup"), capsys.readouterr().out) == (1, "")
    assert talked("show", listed.split()[0]) == 0
    assert capsys.readouterr().out == "You: Hello there\n\nAgent: Good morning\n"
    assert talked("show", "soup") == 2
    assert "There is no thread 'soup'" in capsys.readouterr().err


def test_kept_conversations_are_written_and_forgotten(
    talked: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("talk.md", "talk.html", "talk.jsonl", "test_talk.py"):
        assert talked("export", "last", name) == 0
        assert f"Wrote {name}" in capsys.readouterr().out
    assert main(["inspect", "talk.jsonl"]) == 0
    assert capsys.readouterr().out == "You: Hello there\n\nAgent: Good morning\n"
    assert "recorded_agent.check()" in Path("test_talk.py").read_text()
    assert talked("export", "last", "talk.doc") == 2
    assert talked("forget") == 2
    assert (talked("forget", "last"), capsys.readouterr().out) == (0, "1 thread forgotten.\n")
    assert (talked(), capsys.readouterr().err) == (0, "No conversation is kept yet.\n")


# -- agui evaluate ------------------------------------------------------------------------------

AGENT = """
from agui_notebook import checks

def loud(text):
    return text.upper()

def short(result):
    return len(result.text) < 20

at_once = checks.max_seconds(60)
"""
CASES = [{"prompt": "hello", "contains": "HELLO"}, {"prompt": "bye", "reference": "BYE"}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(AGENT)
    (tmp_path / "cases.jsonl").write_text("".join(json.dumps(each) + "\n" for each in CASES))
    return tmp_path


def evaluate(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "agui_notebook", "evaluate", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def test_all_pass_and_everything_is_written(folder: Path) -> None:
    names = ("--check", "mine:short", "--check", "mine:at_once", "--check", "outcome")
    files = ("--html", "out.html", "--junit", "out.xml", "--to", "results.jsonl")
    ran = evaluate(folder, "mine:loud", "cases.jsonl", *names, *files, "--repeats", "2")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == [
        "4 of 4 pass (100%, 95 % sure that it is 51% to 100%).",
        "The report is in out.html.",
    ]
    assert ElementTree.parse(folder / "out.xml").getroot().attrib["tests"] == "4"
    assert "<!doctype html>" in (folder / "out.html").read_text()
    again = evaluate(folder, "mine:loud", "cases.jsonl", *names, "--to", "results.jsonl")
    assert again.returncode == 0


def test_a_failure_is_told_with_its_reason_and_ends_with_1(folder: Path) -> None:
    ran = evaluate(folder, "mine:loud", "cases.jsonl", "--check", "contains=HELL")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout.splitlines() == [
        "fail  bye: contains('HELL'): 'HELL' is not in 'BYE'.",
        "1 of 2 pass (50%, 95 % sure that it is 9% to 91%).",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("mine:loud", "missing.jsonl"), "missing.jsonl cannot be read as cases"),
        (("mine:loud", "cases.jsonl", "--check", "contain=x"), "is no check"),
        (("mine:loud", "cases.jsonl", "--check", "matches=("), "is no regular expression"),
        (("mine:quiet", "cases.jsonl"), "mine has no 'quiet'"),
        (("nothing_here:agent", "cases.jsonl"), "There is no module 'nothing_here'"),
        (("mine:loud", "cases.jsonl", "--repeats", "0"), "repeats is a number from 1"),
        (("mine:loud", "cases.jsonl", "--token", "abc"), "sent to a URL"),
        (("nowhere", "cases.jsonl"), "names no agent"),
    ],
)
def test_a_wrong_call_gets_a_sentence_the_code_2_and_no_traceback(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    sentence: str,
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    sys.modules.pop("mine", None)
    assert main(["evaluate", *words]) == 2
    assert sentence in capsys.readouterr().err


def test_an_agent_at_a_url_gets_its_token_and_no_escape_reaches_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve_frames(answer("\x1b]52;c;x\x07red")) as server:
        code = main(["evaluate", server.url, "Hello", "--token", "abc", "--check", "contains=x!"])
        assert server.requests[0].headers["authorization"] == "Bearer abc"
    told = capsys.readouterr().out
    assert (code, "\x1b" in told, "red" in told) == (1, False, True)


def test_check_ends_with_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serve_frames(lambda request: answer("yes") if request.body else []) as server:
        assert main(["check", server.url]) == 0
        (session := connect(server.url)).ask("Hello")
        record(session, talk := tmp_path / "talk.jsonl")
    assert "4 of 4 runs keep the protocol" in capsys.readouterr().out
    assert main(["check", str(talk)]) == 0
    assert main(["check", server.url]) == 2
    assert main(["check", "nothing"]) == 2
    begins = [{"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "hi"}]
    with serve_frames(begins) as server:
        assert main(["check", server.url, "--junit", str(tmp_path / "out.xml")]) == 1
    suite = ElementTree.parse(tmp_path / "out.xml").getroot()
    assert suite.attrib == {"tests": "4", "failures": "4", "errors": "0"}
    assert "Traceback" not in capsys.readouterr().err
