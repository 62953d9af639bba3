"""What the user answered when an agent asked, in one line. What is secret stays so.

Pure. The page, the cell and the transcript all show these words; what an answer says is read in
approvals.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypedDict

from ..markup.visible import visible
from ..values import Json
from .approvals import EDITS, VERDICTS, decisions, read_answer
from .document.arguments import read_arguments
from .question import Question, ask, is_secret

if TYPE_CHECKING:
    from typing_extensions import NotRequired

LIMIT = 120  # characters of a question, and of what was answered
_DECISIONS = {"approve": "Approved", "reject": "Denied", "edit": "Approved with changes"}
_HIDDEN = "•••"


class Change(TypedDict):
    """An argument that the user changed, before and after, each in one line."""

    name: str
    before: str
    after: str


class AnswerText(TypedDict):
    """An answer in words: what was asked, what was said, and whether that declines.

    Where a call was approved with other arguments, ``changes`` are those that differ.
    """

    interruptId: str
    asked: str
    said: str
    declined: bool
    changes: NotRequired[list[Change]]


def answers_in_words(
    interrupts: Iterable[Mapping[str, Json]],
    answers: Iterable[Mapping[str, Json]],
    questions: Iterable[Question] = (),
) -> list[AnswerText]:
    """The wire's ResumeEntries in words, in their order.

    ``interrupts`` are what they answer, ``questions`` the same with the calls they are about.
    """
    asked = {wire.get("id"): wire for wire in interrupts}
    about = {question["id"]: question for question in questions}
    return [
        _in_words(asked.get(each["interruptId"], {}), each, about.get(each["interruptId"]))
        for each in answers
    ]


def _in_words(
    wire: Mapping[str, Json], answer: Mapping[str, Json], question: Question | None
) -> AnswerText:
    changes = _changes(question, answer.get("payload")) if question else []
    told: AnswerText = _plainly(wire, answer)
    if not changes:
        return told
    line = ", ".join(f"{one['name']}: {one['before']} → {one['after']}" for one in changes)
    return {**told, "said": _short(f"Approved with changes: {line}"), "changes": changes}


def _changes(question: Question, payload: Json) -> list[Change]:
    """The arguments that are others than the agent had written; none where any is secret."""
    given = payload if isinstance(payload, Mapping) else {}
    edits = next((given[name] for name in EDITS if isinstance(given.get(name), Mapping)), None)
    if edits is None or question["secret"] or len(question["actions"]) != 1:
        return []
    before = read_arguments(question["actions"][0]["args"])
    if before is None:
        return []
    return [
        {"name": _short(name), "before": _value(before, name), "after": _value(edits, name)}
        for name in edits
        if name not in before or before[name] != edits[name]
    ]


def _value(values: Mapping[str, Json], name: str) -> str:
    value = values.get(name, "")
    return _short(value if isinstance(value, str) else _json(value))


def _plainly(wire: Mapping[str, Json], answer: Mapping[str, Json]) -> AnswerText:
    return {
        "interruptId": answer["interruptId"],
        "asked": question_line(wire),
        "said": answer_line(wire, answer),
        "declined": declines(answer),
    }


def declines(answer: Mapping[str, Json]) -> bool:
    """Whether an answer plainly says no; what else it says is between user and agent."""
    return answer.get("status") == "cancelled" or read_answer(answer.get("payload")).yes is False


def question_line(interrupt: Mapping[str, Json]) -> str:
    """The question, in one line."""
    return _short(ask(interrupt)["text"])


def answer_line(interrupt: Mapping[str, Json], answer: Mapping[str, Json]) -> str:
    """The answer, as the wire's ResumeEntry has it, in words."""
    if answer.get("status") == "cancelled":
        return "Abandoned"
    payload = answer.get("payload")
    if decided := decisions(payload):
        return ", ".join(_DECISIONS.get(kind, "Answered") for kind in decided)
    word, rest = _word(payload), _one_line(_rest(payload, answer.get("metadata")))
    if rest and is_secret(interrupt.get("responseSchema")):
        rest = _HIDDEN  # which part is secret is not always plain to see
    return f"{word}: {rest}" if rest else word


def _word(payload: Json) -> str:
    said = read_answer(payload)
    if said.yes is None:
        return "Answered"
    if isinstance(payload, bool):
        return "Yes" if said.yes else "No"
    changed = said.yes and any(name in payload for name in EDITS)
    return f"{'Approved' if said.yes else 'Denied'}{' with changes' if changed else ''}"


def _rest(payload: Json, metadata: Json) -> Json:
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


def _one_line(value: Json) -> str:
    if isinstance(value, Mapping):
        return _members(value)
    return "" if value is None else _short(value if isinstance(value, str) else _json(value))


def _members(value: Mapping[str, Json]) -> str:
    """Changed arguments as if they were the answer's own; a text alone needs no name."""
    plain = {key: item for key, item in value.items() if key not in EDITS}
    for name in EDITS:
        edits = value.get(name)
        plain.update(edits if isinstance(edits, Mapping) else {name: edits} if edits else {})
    told = list(plain.values())
    if len(told) == 1 and isinstance(told[0], str):
        return _short(told[0])
    return _short(", ".join(f"{key}: {_json(item)}" for key, item in plain.items()))


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _short(text: Json) -> str:
    line = visible(" ".join(str(text).split()))
    return line if len(line) <= LIMIT else f"{line[:LIMIT]}…"
