"""Events out of order, put in order: what was left out is made up, what is too much is left out.

Shapes are right when they come here. One event in, events that order.py admits out; every change
is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...values import JsonObject
from ..document.shape import Event, Message, calls_of
from ..grammar import (
    CALL,
    CONTENTS,
    ENDS,
    REASONING,
    RUN,
    SPAN,
    STARTS,
    STEP,
    SUBAGENT,
    TEXT,
    Bracket,
)
from ..open_items import key_of
from ..order import WORDING
from .calls import answer_call, cut_calls, end_call, go_on_call, is_whole, start_call
from .local_ids import with_local_ids
from .run_notes import RunNotes


class Mender(RunNotes):
    """Mends the order of one stream, whatever it is of."""

    def __call__(self, event: Event) -> Iterable[Event]:
        """The events to take in place of ``event``."""
        event_type, phase = event["type"], self.items.phase
        if event_type == RUN.start and phase != "running":
            self.forget()
            return (event,)
        if phase == "errored" or event_type == RUN.failure:
            return (event,)
        mend = MENDS.get(event_type)
        if phase == "before" and self.start is not None:
            return self._start_late(event, mend)
        if phase == "finished":
            if event_type == RUN.end:
                self.blame("sent RUN_FINISHED twice")
                return ()
            self.blame(f"sent {event_type} behind RUN_FINISHED")
        return (event,) if mend is None else mend(self, self.with_our_ids(event))

    def _start_late(self, event: Event, mend: Mend | None) -> Iterator[Event]:
        self.blame(f"sent {event['type']} before RUN_STARTED")
        assert self.start is not None
        yield self.start
        if mend is None:
            yield event
        else:
            yield from mend(self, event)


Mend = Callable[[Mender, Event], Iterable[Event]]


# --- messages and reasoning ---------------------------------------------------------------------


def _start(mend: Mender, event: Event) -> Iterable[Event]:
    bracket = STARTS[event["type"]]
    item = event[bracket.key]
    if mend.items.is_open(event):
        mend.blame(f"started {bracket.word} {item} twice")
        return
    if bracket is not SPAN:
        event = _own_message(mend, bracket, event)
    yield mend.own_tag(event, WORDING[bracket.word].owned_as, event[bracket.key])


def _own_message(mend: Mender, bracket: Bracket, event: Event) -> Event:
    """Under a new id, if the thread has another message of this one."""
    role = event.get("role", "assistant") if bracket is TEXT else "reasoning"
    if mend.is_another(bracket.word, event["messageId"], role):
        event = mend.rename(event, bracket.word, "messageId")
    mend.ours.add((bracket.word, event["messageId"]))
    return event


def _go_on(mend: Mender, event: Event) -> Iterable[Event]:
    bracket = CONTENTS[event["type"]]
    if not mend.items.is_open(event):
        start = _missing_start(mend, bracket, event)
        event = {**event, bracket.key: start[bracket.key]}
        yield start
    yield mend.own_tag(event, WORDING[bracket.word].owned_as, event[bracket.key])


def _missing_start(mend: Mender, bracket: Bracket, event: Event) -> Event:
    """The START that was left out, or the one that ended too early again."""
    item, key = event[bracket.key], key_of(bracket, event)
    ended = mend.items.ended.get(key)
    if ended is not None:
        mend.blame(f"sent {bracket.brings} {item} after its end")
        mend.continued.add(key)
        return {name: ended[name] for name in ended if name not in ("metadata", "rawEvent")}
    mend.blame(f"sent {bracket.brings} {item} without starting it")
    role = "assistant" if bracket is TEXT else "reasoning"
    tag = {name: event[name] for name in ("subagentRunId",) if name in event}
    start = _own_message(
        mend, bracket, {"type": bracket.start, "messageId": item, "role": role, **tag}
    )
    mend.continued.add(key_of(bracket, start))
    return start


def _end(mend: Mender, event: Event) -> Iterable[Event]:
    bracket = ENDS[event["type"]]
    item = event[bracket.key]
    if mend.items.is_open(event):
        return (mend.own_tag(event, WORDING[bracket.word].owned_as, item),)
    mend.blame(f"ended {bracket.word} {item}, which was not open")
    return ()


# --- snapshots and activities -------------------------------------------------------------------


def _messages_snapshot(mend: Mender, event: Event) -> Iterable[Event]:
    messages = with_local_ids(event["messages"])
    if len(messages) < len(event["messages"]) or messages != event["messages"]:
        mend.blame("sent MESSAGES_SNAPSHOT with one id for several messages or calls")
    messages = [_with_arguments(mend, message) for message in messages]
    event = {**event, "messages": messages}
    for message in messages:
        if mend.held.role(message["id"]) is None:
            kind = REASONING if message["role"] == "reasoning" else TEXT
            mend.ours.add((kind.word, message["id"]))
    return (event,)


def _with_arguments(mend: Mender, message: Message) -> Message:
    """With the arguments that the agent has streamed, and now leaves out or garbles."""
    calls = [_with_streamed(mend, call) for call in calls_of(message)]
    if calls == list(calls_of(message)):
        return message
    mend.blame("sent MESSAGES_SNAPSHOT without the arguments of its tool calls")
    return {**message, "toolCalls": calls}


def _with_streamed(mend: Mender, call: JsonObject) -> JsonObject:
    function, held = call["function"], mend.held.call(call["id"])
    if held is None or held["function"]["name"] != function["name"]:
        return call
    if function["arguments"] and (
        is_whole(function["arguments"]) or not is_whole(held["function"]["arguments"])
    ):
        return call
    return {**call, "function": {**function, "arguments": held["function"]["arguments"]}}


def _activity_snapshot(mend: Mender, event: Event) -> Iterable[Event]:
    if mend.held.role(event["messageId"]) not in (None, "activity"):
        event = mend.rename(event, "activity", "messageId")
    return (event,)


def _activity_delta(mend: Mender, event: Event) -> Iterable[Event]:
    return (mend.own_tag(event, "activity", event["messageId"]),)


def _encrypted_value(mend: Mender, event: Event) -> Iterable[Event]:
    kinds = ["tool call"] if event["subtype"] == "tool-call" else ["message", "reasoning message"]
    for kind in kinds:
        event = mend.own_tag(event, kind, event["entityId"])
    return (event,)


# --- runs, steps and subagents ------------------------------------------------------------------


def _start_run(mend: Mender, event: Event) -> Iterable[Event]:
    mend.blame("sent RUN_STARTED again within a run")
    return ()


def _finish_run(mend: Mender, event: Event) -> Iterable[Event]:
    """Whatever is open ends first (C-LIFE-12)."""
    if mend.start is not None:
        for key in mend.items.open:
            if key not in mend.continued:
                mend.blame(f"left {key[0]} {key[1]} open at RUN_FINISHED")
    yield from cut_calls(mend)
    if mend.start is not None:
        yield from mend.items.closing_events()
    yield _with_our_calls(mend, event)


def _with_our_calls(mend: Mender, event: Event) -> Event:
    """The calls that the outcome speaks of, under our ids."""
    calls = {agents: ours for (kind, agents), ours in mend.names.items() if kind == CALL.word}
    outcome = event.get("outcome")
    if not calls or outcome is None:
        return event
    outcome = dict(outcome)
    if pending := outcome.get("pendingToolCallIds"):
        outcome["pendingToolCallIds"] = [calls.get(call, call) for call in pending]
    if asked := outcome.get("interrupts"):
        outcome["interrupts"] = [
            {**one, "toolCallId": calls[one["toolCallId"]]}
            if one.get("toolCallId") in calls
            else one
            for one in asked
        ]
    return {**event, "outcome": outcome}


def _start_step(mend: Mender, event: Event) -> Iterable[Event]:
    if mend.items.is_open(event):
        mend.blame(f"started step {event['stepName']} twice")
        return ()
    return (event,)


def _finish_step(mend: Mender, event: Event) -> Iterable[Event]:
    if mend.items.is_open(event):
        return (event,)
    name, owners = event["stepName"], mend.items.step_owners(event["stepName"])
    if not owners:
        mend.blame(f"finished step {name}, which was not open")
        return ()
    mend.blame(f"finished step {name} in the name of another agent")
    rest = {key: value for key, value in event.items() if key != "subagentRunId"}
    return (rest if owners[-1] is None else {**rest, "subagentRunId": owners[-1]},)


def _start_subagent(mend: Mender, event: Event) -> Iterable[Event]:
    item, parent = event["subagentRunId"], event.get("parentSubagentRunId")
    if mend.items.is_open(event):
        mend.blame(f"started subagent {item} twice")
        return ()
    if mend.items.known(SUBAGENT, item):
        mend.blame(f"started subagent {item} again after its end")
        del mend.items.ended[key_of(SUBAGENT, event)]
    if parent is not None and not mend.items.known(SUBAGENT, parent):
        mend.blame(f"named a parent of subagent {item} that was not started")
        event = {key: value for key, value in event.items() if key != "parentSubagentRunId"}
    return (event,)


def _end_subagent(mend: Mender, event: Event) -> Iterable[Event]:
    if mend.items.is_open(event):
        return (event,)
    mend.blame(f"ended subagent {event['subagentRunId']}, which was not active")
    return ()


MENDS: dict[str, Mend] = {
    **{bracket.start: _start for bracket in (TEXT, REASONING, SPAN)},
    **{bracket.content: _go_on for bracket in (TEXT, REASONING)},
    **{bracket.end: _end for bracket in (TEXT, REASONING, SPAN)},
    CALL.start: start_call,
    CALL.content: go_on_call,
    CALL.end: end_call,
    "TOOL_CALL_RESULT": answer_call,
    "MESSAGES_SNAPSHOT": _messages_snapshot,
    "ACTIVITY_SNAPSHOT": _activity_snapshot,
    "ACTIVITY_DELTA": _activity_delta,
    "REASONING_ENCRYPTED_VALUE": _encrypted_value,
    RUN.start: _start_run,
    RUN.end: _finish_run,
    STEP.start: _start_step,
    STEP.end: _finish_step,
    SUBAGENT.start: _start_subagent,
    SUBAGENT.end: _end_subagent,
    SUBAGENT.failure: _end_subagent,
}
