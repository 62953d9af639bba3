"""A conversation built again from its lines: for reopening it, and for a player. No I/O."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from ... import limits
from ...errors import AGUIError
from ...protocol.document.foreign_change import element, elements, make
from ...protocol.document.index import Places
from ...protocol.document.operations import Append, Operation, Set, apply, copy_json
from ...protocol.document.shape import Message, calls_of, new_document
from ...protocol.pipeline import Pipeline
from ...protocol.question import ask_all
from ...values import Json, JsonView
from ..event_log import EventLog
from ..thread import Past
from .branches import Branches, first_messages, member_operations
from .journal import Journal, RecordedLine, change_line, kind_of

RESTARTED = "Cut off by a kernel restart: what followed was not received."
Operations = Sequence[Operation]


class Folding:
    """A conversation that grows line by line; ``document`` is how far it has come."""

    def __init__(self, lock: Json = None) -> None:
        self.document = new_document("")
        self._places = Places(self.document)
        self.branches = Branches()
        self.events = EventLog(lock or threading.RLock())
        self.journal: Journal = []
        self._pipeline: Pipeline | None = None
        self._run = ""
        self._resume: Json = None
        self._at = 0

    def add(self, line: RecordedLine) -> Operations:
        """Take the next line; returns what it did. Raises ValueError for one that is damaged."""
        try:
            operations = _KINDS[kind_of(line)](self, line)
        except (AGUIError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from error
        self._at = line.get("at") or self._at
        if "event" not in line:
            self.journal.append((len(self.events), line))
        return operations

    def finish(self) -> Operations:
        """There are no more lines: a run that is still going on was cut off."""
        return [*self._cut_off(), *self._ask()]

    def _cut_off(self) -> Operations:
        if self._pipeline is None or self._pipeline.outcome is not None:
            return ()
        if not any(run["status"] == "running" for run in self.document["runs"][-1:]):
            return ()
        ends = self._pipeline.fail("incomplete", RESTARTED, at=self._at)
        operations = [operation for _, changed, _ in ends for operation in changed]
        self.journal.append((len(self.events), change_line(self._at, operations)))
        return operations

    @property
    def past(self) -> Past:
        """The conversation, to be restored in a session."""
        return Past(self.document, self.events, self.journal, self.branches)

    # -- one function for each kind of line ------------------------------------------------------

    def _thread(self, line: RecordedLine) -> Operations:
        told = line["thread"]
        messages = elements("messages", told["messages"])
        thread_id = elements("threadId", told["id"])
        return self._replace(new_document(thread_id, messages, told["state"]))

    def _event(self, line: RecordedLine) -> Operations:
        event, run = line["event"], line.get("runId", "")
        if event["type"] == "RUN_STARTED" and not self.document["threadId"]:
            self.document["threadId"] = str(event.get("threadId", ""))
        if self._pipeline is None or run != self._run:
            self._begin(run)
        assert self._pipeline is not None
        at = line.get("at")
        done = [op for _, changed, _ in self._pipeline.feed(event, at) for op in changed]
        self.events.add_line({**line, "at": at or self._at, "runId": run})
        return done

    def _begin(self, run: str) -> None:
        request = {"threadId": self.document["threadId"], "runId": run}
        given = {"resume": self._resume} if self._resume else {}
        self._run, self._resume = run, None
        self._pipeline = Pipeline(self.document, {**request, **given}, places=self._places)

    def _request(self, line: RecordedLine) -> Operations:
        ended = self._cut_off() if self._pipeline is not None else ()
        told = line["request"]
        self._pipeline, self._resume = None, told.get("resume")
        said = [op for message in told.get("messages", ()) for op in self._say(message)]
        return [*ended, *said]

    def _say(self, message: Message) -> Operations:
        message = element("messages", message)
        if self._places.message(message["id"]) is not None:
            return ()
        operations = insertion(self.document["messages"], message)
        return self._apply(operations, moves=len(operations) > 1)

    def _change(self, line: RecordedLine) -> Operations:
        told = (make(self.document, _operation(*each)) for each in line["change"])
        done = [operation for operation in told if operation is not None]
        if any(operation.path[0] == "messages" for operation in done):
            self._places.forget_positions()
        changed = any(operation.path[0] == "interrupts" for operation in done)
        return [*done, *(self._ask() if changed else ())]

    def _ask(self) -> Operations:
        """What the interrupts ask, as it is read here: nobody else's word is taken for it."""
        asked = ask_all(self.document["interrupts"], self.document["messages"])
        return () if asked == self.document["questions"] else self._replace({"questions": asked})

    def _branch(self, line: RecordedLine) -> Operations:
        number, left = line["branch"], copy_json(self.document)
        self._pipeline = None
        if "messages" not in line:
            return self._replace(self.branches.show(number, left))
        if self.branches.begin(line["messages"] - 1, left) != number:
            raise ValueError("a branch is missing")
        return self._replace(first_messages(self.document, line["messages"]))

    def _replace(self, members: JsonView) -> Operations:
        return self._apply(member_operations(members))

    def _apply(self, operations: Operations, *, moves: bool = True) -> Operations:
        for operation in operations:
            apply(self.document, operation)
        if moves:
            self._places.forget_positions()
        return operations


_KINDS = {
    "thread": Folding._thread,
    "event": Folding._event,
    "request": Folding._request,
    "change": Folding._change,
    "branch": Folding._branch,
}


def _operation(word: str, path: list[Json], value: Json) -> Operation:
    return Append(tuple(path), value) if word == "append" else Set(tuple(path), value)


def insertion(messages: Sequence[Message], message: Message) -> Operations:
    """The operations that add a message: a tool's behind its call, any other at the end.

    A call that lies too far back is not looked for: what stands behind it would have to move.
    """
    place = len(messages)
    if message.get("role") == "tool":
        asked = message.get("toolCallId")
        near = range(max(0, place - limits.MOVED_MESSAGES), place)
        calls = (n for n in near if any(c["id"] == asked for c in calls_of(messages[n])))
        place = next(calls, place - 1) + 1
        while place < len(messages) and messages[place]["role"] == "tool":
            place += 1
    moved = [message, *messages[place:]]
    return [Set(("messages", number), one) for number, one in enumerate(moved, place)]


def fold(lines: Iterable[RecordedLine], lock: Json = None) -> tuple[Past, int | None]:
    """The conversation that these lines tell, and the number of the first that is damaged.

    What follows a damaged line is left out; None: all are whole. Numbers count from 1.
    """
    folding = Folding(lock)
    fault = None
    for number, line in enumerate(lines, 1):
        try:
            folding.add(line)
        except ValueError:
            fault = number
            break
    folding.finish()
    return folding.past, fault
