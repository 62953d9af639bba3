"""One conversation on its way into the store: how much of it is there, what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit, urlunsplit

from ...protocol.document.shape import Document, text_of
from ...values import Json
from ..event_log import EventLog
from ..journal import Journal, RecordedLine, text_lines
from .store import Card, new_key

TITLE = 60  # characters
LARGEST_OUTPUT = 2_000_000  # characters of one form of what a tool showed
LEFT_OUT = "(too large for the store)"


class Log:
    """The events and notes of one conversation, ``written`` up to so many of each."""

    def __init__(
        self, events: EventLog, journal: Journal, key: str | None = None, batches: int = 0
    ) -> None:
        self.events, self.journal = events, journal
        self.key = key or new_key()
        self.batches = batches
        self.written = (len(events), len(journal)) if key else (0, 0)
        self.begun = False
        self._head = ("", "", 0)  # thread id, title, how many messages
        self._texts: list[str] = []
        self._found: set[str] = set()

    def look(self, document: Document, *, settled: bool) -> None:
        """Read what a list shows of the conversation; its texts too where nothing streams."""
        messages = document["messages"]
        self.begun = bool(document["runs"]) or any(m["role"] == "user" for m in messages)
        self._head = (document["threadId"], title_of(document), len(messages))
        if not settled:
            return
        for message in messages:
            text = text_of(message) if message["role"] in ("user", "assistant") else ""
            found = text.casefold()
            if found and found not in self._found:
                self._found.add(found)
                self._texts.append(found)

    def due(self) -> tuple[int, int]:
        """How many events and notes there are by now."""
        return len(self.events), len(self.journal)

    def lines(self, due: tuple[int, int]) -> Iterator[str]:
        """What is not written yet of so many events and notes."""
        (first, noted), (last, notes) = self.written, due
        journal = [(before, trim(line)) for before, line in self.journal[noted:notes]]
        return text_lines(self.events, journal, first, last)

    def texts(self) -> list[str]:
        """What can be searched for by now and could not before."""
        return self._texts

    def advance(self, due: tuple[int, int]) -> None:
        """So much has been written."""
        self.written, self.batches = due, self.batches + 1
        self._texts = []

    def card(self, agent: str, url: str, notebook: str) -> Card:
        """What the store's list shows."""
        thread_id, title, count = self._head
        return Card(self.key, thread_id, title, agent, url, notebook, count)

    def fork(self) -> None:
        """Somebody else writes under this key: all of it once more, under another."""
        self.key, self.batches, self.written = new_key(), 0, (0, 0)
        self._texts = list(self._found)


def title_of(document: Document) -> str:
    """The first words the user said, in one line."""
    asked = (text_of(m) for m in document["messages"] if m["role"] == "user")
    words = re.sub(r"\s+", " ", next((text for text in asked if text.strip()), "")).strip()
    if len(words) <= TITLE:
        return words or "Untitled"
    return words[: TITLE - 1].rsplit(" ", 1)[0] + "…"


def bare_url(url: str) -> str:
    """An address without what may be secret in it: user, password, query, fragment."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, place, parts.path, "", ""))


def trim(line: RecordedLine) -> RecordedLine:
    """A line without the outputs that are too large for the store."""
    if "change" not in line:
        return line
    return {**line, "change": [[w, path, _small(path, value)] for w, path, value in line["change"]]}


def _small(path: list[Json], value: Json) -> Json:
    if path[:1] != ["outputs"] or not isinstance(value, Mapping):
        return value
    kept = {kind: data for kind, data in value.items() if len(str(data)) <= LARGEST_OUTPUT}
    return kept or {"text/plain": LEFT_OUT}
