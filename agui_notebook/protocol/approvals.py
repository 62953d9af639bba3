"""The dialects in which agents ask for a yes, and in which they are answered: one table of them.

Pure. Who answers, whether an answer fits, and how any of it looks is others' business. Servers that
ask in one of the dialects read their answers here as well.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..values import Json
from .document.arguments import read_arguments

# members of a payload that hold a yes or no, as deployed servers name them
VERDICTS = (
    *("approved", "accepted", "approve", "accept", "confirmed"),
    *("confirm", "allowed", "allow"),
)
# members that hold changed arguments, all of them
EDITS = ("editedArgs", "edited_args", "editedArguments", "edited_arguments")
REASON = "reason"
DECISIONS = {"approve": True, "edit": True, "reject": False}
DEEPEST = 8  # references followed
MOST_MEMBERS = 100_000  # of schemas, put together for one reading

Edits = Sequence[Mapping[str, Json] | None]


class Action(NamedTuple):
    """A call that waits for a yes; ``args`` is JSON as written, ``schema`` says what may change."""

    name: str
    args: str
    schema: Mapping[str, Json] | None = None

    def merge(self, edits: Mapping[str, Json]) -> dict[str, Json]:
        """All its arguments, with ``edits``. Raises InvalidInput where one would not be kept."""
        return {**(read_arguments(self.args, exact=True) or {}), **edits}


class Said(NamedTuple):
    """What a payload says: yes, no or neither; with which arguments instead; and why."""

    yes: bool | None = None
    edits: Mapping[str, Json] | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Asked:
    """An interrupt as it is on the wire, and the tool call it names, where there is one."""

    wire: Mapping[str, Json]
    call: Mapping[str, Json] | None = None

    @cached_property
    def schema(self) -> dict[str, Json] | None:
        """The response schema, without a reference at its top."""
        given = self.wire.get("responseSchema")
        return resolve(given, given) if isinstance(given, Mapping) else None

    @property
    def members(self) -> dict[str, Json]:
        """What an answer may consist of, by name."""
        members = (self.schema or {}).get("properties")
        return members if isinstance(members, dict) else {}

    @property
    def raw(self) -> Mapping[str, Json]:
        """What a LangGraph graph stopped with."""
        found: Json = self.wire.get("metadata") or {}
        for key in ("langgraph", "raw"):
            found = found.get(key) if isinstance(found, Mapping) else None
        found = found.get("value", found) if isinstance(found, Mapping) else found
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True)
class Dialect:
    """One way of asking: whether it is this one, about which calls, and how yes and no are said."""

    speaks: Callable[[Asked], bool]
    actions: Callable[[Asked], list[Action]]
    yes: Callable[[Asked, Edits, Mapping[str, Json]], Json]
    no: Callable[[Asked, str | None, Mapping[str, Json]], Json]


def dialect_of(asked: Asked) -> Dialect | None:
    """The dialect of a question for yes or no; None where something else is asked."""
    return next((each for each in DIALECTS if each.speaks(asked)), None)


def resolve(schema: Json, root: Json) -> dict[str, Json]:
    """A schema without references and allOf at its top, as far as it is worth following them."""
    return _Resolving(root).read(schema, DEEPEST)


class _Resolving:
    """One reading of an agent's schema: each part is read once, and not without end."""

    def __init__(self, root: Json) -> None:
        self._root = root
        self._left = MOST_MEMBERS
        self._known: dict[tuple[int, int], dict[str, Json]] = {}

    def read(self, schema: Json, room: int) -> dict[str, Json]:
        """``schema`` resolved, with references followed at most ``room`` times."""
        if not isinstance(schema, Mapping) or room == 0:
            return {}
        key = (id(schema), room)
        if key not in self._known:
            listed = schema.get("allOf")
            parts = [*(listed if isinstance(listed, list) else ())]
            parts.append(_refer(schema.get("$ref"), self._root))
            own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
            self._known[key] = self._merge([*(self.read(each, room - 1) for each in parts), own])
        return self._known[key]

    def _merge(self, parts: Iterable[Mapping[str, Json]]) -> dict[str, Json]:
        made: dict[str, Json] = {}
        members: dict[str, Json] = {}
        for part in parts:
            listed = part.get("properties")
            self._left -= len(part) + (len(listed) if isinstance(listed, Mapping) else 0)
            if self._left < 0:
                break
            made.update(part)
            members.update(listed if isinstance(listed, Mapping) else {})
        return {**made, **({"properties": members} if members else {})}


def _refer(ref: Json, root: Json) -> Json:
    steps = ref[1:].split("/")[1:] if isinstance(ref, str) and ref.startswith("#") else None
    for step in steps or ():
        name = step.replace("~1", "/").replace("~0", "~")
        root = root.get(name) if isinstance(root, Mapping) else None
    return None if steps is None else root


