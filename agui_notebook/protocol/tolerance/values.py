"""Malformed values, read as what they were meant to be: by kind of the schema's table.

Nothing here knows events or tells anybody; a value that means nothing is not guessed at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from ...late_pattern import late
from ...values import Json

NOTHING: Final = object()  # no reading of the value is plain enough

# What a shape means that leaves a required member out.
DEFAULTS: dict[str, dict[str, Json]] = {
    "TEXT_MESSAGE_CONTENT": {"delta": ""},
    "REASONING_MESSAGE_CONTENT": {"delta": ""},
    "TOOL_CALL_ARGS": {"delta": ""},
    "TOOL_CALL_START": {"toolCallName": "unknown"},
    "TOOL_CALL_RESULT": {"content": ""},
    "REASONING_MESSAGE_START": {"role": "reasoning"},
    "ACTIVITY_SNAPSHOT": {"activityType": "activity", "content": {}},
    "SUBAGENT_STARTED": {"name": "subagent"},
    "RUN_ERROR": {"message": "The agent reported an error without a word."},
    "Interrupt": {"reason": "input_required"},
    "ToolCall": {"type": "function"},
    "FunctionCall": {"arguments": ""},
    "tool": {"content": ""},  # a message of that role
    "user": {"content": ""},
    "reasoning": {"content": ""},
}
_SAID = ("message", "detail", "error", "text", "msg", "reason")
_ISO = late(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(?:Z|([+-])(\d\d):?(\d\d))?"
)


def reading_of(kind: str, value: Json, required: bool) -> Json:
    """What ``value`` is as this kind of the table, or NOTHING; a guess only where it must be."""
    if kind.startswith("="):
        return kind[1:]
    if kind.startswith("str/"):
        return _content(value)
    if kind.startswith("["):
        return _list(value)
    if kind == "object" and required:
        return _object(value)
    reading = READINGS.get(kind)
    return NOTHING if reading is None else reading(value)


def sentence_of(value: Json) -> str:
    """The sentence in what a server reports: a text, or the member that holds one."""
    if isinstance(value, dict):
        found = (value[name] for name in _SAID if isinstance(value.get(name), str))
        return next(found, json.dumps(value, ensure_ascii=False))
    return _text(value)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _content(value: Json) -> Json:
    """Text or parts: a single part is a list of one, a string among parts is a part."""
    parts = value if isinstance(value, list) else [value] if isinstance(value, dict) else None
    if parts is None:
        return "" if value is None else _text(value)
    made = [{"type": "text", "text": p} if isinstance(p, str) else p for p in parts]
    return made if all(isinstance(p, dict) and "type" in p for p in made) else _text(value)


def _list(value: Json) -> Json:
    """One where several may be, or their JSON text."""
    if isinstance(value, str):
        value = _decode(value)
    return [value] if isinstance(value, dict) else value if isinstance(value, list) else NOTHING


def _decode_object(value: Json) -> Json:
    found = _decode(value) if isinstance(value, str) else NOTHING
    return found if isinstance(found, dict) else NOTHING


def _object(value: Json) -> Json:
    """A sentence or a list, under the name that views look for."""
    if isinstance(value, list):
        return {"items": value}
    found = _decode_object(value)
    return {"message": _text(value)} if found is NOTHING else found


def _decode(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return NOTHING


def _flag(value: Json) -> Json:
    word = str(value).strip().lower()
    return {"true": True, "1": True, "false": False, "0": False}.get(word, NOTHING)


def _pointer(value: Json) -> Json:
    """A path without its slash, as the list of its steps, or with a tilde that escapes nothing."""
    if isinstance(value, list):
        steps = (str(step).replace("~", "~0").replace("/", "~1") for step in value)
        return "".join(f"/{step}" for step in steps)
    if not isinstance(value, str):
        return NOTHING
    return re.sub(r"~(?![01])", "~0", value if value.startswith("/") else f"/{value}")


def _moment(value: Json) -> Json:
    """Milliseconds since the epoch, from ISO 8601 or from seconds."""
    if isinstance(value, str):
        found = _ISO.fullmatch(value.strip())
        return NOTHING if found is None else _epoch_ms(found)
    if not isinstance(value, float) or not abs(value) < 2**53:
        return NOTHING
    return round(value * 1000 if abs(value) < 1e11 else value)


def _epoch_ms(found: re.Match[str]) -> int:
    year, month, day, hour, minute = (int(found[n]) for n in range(1, 6))
    seconds = (_days(year, month, day) * 24 + hour) * 3600 + minute * 60 + int(found[6] or 0)
    away = (int(found[9]) * 60 + int(found[10])) * 60 if found[8] else 0
    offset = -away if found[8] == "-" else away
    return (seconds - offset) * 1000 + round(float(found[7] or 0) * 1000)


def _days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01, counted in years that begin in March."""
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    leaps = year // 4 - year // 100 + year // 400
    return 365 * year + leaps + (153 * month + 2) // 5 + day - 719_469


READINGS: dict[str, Callable[[Json], Json]] = {
    "str": _text,
    "bool": _flag,
    "object": _decode_object,
    "safeint": _moment,
    "pointer": _pointer,
}
