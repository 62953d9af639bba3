"""What leaves is safe where it arrives, and holds no secret the session knows."""

from __future__ import annotations

import ast
import doctest
import json
import traceback
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.servers import Reply, said, serve_frames

import agui_notebook
from agui_notebook import (
    AGUIError,
    HTTPStatusError,
    InvalidInput,
    ProtocolError,
    RunFailed,
    connect,
    errors,
    record,
    replay,
)
from agui_notebook.markup import Secrets, address, outlets, terminal
from agui_notebook.markup.outlets import docstring_line, line

CLIPBOARD = "\x1b]52;c;cm0gLXJmIH4=\x07"
LINK = "\x1b]8;;https://evil.example\x1b\\https://good.example\x1b]8;;\x1b\\"
ATTACKS = (CLIPBOARD, LINK, "\x1b[2J", "\x9b31m", "\x90q\x9c", "a\rb", "\u202etxt.exe", "\ud800")
TOKEN = "tk-4f9a<&>\"1'b7c"  # what JSON, HTML and URLs each write otherwise


CONTROLS = {chr(code) for code in [*range(9), *range(11, 32), *range(0x7F, 0xA0)]}
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_inert(text: str) -> bool:
    return not (CONTROLS | TURNING) & {*text}


def test_the_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(outlets).failed == 0


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("door", [terminal, line, outlets.html, docstring_line])
def test_no_control_does_its_work_behind_any_door(attack: str, door: Callable[..., str]) -> None:
    shown = door(f"before {attack} after")
    assert is_inert(shown)
    assert shown.startswith("before ")
    shown.encode()  # no half of a pair is left


@given(st.text())
def test_any_text_is_inert_behind_the_terminals_door(text: str) -> None:
    shown = terminal(text)
    assert is_inert(shown)
    assert terminal(shown) == shown


def test_ordinary_text_passes_as_it_is() -> None:
    for text in ("", "plain", "two\nlines\tand é 漢字 👩‍🔬 שלום", "a – “b”"):
        assert terminal(text) == text
    assert terminal("windows\r\nlines") == "windows\nlines"


@given(st.text())
def test_no_text_ends_a_docstring(text: str) -> None:
    module = ast.parse(f'"""Agent {docstring_line(text)!s}.\n"""\nx = 1\n')
    assert [type(node) for node in module.body] == [ast.Expr, ast.Assign]


def test_errors_of_ours_leave_by_the_door() -> None:
    kinds = [each for each in vars(errors).values() if isinstance(each, type)]
    for kind in kinds:
        if issubclass(kind, AGUIError):
            assert is_inert(str(kind(f"it said {CLIPBOARD}")))


def test_a_url_shows_neither_userinfo_nor_what_its_query_says() -> None:
    shown = address("https://ann:pw123456@example.org:8000/a/b?api_key=k-123456&x&y=2#z")
    assert shown == "https://***@example.org:8000/a/b?api_key=***&x&y=***#z"
    assert address("http://127.0.0.1:8888/agent") == "http://127.0.0.1:8888/agent"
    assert "pw" not in address("http://ann:pw@[half/?q=pw")


@pytest.mark.parametrize(
    "written",
    [TOKEN, json.dumps(TOKEN), escape(TOKEN), escape(TOKEN, quote=False), quote(TOKEN, safe="")],
)
def test_a_secret_is_hidden_however_it_is_written(written: str) -> None:
    secrets = Secrets([f"Bearer {TOKEN}"])
    masked = secrets.mask(f"a {written} b")
    assert "***" in masked
    assert "4f9a" not in masked
    assert "4f9a" not in repr(secrets)


def test_short_values_are_no_secrets() -> None:
    assert Secrets(["t", "", "abc"]).mask("a table of abc") == "a table of abc"


def test_masking_takes_time_in_proportion_to_the_text() -> None:
    import time

    secrets = Secrets([TOKEN, "a" * 40 + "b"])
    times = []
    for text in ("lorem ipsum " * 100_000, "a" * 1_200_000):
        since = time.thread_time()
        secrets.mask(text)
        times.append(time.thread_time() - since)
    assert times[1] < 60 * times[0] + 0.05


ECHO = "https://ann:pa55word@%s/?api_key=k-123456789"


