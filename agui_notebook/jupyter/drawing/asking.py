"""A question as something to draw: what it is called, and how a drawing answers it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ...client.interrupts import Interrupt
from ...values import Json
from .subjects import ASK, Subject

if TYPE_CHECKING:
    from ...client.session import Session


def ask_subject(session: Session, question: Interrupt) -> Subject:
    """A question that stands open, named by the tools it is about, its reason, its id."""
    about = [action["name"] for action in question.question["actions"]]
    values = {"question": question, "answer": partial(answer, session, question)}
    names = [*about, *filter(None, (question.reason, question.id))]
    return Subject(ASK + question.id, "ask", names, values, question.fingerprint, over=False)


def answer(session: Session, question: Interrupt, value: Json) -> None:
    """Answer it; once everything that is asked is answered, the run goes on. Raises AGUIError."""
    question.answer(value)
    if all(one.id in session.decisions for one in session.interrupts):
        session.start_resume()
