"""What a turn begins with: what is said or answered, checked before anything is sent.

An opening is made where the caller is and carried out on the run's loop; it sends nothing itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..errors import InvalidInput
from ..runtime.ids import mint
from ..wire.transport import as_timeout
from .interrupts import Answers, check_answers, pending_error
from .session_view import SessionView
from .turn import RunOptions
from .user_messages import attachments, user_message

Resume = list[dict[str, Any]]
Opening = Callable[[], Resume | None]
VARIABLE = (
    *("context", "forwarded_props", "headers", "timeout"),
    *("max_rounds", "retries", "strict", "middleware"),
)


def choose_opening(
    session: SessionView,
    message: Any = None,
    attach: Iterable[Any] = (),
    answers: Answers | None = None,
    edit: str | None = None,
    retry: bool = False,
) -> Opening:
    """The one that these arguments ask for. Raises InvalidInput for an unusable message."""
    if answers is not None:
        return lambda: answer(session, answers)
    if edit is not None or retry:
        return lambda: rewind(session, edit, message)
    attached = attachments(attach)
    if message is None and not attached:
        return lambda: _check_nothing_pending(session)
    said = user_message("" if message is None else message, attached, mint)
    return lambda: say(session, said)


def override_options(options: RunOptions, over: Mapping[str, Any]) -> RunOptions:
    """A session's options as one call wants them. Raises InvalidInput for what no call takes."""
    if unknown := [name for name in over if name not in VARIABLE]:
        raise InvalidInput(
            f"A single run takes no {' or '.join(unknown)}, only {', '.join(VARIABLE)}: "
            "give it to connect()."
        )
    changed = dict(over)
    if "timeout" in over:
        changed["timeout"] = as_timeout(over["timeout"])
    if "context" in over:
        changed["context"] = context_entries(over["context"])
    extras = {name: changed[name] for name in ("headers", "timeout") if name in over}
    changed.pop("headers", None)
    return replace(options, extras=extras, **changed)


def context_entries(context: Any) -> list[dict[str, Any]]:
    """Facts for the prompt in the wire's form, from a mapping or a list of entries.

    Raises InvalidInput for anything else.
    """
    if isinstance(context, Mapping):
        return [{"description": str(k), "value": str(v)} for k, v in context.items()]
    try:
        return [dict(entry) for entry in context]
    except (TypeError, ValueError):
        raise InvalidInput(
            "The context is a dict, or a list of {'description': ..., 'value': ...}."
        ) from None


def as_json(value: Any, what: str) -> Any:
    """A copy of ``value`` as JSON reads it. Raises InvalidInput for what it cannot carry."""
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{what} must be JSON: {error}.") from error


def say(session: SessionView, message: dict[str, Any]) -> None:
    """Add a user message. Raises InterruptPending when answers are due first (C-INT-04)."""
    _check_nothing_pending(session)
    session.thread.add_message(message)


def answer(session: SessionView, answers: Answers | None) -> Resume:
    """The answers to all pending interrupts: those given, or the decisions taken so far."""
    pending = session.interrupts
    if not pending:
        raise InvalidInput("There is nothing to answer: no interrupt is pending.")
    final = check_answers(pending, session.decisions.values() if answers is None else answers)
    entries: Resume = as_json([given.entry() for given in final], "An answer")
    session.decisions.clear()  # a decision counts once: it never answers a later question
    declined = session.thread.declined
    for asked, given in zip(pending, final, strict=True):
        note = declined.add if given.declines else declined.discard
        note(asked.wire.get("toolCallId"))
    return entries


def rewind(session: SessionView, message_id: str | None, content: Any) -> None:
    """Drop what followed a user message (None: the last), and put ``content`` in its place."""
    _check_nothing_pending(session)
    messages = session.document["messages"]
    asked = [n for n, m in enumerate(messages) if m["role"] == "user"]
    if message_id is not None:
        asked = [n for n in asked if messages[n]["id"] == message_id]
    if not asked:
        raise InvalidInput("There is no such user message in this thread.")
    place = asked[-1]
    # the same id: servers that keep checkpoints find the place to go on from by it
    same = messages[place]["id"]
    fresh = None if content is None else user_message(content, (), lambda: same)
    session.thread.cut(place + 1)
    if fresh is not None:
        session.thread.replace_message(place, fresh)


def _check_nothing_pending(session: SessionView) -> None:
    if session.document["interrupts"]:
        raise pending_error(session.interrupts)