# -- members of an object: {"approved": true, "editedArgs": {...}} ---


def verdict_names(asked: Asked) -> list[str]:
    """The members that may hold the yes or no, the one to use first."""
    return [name for name in VERDICTS if _is_verdict(asked, name)]


def edits_name(asked: Asked) -> str | None:
    """The member that holds all arguments changed, where the schema names one."""
    return next((name for name in EDITS if name in asked.members), None)


def _is_verdict(asked: Asked, name: str) -> bool:
    member = resolve(asked.members.get(name, False), asked.wire.get("responseSchema"))
    listed = member.get("anyOf") or member.get("oneOf") or [member]
    types = [each.get("type", "boolean") for each in listed if isinstance(each, Mapping)]
    wanted = any(each == "boolean" or "boolean" in each for each in types)
    return name in asked.members and wanted and "enum" not in member


def _is_open(asked: Asked) -> bool:
    """No schema, or one that takes any object."""
    schema = asked.schema
    return schema is None or (
        not schema.keys() - {"type", "description", "title"}
        and schema.get("type", "object") == "object"
    )


def named_call(asked: Asked) -> list[Action]:
    """The call a question is about, where it names one that is there."""
    if asked.call is None:
        return []
    function = asked.call.get("function") or {}
    name, args = function.get("name"), function.get("arguments")
    return [Action(str(name or ""), args if isinstance(args, str) else "", _edits_schema(asked))]


def _edits_schema(asked: Asked) -> Mapping[str, Json] | None:
    name, root = edits_name(asked), asked.wire.get("responseSchema")
    if name is None or not isinstance(root, Mapping):
        return None
    shared = {key: root[key] for key in ("$defs", "definitions") if key in root}
    return {**shared, **resolve(asked.members[name], root)}


def _member_yes(asked: Asked, edits: Edits, rest: Mapping[str, Json]) -> dict[str, Json]:
    payload = {(verdict_names(asked) or VERDICTS)[0]: True, **rest}
    wanted = next((each for each in edits if each), None)
    if wanted is None:
        return payload
    name = edits_name(asked)
    if wanted.keys() <= asked.members.keys() - ({REASON} if name else set()):
        return {**payload, **wanted}
    action = next(iter(named_call(asked)), Action("", ""))
    return {**payload, name or EDITS[0]: action.merge(wanted)}  # a full replacement, not merged


def _member_no(asked: Asked, reason: str | None, rest: Mapping[str, Json]) -> dict[str, Json]:
    payload = {(verdict_names(asked) or VERDICTS)[0]: False, **rest}
    room = asked.schema is None or REASON in asked.members
    return {**payload, REASON: reason} if reason and room else payload


# -- a bare true or false ---


def is_bare(asked: Asked) -> bool:
    """Whether the answer is the boolean itself."""
    return (asked.schema or {}).get("type") == "boolean"


# -- LangChain's approval middleware: a decision for each action, in a list or alone ---


def _requested_actions(asked: Asked) -> list[Action]:
    listed = asked.raw.get("action_requests")
    listed = listed if isinstance(listed, list) else [asked.raw] if _is_alone(asked) else []
    allowed = _allowed_decisions(asked.raw)
    return [_read_request(each, allowed) for each in listed if isinstance(each, Mapping)]


def _read_request(action: Mapping[str, Json], allowed: Mapping[Json, Json]) -> Action:
    name, args = str(action.get("name") or ""), action.get("args", action.get("arguments"))
    text = json.dumps({} if args is None else args, ensure_ascii=False)
    changes = "edit" in allowed.get(name, ("edit",)) and isinstance(args, Mapping)
    return Action(name, text, schema_of(args) if changes else None)


def _allowed_decisions(raw: Mapping[str, Json]) -> dict[Json, Json]:
    configs = raw.get("review_configs")
    found = [each for each in (configs if isinstance(configs, list) else ()) if _is_config(each)]
    return {each["action_name"]: each["allowed_decisions"] for each in found}


def _is_config(config: Json) -> bool:
    return (
        isinstance(config, Mapping)
        and isinstance(config.get("action_name"), str)
        and isinstance(config.get("allowed_decisions"), list)
    )


def schema_of(value: Json) -> dict[str, Json]:
    """A schema that says no more than what ``value`` is: enough for a form to change it."""
    if isinstance(value, Mapping):
        return {"type": "object", "properties": {key: schema_of(v) for key, v in value.items()}}
    names = ((bool, "boolean"), (int | float, "number"), (str, "string"), (list, "array"))
    return {"type": name} if (name := _name_of(value, names)) else {}


