"""What an agent asks in an older dialect, as the interrupts of today; and the way back for answers.

LangGraph's servers ask by CUSTOM ``on_interrupt`` and take ``forwardedProps.command.resume``; those
that keep nothing between runs, as Mastra's, also want the question back as they sent it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from ...values import Json
from ..document.shape import Event

QUESTIONS = ("on_interrupt", "LangGraphInterruptEvent", "WorkflowInterruptEvent")
BY_COMMAND = "command.resume"  # how the answer goes back, noted in the interrupt's metadata
OUR_KEY = "agui_notebook"  # the namespace of that note
# what ag-ui-langgraph makes of an answer that was abandoned
CANCELLED = "__agui_cancelled__"
SUSPENDED = frozenset({"toolCallId", "runId"})  # by which Mastra finds what it has suspended


class Questions:
    """What was asked in the run so far by CUSTOM events."""

    def __init__(self) -> None:
        self._asked: list[dict[str, Json]] = []

    def note(self, event: Event) -> None:
        """Take in a CUSTOM event that asks something."""
        number = len(self._asked) + 1
        raw = event.get("rawEvent")
        known = raw.get("id") if isinstance(raw, Mapping) else None
        for value in _values(event.get("value")):
            self._asked.append(_interrupt(value, known, number, event["value"]))
            number, known = number + 1, None

    def put(self, event: Event) -> Event:
        """RUN_FINISHED with what was asked, unless it asks itself; then all starts again."""
        asked, self._asked = self._asked, []
        outcome = event.get("outcome") or {"type": "success"}
        if not asked or outcome.get("type") != "success":
            return event
        return {**event, "outcome": {"type": "interrupt", "interrupts": asked}}


def _values(value: Json) -> list[Json]:
    """The questions in what may be JSON text, one or several."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return [value]
    several = isinstance(value, list) and value and all(_is_wrapped(one) for one in value)
    return value if several else [value]


def _is_wrapped(value: Json) -> bool:
    return isinstance(value, dict) and "value" in value and "id" in value


def _interrupt(value: Json, known: Json, number: int, sent: Json) -> dict[str, Json]:
    if _is_wrapped(value):
        value, known = value["value"], value["id"]
    named = known if isinstance(known, str) and known else None
    note: dict[str, Json] = {"answer": BY_COMMAND, **({"id": named} if named else {})}
    if isinstance(value, Mapping) and value.keys() >= SUSPENDED:
        note["event"] = sent
    return {
        "id": named or f"question-{number}",
        **facts_of(value, "langgraph:interrupt"),
        "metadata": {"langgraph": {"raw": value}, OUR_KEY: note},
    }


def facts_of(value: Json, reason: str) -> dict[str, Json]:
    """Reason, message and whatever else of an interrupt is told by a free value."""
    facts = value if isinstance(value, Mapping) else {}
    schema = facts.get("responseSchema", facts.get("response_schema"))
    call = facts.get("toolCallId", facts.get("tool_call_id"))
    told, message = facts.get("reason"), _message(value, facts)
    return {
        "reason": told if isinstance(told, str) else reason,
        **({} if message is None else {"message": message}),
        **({"responseSchema": schema} if isinstance(schema, dict) else {}),
        **({"toolCallId": call} if isinstance(call, str) else {}),
    }


def _message(value: Json, facts: Mapping[str, Json]) -> str | None:
    """The sentence in a question: itself, a member of that meaning, or the only one there is."""
    if isinstance(value, str):
        return value
    names = ("message", "question", "prompt", "text", *(facts if len(facts) == 1 else ()))
    return next((facts[n] for n in names if isinstance(facts.get(n), str)), None)


def command_of(
    answers: Sequence[Mapping[str, Json]], asked: Iterable[Mapping[str, Json]]
) -> dict[str, Json] | None:
    """What has to stand in ``forwardedProps.command``, or None where answers go by ``resume``."""
    notes = {interrupt["id"]: _note(interrupt) for interrupt in asked}
    mine = [(answer, notes.get(answer["interruptId"])) for answer in answers]
    if not mine or not all(note and note.get("answer") == BY_COMMAND for _, note in mine):
        return None
    payloads = [_payload(answer) for answer, _ in mine]
    names = [note.get("id") for _, note in mine if note]
    if len(mine) > 1:
        return {"resume": dict(zip(names, payloads, strict=True)) if all(names) else payloads}
    event = (mine[0][1] or {}).get("event")
    if event is None:
        return {"resume": payloads[0]}
    dropped = mine[0][0]["status"] == "cancelled"
    return {"resume": False if dropped else payloads[0], "interruptEvent": event}


def _note(interrupt: Mapping[str, Json]) -> Json:
    note = (interrupt.get("metadata") or {}).get(OUR_KEY)
    return note if isinstance(note, dict) else None


def _payload(answer: Mapping[str, Json]) -> Json:
    """Cancelled or empty is never taken for no answer at all."""
    if answer["status"] == "cancelled":
        return {CANCELLED: True, "interrupt_id": answer["interruptId"]}
    return answer.get("payload", {})
