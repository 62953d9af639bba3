"""What the user answered when the agent asked, in one line. Twin of js/src/details/answer_text.js.

tests/golden/answered.json holds both to the same words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..protocol.approvals import VERDICTS, decisions, verdict

LIMIT = 120  # characters of a question, and of what was answered
EDITS = ("editedArgs", "edited_args", "editedArguments", "edited_arguments")
_DECISIONS = {"approve": "Approved", "reject": "Denied", "edit": "Approved with changes"}
_HIDDEN = "•••"


def question_line(interrupt: Mapping[str, Any]) -> str:
    """The question, in one line."""
    return _short(interrupt.get("message") or interrupt.get("reason") or interrupt.get("id", ""))


def answer_line(interrupt: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    """The answer, as the wire's ResumeEntry has it, in words; what is secret stays so."""
    if answer.get("status") == "cancelled":
        return "Abandoned"
    payload = answer.get("payload")
    if decided := decisions(payload):
        return ", ".join(_DECISIONS.get(kind, "Answered") for kind in decided)
    word, rest = _word(payload), _one_line(_rest(payload, answer.get("metadata")))
    if rest and _is_secret(interrupt.get("responseSchema")):
        rest = _HIDDEN  # which part is secret is not always plain to see
    return f"{word}: {rest}" if rest else word


def _word(payload: Any) -> str:
    yes = verdict(payload)
    if yes is None:
        return "Answered"
    if isinstance(payload, bool):
        return "Yes" if yes else "No"
    changed = yes and any(name in payload for name in EDITS)
    return f"{'Approved' if yes else 'Denied'}{' with changes' if changed else ''}"


def _rest(payload: Any, metadata: Any) -> Any:
    """What was said besides yes or no."""
    if isinstance(payload, bool) or payload is None:
        return metadata or None
    if not isinstance(payload, Mapping):
        return payload
    rest = {
        key: value
        for key, value in payload.items()
        if key not in VERDICTS or not isinstance(value, bool)
    }
    return {**rest, **(metadata or {})}


def _is_secret(schema: Any) -> bool:
    """Whether any part of ``schema`` is called a password or writeOnly."""
    if isinstance(schema, Mapping):
        own = schema.get("format") == "password" or schema.get("writeOnly") is True
        return own or any(map(_is_secret, schema.values()))
    return isinstance(schema, list) and any(map(_is_secret, schema))


def _one_line(value: Any) -> str:
    if isinstance(value, Mapping):
        return _members(value)
    return "" if value is None else _short(value if isinstance(value, str) else _json(value))


def _members(value: Mapping[str, Any]) -> str:
    """Changed arguments as if they were the answer's own; a text alone needs no name."""
    plain = {key: item for key, item in value.items() if key not in EDITS}
    for name in EDITS:
        edits = value.get(name)
        plain.update(edits if isinstance(edits, Mapping) else {name: edits} if edits else {})
    told = list(plain.values())
    if len(told) == 1 and isinstance(told[0], str):
        return _short(told[0])
    return _short(", ".join(f"{key}: {_json(item)}" for key, item in plain.items()))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _short(text: Any) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= LIMIT else f"{line[:LIMIT]}…"
