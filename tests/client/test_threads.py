"""Conversations that last: written while they go on, built again whole, several kernels at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.servers import FINISHED, STARTED, answer, asked, called, said, serve_frames

from agui_notebook import AGUIError, InvalidInput, Session, connect
from agui_notebook.client.threads.folding import RESTARTED, fold
from agui_notebook.client.threads.log import bare_url
from agui_notebook.client.threads.place import store_at
from agui_notebook.client.threads.store import Store
from agui_notebook.client.threads.writer import Kept, Writer

QUESTION = {"id": "i1", "reason": "approval", "message": "Sure?"}
SECRET = {
    "id": "i1",
    "reason": "input",
    "responseSchema": {
        "type": "object",
        "properties": {"pin": {"type": "string", "format": "password"}},
    },
}
TALK = [
    STARTED,
    {"type": "STATE_SNAPSHOT", "snapshot": {"n": 1}},
    *said("Hel", "lo", " you"),
    FINISHED,
]


def add(a: int, b: int) -> int:
    """Add."""
    return a + b


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "data" / "threads.sqlite")
    yield made
    made.close()


def keep(store: Store, session: Session, agent: str = "demo") -> tuple[Writer, Kept]:
    writer = Writer(store)
    return writer, writer.follow(session.thread, agent, session.url)


def whole(session: Session) -> Any:
    """Everything of a conversation that must come back."""
    records = list(session.events)
    return session.thread.copy("threadId"), dict(session.document), records


def reopened(store: Store, word: str = "last") -> Session:
    past, fault = fold(store.lines(store.find(word).key))
    assert fault is None
    session = connect("http://127.0.0.1:9/")
    session.thread.restore(past)
    return session


def test_a_conversation_comes_back_whole(store: Store) -> None:
    calls = [STARTED, *called("add", '{"a": 1, "b": 2}'), FINISHED]
    asks = [STARTED, *said("Sure?", mid="q"), asked(QUESTION)]
    with serve_frames(TALK, calls, answer("three", mid="e"), asks) as server:
        session = connect(server.url, tools=[add], system="be brief", state={"n": 0})
        writer, kept = keep(store, session)
        session.ask("hello")
        session.ask("1+2?")
        session.set_state({"n": 5})
        session.ask("delete it")
        writer.leave(kept)
    again = reopened(store)
    assert whole(again) == whole(session)
    assert [question.id for question in again.interrupts] == ["i1"]
    assert list(again.document["outputs"].values()) == [{"text/plain": "3"}]


def test_the_next_turn_of_a_reopened_thread_sends_all_of_it(store: Store) -> None:
    with serve_frames(TALK) as server:
        session = connect(server.url)
        writer, kept = keep(store, session)
        session.ask("hello")
        writer.leave(kept)
    with serve_frames(answer("again", mid="m9")) as server:
        again = connect(server.url)
        again.thread.restore(fold(store.lines(store.find("last").key))[0])
        again.ask("and now?")
    (request,) = server.requests
    assert request.body["threadId"] == session.thread_id
    assert [m["content"] for m in request.body["messages"]] == ["hello", "Hello you", "and now?"]
    assert request.body["state"] == {"n": 1}


def test_what_goes_on_is_written_behind_what_was_there(store: Store) -> None:
    with serve_frames(answer("one", mid="1"), answer("two", mid="2")) as server:
        session = connect(server.url)
        writer, kept = keep(store, session)
        session.ask("first")
        writer.leave(kept)
        found = store.find("last")
        again = connect(server.url)
        past, _ = fold(store.lines(found.key))
        writer, kept = keep(store, again)
        writer.adopt(kept, past, found.key, len(store.texts(found.key)))
        again.thread.restore(past)
        again.ask("second")
        writer.leave(kept)
    assert [each.key for each in store.threads()] == [found.key]
    assert [m["content"] for m in reopened(store).messages] == ["first", "one", "second", "two"]
    assert store.threads("second")[0].messages == 4


def test_branches_come_back_and_can_be_gone_on_with(store: Store) -> None:
    answers = [answer(word, mid=word) for word in ("one", "two", "three", "four", "five")]
    with serve_frames(*answers) as server:
        session = connect(server.url)
        writer, kept = keep(store, session)
        session.ask("a")
        session.ask("b")
        first = session.messages
        session.ask_edit(session.messages[2]["id"], "B")
        session.ask_retry()
        session.thread.show_branch(0)
        assert session.messages == first
        writer.leave(kept)
        again = reopened(store)
        assert whole(again) == whole(session)
        (turn,) = again.thread.branches.turns()
        assert turn == (2, 0, [0, 1, 2])
        again.thread.show_branch(turn.branches[2])
        assert [m["content"] for m in again.messages] == ["a", "one", "B", "four"]


def test_a_password_and_a_token_leave_no_trace(store: Store) -> None:
    asks = [STARTED, asked(SECRET)]
    with serve_frames(asks, answer("thanks", mid="t")) as server:
        url = server.url.replace("http://", "http://user:s3cret@") + "?key=s3cret"
        session = connect(server.url, headers={"x-key": "s3cret"}, token="s3cret")
        writer = Writer(store)
        kept = writer.follow(session.thread, "demo", url)
        session.ask("hello")
        session.ask_resume({"i1": {"pin": "s3cret"}})
        writer.leave(kept)
    assert "s3cret" not in "".join(stored(store))
    store.close()
    assert all(b"s3cret" not in path.read_bytes() for path in store.path.parent.iterdir())
    assert bare_url(url) == server.url


def test_a_list_shows_title_time_and_count_and_a_search_goes_over_all(store: Store) -> None:
    with serve_frames(*(answer(word, mid=word) for word in ("ham", "spam", "eggs"))) as server:
        for question in ("Lunch on\nFriday", "Dinner", "x" * 100):
            session = connect(server.url)
            writer, kept = keep(store, session)
            session.ask(question)
            writer.leave(kept)
    assert [(t.title, t.messages) for t in store.threads()] == [
        ("x" * 59 + "…", 2), ("Dinner", 2), ("Lunch on Friday", 2),
    ]  # fmt: skip
    assert [t.title for t in store.threads("SPAM")] == ["Dinner"]
    assert [t.title for t in store.threads("friday")] == ["Lunch on Friday"]
    lunch = store.find("lunch on friday")
    store.rename(lunch.key, "Feast")
    store.pin(lunch.key)
    assert store.threads()[0].title == "Feast"
    assert store.threads()[0].pinned is True
    store.delete(lunch.key)
    assert [t.title for t in store.threads("Feast")] == []
    store.undelete(lunch.key)
    assert store.find(lunch.key[:6]).title == "Feast"
    assert store.forget([lunch.key]) == 1
    with pytest.raises(InvalidInput, match="no thread 'Feast'"):
        store.find("Feast")


def test_a_title_of_the_users_own_stays(store: Store) -> None:
    with serve_frames(answer("one", mid="1"), answer("two", mid="2")) as server:
        session = connect(server.url)
        writer, kept = keep(store, session)
        session.ask("first")
        writer.flush()
        store.rename(store.find("last").key, "Mine")
        session.ask("second")
        writer.leave(kept)
    assert store.find("last").title == "Mine"


def test_new_threads_are_kept_apart(store: Store) -> None:
    with serve_frames(answer("one", mid="1"), answer("two", mid="2")) as server:
        session = connect(server.url)
        writer, kept = keep(store, session)
        session.ask("first")
        before = session.thread.past
        session.new_thread()
        session.ask("second")
        session.thread.restore(before)
        writer.leave(kept)
    assert sorted((t.title, t.messages) for t in store.threads()) == [("first", 2), ("second", 2)]


def test_an_empty_chat_is_not_kept(store: Store) -> None:
    writer, kept = keep(store, connect("http://127.0.0.1:9/", system="be brief"))
    writer.leave(kept)
    assert store.threads() == []


def test_the_oldest_goes_first_and_what_is_pinned_stays(store: Store) -> None:
    with serve_frames(*(answer(word, mid=word) for word in "abcd")) as server:
        for question in "abcd":
            session = connect(server.url)
            writer, kept = keep(store, session)
            session.ask(question)
            writer.leave(kept)
            until(lambda: time.time_ns() // 1_000_000 > store.threads()[0].changed)
    store.pin(store.find("a").key)
    assert store.shrink(most_threads=2) == 2
    assert sorted(t.title for t in store.threads()) == ["a", "d"]
    assert store.shrink(most_bytes=10) == 1
    assert [t.title for t in store.threads()] == ["a"]


def test_two_kernels_that_go_on_with_one_thread_lose_nothing(store: Store) -> None:
    with serve_frames(*(answer(word, mid=word) for word in ("one", "two", "three"))) as server:
        session = connect(server.url)
        writer, kept = keep(store, session)
        session.ask("first")
        writer.flush()
        other = Store(store.path)
        past, _ = fold(other.lines(other.find("last").key))
        again = connect(server.url)
        second, kept_there = keep(other, again)
        second.adopt(kept_there, past, other.find("last").key, 1)
        again.thread.restore(past)
        session.ask("here")
        again.ask("there")
        writer.leave(kept)
        second.leave(kept_there)
        other.close()
    told = [[m["content"] for m in reopened(store, t.key).messages] for t in store.threads()]
    assert sorted(told) == [
        ["first", "one", "here", "two"], ["first", "one", "there", "three"],
    ]  # fmt: skip


SCRIPT = """
import sys, time
from support.servers import STARTED, FINISHED, HANG, said, answer, serve_frames
from agui_notebook import connect
from agui_notebook.client.threads.store import Store
from agui_notebook.client.threads.writer import Writer

