"""A store that cannot be used: one sentence in the chat, which goes on; what was there stays.

What the page makes of the sentence is tests/browser/test_threads.py's business.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import comm
import pytest
from IPython.core.interactiveshell import InteractiveShell
from support.scripted import Browser, says, session

import agui_notebook as agui
from agui_notebook.client import Store

connect = sqlite3.connect


def be_damaged(path: Path) -> None:
    path.write_bytes(b"somebody's letters " * 400)


def be_foreign(path: Path) -> None:
    with closing(connect(path)) as base:
        base.execute("CREATE TABLE recipe (name TEXT)")


def be_newer(path: Path) -> None:
    made = Store(path)
    made.check()
    made.close()
    with closing(connect(path)) as base:
        base.execute("PRAGMA user_version = 99")


def be_a_folder(path: Path) -> None:
    path.mkdir()


def be_in_a_file(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("a file where a folder should be")


SPOILT: dict[str, tuple[Callable[[Path], None], str]] = {
    "damaged": (be_damaged, "is damaged"),
    "foreign": (be_foreign, "another program's"),
    "newer": (be_newer, "newer agui_notebook: update it"),
    "a folder": (be_a_folder, "cannot be made (Is a directory); name another file"),
    "a home that cannot be written": (be_in_a_file, "name another file in AGUI_STORE"),
}


class Refusing(sqlite3.Connection):
    """Says what SQLite says where something is wrong with the disk, while ``says`` is set."""

    says = ""

    def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
        if self.says and sql.startswith(("INSERT", "BEGIN", "\nINSERT")):
            raise sqlite3.OperationalError(self.says)
        return super().execute(sql, *given)


REFUSED = {
    "a full disk": ("database or disk is full", "free some space"),
    "a network folder without locks": ("database is locked", "name a file on a local disk"),
    "a disk that fails": ("disk I/O error", "free some space; on a network folder"),
    "a file that may only be read": ("attempt to write a readonly database", "name another file"),
}


Begin = Callable[[Path], Any]


@pytest.fixture
def begin(ipython: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Makes a chat that keeps its conversations in a file."""
    Browser.opened = []
    monkeypatch.setattr(comm, "create_comm", Browser)
    made: list[agui.ChatWidget] = []

    def begin(path: Path) -> agui.ChatWidget:
        agent = session(lambda request: says("fine"), "demo")
        made.append(agui.chat(agent, store=str(path)))
        return made[-1]

    yield begin
    for chat in made:
        chat.close()


def told(chat: Any) -> str:
    """What stands in the chat of its store, once it does."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if problem := chat.chat.threads.view().get("problem"):
            return str(problem)
        time.sleep(0.02)
    raise AssertionError("nothing is said")


@pytest.mark.parametrize("case", SPOILT)
def test_a_file_that_cannot_be_used_is_told_in_the_chat(
    begin: Begin, tmp_path: Path, case: str
) -> None:
    path = tmp_path / "data" / "threads.sqlite"
    path.parent.mkdir()
    spoil, words = SPOILT[case]
    spoil(path)
    before = path.read_bytes() if path.is_file() else b""
    chat = begin(path)
    assert chat.ask("hello").text == "fine"
    assert words in told(chat)
    assert chat.ask("and again").text == "fine"
    assert (path.read_bytes() if path.is_file() else b"") == before


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_disk_refuses_is_told_in_the_chat_and_made_up_for_later(
    begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    refusal, words = REFUSED[case]
    path = tmp_path / "threads.sqlite"
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **o: connect(*a, **o, factory=Refusing))
    chat = begin(path)
    chat.ask("first")
    chat.chat.threads.flush()
    monkeypatch.setattr(Refusing, "says", refusal)
    assert chat.ask("second").text == "fine"
    assert words in told(chat)
    assert refusal in told(chat)
    monkeypatch.setattr(Refusing, "says", "")
    assert chat.ask("third").text == "fine"
    chat.chat.threads.flush()
    assert "problem" not in chat.chat.threads.view()
    chat.close()
    kept = Store(path)
    assert [thread.messages for thread in kept.threads()] == [6]
    kept.close()
