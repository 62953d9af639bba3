"""One conversation on its way into the store: how much of it is there, what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit, urlunsplit

from ...markup.outlets import Secrets
from ...protocol.document.shape import Document, text_of
from ...values import Json
from ..event_log import EventLog
from .journal import Journal, RecordedLine, mask_text, text_lines
from .store import Card, new_key

TITLE = 60  # characters
LARGEST_OUTPUT = 2_000_000  # characters of one form of what a tool showed
LEFT_OUT = "(too large for the store)"


class Log:
    """The events and notes of one conversation, ``written`` up to so many of each."""

    def __init__(
        self,
        events: EventLog,
        journal: Journal,
        secrets: Secrets,
        key: str | None = None,
        batches: int = 0,
    ) -> None:
        self.events, self.journal = events, journal
        self._secrets = secrets
        self.key = key or new_key()
        self.batches = batches
        self.written = (len(events), len(journal)) if key else (0, 0)
        self.begun = False
        self.forgotten = False  # the user wants nothing of it kept
        self._head = ("", "", 0)  # thread id, title, how many messages
        self._heads = [self._head, self._head]  # as it was written, as it is being written
        self._texts: list[str] = []
        self._sent = 0  # of these texts, those being written
        self._found: set[str] = set()

    def look(self, document: Document, *, settled: bool) -> None:
        """Read what a list shows of the conversation; its texts too where nothing streams."""
        messages = document["messages"]
        self.begun = bool(document["runs"]) or any(m["role"] == "user" for m in messages)
        title = self._secrets.mask(title_of(document))
        self._head = (document["threadId"], title, len(messages))
        if not settled:
            return
        for message in messages:
            text = text_of(message) if message["role"] in ("user", "assistant") else ""
            found = self._secrets.mask(text).casefold()
            if found and found not in self._found:
                self._found.add(found)
                self._texts.append(found)

    def is_due(self, due: tuple[int, int]) -> bool:
        """Whether there are lines to write, or the list shows something else by now."""
        return due != self.written or bool(self._texts) or self._heads[0] != self._head

    def skip(self) -> None:
        """All that there is so far is in the store already."""
        self.texts()
        self.card("", "", "")
        self.advance(self.due())

    def due(self) -> tuple[int, int]:
        """How many events and notes there are by now."""
        return len(self.events), len(self.journal)

    def lines(self, due: tuple[int, int]) -> Iterator[str]:
        """What is not written yet of so many events and notes, without secrets."""
        (first, noted), (last, notes) = self.written, due
        journal = [(before, trim(line)) for before, line in self.journal[noted:notes]]
        texts = text_lines(self.events, journal, first, last)
        return (mask_text(text, self._secrets) for text in texts)

    def texts(self) -> list[str]:
        """What can be searched for by now and could not before."""
        self._sent = len(self._texts)
        return self._texts[: self._sent]

    def advance(self, due: tuple[int, int]) -> None:
        """So much has been written."""
        self.written, self.batches = due, self.batches + 1
        self._heads[0] = self._heads[1]
        del self._texts[: self._sent]
        self._sent = 0

    def card(self, agent: str, url: str, notebook: str) -> Card:
        """What the store's list shows."""
        thread_id, title, count = self._heads[1] = self._head
        return Card(self.key, thread_id, title, agent, url, notebook, count)

    def fork(self) -> None:
        """Somebody else writes under this key: all of it once more, under another."""
        self.key, self.batches, self.written = new_key(), 0, (0, 0)
        self._texts, self._sent = list(self._found), 0


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
    if path[:1] != ["outputs"]:
        return value
    if len(path) == 1 and isinstance(value, Mapping):
        return {place: _small([*path, place], each) for place, each in value.items()}
    if isinstance(value, list):
        return [_small(path, bundle) for bundle in value]
    if not isinstance(value, Mapping):
        return value
    kept = {kind: data for kind, data in value.items() if len(str(data)) <= LARGEST_OUTPUT}
    return kept or {"text/plain": LEFT_OUT}
