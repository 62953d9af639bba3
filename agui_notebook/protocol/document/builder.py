"""What the functions per event share while they fold a stream into a document.

Only bookkeeping and small builders of operations live here; no event type is known by name.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from ...values import Json, JsonObject, JsonView
from .index import Places
from .json_patch import Sizes, patch
from .operations import Append, Operation, Path, Set, copy_json
from .quick_tuple import new_tuple
from .shape import Document, Event, Message, answered_calls, pair_surrogates

Ops = Sequence[Operation]


class Fold:
    """The document being built and what must be remembered between two events of a run."""

    def __init__(
        self,
        document: Document,
        request: JsonView,
        strict: bool,
        warn: Callable[[str], None],
        places: Places | None = None,
        watched: Callable[[], bool] | None = None,
    ) -> None:
        self.document = document
        self.request = request
        self.strict = strict
        self.warn = warn
        self.at: int | None = None  # now, in epoch ms, as told with the event
        self.outcome: str | None = None
        self.run: int | None = None  # position in document["runs"] of the run going on
        # where the delegations of an id stand, oldest first; None: not looked up yet
        self.delegations: dict[str, list[Path]] | None = None
        self.step_count = 0  # of the run's steps; none behind these is running
        self.calls: dict[str, bool] = {}  # calls started in this run -> answered?
        self.places = places or Places(document)
        self.places.behind.clear()
        self.sizes = Sizes()  # of what patches change
        self._watched = watched
        self.open: dict[str, None] = {}  # item keys of what is streaming
        # where the deltas of a message (its id) or a call ("call", its id) go
        self.targets: dict[Hashable, Path] = {}
        self._halves: dict[Hashable, str] = {}  # the same keys -> first half of a surrogate pair

    def message(self, message_id: str) -> Message | None:
        """The message held under this id."""
        place = self.places.message(message_id)
        return None if place is None else self.document["messages"][place]

    def role(self, message_id: str) -> str | None:
        """Who speaks in the message held under this id."""
        held = self.message(message_id)
        return None if held is None else held["role"]

    def is_last(self, message_id: str) -> bool:
        """Whether nothing stands behind this message."""
        return self.places.message(message_id) == len(self.document["messages"]) - 1

    def call(self, call_id: str) -> JsonView | None:
        """The tool call held under this id."""
        path = self.call_path(call_id)
        return None if path is None else self.at_path(path)

    def is_answered(self, call_id: str) -> bool:
        """Whether a tool message answers this call."""
        return call_id in answered_calls(self.document["messages"])

    def message_path(self, message_id: str) -> Path:
        """Where a message lies that is known to be held."""
        return ("messages", self.places.message(message_id) or 0)

    def call_path(self, call_id: str) -> Path | None:
        """Where a tool call lies, or None."""
        place = self.places.call(call_id)
        return None if place is None else ("messages", place[0], "toolCalls", place[1])

    def run_path(self, *steps: str | int) -> Path:
        """A place in the run going on."""
        return ("runs", 0 if self.run is None else self.run, *steps)

    def run_entries(self, group: str) -> list[Json]:
        """The steps or subagents of the run going on."""
        entries: list[Json] = (
            [] if self.run is None else _value_at(self.document, self.run_path(group))
        )
        return entries

    def run_id(self) -> dict[str, str]:
        """``{"runId": ...}`` of the run going on, or nothing before the first."""
        return {} if self.run is None else {"runId": self.document["runs"][self.run]["runId"]}

    def at_path(self, path: Path) -> Json:
        """What the document holds at ``path``."""
        return _value_at(self.document, path)

    def stamp(self, key: str) -> dict[str, int]:
        """``{key: now}``, or nothing when the time is not known."""
        return {} if self.at is None else {key: self.at}

    def forget_positions(self) -> None:
        """Messages have changed their positions."""
        self.places.forget_positions()
        self.targets.clear()

    def move_positions(self, since: int) -> None:
        """Messages from ``since`` on are about to move one on."""
        self.places.move_positions(since)
        self.targets.clear()

    def forget_texts(self) -> None:
        """Messages are other than they were: what waited to be appended to them is void."""
        self.forget_positions()
        self._halves.clear()

    def forget_text(self, message_id: str) -> None:
        """One message is another now: no text is appended to it where it used to be."""
        self.targets.pop(message_id, None)
        self._halves.pop(message_id, None)

    def forget_calls(self, message: Message) -> None:
        """This message is another now, and none of its calls is in it."""
        place = self.places.message(message["id"])
        for call in message.get("toolCalls") or ():
            self.targets.pop(("call", call["id"]), None)
            self._halves.pop(("call", call["id"]), None)
            self.places.forget_call(call["id"], place)

    def patch(self, path: Path, operations: Sequence[JsonView], name: str) -> Ops:
        """Carry out a patch on what is at ``path``, and tell what it did, if anybody listens."""
        holder, key = self.at_path(path[:-1]), str(path[-1])
        places = patch(holder, key, operations, self.sizes, name)
        if self._watched is not None and not self._watched():
            return ()
        value = holder[key]
        return [Set((*path, *steps), copy_json(_value_at(value, steps))) for steps in places]

    def append_message(self, message: Message) -> Operation:
        """A message more, at the end."""
        return Set(("messages", len(self.document["messages"])), message)

    def metadata(self, path: Path, event: Event) -> Ops:
        """Per key, last write wins, never deeper (C-META-01, C-META-02)."""
        metadata = event.get("metadata")
        if not metadata:
            return ()
        if "metadata" not in self.at_path(path):
            return [Set((*path, "metadata"), metadata)]
        return [Set((*path, "metadata", key), value) for key, value in metadata.items()]

    def open_item(self, key: str) -> Operation:
        """An item starts streaming, or goes on."""
        self.open[key] = None
        held = self.document["items"].get(key, {})
        since = {"startedAt": held["startedAt"]} if "startedAt" in held else {}
        return Set(("items", key), {"status": "open", **self.stamp("startedAt"), **since})

    def close_item(self, key: str, status: str = "done", **facts: Json) -> Operation:
        """An item has come further: called or done."""
        self.open.pop(key, None)
        held = self.document["items"].get(key, {})
        return Set(("items", key), {**held, "status": status, **self.stamp("endedAt"), **facts})

    def append_text(self, key: Hashable, path: Path, delta: str) -> Ops:
        """Deltas join byte for byte (C-STREAM-03), but for pairs of surrogates split in two."""
        if self._halves or "\ud800" <= delta[-1:] <= "\udbff":
            delta = self._mend_surrogates(key, delta)
        # what Append(path, delta) does, without its Python-level constructor
        return (new_tuple(Append, (path, delta)),) if delta else ()

    def _mend_surrogates(self, key: Hashable, delta: str) -> str:
        """The delta behind the half it may complete; a first half at its end waits."""
        text = pair_surrogates(self._halves.pop(key, "") + delta)
        if "\ud800" <= text[-1:] <= "\udbff":
            self._halves[key] = text[-1]
            return text[:-1]
        return text

    def rest(self, key: Hashable, path: Path) -> Ops:
        """A half that nothing completed is kept as it came."""
        half = self._halves.pop(key, None)
        return () if half is None else (Append(path, half),)

    def rests(self) -> list[Operation]:
        """The same for all that is still open when a run ends."""
        ends = [(key, self.targets[key]) for key in self._halves if key in self.targets]
        return [operation for key, path in ends for operation in self.rest(key, path)]


def carry_over(event: Event, *names: str) -> JsonObject:
    """What a new message takes over from the event that makes it (C-META-03, C-SUB-13)."""
    wanted = (*names, "subagentRunId", "metadata")
    return {name: event[name] for name in wanted if event.get(name) is not None}


def _value_at(document: Json, path: Path) -> Json:
    for step in path:
        document = document[step]
    return document
