"""Interrupts as a user answers them, and the check of all answers before anything is sent.

Nothing here approves by itself: a payload exists only because somebody called for it.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InterruptPending, InvalidInput
from ..protocol.approvals import VERDICTS, verdict
from ..tools.validate import problems


@dataclass(frozen=True)
class Answer:
    """The answer to one interrupt, usable in ``session.resume([...])``."""

    interrupt_id: str
    status: str = "resolved"
    payload: Any = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def declines(self) -> bool:
        """Whether it plainly says no; what else a payload says is between user and agent."""
        return self.status == "cancelled" or verdict(self.payload) is False

    def entry(self) -> dict[str, Any]:
        """The wire's ResumeEntry (C-INT-07): a null payload is left out."""
        entry: dict[str, Any] = {"interruptId": self.interrupt_id, "status": self.status}
        if self.payload is not None:
            entry["payload"] = self.payload
        if self.metadata:
            entry["metadata"] = dict(self.metadata)
        return entry


class Interrupt:
    """One question the agent stopped for. ``wire`` is the protocol's own dict.

    Each answering method returns an ``Answer`` and remembers it, so that ``session.resume()``
    without arguments sends what was decided.
    """

    def __init__(
        self,
        wire: Mapping[str, Any],
        *,
        tool_call: Mapping[str, Any] | None = None,
        decided: Callable[[Answer], None] = lambda answer: None,
    ) -> None:
        self.wire = dict(wire)
        self.id: str = wire["id"]
        self.reason: str = wire.get("reason", "")
        self.message: str | None = wire.get("message")
        self.tool_call = None if tool_call is None else dict(tool_call)
        self.response_schema: dict[str, Any] | None = wire.get("responseSchema")
        self.expires_at: str | None = wire.get("expiresAt")
        self.metadata: dict[str, Any] = wire.get("metadata") or {}
        self._decided = decided

    def __repr__(self) -> str:
        return f"<Interrupt {self.id}: {self.message or self.reason}>"

    def expired(self, now: datetime.datetime | None = None) -> bool:
        """Whether ``expires_at`` has passed; an unreadable one never does (C-INT-06)."""
        if not self.expires_at:
            return False
        try:
            end = datetime.datetime.fromisoformat(self.expires_at.replace("Z", "+00:00"))
        except ValueError:
            return False
        if end.tzinfo is None:
            end = end.replace(tzinfo=datetime.timezone.utc)
        return end <= (now or datetime.datetime.now(datetime.timezone.utc))

    def approve(self, **edits: Any) -> Answer:
        """Yes, with the tool's arguments changed to ``edits`` if any are given.

        Raises InvalidInput where the agent asks for something else than a yes.
        """
        payload = self._verdict(True)
        if edits and isinstance(payload, dict):
            payload |= self._apply_edits(payload, edits)
        return self.answer(payload)

    def deny(self, reason: str | None = None) -> Answer:
        """No; ``reason`` reaches the agent in the payload where there is room for it.

        Raises InvalidInput where the agent asks for something else than a no.
        """
        payload = self._verdict(False)
        if not reason or not isinstance(payload, dict):
            return self.answer(payload)
        if "decisions" in payload:
            payload["decisions"] = [{**d, "message": reason} for d in payload["decisions"]]
        elif self.response_schema is None or "reason" in self._members():
            payload["reason"] = reason
        else:
            return self._decide(Answer(self.id, payload=payload, metadata={"reason": reason}))
        return self.answer(payload)

    def answer(self, payload: Any) -> Answer:
        """Answer with ``payload``. Raises InvalidInput when it does not fit the response schema."""
        answer = Answer(self.id, payload=payload)
        self._check(answer)
        return self._decide(answer)

    def cancel(self) -> Answer:
        """Abandon the question. That is no denial: what it means is up to the agent."""
        return self._decide(Answer(self.id, status="cancelled"))

    def _decide(self, answer: Answer) -> Answer:
        self._decided(answer)
        return answer

    def _check(self, answer: Answer) -> None:
        schema = self.response_schema
        if answer.status != "resolved" or schema is None:
            return
        if wrong := problems(answer.payload, schema):
            raise InvalidInput(
                f"Interrupt {self.id} does not take this answer: {'; '.join(wrong)}. "
                "Use answer(payload) with what its response_schema describes."
            )

    def _members(self) -> dict[str, Any]:
        schema = self.response_schema or {}
        members = schema.get("properties")
        return members if isinstance(members, dict) else {}

    def _verdict(self, yes: bool) -> Any:
        """A yes or no in the dialect of this interrupt's schema."""
        members = self._members()
        actions = self._actions()
        if actions or "decisions" in members:
            kind = "approve" if yes else "reject"
            return {"decisions": [{"type": kind} for _ in actions or [None]]}
        for name in VERDICTS:
            if name in members:
                return {name: yes}
        schema = self.response_schema
        if schema is not None and schema.get("type") == "boolean":
            return yes
        if schema is None or (
            not schema.keys() - {"type", "description"} and schema.get("type", "object") == "object"
        ):
            return {"approved": yes}
        asked = self.message or self.reason
        raise InvalidInput(
            f"Interrupt {self.id} does not ask for a yes or no ({asked}): "
            "use answer(payload) with what its response_schema describes."
        )

    def _actions(self) -> list[Any]:
        """The actions LangChain's approval middleware asks about, one decision each."""
        raw = self.metadata.get("langgraph")
        raw = raw.get("raw") if isinstance(raw, Mapping) else None
        raw = raw.get("value", raw) if isinstance(raw, Mapping) else raw
        found = raw.get("action_requests") if isinstance(raw, Mapping) else None
        return found if isinstance(found, list) else []

    def _apply_edits(self, payload: dict[str, Any], edits: dict[str, Any]) -> dict[str, Any]:
        members = self._members()
        if "decisions" in payload:
            return {"decisions": [self._edit_decision(a, edits) for a in self._actions()]}
        if edits.keys() <= members.keys():
            return edits
        return {"editedArgs": {**self._arguments(), **edits}}  # a full replacement, not merged

    @staticmethod
    def _edit_decision(action: Mapping[str, Any], edits: dict[str, Any]) -> dict[str, Any]:
        args = action.get("args") or action.get("arguments") or {}
        edited = {"name": action.get("name"), "args": {**args, **edits}}
        return {"type": "edit", "edited_action": edited}

    def _arguments(self) -> dict[str, Any]:
        try:
            found = json.loads((self.tool_call or {})["function"]["arguments"])
        except (KeyError, TypeError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


Answers = Mapping[str, Any] | Iterable[Answer | Mapping[str, Any]]


def check_answers(pending: Sequence[Interrupt], answers: Answers) -> list[Answer]:
    """One answer for every pending interrupt, in their order, fit to be sent.

    Raises InterruptPending when one is not addressed or has expired (C-INT-04, C-INT-06) and
    InvalidInput for an unknown id or a payload that does not fit (C-INT-05, C-INT-07).
    """
    given = {answer.interrupt_id: answer for answer in _as_answers(answers)}
    known = {interrupt.id for interrupt in pending}
    if unknown := [name for name in given if name not in known]:
        raise InvalidInput(f"No pending interrupt has the id {', '.join(unknown)}.")
    missing = [interrupt for interrupt in pending if interrupt.id not in given]
    if missing:
        raise pending_error(missing)
    for interrupt in pending:
        answer = given[interrupt.id]
        if answer.status == "resolved" and interrupt.expired():
            raise InterruptPending(
                f"Interrupt {interrupt.id} expired at {interrupt.expires_at} and can no longer "
                "be answered. Cancel it to continue the thread.",
                interrupts=[interrupt.wire],
            )
        interrupt._check(answer)
    return [given[interrupt.id] for interrupt in pending]


def pending_error(missing: Sequence[Interrupt]) -> InterruptPending:
    """The error for going on while these are pending."""
    ids = ", ".join(interrupt.id for interrupt in missing)
    return InterruptPending(
        f"Thread has {len(missing)} pending interrupt(s) not addressed by resume: {ids}. "
        "Answer all of session.interrupts, then call session.resume().",
        interrupts=[interrupt.wire for interrupt in missing],
    )


def _as_answers(answers: Answers) -> list[Answer]:
    if isinstance(answers, Mapping):
        return [_answer_from(name, value) for name, value in answers.items()]
    return [a if isinstance(a, Answer) else _from_entry(a) for a in answers]


def _answer_from(name: str, value: Any) -> Answer:
    return value if isinstance(value, Answer) else Answer(name, payload=value)


def _from_entry(entry: Mapping[str, Any]) -> Answer:
    status = entry.get("status", "resolved")
    if status not in ("resolved", "cancelled") or "interruptId" not in entry:
        raise InvalidInput("An answer has an interruptId and a status: resolved or cancelled.")
    return Answer(entry["interruptId"], status, entry.get("payload"), entry.get("metadata") or {})
