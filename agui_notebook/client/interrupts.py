"""Interrupts as a user answers them, and the check of all answers before anything is sent.

Nothing here approves by itself: a payload exists only because somebody called for it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..errors import InterruptPending, InvalidInput
from ..markup.outlets import line
from ..markup.visible import visible
from ..values import Json, JsonObject, JsonView

# What it takes to read a question is loaded with the first: most conversations have none.
if TYPE_CHECKING:
    from ..protocol.approvals import Dialect, Edits
    from ..protocol.question import Question


@dataclass(frozen=True)
class Answer:
    """The answer to one interrupt, usable in ``session.resume([...])``.

    ``shown`` is the fingerprint of the question that was answered: a question that is another by
    the time the answer is sent needs another answer.

    >>> Answer("q1", payload={"approved": True}).entry()
    {'interruptId': 'q1', 'status': 'resolved', 'payload': {'approved': True}}
    """

    interrupt_id: str
    status: str = "resolved"
    payload: Json = None
    metadata: JsonView = field(default_factory=dict)
    shown: str | None = field(default=None, compare=False, repr=False)

    @property
    def declines(self) -> bool:
        """Whether it plainly says no; what else a payload says is between user and agent."""
        from ..protocol.answer_text import declines

        return declines(self.entry())

    def entry(self) -> JsonObject:
        """The wire's ResumeEntry (C-INT-07): a null payload is left out."""
        entry: JsonObject = {"interruptId": self.interrupt_id, "status": self.status}
        if self.payload is not None:
            entry["payload"] = self.payload
        if self.metadata:
            entry["metadata"] = dict(self.metadata)
        return entry


