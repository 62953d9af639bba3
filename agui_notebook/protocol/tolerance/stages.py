"""The tolerant way from a translated event to events that are right, told of where they were not.

For whoever reads a stream and for whoever passes one on; the letter's way is pipeline.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...errors import ProtocolError
from ..chunks import Lanes
from ..document.shape import Event
from ..enforce import Enforcement
from ..grammar import BRACKETS, CALL, CHUNKS, CONTENTS, REASONING, RUN, SPAN, STARTS, TEXT, Bracket
from ..open_items import OpenItems
from .blame import Blame
from .questions import QUESTIONS, Questions
from .run_notes import Held
from .sequence import Mender
from .shapes import reshape

Lost = Callable[[Event, str], None]
_NAMED = (TEXT, REASONING, SPAN, CALL)  # what gets an id when it comes without
_BRACKETS = BRACKETS | CHUNKS
_KEYS = {
    event_type: bracket.key for event_type, bracket in _BRACKETS.items() if bracket in _NAMED
} | {"TOOL_CALL_RESULT": "messageId", "ACTIVITY_SNAPSHOT": "messageId"}

_MESSAGES = {TEXT: "assistant", REASONING: "reasoning"}  # and who speaks in them, mostly
_ASKING = ("CUSTOM", RUN.start, RUN.end)


class TolerantStages:
    """Shapes, values, ids, chunks and order of one stream, mended.

    ``items`` is kept by whoever takes the events. ``start`` is the RUN_STARTED that is made up
    when a stream has none; None: whoever takes the events begins and ends the run himself. An
    event that nothing can be made of is told and left out, or goes to ``lost`` with the reason.
    """

    def __init__(
        self,
        items: OpenItems,
        warn: Callable[[str], None],
        mint: Callable[[], str],
        held: Held,
        *,
        start: Event | None = None,
        resumes: bool = False,
        lost: Lost | None = None,
    ) -> None:
        self.blame = Blame(warn)
        self._items = items
        self._mint = mint
        self._lost = lost
        self._enforce = Enforcement(False, warn, self.blame)
        self._lanes = Lanes(self.blame)
        self._questions = Questions()
        self.mend = Mender(
            items, self.blame, mint, held, start=start, resumes=resumes, lost=self._lose
        )

    def __call__(self, event: Event) -> Iterable[Event]:
        """The events to take in place of ``event``."""
        bracket = CONTENTS.get(event["type"])
        if bracket is not None and self._is_plain(bracket, event):  # nearly every event
            return (event,)
        if len(event) < 4 and self._begins_or_ends_plainly(event):
            return (event,)
        return self._mend(event)

    def _begins_or_ends_plainly(self, event: Event) -> bool:
        """Whether a new message begins, or an open one ends, in the simplest form there is."""
        bracket = BRACKETS.get(event["type"])
        item = event.get("messageId")
        if bracket not in _MESSAGES or type(item) is not str or not self._is_at_ease():
            return False
        is_open = (bracket.word, item, None) in self._items.open
        if event["type"] == bracket.end:
            return is_open and len(event) == 2
        plain = event.get("role") == _MESSAGES[bracket] and self.mend.held.role(item) is None
        if is_open or not plain:
            return False
        self.mend.ours.add((bracket.word, item))
        return True

    def _is_at_ease(self) -> bool:
        """Whether nothing of a running run was mended so far in a way that asks for more."""
        mend = self.mend
        going_on = self._items.phase == "running"
        return going_on and not mend.names and not mend.restarted and self._lanes.is_empty()

    def _is_plain(self, bracket: Bracket, event: Event) -> bool:
        """Whether this is a piece of what is open, and nothing else."""
        item = event.get(bracket.key)
        return (
            len(event) == 3
            and type(item) is str
            and type(event.get("delta")) is str
            and (bracket.word, item, None) in self._items.open
            and (bracket is not CALL or item in self.mend.argued)
            and not self.mend.names
            and not self.mend.restarted
            and self._lanes.is_empty()
        )

    def _mend(self, event: Event) -> Iterator[Event]:
        event = self._with_id(reshape(event, self.blame))
        if event["type"] in _ASKING and self.mend.start is not None:
            event = self._ask(event)
        clean = self._clean(event)
        for part in () if clean is None else self._expand(clean):
            yield from self.mend(part)

    def _ask(self, event: Event) -> Event:
        """Questions of an older dialect are asked by RUN_FINISHED."""
        if event["type"] == RUN.end:
            return self._questions.put(event)
        if event["type"] == RUN.start:
            self._questions = Questions()
        elif event.get("name") in QUESTIONS:
            self._questions.note(event)
        return event

    def _clean(self, event: Event) -> Event | None:
        try:
            return self._enforce(event)
        except ProtocolError as error:
            self._lose(event, f"sent {event['type']} in no readable form ({error})")
            return None

    def _lose(self, event: Event, what: str) -> None:
        if self._lost is not None:
            self._lost(event, what)
        self.blame(f"{what}; it is left out")

    def _with_id(self, event: Event) -> Event:
        """With the id it lacks: of what is open, or a new one."""
        key = _KEYS.get(event["type"])
        if key is None or event.get(key) is not None:
            return event
        bracket = _BRACKETS.get(event["type"])
        latest = None if bracket is None else self._latest(bracket, event)
        if event["type"] in CHUNKS and latest is not None:
            return event  # chunks.py knows whose it is
        self.blame(f"sent {event['type']} without '{key}'")
        return {**event, key: latest or self._mint()}

    def _latest(self, bracket: Bracket, event: Event) -> str | None:
        if event["type"] in STARTS:
            return None
        return next(reversed(self._items.open_names(bracket)), None)

    def _expand(self, event: Event) -> Iterable[Event]:
        """The chunk as what it stands for; one for what a START has opened is a piece of that."""
        bracket = CHUNKS.get(event["type"])
        item = None if bracket is None else event.get(bracket.key)
        if bracket is not None and not self._lanes.holds(bracket, item):
            open_names = self._items.open_names(bracket)
            item = open_names[-1] if item is None and open_names else item
            if item in open_names:
                return self._piece(bracket, event, item)
            if bracket is CALL and item is not None and self._is_late(event, item):
                return self._late_piece(event)
        return self._expand_chunk(event)

    def _is_late(self, chunk: Event, item: str) -> bool:
        return "toolCallName" not in chunk and self._items.known(CALL, item)

    def _late_piece(self, chunk: Event) -> Iterable[Event]:
        """More of a call that another chunk has ended: arguments after its end."""
        return self._lanes.expand(
            {"type": CALL.content, "delta": chunk.get("delta", ""), **_riders(chunk, "toolCallId")}
        )

    def _piece(self, bracket: Bracket, chunk: Event, item: str) -> Iterator[Event]:
        self.blame(f"sent {chunk['type']} for {bracket.word} {item}, which a START had opened")
        said = {"type": bracket.content, bracket.key: item, "delta": chunk.get("delta", "")}
        yield {**said, **_riders(chunk)}

    def _expand_chunk(self, event: Event) -> Iterator[Event]:
        try:
            yield from self._lanes.expand(event)
        except ProtocolError as error:
            self._lose(event, f"sent {event['type']} that opens nothing ({error})")


def _riders(chunk: Event, *more: str) -> Event:
    """What a chunk brings beside its opener's fields and its delta."""
    kept = ("metadata", "rawEvent", "timestamp", "subagentRunId", *more)
    return {name: chunk[name] for name in kept if name in chunk}


class Nothing:
    """Held by whoever keeps no thread."""

    def role(self, message_id: str) -> str | None:
        """No message is known."""
        return None

    def message(self, message_id: str) -> None:
        """Nor what one says."""
        return

    def is_last(self, message_id: str) -> bool:
        """None stands anywhere."""
        return False

    def call(self, call_id: str) -> None:
        """No call is known."""
        return

    def is_answered(self, call_id: str) -> bool:
        """Nor is an answer."""
        return False
