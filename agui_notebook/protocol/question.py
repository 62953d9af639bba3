"""What an interrupt asks, in the one form that every asker of a human draws: page, cell, terminal.

Pure. How an answer is written for the agent is approvals.py's business.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypedDict

from ..values import Json
from .approvals import (
    Action,
    Asked,
    dialect_of,
    edits_name,
    is_bare,
    named_call,
    verdict_names,
)
from .document.arguments import read_arguments


class QuestionAction(TypedDict):
    """A call that waits for a yes. ``args`` is JSON as it was written, not as anybody read it.

    ``edits`` is the JSON text of a schema: what of the arguments may be changed, None for nothing.
    """

    name: str
    args: str
    edits: str | None


class Question(TypedDict):
    """One question. ``kind``: "approval" and "yes_no" take one of two words, "form" takes a value.

    ``text`` is the question in words; ``rest`` the JSON text of a schema for what is asked besides
    (of a form: all of it; None for anything). ``secret``: some of the answer is a password or like
    one. ``fingerprint`` stands for all that is shown: a decision names it, and counts for it alone.
    """

    id: str
    kind: Literal["approval", "yes_no", "form"]
    text: str
    actions: list[QuestionAction]
    rest: str | None
    secret: bool
    fingerprint: str


def ask(wire: Mapping[str, Json], call: Mapping[str, Json] | None = None) -> Question:
    """The question that an interrupt asks about ``call``, the tool call it names."""
    asked = Asked(wire, call)
    dialect = dialect_of(asked)
    actions = (dialect.actions if dialect else named_call)(asked)
    kind = _kind(asked, actions) if dialect else "form"
    rest = _rest(asked, actions) if kind == "approval" else wire.get("responseSchema") or None
    made: Question = {
        "id": str(wire.get("id", "")),
        "kind": kind,
        "text": _text(asked),
        "actions": [_action(each) for each in actions],
        "rest": None if kind == "yes_no" else _schema_text(rest),
        "secret": is_secret(wire.get("responseSchema")),
        "fingerprint": "",
    }
    shown = json.dumps(made, sort_keys=True).encode()
    return {**made, "fingerprint": hashlib.sha256(shown).hexdigest()[:16]}


def ask_all(
    interrupts: Sequence[Mapping[str, Json]], messages: Iterable[Mapping[str, Json]]
) -> list[Question]:
    """The questions of ``interrupts``, in their order; the calls they name lie in ``messages``."""
    calls = named_calls(interrupts, messages if interrupts else ())
    return [ask(wire, calls.get(wire.get("toolCallId"))) for wire in interrupts]


def named_calls(
    interrupts: Iterable[Mapping[str, Json]], messages: Iterable[Mapping[str, Json]]
) -> dict[Json, Mapping[str, Json]]:
    """The tool calls that interrupts name, by id."""
    wanted = {wire.get("toolCallId") for wire in interrupts}
    calls = (call for message in messages for call in message.get("toolCalls") or ())
    return {call["id"]: call for call in calls if call["id"] in wanted}


def is_secret(schema: Json) -> bool:
    """Whether any part of ``schema`` is called a password or writeOnly."""
    if isinstance(schema, Mapping):
        own = schema.get("format") == "password" or schema.get("writeOnly") is True
        return own or any(map(is_secret, schema.values()))
    return isinstance(schema, list) and any(map(is_secret, schema))


def _kind(asked: Asked, actions: Sequence[Action]) -> Literal["approval", "yes_no", "form"]:
    if is_bare(asked):
        return "yes_no"
    # without a schema anything may be asked, unless it is about a call
    known = verdict_names(asked) or actions or "toolCallId" in asked.wire
    return "approval" if known else "form"


def _text(asked: Asked) -> str:
    return next(_texts(asked), "") or str(asked.wire.get("reason") or asked.wire.get("id") or "")


def _texts(asked: Asked) -> Iterator[str]:
    """What may be the question, the plainest first; a description may repeat the call below it."""
    raw = asked.raw
    listed = raw.get("action_requests")
    about = listed if isinstance(listed, list) else [raw]
    told = [asked.wire.get("message")]
    told += [each.get("description") for each in about if isinstance(each, Mapping)]
    for text in told:
        if isinstance(text, str) and text:
            yield text.partition("\n\nTool: ")[0]


def _action(action: Action) -> QuestionAction:
    return {"name": action.name, "args": action.args, "edits": _schema_text(action.schema)}


def _rest(asked: Asked, actions: Sequence[Action]) -> Mapping[str, Json] | None:
    """What a schema asks besides yes or no. What says the same again is not asked twice.

    The same again are other names for the yes, and single arguments beside a whole set of them.
    """
    edits = edits_name(asked)
    arguments = {} if edits is None else _arguments(actions)
    told = {*verdict_names(asked), edits, "decisions", *arguments}
    rest = {name: each for name, each in asked.members.items() if name not in told}
    if not rest:
        return None
    whole = {key: each for key, each in (asked.schema or {}).items() if key not in _CONDITIONS}
    needed = [name for name in _strings(whole.get("required")) if name in rest]
    return {**whole, "properties": rest, "required": needed}


_CONDITIONS = ("anyOf", "oneOf", "not", "if", "then", "else", "dependentRequired")


def _arguments(actions: Sequence[Action]) -> Mapping[str, Json]:
    return (read_arguments(actions[0].args) if actions else None) or {}


def _strings(value: Json) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _schema_text(schema: Json) -> str | None:
    return None if schema is None else json.dumps(schema, ensure_ascii=False)
