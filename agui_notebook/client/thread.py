"""One thread while it lives: its document, who watches it, its events, and local changes to it.

Every change is an operation, whoever makes it. Nothing is sent or awaited here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ..errors import InvalidInput
from ..markup.outlets import Secrets
from ..protocol.document import local
from ..protocol.document.operations import Operation, Set, apply, copy_json
from ..protocol.document.shape import (
    Document,
    Message,
    Output,
    calls_since,
    new_document,
    open_calls,
)
from ..runtime.user_code import Blocked, name_of, one_line
from ..values import Json, JsonObject, JsonView
from ..wire.capture import Captures
from .event_log import EventLog, EventRecord
from .threads.branches import Branches, first_messages, member_operations
from .threads.journal import Journal, RecordedLine, branch_line, change_line, thread_line

if TYPE_CHECKING:
    from ..protocol.error_advice import Advice
    from ..protocol.pipeline import Delivery
    from .turns.tool_questions import Verdict

Observer = Callable[[Sequence[Operation]], None]
EventObserver = Callable[[EventRecord], object]
TurnObserver = Callable[[bool], None]
JournalObserver = Callable[["LiveThread"], None]
T = TypeVar("T")


HIDDEN = "•••"


class Past(NamedTuple):
    """A conversation that is not going on, with all that it takes to go on with it."""

    document: Document
    events: EventLog
    journal: Journal
    branches: Branches


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class LiveThread:
    """A document that changes under ``lock``, with observers told of every operation.

    Observers are called under the lock, on the thread that made the change, and must be quick.
    """

    def __init__(
        self, thread_id: str, messages: Iterable[Message] = (), state: Json = None
    ) -> None:
        self.lock = threading.RLock()
        self.secrets = Secrets()  # what must not leave with it
        self.document: Document = new_document(thread_id, messages, state)
        self.events = EventLog(self.lock)
        self.journal: Journal = [(0, thread_line(now(), self.document))]
        self.branches = Branches()
        self.captures = Captures()  # what went over the wire, for whoever looks; kept nowhere else
        self.declined: set[str | None] = set()  # tool calls the user said no to
        self.verdicts: list[Verdict] = []  # what was decided of calls here, until it is done
        self.age = 0  # how often a new thread was begun in this place
        self._unsent: list[Message] = list(self.document["messages"])
        self._offer: JsonObject = {}  # the tools and the context that were sent last
        self._observers: list[Observer] = []
        self._event_observers: list[EventObserver] = []
        self._turn_observers: list[TurnObserver] = []
        self._journal_observers: list[JournalObserver] = []
        self.busy = False
        self._broken: dict[int, object] = {}  # observers that failed, by id: none may be hashed
        self._blocking: dict[int, object] = {}  # those that did not return

    def observe(self, function: Observer) -> Callable[[], None]:
        """Call ``function`` with the operations of every change; returns how to stop that."""
        return _subscribe(self._observers, function)

    def observe_events(self, function: EventObserver) -> Callable[[], None]:
        """Call ``function`` with a record of every event; returns how to stop that."""
        return _subscribe(self._event_observers, function)

    def observe_turns(self, function: TurnObserver) -> Callable[[], None]:
        """Call ``function`` when a turn begins (True) and ends; returns how to stop that."""
        return _subscribe(self._turn_observers, function)

    def observe_journal(self, function: JournalObserver) -> Callable[[], None]:
        """Call ``function`` when something was noted that is no event; returns how to stop that."""
        return _subscribe(self._journal_observers, function)

    def is_watched(self) -> bool:
        """Whether anybody is told of operations."""
        return bool(self._observers)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A turn goes on: also before its first run answers, and while tools run in between."""
        self._tell_turn(True)
        try:
            yield
        finally:
            self._tell_turn(False)

    def change(self, *operations: Operation) -> None:
        """Carry out a local change, note it and tell the observers."""
        if not operations:
            return
        with self.lock:
            self._carry_out(operations)
            self._note(change_line(now(), operations))

    def _carry_out(self, operations: Iterable[Operation]) -> None:
        done = tuple(operations)
        for operation in done:
            apply(self.document, operation)
        self._tell(done)

    def _note(self, line: RecordedLine) -> None:
        """Write down what no event tells of, between the events around it."""
        self.journal.append((len(self.events), line))
        self._tell_journal()

    def _tell_journal(self) -> None:
        for observer in tuple(self._journal_observers):
            self._call(observer, self)

    def deliver(self, delivery: Delivery, at: int, run_id: str) -> None:
        """Keep and pass on what the pipeline has already applied. Call it under the lock."""
        event, operations, more = delivery
        if self._observers and operations:
            self._tell(operations)
        if event is not None:
            self.events.add(at, run_id, event, more)
            if self._event_observers:
                self._tell_event({"at": at, "runId": run_id, "event": event})
        elif operations:
            self._note(change_line(at, operations))

    def copy(self, key: str) -> Json:
        """A copy of one member of the document, safe to keep and to change."""
        with self.lock:
            return copy_json(self.document[key])  # type: ignore[literal-required]

    def warn(self, text: str) -> None:
        """Put a warning where the user sees it."""
        with self.lock:
            self.change(*local.add_warning(self.document, text, now()))

    def add_message(self, message: Message) -> None:
        """Append a message of ours."""
        self._unsent.append(message)
        self.change(*local.add_message(self.document, message))

    def replace_message(self, place: int, message: Message) -> None:
        """Say something else in an earlier place."""
        self._unsent.append(message)
        self.change(*local.replace_message(self.document, place, message))

    def record_request(self, sent: JsonView, resume: Json) -> None:
        """A request has gone out, with what was said since the one before.

        The tools and the context in it are noted where they are not those of the one before.
        """
        offer = {key: copy_json(sent.get(key) or []) for key in ("tools", "context")}
        news = {key: value for key, value in offer.items() if value != self._offer.get(key, [])}
        self._offer = offer
        request: JsonObject = {"messages": copy_json(self._unsent), **news}
        if resume is not None:
            secret = {each["id"] for each in self.document["questions"] if each["secret"]}
            request["resume"] = [_without_secret(entry, secret) for entry in resume]
        self._unsent.clear()
        self._note({"at": now(), "runId": sent["runId"], "request": request})

    def mark_stopped(self, run_id: str | None, status: str) -> None:
        """A turn was stopped behind its last run, while tools of ours did what that run asked."""
        self.change(*local.end_last_run(self.document, run_id, status))

    def call_taken(self, call_id: str) -> None:
        """A tool call is being run here."""
        self.change(*local.start_call(self.document, call_id, now()))

    def call_left(self, call_id: str) -> None:
        """A tool call is not being run here any more, and was not answered."""
        self.change(*local.leave_call(self.document, call_id))

    def call_answered(
        self, message: Message, shown: Output | None = None, *, ran: bool = True
    ) -> None:
        """Put a tool message behind the call's message and its other results (C-TOOL-11).

        ``ran``: here, just now; else the call was only refused.
        """
        self._unsent.append(message)
        self.change(*local.answer_call(self.document, message, shown, now() if ran else None))

    def put_event(self, run_id: str, name: str, value: Json) -> None:
        """Let a CUSTOM event stand where the user sees it."""
        with self.lock:
            self.change(*local.put_event(self.document, run_id, name, value))

    def show(self, place: str, output: Output, *, lasting: bool) -> None:
        """What the user's code draws in a place of the chat; noted only where it is to last."""
        with self.lock:
            operations = local.show(self.document, place, output)
            self._carry_out(operations)
            if lasting and place in self.document["outputs"]:
                self._note(change_line(now(), [Set(("outputs", place), output)]))

    def trace(self, run_id: str | None, traces: Mapping[str | None, Json]) -> None:
        """Show where the user's own code failed, in calls or (None) in the run. Kept nowhere."""
        with self.lock:
            for call_id, frames in traces.items():
                if frames:
                    shown = self.secrets.mask_value(frames)
                    self._carry_out(local.trace(self.document, run_id, call_id, shown))

    def advise(self, run_id: str, known: Advice | None) -> None:
        """Say what to do about a run that failed: as is ``known``, else by what the agent said."""
        with self.lock:
            self._carry_out(local.advise(self.document, run_id, known))

    def ask_here(self, asked: Sequence[JsonObject]) -> None:
        """Ask the user before tools of ours run."""
        with self.lock:
            self.change(*local.ask_here(self.document, asked))

    def decide(self, verdicts: Mapping[str, Verdict]) -> None:
        """Questions of ours were answered; what is to be done about it is kept for the turn."""
        self.verdicts = list(verdicts.values())
        self.change(*local.settle_here(self.document, verdicts.keys()))

    def settle(self, ids: Sequence[str]) -> None:
        """Questions were answered by a run that nobody here follows to its end."""
        with self.lock:
            self.change(*local.settle_here(self.document, ids))

    def forget_run(self, kept: str) -> None:
        """A run that the server keeps under this name is told anew from its beginning."""
        with self.lock:
            self.change(*local.forget_run(self.document, kept))

    def open_calls(self) -> list[JsonObject]:
        """The tool calls nobody has answered, in order."""
        return open_calls(self.document["messages"])

    def calls_since(self, message_id: str | None) -> set[str]:
        """Ids of the tool calls made behind this message."""
        return calls_since(self.document["messages"], message_id)

    def cut(self, count: int) -> None:
        """Go on from the first ``count`` messages, on a branch of its own; the one left is kept."""
        document = copy_json(self.document)
        number = self.branches.begin(count - 1, document)
        self._carry_out(member_operations(first_messages(self.document, count)))
        self._note(branch_line(now(), number, count))

    def show_branch(self, number: int) -> None:
        """Go back to another branch, as it was left. Raises InvalidInput when there is none."""
        with self.lock:
            if number not in self.branches:
                raise InvalidInput(f"There is no branch {number} in this thread.")
            self._end_running()
            self.age += 1
            document = self.branches.show(number, copy_json(self.document))
            self._carry_out(member_operations(document))
            self._note(branch_line(now(), number))

    def reset(self, thread_id: str, messages: Iterable[Message], state: Json) -> None:
        """Begin a new thread in the same place."""
        fresh = new_document(thread_id, messages, state)
        with self.lock:
            began: Journal = [(0, thread_line(now(), fresh))]
            self.restore(Past(fresh, EventLog(self.lock), began, Branches()))
            self._unsent, self._offer = list(fresh["messages"]), {}

    @property
    def past(self) -> Past:
        """The conversation as it is now, to be restored later."""
        with self.lock:
            return Past(copy_json(self.document), self.events, self.journal, self.branches)

    def restore(self, past: Past) -> None:
        """Go on from a conversation of earlier, whole."""
        with self.lock:
            self._end_running()
            self._tell_journal()  # of what is left
            self.age += 1
            self.events, self.journal, self.branches = past.events, past.journal, past.branches
            self.captures = Captures()
            self.declined.clear()
            self.verdicts.clear()
            self._unsent, self._offer = [], dict.fromkeys(("tools", "context"))
            self._carry_out(member_operations(past.document))
            self._tell_journal()

    def follow(self, operations: Iterable[Operation]) -> None:
        """Pass on what somebody else has done to the document. Call it under the lock."""
        self._tell(tuple(operations))

    def _end_running(self) -> None:
        """What is left while it runs was stopped."""
        for place, run in enumerate(self.document["runs"]):
            if run["status"] == "running":
                ends: Json = {"status": "cancelled", "endedAt": now()}
                self.change(*(Set(("runs", place, key), value) for key, value in ends.items()))

    def _tell_turn(self, busy: bool) -> None:
        self.busy = busy
        for observer in tuple(self._turn_observers):
            self._call(observer, busy)

    def _tell(self, operations: Sequence[Operation]) -> None:
        for observer in tuple(self._observers):
            self._call(observer, operations)

    def _tell_event(self, record: EventRecord) -> None:
        for observer in tuple(self._event_observers):
            self._call(observer, record)

    def _call(self, observer: Callable[[Json], object], told: Json) -> None:
        """An observer may not break a run: what it raises is complained about, once.

        One that had to be stopped is not called again: it would hold up every change.
        """
        if id(observer) in self._blocking:
            return
        try:
            observer(told)
        except BaseException as error:  # also an exit: it would end the loop that tells
            if isinstance(error, Blocked):
                self._blocking[id(observer)] = observer
            if self._broken.setdefault(id(observer), error) is error:
                self._broken[id(observer)] = observer
                self.warn(f"The observer {name_of(observer)!r} failed: {one_line(error)}")


def _without_secret(answer: JsonObject, secret: set[str]) -> JsonObject:
    """An answer as it may be kept: a password leaves no trace."""
    hidden = answer["interruptId"] in secret and "payload" in answer
    return {**answer, "payload": HIDDEN} if hidden else answer


def _subscribe(observers: list[T], function: T) -> Callable[[], None]:
    observers.append(function)

    def leave() -> None:
        if function in observers:
            observers.remove(function)

    return leave
