"""Whole events in another form than the table's, before it is asked: older and foreign dialects.

One function per event type, none of which raises; single values are values.py's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import count

from ...errors import InvalidInput
from ...values import Json
from ..document.shape import Event
from ..grammar import RUN
from ..schema import EVENT_TYPES, EVENTS, fields
from .messages import read_message
from .questions import facts_of
from .values import sentence_of

Tell = Callable[[str], None]


def reshape(event: Event, blame: Tell) -> Event:
    """``event`` in today's form as far as it is plain what is meant. It is never changed."""
    event = _in_capitals(event, blame)
    if "_" in "".join(event):
        event = _camel_case(event, blame)
    change = RESHAPED.get(event["type"])
    return event if change is None else change(event, blame)


def _in_capitals(event: Event, blame: Tell) -> Event:
    """The same under the protocol's name for its type, where that is only spelt in another way."""
    kind = event["type"]
    if kind in EVENT_TYPES or not isinstance(kind, str):
        return event
    known = re.sub(r"(?<=[a-z])(?=[A-Z])|[-. ]", "_", kind).upper()
    known = (
        RUN.failure or "" if known == "ERROR" else known
    )  # a framework's own, behind the agent's back
    if known not in EVENT_TYPES:
        return event
    blame(f"sent {known} under the name {kind!r}")
    return {**event, "type": known}


def _camel_case(event: Event, blame: Tell) -> Event:
    known = _spellings(event["type"])
    if not any(key in known and known[key] not in event for key in event):
        return event
    blame(f"sent {event['type']} in snake_case (AG-UI is camelCase: serialise by alias)")
    return {known.get(key, key): value for key, value in event.items()}


@cache
def _spellings(event_type: str) -> dict[str, str]:
    """snake_case -> the table's name, of the fields that have another spelling at all."""
    names = fields(EVENTS.get(event_type, ""))
    snakes = {"".join(f"_{c.lower()}" if c.isupper() else c for c in name): name for name in names}
    return {snake: name for snake, name in snakes.items() if snake != name}


def _run_error(event: Event, blame: Tell) -> Event:
    """Reports of frameworks: an object for a message, an ``error`` or ``detail`` beside it."""
    names = ("message", "error", "detail", "errorText")
    said = next((event[name] for name in names if event.get(name) is not None), None)
    if said is None or isinstance(event.get("message"), str):
        return event
    blame("sent RUN_ERROR without a message of its own")
    code = said.get("code") if isinstance(said, Mapping) else None
    kept = {key: item for key, item in event.items() if key not in names}
    return {**({"code": code} if code is not None else {}), **kept, "message": sentence_of(said)}


def _run_finished(event: Event, blame: Tell) -> Event:
    """The outcome as a word, the questions beside it (older drafts, Agent Framework's beta)."""
    outcome, listed = event.get("outcome"), event.get("interrupts", event.get("interrupt"))
    if isinstance(outcome, str):
        blame(f"sent RUN_FINISHED with the outcome as a word, {outcome!r}")
        outcome = {"type": outcome}
    if listed and (outcome is None or outcome == {"type": "interrupt"}):
        blame("sent RUN_FINISHED with its questions outside the outcome")
        asked = listed if isinstance(listed, list) else [listed]
        outcome = {"type": "interrupt", "interrupts": asked}
    if isinstance(outcome, dict) and isinstance(outcome.get("interrupts"), list):
        asked = [_question(given, n) for n, given in enumerate(outcome["interrupts"], 1)]
        outcome = {**outcome, "interrupts": asked}
    rest = {key: event[key] for key in event if key not in ("outcome", "interrupts", "interrupt")}
    return rest if outcome is None else {**rest, "outcome": outcome}


def _question(given: Json, number: int) -> Json:
    """An interrupt with an id, made of a value where it is nothing more."""
    if not isinstance(given, dict):
        return {"id": f"question-{number}", **facts_of(given, "input_required")}
    item = given.get("id")
    named = {**given, "id": f"question-{number}" if item in (None, "") else item}
    if "value" not in given or "reason" in given:
        return named
    rest = {key: value for key, value in named.items() if key != "value"}
    raw = {"metadata": {"langgraph": {"raw": given["value"]}}}
    return {**raw, **facts_of(given["value"], "input_required"), **rest}


def _messages_snapshot(event: Event, blame: Tell) -> Event:
    messages = event.get("messages")
    if not isinstance(messages, list):
        return event
    return {**event, "messages": [_message(given, n, blame) for n, given in enumerate(messages)]}


def _message(given: Json, place: int, blame: Tell) -> Json:
    """A message in AG-UI's form; one that is no message at all is left to the table."""
    numbers = count(1)
    try:
        read = read_message(given, lambda: f"message-{place}.{next(numbers)}", _silence)
    except (InvalidInput, RecursionError):
        return given
    if read is None or read == {k: item for k, item in given.items() if item is not None}:
        return given
    blame(f"sent MESSAGES_SNAPSHOT with a message in another form at '/messages/{place}'")
    return read


def _silence(_: str) -> None:
    """What is left out of a message is told once, by whoever called."""


RESHAPED: dict[str, Callable[[Event, Tell], Event]] = {
    "RUN_ERROR": _run_error,
    "RUN_FINISHED": _run_finished,
    "MESSAGES_SNAPSHOT": _messages_snapshot,
}
