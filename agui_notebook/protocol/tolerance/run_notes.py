"""What is remembered while a stream is mended: whose id is what, and what this run made itself.

Nothing here looks at an event's type; what is done with one is sequence.py's and calls.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from ...values import Json
from ..document.shape import Event
from ..grammar import CALL, REASONING, SUBAGENT, TEXT
from ..open_items import OpenItems
from .local_ids import local_id

# Which fields of an event name messages and calls, and as what they may be known.
_MESSAGE, _CALL = (TEXT.word, REASONING.word), (CALL.word,)
REFERENCES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    **dict.fromkeys((TEXT.start, TEXT.content, TEXT.end), (("messageId", (TEXT.word,)),)),
    **dict.fromkeys(
        (REASONING.start, REASONING.content, REASONING.end), (("messageId", (REASONING.word,)),)
    ),
    CALL.start: (("toolCallId", _CALL), ("parentMessageId", _MESSAGE)),
    **dict.fromkeys((CALL.content, CALL.end, "TOOL_CALL_RESULT"), (("toolCallId", _CALL),)),
    SUBAGENT.start: (("parentToolCallId", _CALL), ("parentMessageId", _MESSAGE)),
    "REASONING_ENCRYPTED_VALUE": (("entityId", (*_MESSAGE, *_CALL)),),
    **dict.fromkeys(("ACTIVITY_SNAPSHOT", "ACTIVITY_DELTA"), (("messageId", ("activity",)),)),
}


Ids = Callable[[], str]


class Held(Protocol):
    """What the thread held when the run began, and what this run has added."""

    def role(self, message_id: str) -> str | None:
        """Who speaks in this message; None: there is none."""
        ...

    def message(self, message_id: str) -> Mapping[str, Json] | None:
        """This message."""
        ...

    def is_last(self, message_id: str) -> bool:
        """Whether nothing stands behind this message, so that it may go on."""
        ...

    def call(self, call_id: str) -> Mapping[str, Json] | None:
        """This tool call."""
        ...

    def is_answered(self, call_id: str) -> bool:
        """Whether a tool message answers this call."""
        ...


class RunNotes:
    """What is remembered of a run while its order is mended; ``items`` is kept by others.

    ``start`` is the RUN_STARTED that is made up for a stream without one; None: whoever takes the
    events begins and ends the run himself.
    """

    def __init__(
        self,
        items: OpenItems,
        blame: Callable[[str], None],
        mint: Ids,
        held: Held,
        *,
        start: Event | None = None,
        resumes: bool = False,
        lost: Callable[[Event, str], None],
    ) -> None:
        self.items = items
        self.blame = blame
        self.mint = mint
        self.held = held
        self.resumes = resumes
        self.start = start
        self.lose = lost
        self.forget()

    def forget(self) -> None:
        self.names: dict[tuple[str, str], str] = {}  # kind and the agent's id -> ours
        self.ours: set[tuple[str, str]] = set()  # kind and id of what this run made
        self.repeated: set[str] = set()  # calls of an earlier run that are told again
        self.argued: set[str] = set()  # calls whose arguments came
        self.results: dict[str, Event] = {}  # by message: the results of this run
        self.restarted: dict[str, Event] = {}  # by call: a second start, until it is clear of what
        self.continued: set[Json] = set()  # what was opened again here, and is closed in silence

    def with_our_ids(self, event: Event) -> Event:
        """The event with our ids in place of the agent's, where those differ."""
        if not self.names:
            return event
        for field, kinds in REFERENCES.get(event["type"], ()):
            item = event.get(field)  # absent is another thing than the empty id
            found = (self.names.get((kind, item)) for kind in kinds if item is not None)
            if (ours := next(filter(None, found), None)) is not None:
                event = {**event, field: ours}
        return event

    def rename(self, event: Event, kind: str, field: str) -> Event:
        """The event under an id of ours, as is what follows of the same thing."""
        item = event[field]
        ours = local_id(item, lambda i: self._is_taken(kind, i))
        self.blame(f"used the id of {kind} {item} again for another one")
        # what comes under the id that is replaced is the new one's, whatever it was called before
        agents = [name for (k, name), now in self.names.items() if k == kind and now == item]
        for name in (item, *agents):
            self.names[kind, name] = ours
        return {**event, field: ours}

    def _is_taken(self, kind: str, item: str) -> bool:
        if kind == CALL.word:
            return self.held.call(item) is not None or self.items.known(CALL, item)
        made = any((other.word, item) in self.ours for other in (TEXT, REASONING))
        return made or item in self.results or self.held.role(item) is not None

    def is_another(self, kind: str, item: str, role: str) -> bool:
        """Whether the thread has a message of this id that cannot be the one that is meant."""
        held = self.held.role(item)
        if held is None or (kind, item) in self.ours:
            return False
        return held != role or not self.held.is_last(item)

    def own_tag(self, event: Event, owned_as: str, item: str) -> Event:
        """Without the tag of a subagent that it does not belong to (C-SUB-01)."""
        tag, owners = event.get("subagentRunId"), self.items.owners.of[owned_as]
        if tag is None or owners.get(item, tag) == tag:
            return event
        self.blame(f"sent {event['type']} for {item} in the name of another subagent")
        return {key: value for key, value in event.items() if key != "subagentRunId"}
