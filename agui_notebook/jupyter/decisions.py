"""What the user decided on the page, given to the very methods that a cell calls.

How an answer is written for the agent is the interrupt's business.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from ..client.interrupts import Answer, Interrupt
from ..client.session import Session
from ..client.turns.tool_questions import own_questions
from ..errors import InterruptPending, InvalidInput
from ..values import Json, JsonView

DecisionContent = JsonView


def take_decisions(session: Session, decisions: Iterable[DecisionContent]) -> list[Answer]:
    """The answers that the page's ``decisions`` come to.

    Raises InvalidInput where one cannot be read or does not fit, and InterruptPending where the
    question is another by now than the one that was shown.
    """
    pending = {interrupt.id: interrupt for interrupt in session.interrupts}
    decided = list(decisions)
    answers = [_take(pending, decision) for decision in decided]
    _allow(session, pending, decided)
    return answers


def _allow(
    session: Session, pending: Mapping[str, Interrupt], decided: Iterable[DecisionContent]
) -> None:
    """What is not to be asked again in this session; only of what is asked here."""
    here = own_questions(session.document)
    for decision in decided:
        name = str(decision.get("interruptId"))
        if decision.get("verb") == "approve" and decision.get("always") is True and name in here:
            for action in pending[name].question["actions"]:
                session.allow(action["name"])


def _take(pending: Mapping[str, Interrupt], decision: DecisionContent) -> Answer:
    verb, interrupt = decision.get("verb"), pending.get(str(decision.get("interruptId")))
    if verb not in _VERBS or interrupt is None:
        raise InvalidInput("The page has answered a question that is not asked any more.")
    if verb in ("approve", "answer") and decision.get("fingerprint") != interrupt.fingerprint:
        raise InterruptPending(
            "What is asked has changed since it was shown: look at it again.",
            interrupts=[interrupt.wire],
        )
    return _VERBS[verb](interrupt, decision)


def _approve(interrupt: Interrupt, decision: DecisionContent) -> Answer:
    edits = _read(decision, "edits") or ()
    rest = _read(decision, "value") or {}
    return interrupt.approve(edits, **rest)


def _deny(interrupt: Interrupt, decision: DecisionContent) -> Answer:
    rest = dict(_read(decision, "value") or {})
    return interrupt.deny(rest.pop("reason", None) or decision.get("reason"), **rest)


_VERBS: dict[Json, Callable[[Interrupt, DecisionContent], Answer]] = {
    "approve": _approve,
    "deny": _deny,
    "answer": lambda interrupt, decision: interrupt.answer(_read(decision, "value")),
    "abandon": lambda interrupt, decision: interrupt.cancel(),
}


def _read(decision: DecisionContent, name: str) -> Json:
    """A JSON text of the page's; it is text so that numbers arrive as they were written."""
    text = decision.get(name)
    try:
        return None if text is None else json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"The page sent an answer that cannot be read: {error}.") from error
