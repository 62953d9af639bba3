"""What one run has open and owes: the bookkeeping under the emitter, one table over event types.

Pure: events in, answers out. It never sends anything and never changes an event.
"""

from __future__ import annotations

from collections.abc import Callable

from ..protocol.document.shape import Event

Key = tuple[str, ...]


class Ledger:
    """Notes every event of a run, so that whatever is open can be closed and calls be counted.

    ``open`` maps what is open to the event that closes it, in order of opening; ``calls`` maps
    each tool call of this run to whether a result followed; ``ended`` turns true at the terminal
    event.
    """

    def __init__(self) -> None:
        self.open: dict[Key, Event] = {}
        self.calls: dict[str, bool] = {}
        self.ended = False

    def note(self, event: Event) -> None:
        """Take in an event that is about to leave."""
        if entry := NOTES.get(event["type"]):
            entry(self, event)

    def is_open(self, event: Event) -> bool:
        """Whether the thing that ``event`` opens, continues or closes is open now."""
        return key_of(event) in self.open

    def closing_events(self) -> list[Event]:
        """What must still be sent before RUN_FINISHED, innermost first (P-STREAM-02)."""
        return list(reversed(self.open.values()))

    def pending_calls(self) -> list[str]:
        """Calls started in this run and not answered, in call order (P-TOOL-09)."""
        return [call for call, answered in self.calls.items() if not answered]


# kind of thing: the field that names it, and the type of the event that closes it
KINDS = {
    "TEXT_MESSAGE": ("messageId", "TEXT_MESSAGE_END"),
    "REASONING_MESSAGE": ("messageId", "REASONING_MESSAGE_END"),
    "REASONING": ("messageId", "REASONING_END"),
    "TOOL_CALL": ("toolCallId", "TOOL_CALL_END"),
    "STEP": ("stepName", "STEP_FINISHED"),
    "SUBAGENT": ("subagentRunId", "SUBAGENT_FINISHED"),
}
OPENS = {f"{kind}_START": kind for kind in KINDS if kind not in ("STEP", "SUBAGENT")} | {
    "STEP_STARTED": "STEP",
    "SUBAGENT_STARTED": "SUBAGENT",
}
CLOSES = {end: kind for kind, (_, end) in KINDS.items()} | {"SUBAGENT_ERROR": "SUBAGENT"}
CONTINUES = {
    "TEXT_MESSAGE_CONTENT": "TEXT_MESSAGE",
    "REASONING_MESSAGE_CONTENT": "REASONING_MESSAGE",
    "TOOL_CALL_ARGS": "TOOL_CALL",
}
KIND_OF = OPENS | CLOSES | CONTINUES


def key_of(event: Event) -> Key:
    """The name of the thing an event is about; steps are per owner (C-SUB-09)."""
    kind = KIND_OF[event["type"]]
    name: str = event[KINDS[kind][0]]
    return (kind, name, event.get("subagentRunId", "")) if kind == "STEP" else (kind, name)


def _open(ledger: Ledger, event: Event) -> None:
    field, end = KINDS[OPENS[event["type"]]]
    closing = {"type": end, field: event[field]}
    if "subagentRunId" in event:
        closing["subagentRunId"] = event["subagentRunId"]
    ledger.open[key_of(event)] = closing


def _close(ledger: Ledger, event: Event) -> None:
    ledger.open.pop(key_of(event), None)


def _start_call(ledger: Ledger, event: Event) -> None:
    _open(ledger, event)
    ledger.calls.setdefault(event["toolCallId"], False)


def _answer_call(ledger: Ledger, event: Event) -> None:
    if event["toolCallId"] in ledger.calls:
        ledger.calls[event["toolCallId"]] = True


def _end(ledger: Ledger, event: Event) -> None:
    ledger.ended = True
    ledger.open.clear()


NOTES: dict[str, Callable[[Ledger, Event], None]] = {
    **dict.fromkeys(OPENS, _open),
    **dict.fromkeys(CLOSES, _close),
    "TOOL_CALL_START": _start_call,
    "TOOL_CALL_RESULT": _answer_call,
    "RUN_FINISHED": _end,
    "RUN_ERROR": _end,
}
