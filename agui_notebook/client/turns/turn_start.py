"""What a turn begins with: what is said or answered, checked before anything is sent.

An opening is made where the caller is and carried out on the run's loop; it sends nothing itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from ...errors import InvalidInput
from ...runtime.ids import mint
from ...values import Json, JsonObject, JsonView
from ...wire.transport import as_timeout
from ..interrupts import (
    Answer,
    Answers,
    Interrupt,
    check_answers,
    pending_error,
    read_interrupts,
)
from ..start import Edit, Join, Resume, Retry, Start
from ..thread import LiveThread
from ..user_messages import attachments, user_message
from .run_options import RunOptions
from .tool_questions import own_questions, verdict_on

Entries = list[JsonObject]  # the wire's ResumeEntries
Opening = Callable[[], Entries | None]
VARIABLE = (
    *("context", "forwarded_props", "headers", "timeout"),
    *("max_rounds", "retries", "strict", "middleware", "detach"),
)


def open_turn(thread: LiveThread, decisions: dict[str, Answer], start: Start) -> Opening:
    """How a turn of ``thread`` begins. Raises InvalidInput for an unusable message.

    ``decisions`` are those taken so far; they are used up when questions are answered.
    """
    if isinstance(start, Resume):
        return lambda: answer(thread, decisions, start.answers)
    if isinstance(start, Edit):
        return lambda: rewind(thread, start.message_id, start.text)
    if isinstance(start, Retry):
        return lambda: rewind(thread, None, None)
    if isinstance(start, Join):
        return lambda: None
    attached = attachments(start.attach)
    if start.message is None and not attached:
        return lambda: _check_nothing_pending(thread)
    said = user_message("" if start.message is None else start.message, attached, mint)
    return lambda: say(thread, said)


def override_options(options: RunOptions, over: JsonView) -> RunOptions:
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


def context_entries(context: Json) -> list[JsonObject]:
    """Facts for the prompt in the wire's form, from a mapping or a list of entries.

    Raises InvalidInput for anything else.
    """
    if isinstance(context, Mapping):
        from ...tools.as_json import as_text

        return [{"description": str(k), "value": as_text(v)} for k, v in context.items()]
    try:
        return [dict(entry) for entry in context]
    except (TypeError, ValueError):
        raise InvalidInput(
            "The context is a dict, or a list of {'description': ..., 'value': ...}."
        ) from None


def as_json(value: Json, what: str) -> Json:
    """A copy of ``value`` in plain JSON. Raises InvalidInput for what it cannot carry."""
    if value is None:
        return None
    from ...tools.as_json import as_exact_json  # not before: it knows many types

    try:
        return json.loads(json.dumps(as_exact_json(value), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{what} must be JSON: {error}.") from error


def say(thread: LiveThread, message: JsonObject) -> None:
    """Add a user message. Raises InterruptPending when answers are due first (C-INT-04)."""
    _check_nothing_pending(thread)
    thread.add_message(message)


def answer(thread: LiveThread, decisions: dict[str, Answer], answers: Answers | None) -> Entries:
    """The answers to all pending interrupts: those given, or the decisions taken so far."""
    pending = _read_pending(thread)
    if not pending:
        raise InvalidInput(
            "There is nothing to answer, no interrupt is pending: say something with ask()."
        )
    final = check_answers(pending, decisions.values() if answers is None else answers)
    entries: Entries = as_json([given.entry() for given in final], "An answer")
    decisions.clear()  # a decision counts once: it never answers a later question
    here = own_questions(thread.document)
    each = list(zip(pending, final, strict=True))
    thread.decide({asked.id: verdict_on(asked, given) for asked, given in each if asked.id in here})
    for asked, given in each:
        if asked.id in here:
            continue
        note = thread.declined.update if given.declines else thread.declined.difference_update
        note(_calls_in_question(thread, asked))
    return entries


def _calls_in_question(thread: LiveThread, asked: Interrupt) -> set[str]:
    """Ids of the calls that an answer is about: one that nobody has may be any of its run."""
    named = asked.wire.get("toolCallId")
    if asked.tool_call is not None:
        return {asked.tool_call["id"]}
    runs = [run for run in thread.document["runs"] if asked.wire in run.get("interrupts", ())]
    since = thread.calls_since(runs[-1]["after"]) if runs else set()
    open_calls = [call for call in thread.open_calls() if call["id"] in since]
    tools = {action["name"] for action in asked.question["actions"]}
    return {call["id"] for call in open_calls if named or call["function"]["name"] in tools}


def rewind(thread: LiveThread, message_id: str | None, content: Json) -> None:
    """Drop what followed a user message (None: the last), and put ``content`` in its place."""
    _check_nothing_pending(thread)
    messages = thread.document["messages"]
    asked = [n for n, m in enumerate(messages) if m["role"] == "user"]
    if message_id is None and not asked:
        raise InvalidInput("Nothing was asked in this thread yet: say something first.")
    if message_id is not None:
        asked = [n for n in asked if messages[n]["id"] == message_id]
    if not asked:
        raise InvalidInput(
            "There is no such user message in this thread: give the id of one in session.messages."
        )
    place = asked[-1]
    # the same id: servers that keep checkpoints find the place to go on from by it
    same = messages[place]["id"]
    fresh = None if content is None else user_message(content, (), lambda: same)
    thread.cut(place + 1)
    if fresh is not None:
        thread.replace_message(place, fresh)


def _read_pending(thread: LiveThread) -> list[Interrupt]:
    document = thread.document
    return read_interrupts(document["interrupts"], document["messages"])


def _check_nothing_pending(thread: LiveThread) -> None:
    if thread.document["interrupts"]:
        raise pending_error(_read_pending(thread))
