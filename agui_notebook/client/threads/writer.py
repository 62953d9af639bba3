"""Writes conversations while they go on: a thread of its own, a batch twice a second.

Where no thread can be had (in a web page) the loop writes, whenever something has happened.

Nothing is done per event: a writer reads the log that the session keeps anyway.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from functools import partial

from ...errors import AGUIError
from ...runtime.bridge import start_daemon
from ...runtime.loop import background
from ..thread import LiveThread, Past
from .journal import Journal
from .log import Log, bare_url
from .store import Store

PAUSE = 0.5  # seconds between two batches: what a killed kernel may lose


class Kept:
    """A live thread that is followed, and every conversation it has held since."""

    def __init__(self, thread: LiveThread, agent: str, url: str, notebook: str) -> None:
        self.thread, self.agent, self.url, self.notebook = thread, agent, bare_url(url), notebook
        self.logs: list[Log] = []
        self.leave: list[Callable[[], None]] = []
        self.note()

    @property
    def log(self) -> Log:
        """The log of the conversation that the thread holds now."""
        return self.log_of(self.thread.journal) or self.note()

    def log_of(self, journal: Journal) -> Log | None:
        """The log of the conversation with this journal."""
        return next((log for log in self.logs if log.journal is journal), None)

    def note(self, *, settled: bool = False) -> Log:
        """Look at the thread; ``settled``: nothing streams, so what was said can be read."""
        thread = self.thread
        with thread.lock:
            log = self.log_of(thread.journal)
            if log is None:
                log = Log(thread.events, thread.journal, thread.secrets)
                self.logs.append(log)
            log.look(thread.document, settled=settled)
            return log


class Writer:
    """Follows threads and writes what happens in them into one store.

    ``problem`` is one sentence where the store cannot be used, which ``complain`` gets once; the
    chats go on. ``watchers`` are called when it changes.
    """

    def __init__(self, store: Store, complain: Callable[[str], None] | None = None) -> None:
        self.store = store
        self.problem = ""
        self._complain = complain
        self.watchers: list[Callable[[], None]] = []
        self._kept: list[Kept] = []
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._shrunk = False
        self._begun = False
        self._beside = True  # a thread of ours writes

    def follow(self, thread: LiveThread, agent: str, url: str = "", notebook: str = "") -> Kept:
        """Keep what happens in ``thread`` from now on, and what has happened in it."""
        kept = Kept(thread, agent, url, notebook)
        with self._lock:
            self._kept.append(kept)
            self._begin()
        kept.leave = [
            thread.observe_turns(lambda busy: self._turn(kept, busy)),
            thread.observe_journal(lambda _: self._note(kept)),
        ]
        self._rouse()
        return kept

    def adopt(self, kept: Kept, past: Past, key: str, batches: int) -> None:
        """``past``, which is about to be restored, is in the store already, as thread ``key``."""
        log = Log(past.events, past.journal, kept.thread.secrets, key, batches)
        log.look(past.document, settled=True)
        log.skip()
        log.batches = batches
        kept.logs.append(log)

    def leave(self, kept: Kept) -> None:
        """Write what is left and follow the thread no longer."""
        for end in kept.leave:
            end()
        kept.note(settled=not kept.thread.busy)
        self.flush()
        with self._lock:
            if kept in self._kept:
                self._kept.remove(kept)

    def flush(self) -> None:
        """Write all there is, now."""
        with self._lock:
            for kept in self._kept:
                for log in tuple(kept.logs):
                    self._write(kept, log)

    def forget(self, keys: Sequence[str] | None = None) -> int:
        """Remove threads for good; of one that goes on nothing more is kept. Returns how many."""
        with self._lock:
            self.flush()
            gone = self.store.forget(keys)
            for log in (log for kept in self._kept for log in kept.logs):
                log.forgotten |= log.batches > 0 and (keys is None or log.key in keys)
        return gone

    def shrink(self) -> None:
        """Keep the store within its limits, once in a kernel's life."""
        if not self._shrunk:
            self._shrunk = True
            try:
                self.store.shrink()
            except AGUIError as error:
                self._tell(str(error))

    @property
    def busy(self) -> bool:
        """Whether a turn goes on in any of the threads."""
        with self._lock:
            return any(kept.thread.busy for kept in self._kept)

    def _turn(self, kept: Kept, busy: bool) -> None:
        kept.note(settled=not busy)
        self._rouse()

    def _note(self, kept: Kept) -> None:
        kept.note()
        self._rouse()

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        work = partial(_work, weakref.ref(self), self._wake)
        try:
            start_daemon("agui-threads", work)
        except RuntimeError:
            self._beside = False

    def _rouse(self) -> None:
        """Something has happened that should be written."""
        if self._beside:
            self._wake.set()
        else:
            background().call(self.flush)

    def _write(self, kept: Kept, log: Log) -> None:
        with kept.thread.lock:
            due = log.due()
        if log.forgotten or not log.begun or not log.is_due(due):
            return
        card = log.card(kept.agent, kept.url, kept.notebook)
        try:
            done = self.store.append(card, log.batches, log.lines(due), log.texts())
        except AGUIError as error:
            self._tell(str(error))
            return
        except Exception as error:  # the others are written all the same
            self._tell(f"A conversation is not kept: {type(error).__name__}: {error}.")
            return
        self._tell("")
        if done:
            log.advance(due)
        else:
            log.fork()
            self._write(kept, log)

    def _tell(self, sentence: str) -> None:
        if sentence != self.problem:
            self.problem = sentence
            if sentence and self._complain is not None:
                self._complain(sentence)
            for watcher in tuple(self.watchers):
                watcher()


def _work(writer: weakref.ref[Writer], wake: threading.Event) -> None:
    """Write whenever something has happened, and while a turn goes on."""
    pause = threading.Event()
    while True:
        wake.wait()
        wake.clear()
        pause.wait(PAUSE / 10)  # what comes together is written together
        busy = True
        while busy:
            here = writer()
            if here is None:
                return
            here.flush()
            here.shrink()
            busy = here.busy
            del here
            if busy:
                pause.wait(PAUSE)