def _name_of(value: Json, names: Iterable[tuple[Json, str]]) -> str | None:
    return next((name for kind, name in names if isinstance(value, kind)), None)


def _takes_decisions(asked: Asked) -> bool:
    return isinstance(asked.raw.get("action_requests"), list) or "decisions" in asked.members


def _is_alone(asked: Asked) -> bool:
    return asked.raw.get("type") == "tool_approval"


def _decisions_yes(asked: Asked, edits: Edits, rest: Mapping[str, Json]) -> dict[str, Json]:
    actions = _requested_actions(asked)
    given = [*edits, *[None] * (len(actions) - len(edits))]
    decided = [_decide_yes(*each) for each in zip(actions, given, strict=False)]
    return {"decisions": decided or [{"type": "approve"}]}


def _decide_yes(action: Action, edits: Mapping[str, Json] | None) -> dict[str, Json]:
    if not edits:
        return {"type": "approve"}
    return {"type": "edit", "edited_action": {"name": action.name, "args": action.merge(edits)}}


def _decide_no(reason: str | None) -> dict[str, Json]:
    return {"type": "reject", **({"message": reason} if reason else {})}


def _decisions_no(asked: Asked, reason: str | None, rest: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "decisions": [_decide_no(reason) for _ in _requested_actions(asked) or [Action("", "")]]
    }


DIALECTS = (
    Dialect(_takes_decisions, _requested_actions, _decisions_yes, _decisions_no),
    Dialect(
        _is_alone,
        _requested_actions,
        lambda asked, edits, rest: _decisions_yes(asked, edits, rest)["decisions"][0],
        lambda asked, reason, rest: _decide_no(reason),
    ),
    Dialect(
        is_bare,
        named_call,
        lambda asked, edits, rest: True,
        lambda asked, reason, rest: False,
    ),
    Dialect(
        lambda asked: bool(verdict_names(asked)) or _is_open(asked),
        named_call,
        _member_yes,
        _member_no,
    ),
)


# -- what an answer says ---


def read_answer(payload: Json) -> Said:
    """What ``payload`` says, in whichever dialect; a no counts most."""
    if isinstance(payload, bool):
        return Said(payload)
    if not isinstance(payload, Mapping):
        return Said()
    decided = _decision_list(payload)
    said = [payload[name] for name in VERDICTS if isinstance(payload.get(name), bool)]
    said += [DECISIONS[kind] for kind in map(_kind_of, decided) if kind in DECISIONS]
    edits = [payload.get(name) for name in EDITS] + [_edited_args(each) for each in decided]
    reasons = [payload.get(REASON)] + [each.get("message") for each in decided]
    return Said(
        all(said) if said else None,
        next((each for each in edits if isinstance(each, Mapping)), None),
        next((each for each in reasons if isinstance(each, str) and each), None),
    )


def verdict(payload: Json) -> bool | None:
    """The yes or no in ``payload``; None is neither."""
    return read_answer(payload).yes


def decisions(payload: Json) -> list[str]:
    """What ``payload`` decides, in order, for each action of LangChain's approval middleware."""
    return [each["type"] for each in _decision_list(payload)]


def _decision_list(payload: Json) -> list[Mapping[str, Json]]:
    if not isinstance(payload, Mapping):
        return []
    alone = [payload] if _kind_of(payload) in DECISIONS else []
    listed = payload.get("decisions", alone)
    return [each for each in (listed if isinstance(listed, list) else ()) if _kind_of(each)]


def _kind_of(decision: Json) -> str:
    kind = decision.get("type") if isinstance(decision, Mapping) else None
    return kind if isinstance(kind, str) else ""


def _edited_args(decision: Mapping[str, Json]) -> Json:
    action = decision.get("edited_action")
    return action.get("args") if isinstance(action, Mapping) else None


def call_schema(parameters: Mapping[str, Json]) -> dict[str, Json]:
    """The response schema of a question about a call of a tool with these ``parameters``."""
    edits = dict(parameters)
    shared: dict[str, Json] = {
        key: edits.pop(key) for key in ("$defs", "definitions") if key in edits
    }
    return {**approval_schema(edits), **shared}


def approval_schema(edits: Mapping[str, Json] | None = None, **titles: str) -> dict[str, Json]:
    """The response schema of an agent of ours that asks: yes or no, changed arguments, why not."""
    members: dict[str, dict[str, Json]] = {
        VERDICTS[0]: {"type": "boolean"},
        EDITS[0]: {"type": "object", **(edits or {})},
        REASON: {"type": "string"},
    }
    for name, title in titles.items():
        members[name]["title"] = title
    return {"type": "object", "properties": members, "required": [VERDICTS[0]]}
