"""The file that keeps conversations: SQLite in WAL mode, written by several kernels at once.

Threads are rows, their lines lie in compressed batches that are only ever added. A file that is
damaged, foreign or newer is never written to.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ... import limits
from ...errors import AGUIError, InvalidInput
from ...markup.visible import visible
from ...runtime.ids import mint
from ...values import Json, JsonObject
from .journal import LATEST, RecordedLine, whole_lines
from .store_errors import sentences

OURS = 0x41475549  # "AGUI", in the file's head
VERSION = 1
MOST_BYTES = 500_000_000
MOST_THREADS = 1_000
LONGEST_TITLE = 200  # characters
KEPT_DELETED = 3_600_000  # ms in which a deletion can be undone
SCHEMA = """
CREATE TABLE thread (
  key TEXT PRIMARY KEY, id TEXT, title TEXT, renamed INTEGER DEFAULT 0, agent TEXT, url TEXT,
  notebook TEXT, began INTEGER, changed INTEGER, messages INTEGER, pinned INTEGER DEFAULT 0,
  deleted INTEGER, size INTEGER DEFAULT 0);
CREATE TABLE batch (thread TEXT, number INTEGER, lines BLOB, PRIMARY KEY (thread, number));
CREATE TABLE said (thread TEXT, text TEXT);
CREATE INDEX said_in ON said (thread);
"""


class StoredThread(NamedTuple):
    """A conversation as a list shows it; times are ms since the epoch."""

    key: str
    id: str
    title: str
    agent: str
    url: str
    notebook: str
    began: int
    changed: int
    messages: int
    pinned: bool

    def __str__(self) -> str:
        day = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.changed / 1000))
        pin = "* " if self.pinned else "  "
        named = visible(f"{self.agent}  {self.title}")
        return f"{pin}{self.key}  {day}  {self.messages:>4} messages  {named}"


class Card(NamedTuple):
    """What is known of a thread when some of its lines are written."""

    key: str
    id: str
    title: str
    agent: str
    url: str
    notebook: str
    messages: int


_COLUMNS = ", ".join(StoredThread._fields)


class Store:
    """The conversations in one file. Any thread may use it; its errors are one sentence each."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).expanduser()
        self._lock = threading.RLock()
        self._held: sqlite3.Connection | None = None
        self._process = 0
        self._written = 0  # epoch ms

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r})"

    # -- writing ---------------------------------------------------------------------------------

    def append(self, card: Card, number: int, lines: Iterable[str], said: Iterable[str]) -> bool:
        """Add batch ``number`` of a thread, and texts to find it by.

        False: another kernel goes on with the same thread and has written that batch, or the
        thread was removed meanwhile. Raises AGUIError where the file cannot be written.
        """
        data = zlib.compress("\n".join(lines).encode("utf-8", "surrogatepass"), 1)
        # of several that are written in one millisecond, the last is still the newest
        now = self._written = max(time.time_ns() // 1_000_000, self._written + 1)
        texts = [(card.key, _whole(text)) for text in said]
        with self._change() as base:
            known = "SELECT 1 FROM thread WHERE key = ?"
            if number and base.execute(known, (card.key,)).fetchone() is None:
                return False
            insert = "INSERT OR IGNORE INTO batch VALUES (?, ?, ?)"
            if not base.execute(insert, (card.key, number, data)).rowcount:
                return False
            told = {word: _whole(value) for word, value in card._asdict().items()}
            base.execute(_WRITTEN, {**told, "now": now, "size": len(data) + 200})
            base.executemany("INSERT INTO said VALUES (?, ?)", texts)
        return True

    def rename(self, key: str, title: str) -> None:
        """Give a thread another title."""
        words = _whole(" ".join(title.split()))[:LONGEST_TITLE]
        self._set(key, "title = ?, renamed = 1", words or "Untitled")

    def pin(self, key: str, pinned: bool = True) -> None:
        """Keep a thread whatever the limit says."""
        self._set(key, "pinned = ?", int(pinned))

    def delete(self, key: str) -> None:
        """Take a thread from the list; ``undelete`` brings it back within the hour."""
        self._set(key, "deleted = ?", time.time_ns() // 1_000_000)

    def undelete(self, key: str) -> None:
        """Bring a deleted thread back."""
        self._set(key, "deleted = ?", None)

    def _set(self, key: str, change: str, value: Json) -> None:
        with self._change() as base:
            if not base.execute(f"UPDATE thread SET {change} WHERE key = ?", (value, key)).rowcount:
                raise InvalidInput(f"There is no thread {key} in the store.")

    def forget(self, keys: Sequence[str] | None = None) -> int:
        """Remove threads for good, all of them if none are named; returns how many."""
        with self._change() as base:
            if keys is None:
                keys = [key for (key,) in base.execute("SELECT key FROM thread")]
            return sum(_remove(base, key) for key in keys)

    def shrink(self, most_bytes: int = MOST_BYTES, most_threads: int = MOST_THREADS) -> int:
        """Remove what was deleted, then the oldest that is not pinned; returns how many."""
        gone = 0
        with self._change() as base:
            since = time.time_ns() // 1_000_000 - KEPT_DELETED
            for (key,) in base.execute("SELECT key FROM thread WHERE deleted < ?", (since,)):
                gone += _remove(base, key)
            count, size = base.execute("SELECT count(*), total(size) FROM thread").fetchone()
            oldest = base.execute(
                "SELECT key, size FROM thread WHERE pinned = 0 ORDER BY changed"
            ).fetchall()
            for key, own in oldest:
                if count <= most_threads and size <= most_bytes:
                    break
                gone += _remove(base, key)
                count, size = count - 1, size - own
        return gone

    # -- reading ---------------------------------------------------------------------------------

    def threads(
        self,
        search: str = "",
        *,
        agent: str | None = None,
        notebook: str | None = None,
        limit: int = 1_000,
    ) -> list[StoredThread]:
        """The threads that hold ``search``, pinned ones first, then the latest.

        ``notebook`` puts those of this notebook before the others.
        """
        said = "key IN (SELECT thread FROM said WHERE instr(text, :word))"
        words = f"instr(casefold(title), :word) OR {said}"
        return self._rows(
            f"deleted IS NULL AND (:agent IS NULL OR agent = :agent) AND (:word = '' OR {words}) "
            "ORDER BY pinned DESC, notebook = :notebook DESC, changed DESC LIMIT :limit",
            {
                "word": _whole(search.casefold()),
                "agent": agent,
                "notebook": notebook,
                "limit": limit,
            },
        )

    def find(
        self, word: str, *, agent: str | None = None, notebook: str | None = None
    ) -> StoredThread:
        """The thread called so: "last", a key or the beginning of one, an id, or a title.

        Raises InvalidInput when there is none.
        """
        if word == "last":
            order = "ORDER BY notebook = :notebook DESC, changed DESC LIMIT 1"
            condition = f"deleted IS NULL AND (:agent IS NULL OR agent = :agent) {order}"
        else:
            condition = (
                "deleted IS NULL AND (key = :word OR id = :word "
                "OR casefold(title) = casefold(:word) "
                "OR (length(:word) > 3 AND substr(key, 1, length(:word)) = :word)) "
                "ORDER BY changed DESC LIMIT 1"
            )
        given = {"word": _whole(word), "agent": agent, "notebook": notebook}
        found = self._rows(condition, given)
        if not found:
            what = "no earlier thread" if word == "last" else f"no thread {word!r}"
            whom = f" with {agent}" if word == "last" and agent else ""
            raise InvalidInput(
                f"There is {what}{whom} in the store: '%agui threads', or "
                "'agui threads' in a terminal, lists them."
            )
        return found[0]

    def lines(self, key: str) -> list[RecordedLine]:
        """The lines of a thread, up to the first that is damaged."""
        return whole_lines("\n".join(self.texts(key)))[0]

    def is_whole(self, key: str) -> bool:
        """Whether all that was written of a thread can be read."""
        with self._read() as base:
            (count,) = base.execute(
                "SELECT count(*) FROM batch WHERE thread = ?", (key,)
            ).fetchone()
        texts = self.texts(key)
        return len(texts) == count and whole_lines("\n".join(texts))[1] is None

    def texts(self, key: str) -> list[str]:
        """The batches of a thread as text, up to the first that is damaged."""
        found: list[str] = []
        room = limits.THREAD_BYTES
        with self._read() as base:
            rows = base.execute(
                "SELECT number, lines FROM batch WHERE thread = ? ORDER BY number", (key,)
            )
            for place, (number, data) in enumerate(rows):
                if number != place:
                    break
                try:
                    found.append(_text_of(data, room))
                except (zlib.error, ValueError, TypeError):
                    break
                room -= len(found[-1])
        return found

    def check(self) -> None:
        """Open the file, making it if it is not there. Raises AGUIError where that cannot be."""
        with self._read():
            pass

    def close(self) -> None:
        """Close the file; using the store opens it again."""
        with self._lock:
            held, self._held = self._held, None
            if held is not None and self._process == os.getpid():
                held.close()

    def _rows(self, condition: str, given: JsonObject) -> list[StoredThread]:
        with self._read() as base:
            rows = base.execute(f"SELECT {_COLUMNS} FROM thread WHERE {condition}", given)
            return [_thread_of(row) for row in rows]

    # -- the file --------------------------------------------------------------------------------

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with self._lock, sentences(self.path):
            if self._held is None or self._process != os.getpid():
                self._held, self._process = _open(self.path), os.getpid()
                weakref.finalize(self, self._held.close).atexit = False
            yield self._held

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._read() as base:
            base.execute("BEGIN IMMEDIATE")
            try:
                yield base
            except BaseException:
                if base.in_transaction:
                    base.execute("ROLLBACK")
                raise
            base.execute("COMMIT")


_WRITTEN = """
INSERT INTO thread (key, id, title, agent, url, notebook, began, changed, messages, size)
VALUES (:key, :id, :title, :agent, :url, :notebook, :now, :now, :messages, :size)
ON CONFLICT (key) DO UPDATE SET changed = :now, messages = :messages, size = size + :size,
  deleted = CASE WHEN :messages > messages THEN NULL ELSE deleted END,
  title = CASE WHEN renamed THEN title ELSE :title END,
  notebook = CASE WHEN :notebook = '' THEN notebook ELSE :notebook END
"""


def new_key() -> str:
    """A short name for a thread, to be typed after ``%agui open``."""
    return mint().replace("-", "")[:10]


def _thread_of(row: Sequence[Json]) -> StoredThread:
    """A row as a list shows it, whatever somebody else has put into the file."""
    texts = [value if isinstance(value, str) else "" for value in row[:6]]
    counts = [_count(value) for value in row[6:9]]
    return StoredThread._make([*texts, *counts, row[9] == 1])


def _whole(value: Json) -> Json:
    """What SQLite takes: half a character, as an agent may stream it, is no text."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _casefold(title: Json) -> str:
    return str(title).casefold()


def _count(value: Json) -> int:
    return min(max(value, 0), LATEST) if isinstance(value, int) else 0


def _text_of(data: bytes, room: int) -> str:
    """A batch as text. Raises ValueError where it is more than there is ``room`` for."""
    inflate = zlib.decompressobj()
    text = inflate.decompress(data, room + 1)
    if len(text) > room or not inflate.eof:
        raise ValueError("larger than a thread may be, or cut off")
    return text.decode("utf-8", "surrogatepass")


def _remove(base: sqlite3.Connection, key: str) -> int:
    for table in ("batch", "said"):
        base.execute(f"DELETE FROM {table} WHERE thread = ?", (key,))
    return base.execute("DELETE FROM thread WHERE key = ?", (key,)).rowcount


def _open(path: Path) -> sqlite3.Connection:
    """A connection to our file. Raises AGUIError for one that is not ours or newer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # nobody else's to read, ever
    base = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        _prepare(base, path)
    except BaseException:
        base.close()
        raise
    return base


def _prepare(base: sqlite3.Connection, path: Path) -> None:
    (ours,) = base.execute("PRAGMA application_id").fetchone()
    (version,) = base.execute("PRAGMA user_version").fetchone()
    (count,) = base.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if count and ours != OURS:
        raise AGUIError(
            f"{path} is another program's: name a file for the conversations in AGUI_STORE."
        )
    if count and not _is_plain(base):
        raise AGUIError(
            f"{path} does things of its own when it is read, as no file of ours does: move it "
            "away, or name another file in AGUI_STORE."
        )
    if version > VERSION:
        raise AGUIError(
            f"{path} was written by a newer agui_notebook: update it, or name another file in "
            "AGUI_STORE."
        )
    base.execute("PRAGMA trusted_schema = OFF")
    base.execute("PRAGMA secure_delete = ON")
    base.execute("PRAGMA synchronous = NORMAL")
    base.create_function("casefold", 1, _casefold, deterministic=True)
    if not count:
        _create(base)


def _is_plain(base: sqlite3.Connection) -> bool:
    """Whether the file has our tables and nothing that could act: no view, no trigger."""
    rows = base.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    held = {" ".join(str(sql).split()) for (sql,) in rows}
    return held == {" ".join(each.split()) for each in SCHEMA.split(";") if each.strip()}


def _create(base: sqlite3.Connection) -> None:
    base.execute("PRAGMA auto_vacuum = INCREMENTAL")
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("BEGIN IMMEDIATE")
    if not base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        base.execute(f"PRAGMA application_id = {OURS}")
        base.execute(f"PRAGMA user_version = {VERSION}")
        for statement in filter(str.strip, SCHEMA.split(";")):
            base.execute(statement)
    base.execute("COMMIT")