@pytest.fixture
def echoing() -> Reply:
    told = {"detail": f"Bearer {TOKEN} and k-123456789 and pa55word are wrong {CLIPBOARD}"}
    return Reply([json.dumps(told).encode()], 401, {"content-type": "application/json"})


def test_what_a_server_echoes_of_our_credentials_stands_in_no_error(echoing: Reply) -> None:
    with serve_frames(echoing) as server:
        url = server.url.replace("//", "//ann:pa55word@") + "?api_key=k-123456789"
        session = connect(url, token=TOKEN, headers={"X-Api-Key": "k-other-secret"})
        with pytest.raises(HTTPStatusError) as caught:
            session.ask("hi")
    error = caught.value
    told = "".join(traceback.format_exception(error)) + error.body + error.url + repr(error)
    told += repr(session) + session.url + session.name + repr(session.options)
    told += json.dumps(session.runs) + repr(error.result)
    for secret in ("4f9a", "k-123456789", "pa55word", "k-other-secret", "\x1b"):
        assert secret not in told
    assert "It said: *** and *** and *** are wrong" in str(error)


def test_headers_that_a_function_made_are_known_as_secrets_too(echoing: Reply) -> None:
    with serve_frames(echoing) as server:
        session = connect(server.url, headers=lambda: {"Authorization": f"Bearer {TOKEN}"})
        with pytest.raises(HTTPStatusError) as caught:
            session.ask("hi")
        assert "4f9a" not in str(caught.value)
        basic = connect(server.url, auth=httpx.BasicAuth("ann", "k-123456789"))
        with pytest.raises(HTTPStatusError):
            basic.ask("hi")
        assert "***" in basic.secrets.mask("Basic YW5uOmstMTIzNDU2Nzg5")


def test_an_agent_that_echoes_our_token_in_its_error_does_not_get_it_shown() -> None:
    events = [
        {"type": "RUN_STARTED"},
        {"type": "RUN_ERROR", "message": f"bad token {TOKEN}"},
    ]
    with serve_frames(events) as server, pytest.raises(RunFailed, match=r"bad token \*\*\*"):
        connect(server.url, token=TOKEN).ask("hi")


def test_a_url_that_cannot_be_used_is_told_without_its_password() -> None:
    with pytest.raises(InvalidInput) as caught:
        connect("ftp://ann:pa55word@example.org/")
    assert "pa55word" not in str(caught.value)


def test_hostile_frames_are_shown_as_what_they_are() -> None:
    with (
        serve_frames([f"data: {{{LINK}\n\n".encode()]) as server,
        pytest.raises(ProtocolError) as caught,
    ):
        connect(server.url).ask("hi")
    assert is_inert(str(caught.value))


def bare_prints(text: str) -> list[int]:
    """Lines that print without a door."""
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return [
        call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"
    ]


def test_everything_printed_goes_through_the_door() -> None:
    package = Path(agui_notebook.__file__).parent
    found = {
        path.relative_to(package).as_posix(): lines
        for path in package.rglob("*.py")
        if (lines := bare_prints(path.read_text("utf-8")))
    }
    # a command's own words go straight to its terminal; what an agent says goes by the door there
    found = {name: lines for name, lines in found.items() if not name.startswith("cli/")}
    assert found.keys() == {"jupyter/kernel.py"}
    assert len(found["jupyter/kernel.py"]) == 1
    assert bare_prints("x = 1\nprint(x)") == [2]


def test_a_recording_and_a_transcript_hold_no_secret_of_the_session(tmp_path: Path) -> None:
    events = [{"type": "RUN_STARTED"}, *said(f"your token is {TOKEN}"), {"type": "RUN_FINISHED"}]
    with serve_frames(events) as server:
        session = connect(server.url, token=TOKEN)
        result = session.ask(f"is it {TOKEN}?")
    assert "4f9a" in result.text  # the user may see it
    for source in (session, result):
        written = record(source, tmp_path / "run.jsonl").read_text()
        assert "4f9a" not in written
        assert replay(tmp_path / "run.jsonl").ask("again").text == "your token is ***"
    assert "4f9a" not in json.dumps(session.secrets.mask_value(session.document))
    plain = {"a": ["b"]}
    assert session.secrets.mask_value(plain) is plain
    assert Secrets().mask_value(plain) is plain
