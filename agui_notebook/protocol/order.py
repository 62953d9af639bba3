"""Which event may follow which: what may come in which phase, and what each event needs open.

Shapes have been checked before (enforce.py) and chunks expanded (chunks.py); the document is not
known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..errors import ProtocolError
from .document.shape import Event
from .grammar import (
    CALL,
    CONTENTS,
    ENDS,
    ITEMS,
    REASONING,
    RUN,
    SPAN,
    STARTS,
    STEP,
    SUBAGENT,
    TEXT,
    Bracket,
)
from .open_items import OpenItems, key_of
from .owners import Owner, Owners, owner_name, violation

# What else may come in a phase other than "running", where all but RUN_STARTED may.
MAY_COME = {
    "before": {RUN.start, RUN.failure},
    "finished": {RUN.start, RUN.failure},
    "errored": {RUN.start},
}
_MISPLACED = {
    "before": ("C-LIFE-01", "First event must be 'RUN_STARTED'"),
    "running": (
        "C-LIFE-02",
        "Cannot send 'RUN_STARTED' while a run is still active. The previous run must be finished "
        "with 'RUN_FINISHED' before starting a new run.",
    ),
    "finished": (
        "C-LIFE-03",
        "Cannot send event type '{type}': The run has already finished with 'RUN_FINISHED'. "
        "Start a new run with 'RUN_STARTED'.",
    ),
    "errored": (
        "C-LIFE-03",
        "Cannot send event type '{type}': The run has already errored with 'RUN_ERROR'. "
        "No further events can be sent.",
    ),
}


class Wording(NamedTuple):
    """How the reference speaks of one kind of bracket."""

    owned_as: str
    rule: str
    end_hint: str = "A '{start}' event must be sent first."


_HINT = "Start a {word} with '{start}' first."
WORDING = {
    TEXT.word: Wording("message", "C-TEXT-04"),
    CALL.word: Wording("tool call", "P-STREAM-01"),
    SPAN.word: Wording("reasoning message", "C-REAS-01"),
    REASONING.word: Wording("reasoning message", "C-REAS-01", _HINT),
}


class Order:
    """What is open in the stream so far, and who owns it. Reset by every RUN_STARTED.

    Not ``strict``, events behind RUN_FINISHED are let through, and those behind RUN_ERROR ignored.
    """

    def __init__(
        self,
        request: Mapping[str, object],
        strict: bool,
        warn: Callable[[str], None],
        items: OpenItems | None = None,
    ) -> None:
        self._strict = strict
        self._warn = warn
        self.thread = request.get("threadId")
        self.run: object = None
        self.items = items or OpenItems()

    def admits(self, event: Event) -> bool:
        """May ``event`` come now? False: it is to be ignored. Raises ProtocolError if not."""
        event_type = event["type"]
        phase = self.items.phase
        if phase == "running":
            if event_type == RUN.start:
                return self._misplaced(event)
        elif event_type not in MAY_COME[phase] and (self._strict or phase != "finished"):
            return self._misplaced(event)
        check = CHECKS.get(event_type)
        if check is not None:
            check(self, event)
        self.items.note(event)
        return True

    def _misplaced(self, event: Event) -> bool:
        """Tolerantly, what a server says behind its RUN_ERROR is noise: the run has failed."""
        phase = self.items.phase
        if not self._strict and phase == "errored":
            self._warn(f"{event['type']} after RUN_ERROR is ignored: the run has failed.")
            return False
        rule, text = _MISPLACED[phase]
        raise ProtocolError(text.format(type=event["type"]), rule=rule, event=event)

    def objects(self, event: Event, rule: str, text: str) -> None:
        """Strictly an error, tolerantly a warning."""
        if self._strict:
            raise ProtocolError(text, rule=rule, event=event)
        self._warn(text)


# --- messages, reasoning, tool calls ------------------------------------------------------------


def claim_start(owners: Owners, event: Event) -> None:
    """Give what a START begins its owner: its tag's, else for a call that of its message."""
    bracket = STARTS[event["type"]]
    parent = event.get("parentMessageId") if bracket is CALL else None
    carrier = owners.of["message"].get(parent) if isinstance(parent, str) else None
    owners.claim(
        WORDING[bracket.word].owned_as, event[bracket.key], event.get("subagentRunId", carrier)
    )


def _start(order: Order, event: Event) -> None:
    bracket = STARTS[event["type"]]
    item, wording = event[bracket.key], WORDING[bracket.word]
    if key_of(bracket, event) in order.items.open:
        raise violation(
            event,
            wording.rule,
            f"event: A {bracket.word} with ID '{item}' is already in progress. "
            f"Complete it with '{bracket.end}' first.",
        )
    owners = order.items.owners
    owners.check(event, wording.owned_as, item)
    claim_start(owners, event)