writer = Writer(Store(sys.argv[1]))
def chats(count, *answers):
    with serve_frames(*answers) as server:
        for number in range(count):
            session = connect(server.url)
            kept = writer.follow(session.thread, "demo", session.url)
            yield session
            writer.leave(kept)
"""


def script(text: str, path: Path) -> subprocess.Popen[str]:
    """A kernel of its own, as far as the store can tell."""
    tests = Path(__file__).resolve().parent.parent
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT + textwrap.dedent(text), str(path)],
        env={**os.environ, "PYTHONPATH": f"{tests}{os.pathsep}{tests.parent}"},
        stdout=subprocess.PIPE,
        text=True,
    )


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another process does. Raises AssertionError after ten seconds."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def stored(store: Store) -> list[str]:
    """All that the store holds, as it was written."""
    return [text for thread in store.threads() for text in store.texts(thread.key)]


def test_several_processes_write_at_once(store: Store) -> None:
    text = """
    for number, session in enumerate(chats(10, answer("a", mid="1"), answer("b", mid="2"))):
        session.ask(f"{number}", check=False)
        writer.flush()
    """
    running = [script(text, store.path) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    for process in running:
        assert process.stdout
        process.stdout.close()
    assert len(store.threads()) == 30
    assert {len(list(store.lines(t.key))) > 3 for t in store.threads()} == {True}


def test_a_process_that_is_killed_loses_at_most_a_second(store: Store) -> None:
    text = """
    for session in chats(1, [STARTED, *said("so far ", "so good")[:-1], HANG]):
        session.start("hello")
        while not any(m["role"] == "assistant" for m in session.messages): time.sleep(0.01)
        print("streaming", flush=True)
        time.sleep(60)
    """
    process = script(text, store.path)
    assert process.stdout
    assert process.stdout.readline() == "streaming\n"
    until(lambda: any("so far so good" in text for text in stored(store)))
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    again = reopened(store)
    assert [m["content"] for m in again.messages] == ["hello", "so far so good"]
    assert [(run["status"], run["error"]["message"]) for run in again.runs] == [
        ("incomplete", RESTARTED)
    ]


def test_nobody_else_may_read_the_file(store: Store) -> None:
    store.check()
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def damage(path: Path) -> None:
    path.write_bytes(b"this is no database, but somebody's letters" * 100)


def be_foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE recipe (name TEXT)")


def be_newer(path: Path) -> None:
    made = Store(path)
    made.check()
    made.close()
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(damage, "damaged"), (be_foreign, "another program's"), (be_newer, "newer agui_notebook")],
)
def test_a_file_that_is_not_ours_to_write_stays_as_it_is(
    tmp_path: Path, spoil: Any, words: str
) -> None:
    path = tmp_path / "threads.sqlite"
    spoil(path)
    before = path.read_bytes()
    told: list[str] = []
    with serve_frames(answer("fine")) as server:
        session = connect(server.url)
        writer = Writer(Store(path), told.append)
        kept = writer.follow(session.thread, "demo")
        assert session.ask("hello").text == "fine"
        writer.leave(kept)
    assert path.read_bytes() == before
    (sentence,) = told
    assert words in sentence
    with pytest.raises(AGUIError, match=words):
        Store(path).threads()


def test_a_home_that_cannot_be_written_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where a folder should be")
    told: list[str] = []
    with serve_frames(answer("fine", mid="1"), answer("too", mid="2")) as server:
        session = connect(server.url)
        writer = Writer(Store(tmp_path / "home" / "threads.sqlite"), told.append)
        kept = writer.follow(session.thread, "demo")
        session.ask("hello")
        assert session.ask("again").text == "too"
        writer.leave(kept)
    (sentence,) = told
    assert sentence.startswith("Conversations are not kept: ")
    assert "AGUI_STORE" in sentence


def test_a_full_disk_leaves_what_was_there(store: Store) -> None:
    told: list[str] = []
    with serve_frames(answer("one", mid="1"), answer("two " * 50_000, mid="2")) as server:
        session = connect(server.url)
        writer = Writer(store, told.append)
        kept = writer.follow(session.thread, "demo")
        session.ask("first")
        writer.flush()
        store._held.execute("PRAGMA max_page_count = 1")  # type: ignore[union-attr]
        session.ask(os.urandom(100_000).hex())
        writer.leave(kept)
    assert "free some space" in told[0]
    assert [m["content"] for m in reopened(store).messages] == ["first", "one"]


def test_a_damaged_batch_is_read_up_to(store: Store) -> None:
    with serve_frames(*(answer(word, mid=word) for word in ("one", "two", "three"))) as server:
        session = connect(server.url)
        writer, kept = keep(store, session)
        for question in "abc":
            session.ask(question)
            writer.flush()
        writer.leave(kept)
    (key,) = [t.key for t in store.threads()]
    with closing(sqlite3.connect(store.path)) as base, base:
        last = base.execute("SELECT max(number) FROM batch").fetchone()[0]
        base.execute("UPDATE batch SET lines = x'00' WHERE number = ?", (last,))
    assert [m["content"] for m in reopened(store, key).messages][:4] == ["a", "one", "b", "two"]


def test_where_it_lies_is_for_the_user_to_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("AGUI_STORE", raising=False)
    usual = store_at()
    assert usual is not None
    assert usual.path == tmp_path / "data" / "agui_notebook" / "threads.sqlite"
    monkeypatch.setenv("AGUI_STORE", "off")
    assert store_at() is None
    monkeypatch.setenv("AGUI_STORE", str(tmp_path / "mine.sqlite"))
    mine = store_at()
    assert mine is not None
    assert mine.path == tmp_path / "mine.sqlite"
    assert store_at(False) is None
    assert store_at(mine) is mine
