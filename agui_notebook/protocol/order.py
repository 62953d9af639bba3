"""Which event may follow which: two tables, and a sentence for what is in neither.

Shapes have been checked before (enforce.py) and chunks expanded (chunks.py); the document is not
known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ..errors import ProtocolError
from .document.shape import Event
from .owners import Owner, Owners, owner_name, violation
from .schema import EVENT_TYPES

# What may come in which phase of a stream, and where it leads (C-LIFE-01 to C-LIFE-04).
_STAY = dict.fromkeys(EVENT_TYPES - {"RUN_STARTED"}, "running")
PHASES: dict[str, dict[str, str]] = {
    "before": {"RUN_STARTED": "running", "RUN_ERROR": "errored"},
    "running": {**_STAY, "RUN_FINISHED": "finished", "RUN_ERROR": "errored"},
    "finished": {"RUN_STARTED": "running", "RUN_ERROR": "errored"},
    "errored": {"RUN_STARTED": "running"},
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


class Bracket(NamedTuple):
    """Something that is opened, continued and closed by id."""

    word: str
    key: str
    prefix: str
    owned_as: str
    rule: str
    end_hint: str = "A '{start}' event must be sent first."

    @property
    def start(self) -> str:
        """The event type that opens one."""
        return f"{self.prefix}_START"


TEXT = Bracket("text message", "messageId", "TEXT_MESSAGE", "message", "C-TEXT-04")
CALL = Bracket("tool call", "toolCallId", "TOOL_CALL", "tool call", "P-STREAM-01")
SPAN = Bracket("reasoning span", "messageId", "REASONING", "reasoning message", "C-REAS-01")
_HINT = "Start a {word} with '{start}' first."
REASONING = Bracket(
    "reasoning message", "messageId", "REASONING_MESSAGE", "reasoning message", "C-REAS-01", _HINT
)


class Order:
    """What is open in the stream so far, and who owns it. Reset by every RUN_STARTED."""

    def __init__(
        self, request: Mapping[str, Any], strict: bool, warn: Callable[[str], None]
    ) -> None:
        self._strict = strict
        self._warn = warn
        self.thread: str | None = request.get("threadId")
        self.run: str | None = None
        self.phase = "before"
        self.forget()

    def forget(self) -> None:
        """A new run: nothing is open, nobody owns anything (C-LIFE-13)."""
        self.open: dict[str, dict[str, None]] = {b.word: {} for b in (TEXT, REASONING, SPAN, CALL)}
        self.owners = Owners()
        self.steps: dict[tuple[Owner, str], None] = {}
        self.subagents: dict[str, bool] = {}  # announced in this run -> still active?

    def admits(self, event: Event) -> bool:
        """May ``event`` come now? False: it is to be ignored. Raises ProtocolError if not."""
        event_type = event["type"]
        phase = PHASES[self.phase].get(event_type)
        if phase is None:
            return self._misplaced(event)
        step = STEPS.get(event_type)
        if step is not None:
            function, bracket = step
            function(self, event, bracket)
        self.phase = phase
        return True

    def _misplaced(self, event: Event) -> bool:
        """Tolerantly, what a server says behind its RUN_ERROR is noise: the run has failed."""
        if not self._strict and self.phase == "errored":
            self._warn(f"{event['type']} after RUN_ERROR is ignored: the run has failed.")
            return False
        rule, text = _MISPLACED[self.phase]
        raise ProtocolError(text.format(type=event["type"]), rule=rule, event=event)

    def objects(self, event: Event, rule: str, text: str) -> None:
        """Strictly an error, tolerantly a warning."""
        if self._strict:
            raise ProtocolError(text, rule=rule, event=event)
        self._warn(text)

    def start(self, event: Event, bracket: Bracket, inherited: Owner = None) -> None:
        item = event[bracket.key]
        if item in self.open[bracket.word]:
            raise violation(
                event,
                bracket.rule,
                f"event: A {bracket.word} with ID '{item}' is already in progress. "
                f"Complete it with '{bracket.prefix}_END' first.",
            )
        self.owners.check(event, bracket.owned_as, item)
        self.owners.claim(bracket.owned_as, item, event.get("subagentRunId", inherited))
        self.open[bracket.word][item] = None

    def go_on(self, event: Event, bracket: Bracket) -> None:
        item = event[bracket.key]
        if item not in self.open[bracket.word]:
            raise self._not_open(event, bracket, _HINT)
        if "subagentRunId" in event:
            self.owners.check(event, bracket.owned_as, item)

    def finish(self, event: Event, bracket: Bracket) -> None:
        item = event[bracket.key]
        if item not in self.open[bracket.word]:
            raise self._not_open(event, bracket, bracket.end_hint)
        self.owners.check(event, bracket.owned_as, item)
        del self.open[bracket.word][item]

    def _not_open(self, event: Event, bracket: Bracket, hint: str) -> ProtocolError:
        item, hint = event[bracket.key], hint.format(word=bracket.word, start=bracket.start)
        return violation(
            event, bracket.rule, f"event: No active {bracket.word} found with ID '{item}'. {hint}"
        )


def _run_started(order: Order, event: Event, _: Bracket | None) -> None:
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
    order.forget()
    order.run = event.get("runId")
    order.owners.restate((event.get("input") or {}).get("messages", ()))


def _run_finished(order: Order, event: Event, _: Bracket | None) -> None:
    """Nothing may be open (C-LIFE-12), and the ids are those of the start (P-INPUT-02)."""
    for what, items in _still_open(order):
        if items:
            raise ProtocolError(
                f"Cannot send 'RUN_FINISHED' while {what} are still active: {', '.join(items)}",
                rule="C-LIFE-12",
                event=event,
            )
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
    _interrupt_ids(order, event)


def _interrupt_ids(order: Order, event: Event) -> None:
    """Ids of interrupts are unique in a run (P-INT-02); tolerantly compatibility.py sees to it."""
    seen = set()
    for interrupt in (event.get("outcome") or {}).get("interrupts") or ():
        if interrupt["id"] in seen:
            raise ProtocolError(
                f"RUN_FINISHED carries two interrupts carrying the id '{interrupt['id']}'.",
                rule="P-INT-02",
                event=event,
            )
        seen.add(interrupt["id"])


def _still_open(order: Order) -> Iterable[tuple[str, list[str]]]:
    yield "steps", [name if o is None else f"{name} (subagent '{o}')" for o, name in order.steps]
    for bracket in (TEXT, REASONING, SPAN, CALL):
        yield f"{bracket.word}s", list(order.open[bracket.word])
    yield "subagents", [item for item, active in order.subagents.items() if active]


def _call_started(order: Order, event: Event, bracket: Bracket | None) -> None:
    """A call belongs to the owner of the message that carries it (P-SUB-10)."""
    parent, owners = event.get("parentMessageId"), order.owners.of["message"]
    if parent not in owners:
        order.start(event, CALL)
        return
    call, tag, owner = event["toolCallId"], event.get("subagentRunId"), owners[parent]
    known = order.owners.of["tool call"].get(call, owner)
    order.start(event, CALL, owner)
    parents = f"parent message '{parent}'"
    text = ""
    if tag is not None and tag != owner:
        text = f"subagentRunId '{tag}' does not match its {parents} owner '{owner_name(owner)}'."
    elif known != owner:
        owners_named = f"'{owner_name(known)}' but its {parents} is owned by '{owner_name(owner)}'"
        text = f"tool call '{call}' is owned by {owners_named}."
    if text:
        belongs = "A tool call belongs to the message that carries it."
        raise violation(event, "P-SUB-10", f"{text} {belongs}")


def _messages_snapshot(order: Order, event: Event, _: Bracket | None) -> None:
    order.owners.restate(event["messages"])


def _call_result(order: Order, event: Event, _: Bracket | None) -> None:
    order.owners.of["message"][event["messageId"]] = event.get("subagentRunId")


def _activity_snapshot(order: Order, event: Event, _: Bracket | None) -> None:
    owners = order.owners.of["activity"]
    if event["messageId"] not in owners or event.get("replace") is not False:
        owners[event["messageId"]] = event.get("subagentRunId")


def _activity_delta(order: Order, event: Event, _: Bracket | None) -> None:
    order.owners.check(event, "activity", event["messageId"])


def _encrypted_value(order: Order, event: Event, _: Bracket | None) -> None:
    item = event["entityId"]
    if event["subtype"] == "tool-call":
        order.owners.check(event, "tool call", item)
        return
    kind = "message" if item in order.owners.of["message"] else "reasoning message"
    order.owners.check(event, kind, item, "message")


def _step_started(order: Order, event: Event, _: Bracket | None) -> None:
    """Steps are per owner (C-SUB-09); one of a name may be open at a time (C-LIFE-15)."""
    owner, name = event.get("subagentRunId"), event["stepName"]
    if (owner, name) in order.steps:
        where = "" if owner is None else f" in subagent '{owner}'"
        raise ProtocolError(
            f"Step \"{name}\" is already active for 'STEP_STARTED'{where}",
            rule="C-LIFE-15",
            event=event,
        )
    order.steps[owner, name] = None


def _step_finished(order: Order, event: Event, _: Bracket | None) -> None:
    owner, name = event.get("subagentRunId"), event["stepName"]
    if (owner, name) in order.steps:
        del order.steps[owner, name]
        return
    text = f"Cannot send 'STEP_FINISHED' for step \"{name}\" that was not started"
    others = [other for other, open_name in order.steps if open_name == name]
    if others:
        text = (
            f"Cannot send 'STEP_FINISHED' for step \"{name}\" attributed to {_agent(owner)}: that "
            f"step is open under {', '.join(map(_agent, others))}. A step must be finished by "
            "whoever started it."
        )
    raise ProtocolError(text, rule="C-LIFE-15", event=event)


def _subagent_started(order: Order, event: Event, _: Bracket | None) -> None:
    """An id is one invocation of the run; its parent must have been announced (C-SUB-03)."""
    item, parent = event["subagentRunId"], event.get("parentSubagentRunId")
    text = ""
    if order.subagents.get(item):
        text = f"subagent '{item}' is already active. Finish it with 'SUBAGENT_FINISHED' first."
    elif item in order.subagents:
        text = (
            f"subagent '{item}' has already finished in this run. Subagent IDs are per-invocation "
            "and cannot be reused."
        )
    elif parent is not None and parent not in order.subagents:
        text = f"parentSubagentRunId '{parent}' has not been started in this run."
    if text:
        raise violation(event, "C-SUB-03", text)
    order.subagents[item] = True


def _subagent_ended(order: Order, event: Event, _: Bracket | None) -> None:
    item = event["subagentRunId"]
    if not order.subagents.get(item):
        raise violation(
            event,
            "C-SUB-03",
            f"no active subagent found with ID '{item}'. A 'SUBAGENT_STARTED' event must be sent "
            "first.",
        )
    order.subagents[item] = False


def _agent(owner: Owner) -> str:
    return "the parent agent" if owner is None else f"subagent '{owner}'"


OrderStep = Callable[[Order, Event, Any], None]

# What an event opens, continues or closes. Types that are not here may come at any time of a run.
STEPS: dict[str, tuple[OrderStep, Bracket | None]] = {
    "RUN_STARTED": (_run_started, None),
    "RUN_FINISHED": (_run_finished, None),
    "TEXT_MESSAGE_START": (Order.start, TEXT),
    "TEXT_MESSAGE_CONTENT": (Order.go_on, TEXT),
    "TEXT_MESSAGE_END": (Order.finish, TEXT),
    "TOOL_CALL_START": (_call_started, CALL),
    "TOOL_CALL_ARGS": (Order.go_on, CALL),
    "TOOL_CALL_END": (Order.finish, CALL),
    "TOOL_CALL_RESULT": (_call_result, None),
    "REASONING_START": (Order.start, SPAN),
    "REASONING_END": (Order.finish, SPAN),
    "REASONING_MESSAGE_START": (Order.start, REASONING),
    "REASONING_MESSAGE_CONTENT": (Order.go_on, REASONING),
    "REASONING_MESSAGE_END": (Order.finish, REASONING),
    "REASONING_ENCRYPTED_VALUE": (_encrypted_value, None),
    "MESSAGES_SNAPSHOT": (_messages_snapshot, None),
    "ACTIVITY_SNAPSHOT": (_activity_snapshot, None),
    "ACTIVITY_DELTA": (_activity_delta, None),
    "STEP_STARTED": (_step_started, None),
    "STEP_FINISHED": (_step_finished, None),
    "SUBAGENT_STARTED": (_subagent_started, None),
    "SUBAGENT_FINISHED": (_subagent_ended, None),
    "SUBAGENT_ERROR": (_subagent_ended, None),
}