class Interrupt:
    """One question the agent stopped for. ``wire`` is the protocol's own dict.

    ``question`` says what is asked, as every asker shows it: the calls that wait for a yes, their
    arguments as they were written, what may be changed, what is asked besides.
    Each answering method returns an ``Answer`` and remembers it, so that ``session.resume()``
    without arguments sends what was decided.

    >>> question = Interrupt({"id": "q1", "reason": "confirmation", "message": "Really?"})
    >>> question.approve().payload
    {'approved': True}
    """

    def __init__(
        self,
        wire: JsonView,
        *,
        tool_call: JsonView | None = None,
        decided: Callable[[Answer], None] = lambda answer: None,
        hide: Callable[[str], str] = str,
    ) -> None:
        from ..protocol.approvals import Asked
        from ..protocol.question import ask

        self._hide = hide  # what the session knows to be secret, where this is printed
        self.wire = dict(wire)
        self.id: str = wire["id"]
        self.reason: str = wire.get("reason", "")
        self.message: str | None = wire.get("message")
        self.tool_call = None if tool_call is None else dict(tool_call)
        self.response_schema: JsonObject | None = wire.get("responseSchema")
        self.expires_at: str | None = wire.get("expiresAt")
        self.metadata: JsonObject = wire.get("metadata") or {}
        self._decided = decided
        self._asked = Asked(self.wire, self.tool_call)
        self.question: Question = ask(self.wire, self.tool_call)

    def __getstate__(self) -> JsonObject:
        """A kept question can still be answered; the session it was asked in is not told."""
        return {**vars(self), "_decided": _tell_nobody, "_hide": str}

    def __repr__(self) -> str:
        return line(visible(self._hide(f"<Interrupt {self.id}: {self.message or self.reason}>")))

    @property
    def fingerprint(self) -> str:
        """Of all that is asked: another one, another question."""
        return self.question["fingerprint"]

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

    def is_answered_by(self, answer: Answer | None) -> bool:
        """Whether an answer was given to this very question; a no counts whatever was shown."""
        return answer is not None and (answer.shown in (None, self.fingerprint) or answer.declines)

    def approve(self, each: Edits = (), /, **edits: Json) -> Answer:
        """Yes, with the tool's arguments changed to ``edits`` if any are given.

        A name that is no argument but a member of the response schema is a part of the answer.
        Where a question is about several calls, ``each`` has the edits for every one, or None:
        ``approve([{"path": "b"}, None])``. Raises InvalidInput where the agent asks for something
        else than a yes, and where an argument would not arrive as it is written.
        """
        dialect = self._dialect()
        rest = {name: edits.pop(name) for name in self._besides(edits)}
        if edits and len(self.question["actions"]) > 1:
            raise InvalidInput(
                f"Interrupt {self.id} asks about several calls: give the edits of each, or None, "
                "in a list: approve([{...}, None])."
            )
        return self.answer(dialect.yes(self._asked, [edits, *each] if edits else each, rest))

    def deny(self, reason: str | None = None, **rest: Json) -> Answer:
        """No; ``reason`` reaches the agent in the payload where there is room for it.

        ``rest`` are other members of the response schema, where it asks for more than yes or no.
        Raises InvalidInput where the agent asks for something else than a no.
        """
        from ..protocol.approvals import read_answer

        payload = self._dialect().no(self._asked, reason, rest)
        told = reason is None or read_answer(payload).reason == reason
        beside = {} if told or isinstance(payload, bool) else {"reason": reason}
        return self._decide(self._fit(Answer(self.id, payload=payload, metadata=beside)))

    def answer(self, payload: Json) -> Answer:
        """Answer with ``payload``. Raises InvalidInput when it does not fit the response schema."""
        return self._decide(self._fit(Answer(self.id, payload=payload)))

    def cancel(self) -> Answer:
        """Abandon the question. That is no denial: what it means is up to the agent."""
        return self._decide(Answer(self.id, status="cancelled"))

    def _decide(self, answer: Answer) -> Answer:
        answer = replace(answer, shown=self.fingerprint)
        self._decided(answer)
        return answer

    def _fit(self, answer: Answer) -> Answer:
        schema = self.response_schema
        if answer.status != "resolved" or schema is None:
            return answer
        from ..tools.validate import problems

        if wrong := problems(answer.payload, schema):
            raise InvalidInput(
                f"Interrupt {self.id} does not take this answer: {'; '.join(wrong)}. "
                "Use answer(payload) with what its response_schema describes."
            )
        return answer

    def _dialect(self) -> Dialect:
        """How yes and no are said here."""
        from ..protocol.approvals import dialect_of

        if (dialect := dialect_of(self._asked)) is None:
            raise InvalidInput(
                f"Interrupt {self.id} does not ask for a yes or no ({self.question['text']}): "
                "use answer(payload) with what its response_schema describes."
            )
        return dialect

    def _besides(self, names: Iterable[str]) -> list[str]:
        """Those of ``names`` that are no arguments, but asked for besides the yes."""
        from ..protocol.document.arguments import read_arguments

        actions = self.question["actions"]
        arguments = read_arguments(actions[0]["args"]) if actions else None
        members = self._asked.members.keys() - (arguments or {}).keys()
        return [name for name in names if name in members]


Answers = JsonView | Iterable[Answer | JsonView]


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
        if not interrupt.is_answered_by(answer):
            raise InterruptPending(
                f"Interrupt {interrupt.id} is another question by now than the one that was "
                "answered: look at it again.",
                interrupts=[interrupt.wire],
            )
        interrupt._fit(answer)
    return [given[interrupt.id] for interrupt in pending]


def read_interrupts(
    interrupts: Sequence[JsonView],
    messages: Sequence[JsonView],
    decided: Callable[[Answer], None] = lambda answer: None,
    hide: Callable[[str], str] = str,
) -> list[Interrupt]:
    """The questions as they stand, with the calls they name; ``decided`` is told of each answer.

    ``hide`` takes secrets out of what is printed of them.
    """
    if not interrupts:
        return []
    from ..protocol.question import named_calls

    calls = named_calls(interrupts, messages)
    return [
        Interrupt(wire, tool_call=calls.get(wire.get("toolCallId")), decided=decided, hide=hide)
        for wire in interrupts
    ]


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


def _answer_from(name: str, value: Json) -> Answer:
    return value if isinstance(value, Answer) else Answer(name, payload=value)


def _from_entry(entry: JsonView) -> Answer:
    status = entry.get("status", "resolved")
    if status not in ("resolved", "cancelled") or "interruptId" not in entry:
        raise InvalidInput("An answer has an interruptId and a status: resolved or cancelled.")
    return Answer(entry["interruptId"], status, entry.get("payload"), entry.get("metadata") or {})


def _tell_nobody(answer: Answer) -> None:
    """What an answer to a kept question does."""