def _go_on(order: Order, event: Event) -> None:
    bracket = CONTENTS[event["type"]]
    if key_of(bracket, event) not in order.items.open:
        raise _not_open(event, bracket, _HINT)
    if "subagentRunId" in event:
        wording = WORDING[bracket.word]
        order.items.owners.check(event, wording.owned_as, event[bracket.key])


def _finish(order: Order, event: Event) -> None:
    bracket = ENDS[event["type"]]
    wording = WORDING[bracket.word]
    if key_of(bracket, event) not in order.items.open:
        raise _not_open(event, bracket, wording.end_hint)
    order.items.owners.check(event, wording.owned_as, event[bracket.key])


def _not_open(event: Event, bracket: Bracket, hint: str) -> ProtocolError:
    item, hint = event[bracket.key], hint.format(word=bracket.word, start=bracket.start)
    rule = WORDING[bracket.word].rule
    return violation(event, rule, f"event: No active {bracket.word} found with ID '{item}'. {hint}")


def _start_call(order: Order, event: Event) -> None:
    """A call belongs to the owner of the message that carries it (P-SUB-10)."""
    owners = order.items.owners.of
    parent = event.get("parentMessageId")
    if parent not in owners["message"]:
        _start(order, event)
        return
    owner = owners["message"][parent]
    known = owners["tool call"].get(event["toolCallId"], owner)
    _start(order, event)
    if text := misplaced_call(event, owner, known):
        belongs = "A tool call belongs to the message that carries it."
        raise violation(event, "P-SUB-10", f"{text} {belongs}")


def misplaced_call(event: Event, owner: Owner, known: Owner) -> str:
    """What is wrong with a call in a message of ``owner``, if anything is."""
    tag, parents = event.get("subagentRunId"), f"parent message '{event['parentMessageId']}'"
    if tag is not None and tag != owner:
        return f"subagentRunId '{tag}' does not match its {parents} owner '{owner_name(owner)}'."
    if known != owner:
        named = f"'{owner_name(known)}' but its {parents} is owned by '{owner_name(owner)}'"
        return f"tool call '{event['toolCallId']}' is owned by {named}."
    return ""


def _call_result(order: Order, event: Event) -> None:
    order.items.owners.of["message"][event["messageId"]] = event.get("subagentRunId")


def _messages_snapshot(order: Order, event: Event) -> None:
    order.items.owners.restate(event["messages"])


def _activity_snapshot(order: Order, event: Event) -> None:
    owners = order.items.owners.of["activity"]
    if event["messageId"] not in owners or event.get("replace") is not False:
        owners[event["messageId"]] = event.get("subagentRunId")


def _activity_delta(order: Order, event: Event) -> None:
    order.items.owners.check(event, "activity", event["messageId"])


def _encrypted_value(order: Order, event: Event) -> None:
    owners, item = order.items.owners, event["entityId"]
    if event["subtype"] == "tool-call":
        owners.check(event, "tool call", item)
        return
    kind = "message" if item in owners.of["message"] else "reasoning message"
    owners.check(event, kind, item, "message")


# --- runs ---------------------------------------------------------------------------------------


def _start_run(order: Order, event: Event) -> None:
    """Tracking is run-scoped (C-LIFE-13); the thread is the input's (P-INPUT-02)."""
    thread = event.get("threadId")
    order.thread = thread if order.thread is None else order.thread
    if thread != order.thread:
        order.objects(
            event,
            "P-INPUT-02",
            f"RUN_STARTED names thread '{thread}': every run on the stream carries the input's "
            f"threadId, '{order.thread}'.",
        )
    order.run = event.get("runId")


def _finish_run(order: Order, event: Event) -> None:
    """Nothing may be open (C-LIFE-12), and the ids are those of the start (P-INPUT-02)."""
    for bracket in ITEMS:
        if names := _open_names(order, bracket):
            raise ProtocolError(
                f"Cannot send 'RUN_FINISHED' while {bracket.word}s are still active: "
                f"{', '.join(names)}",
                rule="C-LIFE-12",
                event=event,
            )
    _check_ids(order, event)
    _check_interrupt_ids(event)


def _open_names(order: Order, bracket: Bracket) -> list[str]:
    keys = [key for key in order.items.open if key[0] == bracket.word]
    return [name if owner is None else f"{name} (subagent '{owner}')" for _, name, owner in keys]


