"""The threads behind one chat: what is kept of it, what can be continued, what was set aside.

Knows neither comm nor magics; both call what is here.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

from ..client.recording import load
from ..client.session import Session
from ..client.thread import LiveThread, Past
from ..client.threads.place import store_at
from ..client.threads.store import Store, StoredThread
from ..client.threads.writer import Kept, Writer
from ..errors import AGUIError, InvalidInput
from ..markup.visible import visible
from ..runtime.bridge import start_thread
from ..runtime.loop import background
from ..values import Json, JsonObject, JsonView

OFFERED = 3  # earlier threads that an empty chat offers
_numbers = count(1)


class Aside(NamedTuple):
    """What a click took away, and how it comes back."""

    number: int
    turns: int
    bring_back: Callable[[], None]


class Conversations:
    """The threads of one chat. ``changed`` is called when there is something new to show."""

    def __init__(
        self, session: Session, agent: str, place: object, changed: Callable[[], None]
    ) -> None:
        self.session, self.agent = session, agent
        self._changed = changed
        self.store = store_at(place)
        self.problem = ""
        self.aside: Aside | None = None
        self._earlier: list[StoredThread] = []
        self._kept: Kept | None = None
        self._told: list[Json] = []  # the versions of turns, as the page knows them
        if self.store is not None:
            self._writer = _writer(self.store)
            self._writer.watchers.append(changed)
            self._kept = self._writer.follow(session.thread, agent, session.url, notebook_path())
            _beside(self.look)

    @property
    def key(self) -> str | None:
        """The name of the thread going on, in the store."""
        return self._kept.log.key if self._kept is not None else None

    @property
    def is_kept(self) -> bool:
        """Whether what goes on is written."""
        return self._kept is not None and not self._kept.log.forgotten

    def look(self) -> None:
        """See which earlier threads there are. Reads the file: not for a thread in a hurry."""
        try:
            found = self.list(limit=OFFERED + 1)
        except AGUIError as error:
            self.problem = str(error)
            found = []
        else:
            self.problem = ""
        self._earlier = [thread for thread in found if thread.key != self.key][:OFFERED]
        self._changed()

    def list(self, search: str = "", *, limit: int = 1_000) -> list[StoredThread]:
        """The threads of this chat's agent, of all agents where something is searched for."""
        agent = None if search else self.agent
        store = self.need_store()
        self.flush()
        return store.threads(search, agent=agent, notebook=notebook_path(), limit=limit)

    def need_store(self) -> Store:
        """The store. Raises InvalidInput where conversations are not kept."""
        if self.store is None:
            raise InvalidInput(
                "Conversations are not kept here, AGUI_STORE or store= says off: unset it, or "
                "name a file with store=."
            )
        return self.store

    def view(self) -> JsonObject:
        """What the page needs to know: what to offer, the versions of turns, what to undo."""
        with self.session.lock:
            empty = not self.session.document["messages"]
            branches = [self._versions(*each) for each in self.session.thread.branches.turns()]
        aside = self.aside
        problem = self.problem or (self._writer.problem if self.store is not None else "")
        return {
            "kept": self.store is not None,
            "earlier": [summary(thread) for thread in self._earlier] if empty else [],
            "branches": branches,
            "aside": aside and {"number": aside.number, "turns": aside.turns},
            **({"problem": problem} if problem else {}),
        }

    def has_news(self) -> bool:
        """Whether turns have other versions than when this was asked last."""
        before, self._told = self._told, list(self.session.thread.branches.turns())
        return before != self._told

    def _versions(self, place: int, version: int, branches: Json) -> JsonObject:
        messages = self.session.document["messages"]
        mid = messages[place]["id"] if place < len(messages) else ""
        return {"mid": mid, "shown": version, "branches": branches}

    # -- going on with an earlier thread ---------------------------------------------------------

    def open(self, word: str) -> None:
        """Go on with a thread of the store ("last", a key, id or title) or with a saved file.

        Raises InvalidInput when there is none.
        """
        path = Path(word).expanduser()
        if path.suffix in (".jsonl", ".json") or path.is_file():
            past, fault = load(path)
            self._restore(past, fault)
            return
        store = self.need_store()
        self.flush()
        found = store.find(word, agent=self.agent, notebook=notebook_path())
        if found.key == self.key:
            return
        from ..client.threads.folding import fold  # not before: it reads streams

        past, fault = fold(lines := store.lines(found.key))
        if fault is None and not store.is_whole(found.key):
            fault = len(lines) + 1
        if fault is None and self._kept is not None:
            self._writer.adopt(self._kept, past, found.key, len(store.texts(found.key)))
        self._restore(past, fault)

    def take_over(self, other: Conversations) -> None:
        """Go on with the conversation of a chat that has been closed: its agent is here now."""
        thread = other.session.thread
        if other.session.running:
            other._leave().show_branch(thread.branches.shown)  # what runs ends with its agent
            other.flush()
        past = thread.past
        if not past.document["messages"]:
            return
        if self._kept is not None and other._kept is not None and self.store is other.store:
            log = other._kept.log
            self._writer.adopt(self._kept, past, log.key, log.batches)
        self._restore(past, None)

    def _restore(self, past: Past, fault: int | None) -> None:
        self._leave().restore(past)
        if fault is not None:
            self.session.thread.warn(f"This thread is damaged in line {fault}: it was read so far.")
        self.aside = None
        self._changed()

    def _leave(self) -> LiveThread:
        """The thread, with nothing going on in it: another conversation comes in its place."""
        self.session.stop()
        self.session.decisions.clear()
        return self.session.thread

    # -- what takes something away, and back -----------------------------------------------------

    def begin(self) -> str:
        """Begin a new thread; the one before can be brought back. Returns the new one's id."""
        past, turns = self.session.thread.past, _turns(self.session.messages)
        fresh = self.session.new_thread()
        self.set_aside(turns, lambda: self._leave().restore(past))
        if self.store is not None:
            _beside(self.look)
        return fresh

    def before_edit(self, message_id: str | None = None) -> None:
        """An earlier turn (None: the last) is about to be said again: what follows goes."""
        messages, shown_now = self.session.messages, self.session.thread.branches.shown
        places = [n for n, m in enumerate(messages) if m["role"] == "user"]
        named = [n for n in places if message_id in (None, messages[n]["id"])]
        turns = sum(place >= named[-1] for place in places) if named else 0
        self.set_aside(turns, lambda: self._leave().show_branch(shown_now))

    def set_aside(self, turns: int, bring_back: Callable[[], None]) -> None:
        """Remember how to undo what is happening."""
        self.aside = Aside(next(_numbers), turns, bring_back) if turns else None
        self._changed()

    def delete(self, key: str, deleted: bool = True) -> None:
        """Take a thread from the list, or put it back; the one going on ends with it."""
        store = self.need_store()
        if deleted and key == self.key:
            self.begin()
            self.aside = None  # the list has an undo of its own
            self.flush()
        (store.delete if deleted else store.undelete)(key)
        self.look()

    def undo(self, number: int) -> None:
        """Bring back what was set aside under this number."""
        aside, self.aside = self.aside, None
        if aside is not None and aside.number == number:
            aside.bring_back()
        self._changed()

    def show_branch(self, number: int) -> None:
        """Show another version of a turn. Raises InvalidInput when there is none."""
        self._leave().show_branch(number)
        self.aside = None
        self._changed()

    def flush(self) -> None:
        """Write what there is, now."""
        if self.store is not None:
            self._writer.flush()

    def close(self) -> None:
        """Write what is left and keep nothing more."""
        if self._kept is not None:
            if self._changed in self._writer.watchers:
                self._writer.watchers.remove(self._changed)
            self._writer.leave(self._kept)


def summary(thread: StoredThread) -> JsonObject:
    """A thread as the page lists it."""
    told = {name: getattr(thread, name) for name in ("key", "changed", "messages", "pinned")}
    return {**told, "title": visible(thread.title), "agent": visible(thread.agent)}


def forget(store: Store, keys: Sequence[str] | None) -> int:
    """Remove threads from a store for good, all if none are named; returns how many."""
    return _writer(store).forget(keys)


def notebook_path() -> str:
    """The notebook this kernel runs for, where its server says so; else "" ."""
    return os.environ.get("JPY_SESSION_NAME", "")


def _turns(messages: Sequence[JsonView]) -> int:
    return sum(message["role"] == "user" for message in messages)


@cache
def _writer(store: Store) -> Writer:
    made = Writer(store)
    atexit.register(made.flush)
    return made


def _beside(function: Callable[[], None]) -> None:
    try:
        start_thread(function)
    except RuntimeError:  # no threads here
        background().call(function)
