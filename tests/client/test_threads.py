"""Conversations that last: written while they go on, built again whole, several kernels at once."""

from __future__ import annotations

import gc
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.servers import FINISHED, STARTED, answer, asked, called, said, serve_frames

from agui_notebook import AGUIError, InvalidInput, Session, connect
from agui_notebook.client import Card, Store, Writer
from agui_notebook.client import fold_thread as fold
from agui_notebook.client.threads.folding import RESTARTED
from agui_notebook.client.threads.log import bare_url
from agui_notebook.client.threads.place import store_at
from agui_notebook.client.threads.writer import Kept

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


def test_a_store_that_is_dropped_closes_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[sqlite3.Connection] = []
    connect_to = sqlite3.connect

    def connecting(*args: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect_to(*args, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", connecting)
    Store(tmp_path / "threads.db").check()
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")


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


def test_what_ends_a_turn_is_listed_though_all_of_its_lines_were_written(store: Store) -> None:
    with serve_frames(answer("one", mid="1")) as server:
        session = connect(server.url)
        writer = Writer(store)
        session.thread.observe_turns(lambda busy: None if busy else writer.flush())
        kept = writer.follow(session.thread, "demo", session.url)
        session.ask("first")
        writer.flush()
        assert [t.messages for t in store.threads("one")] == [2]
        batches = len(store.texts(kept.log.key))
        writer.flush()
        assert len(store.texts(kept.log.key)) == batches
        writer.leave(kept)
    assert reopened(store).messages == session.messages


def test_half_a_character_stops_nothing(store: Store) -> None:
    with serve_frames(answer("\\ud83d half", mid="1"), answer("two", mid="2")) as server:
        session, other = connect(server.url), connect(server.url)
        writer, kept = keep(store, session)
        beside = writer.follow(other.thread, "demo", other.url)
        session.ask("hello \ud800")
        other.ask("fine")
        writer.leave(kept)
        writer.leave(beside)
    assert writer.problem == ""
    assert [t.title for t in store.threads()] == ["fine", "hello ?"]
    assert reopened(store, "hello ?").messages == session.messages
    assert len(store.threads("\ud800")) == 1
    store.rename(store.find("fine").key, "\ud800")
    assert store.find("?").title == "?"


def test_a_title_is_one_line_of_some_length_and_found_in_any_case(store: Store) -> None:
    with serve_frames(answer("one", mid="1")) as server:
        session = connect(server.url)
        writer, kept = keep(store, session)
        session.ask("first")
        writer.leave(kept)
    key = store.find("last").key
    for given, title in (
        ("  \n", "Untitled"),
        ("Über\n\tAlles ", "Über Alles"),
        ("<b>'\"%_\0</b>", "<b>'\"%_\0</b>"),
        ("x" * 100_000, "x" * 200),
        ("ÄPFEL 🍎", "ÄPFEL 🍎"),
    ):
        store.rename(key, given)
        assert store.find(key).title == title
        assert [t.key for t in store.threads(title[-8:].casefold())] == [key]
    assert store.find("äpfel 🍎").key == key
    assert store.threads("%") == []


def test_what_goes_on_after_it_was_deleted_elsewhere_is_listed_again(store: Store) -> None:
    with serve_frames(answer("one", mid="1"), answer("two", mid="2")) as server:
        session = connect(server.url)
        writer, kept = keep(store, session)
        session.ask("first")
        writer.flush()
        store.delete(store.find("last").key)
        session.set_state({"n": 1})
        writer.flush()
        assert store.threads() == []
        session.ask("second")
        writer.leave(kept)
    assert [t.messages for t in store.threads()] == [4]


def test_what_was_forgotten_is_not_written_again(store: Store) -> None:
    with serve_frames(*(answer(word, mid=word) for word in ("one", "two", "three"))) as server:
        session = connect(server.url)
        writer, kept = keep(store, session)
        session.ask("first")
        assert writer.forget([store.threads("first")[0].key] if store.threads() else None) == 1
        session.ask("second")
        writer.flush()
        assert store.threads() == []
        session.new_thread()
        session.ask("third")
        writer.leave(kept)
    assert [t.title for t in store.threads()] == ["third"]


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
from agui_notebook.client.threads.store import Card, Store
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


def test_building_a_long_thread_again_costs_the_same_per_turn() -> None:
    def lines(turns: int) -> Any:
        for number in range(turns):
            run = {"at": number, "runId": f"r{number}"}
            asked = {"id": f"u{number}", "role": "user", "content": "hello"}
            yield {**run, "request": {"messages": [asked]}}
            for event in (STARTED, *said("hi", mid=f"m{number}"), FINISHED):
                yield {**run, "event": {**event}}

    def cost(turns: int) -> float:
        began = time.process_time()
        past, fault = fold(lines(turns))
        assert (len(past.document["messages"]), fault) == (2 * turns, None)
        return (time.process_time() - began) / turns

    few = min(cost(200) for _ in range(3))
    assert cost(2_000) < 4 * few


def meddled(store: Store, *statements: str) -> None:
    store.append(Card("abcdefghij", "t", "title", "demo", "", "", 1), 0, ["{}"], ["word"])
    store.close()
    with closing(sqlite3.connect(store.path)) as base, base:
        for statement in statements:
            base.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER UPDATE ON thread BEGIN DELETE FROM batch; END",
        "CREATE VIEW v AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n)"
        " SELECT x FROM n",
        "CREATE INDEX i ON thread (abs(length(title)))",
        "CREATE TABLE more (x)",
    ],
)
def test_a_file_that_does_things_of_its_own_is_not_opened(store: Store, statement: str) -> None:
    meddled(store, statement)
    with pytest.raises(AGUIError, match="does things of its own when it is read"):
        store.threads()


def test_rows_of_the_wrong_kinds_are_listed_all_the_same(store: Store) -> None:
    meddled(
        store,
        "UPDATE thread SET title = x'ff', changed = 'soon', began = 9e300, messages = -5",
    )
    (thread,) = store.threads()
    assert (thread.title, thread.changed, thread.began, thread.messages) == ("", 0, 0, 0)
    assert str(thread).startswith("  abcdefghij  1970-01-01")


def test_a_batch_that_is_a_bomb_is_left_where_it_is(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agui_notebook.limits.THREAD_BYTES", 100_000)
    meddled(store)
    bomb = zlib.compress(b" " * 50_000_000)
    with closing(sqlite3.connect(store.path)) as base, base:
        base.execute("INSERT INTO batch VALUES ('abcdefghij', 1, ?)", (bomb,))
    tracemalloc.start()
    assert store.texts("abcdefghij") == ["{}"]
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()