def _check_ids(order: Order, event: Event) -> None:
    if event.get("runId") != order.run:
        order.objects(
            event,
            "P-INPUT-02",
            "RUN_STARTED and RUN_FINISHED of a run must agree on their runId: "
            f"'{order.run}' and '{event.get('runId')}'.",
        )
    if event.get("threadId") != order.thread:
        order.objects(
            event,
            "P-INPUT-02",
            f"RUN_FINISHED names thread '{event.get('threadId')}': both boundary events of a run "
            f"carry the input's threadId, '{order.thread}'.",
        )


def _check_interrupt_ids(event: Event) -> None:
    """Ids of interrupts are unique within the run (P-INT-02); tolerantly one is dropped."""
    seen = set()
    for interrupt in (event.get("outcome") or {}).get("interrupts") or ():
        if interrupt["id"] in seen:
            raise ProtocolError(
                f"RUN_FINISHED carries two interrupts carrying the id '{interrupt['id']}'.",
                rule="P-INT-02",
                event=event,
            )
        seen.add(interrupt["id"])


# --- steps and subagents ------------------------------------------------------------------------


def _start_step(order: Order, event: Event) -> None:
    """Steps are per owner (C-SUB-09); one of a name may be open at a time (C-LIFE-15)."""
    owner, name = event.get("subagentRunId"), event["stepName"]
    if key_of(STEP, event) in order.items.open:
        where = "" if owner is None else f" in subagent '{owner}'"
        raise ProtocolError(
            f"Step \"{name}\" is already active for 'STEP_STARTED'{where}",
            rule="C-LIFE-15",
            event=event,
        )


def _finish_step(order: Order, event: Event) -> None:
    if key_of(STEP, event) in order.items.open:
        return
    owner, name = event.get("subagentRunId"), event["stepName"]
    text = f"Cannot send 'STEP_FINISHED' for step \"{name}\" that was not started"
    others = order.items.step_owners(name)
    if others:
        text = (
            f"Cannot send 'STEP_FINISHED' for step \"{name}\" attributed to {_agent(owner)}: that "
            f"step is open under {', '.join(map(_agent, others))}. A step must be finished by "
            "whoever started it."
        )
    raise ProtocolError(text, rule="C-LIFE-15", event=event)


def _agent(owner: Owner) -> str:
    return "the parent agent" if owner is None else f"subagent '{owner}'"


def _start_subagent(order: Order, event: Event) -> None:
    """An id is one invocation of the run; its parent must have been announced (C-SUB-03)."""
    item, parent = event["subagentRunId"], event.get("parentSubagentRunId")
    text = ""
    if key_of(SUBAGENT, event) in order.items.open:
        text = f"subagent '{item}' is already active. Finish it with 'SUBAGENT_FINISHED' first."
    elif order.items.known(SUBAGENT, item):
        text = (
            f"subagent '{item}' has already finished in this run. Subagent IDs are per-invocation "
            "and cannot be reused."
        )
    elif parent is not None and not order.items.known(SUBAGENT, parent):
        text = f"parentSubagentRunId '{parent}' has not been started in this run."
    if text:
        raise violation(event, "C-SUB-03", text)


def _end_subagent(order: Order, event: Event) -> None:
    if key_of(SUBAGENT, event) not in order.items.open:
        raise violation(
            event,
            "C-SUB-03",
            f"no active subagent found with ID '{event['subagentRunId']}'. A 'SUBAGENT_STARTED' "
            "event must be sent first.",
        )


# What an event needs. Types that are not here may come at any time of a run.
CHECKS: dict[str, Callable[[Order, Event], None]] = {
    **{bracket.start: _start for bracket in (TEXT, REASONING, SPAN)},
    **dict.fromkeys(CONTENTS, _go_on),
    **{bracket.end: _finish for bracket in (TEXT, REASONING, SPAN, CALL)},
    CALL.start: _start_call,
    "TOOL_CALL_RESULT": _call_result,
    "REASONING_ENCRYPTED_VALUE": _encrypted_value,
    "MESSAGES_SNAPSHOT": _messages_snapshot,
    "ACTIVITY_SNAPSHOT": _activity_snapshot,
    "ACTIVITY_DELTA": _activity_delta,
    STEP.start: _start_step,
    STEP.end: _finish_step,
    SUBAGENT.start: _start_subagent,
    SUBAGENT.end: _end_subagent,
    SUBAGENT.failure: _end_subagent,
    RUN.start: _start_run,
    RUN.end: _finish_run,
}
