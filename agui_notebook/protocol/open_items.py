"""What is open in a run, what was and who owns it: the notes that reader, mender and writer share.

Pure: events in, answers out. Nothing here judges, sends or changes an event.
"""

from __future__ import annotations

from collections.abc import Callable

from .document.shape import Event
from .grammar import BRACKETS, CALL, ENDS, RUN, STARTS, STEP, Bracket
from .owners import Owner, Owners

Key = tuple[str, str, Owner]  # the bracket's word, the item's name, and for a step its owner


class OpenItems:
    """Notes the events of a stream, one after the other.

    ``phase`` is before, running, finished or errored; ``open`` and ``ended`` map what has been
    opened in this run to the event that did it, in order; ``calls`` maps each tool call of the
    run to whether a result followed; ``owners`` is kept by whoever reads.
    """

    def __init__(self) -> None:
        self.phase = "before"
        self.forget()

    def forget(self) -> None:
        """A new run: nothing is open, nobody owns anything (C-LIFE-13)."""
        self.open: dict[Key, Event] = {}
        self.ended: dict[Key, Event] = {}
        self.calls: dict[str, bool] = {}
        self.owners = Owners()

    def note(self, event: Event) -> None:
        """Take in an event that counts."""
        if entry := _NOTES.get(event["type"]):
            entry(self, event)

    @property
    def over(self) -> bool:
        """Whether the terminal event has come."""
        return self.phase in ("finished", "errored")

    def is_open(self, event: Event) -> bool:
        """Whether the thing that ``event`` opens, continues or closes is open now."""
        return key_of(BRACKETS[event["type"]], event) in self.open

    def open_names(self, bracket: Bracket) -> list[str]:
        """The names of what is open of one kind, in order of opening."""
        return [key[1] for key in self.open if key[0] == bracket.word]

    def step_owners(self, name: str) -> list[Owner]:
        """Who has a step of this name open."""
        return [owner for word, step, owner in self.open if (word, step) == (STEP.word, name)]

    def known(self, bracket: Bracket, name: str) -> bool:
        """Whether this run has opened it, be it open still or not."""
        key = (bracket.word, name, None)
        return key in self.open or key in self.ended

    def closing_events(self) -> list[Event]:
        """What must still be sent before RUN_FINISHED, innermost first (P-STREAM-02)."""
        return [closing_event(event) for event in reversed(self.open.values())]

    def pending_calls(self) -> list[str]:
        """Calls started in this run and not answered, in call order (P-TOOL-09)."""
        return [call for call, done in self.calls.items() if not done]


def key_of(bracket: Bracket, event: Event) -> Key:
    """The thing an event is about; steps are per owner (C-SUB-09)."""
    owner = event.get("subagentRunId") if bracket is STEP else None
    return (bracket.word, event[bracket.key], owner)


def closing_event(start: Event) -> Event:
    """The event that ends what ``start`` has opened."""
    bracket = STARTS[start["type"]]
    names = {name: start[name] for name in (bracket.key, "subagentRunId") if name in start}
    return {"type": bracket.end, **names}


def _open(items: OpenItems, event: Event) -> None:
    items.open[key_of(STARTS[event["type"]], event)] = event


def _close(items: OpenItems, event: Event) -> None:
    key = key_of(ENDS[event["type"]], event)
    start = items.open.pop(key, None)
    if start is not None:
        items.ended[key] = start


def _start_call(items: OpenItems, event: Event) -> None:
    _open(items, event)
    items.calls.setdefault(event["toolCallId"], False)


def _answer_call(items: OpenItems, event: Event) -> None:
    if event["toolCallId"] in items.calls:
        items.calls[event["toolCallId"]] = True


def _start_run(items: OpenItems, event: Event) -> None:
    items.forget()
    items.phase = "running"
    items.owners.restate((event.get("input") or {}).get("messages", ()))


def _finish_run(items: OpenItems, event: Event) -> None:
    items.open.clear()
    items.phase = "finished"


def _fail_run(items: OpenItems, event: Event) -> None:
    items.open.clear()
    items.phase = "errored"


_NOTES: dict[str, Callable[[OpenItems, Event], None]] = {
    **dict.fromkeys(STARTS, _open),
    **dict.fromkeys(ENDS, _close),
    CALL.start: _start_call,
    "TOOL_CALL_RESULT": _answer_call,
    RUN.start: _start_run,
    RUN.end: _finish_run,
    RUN.failure: _fail_run,
}
