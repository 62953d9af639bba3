"""What breaks no reader and is still a mistake of the server's, told with its event. No I/O.

Faults, which end a strict reader's run, are judge_stream.py's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ...values import JsonView

SLOW = 1.0  # seconds that a whole answer may wait before it counts as held back
MOST = 80  # characters of an agent's that a remark repeats
PIECES = 3  # of text, so many at least, before one burst of them is remarkable


class Remark(NamedTuple):
    """Which event, counted from 1 (None: the whole answer), the rule's id, and the words."""

    event: int | None
    rule: str
    words: str


class _Calls:
    """The tool calls of a stream: their arguments so far, and which ids are known."""

    def __init__(self, messages: object) -> None:
        self.arguments: dict[str, str] = {}
        self.known = {
            _name(call, "id")
            for message in _objects(messages)
            for call in _objects(message.get("toolCalls"))
        }


def _objects(value: object) -> list[JsonView]:
    """The objects in what should be a list of them; an agent may have sent anything."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _name(value: JsonView, key: str = "toolCallId") -> str:
    return str(value.get(key))


def _begin(calls: _Calls, event: JsonView) -> tuple[str, str] | None:
    calls.known.add(_name(event))
    calls.arguments.setdefault(_name(event), "")
    return None


def _add(calls: _Calls, event: JsonView) -> tuple[str, str] | None:
    before = calls.arguments.get(_name(event), "")
    calls.arguments[_name(event)] = before + str(event.get("delta", ""))
    return None


def _end(calls: _Calls, event: JsonView) -> tuple[str, str] | None:
    text = calls.arguments.pop(_name(event), "")
    try:
        json.loads(text or "{}")
    except (ValueError, RecursionError):
        shown = repr(text if len(text) <= MOST else text[:MOST] + "…")
        return "C-TOOL-01", f"The call's arguments are no JSON, no tool can run with them: {shown}."
    return None


def _answer(calls: _Calls, event: JsonView) -> tuple[str, str] | None:
    if _name(event) in calls.known:
        return None
    return "C-TOOL-04", f"A result for {_name(event)[:MOST]!r}: nobody made this call."


def _learn(calls: _Calls, event: JsonView) -> tuple[str, str] | None:
    calls.known |= _Calls(event.get("messages")).known
    return None


_LOOKS: Mapping[object, Callable[[_Calls, JsonView], tuple[str, str] | None]] = {
    "TOOL_CALL_START": _begin,
    "TOOL_CALL_ARGS": _add,
    "TOOL_CALL_END": _end,
    "TOOL_CALL_RESULT": _answer,
    "MESSAGES_SNAPSHOT": _learn,
}


def remark(
    request: JsonView, frames: Sequence[object], arrivals: Sequence[float] = ()
) -> Iterator[Remark]:
    """The remarks on an answer, in the order of its events; on the whole of it last.

    ``arrivals`` are the seconds after which there was something to be read.
    """
    calls = _Calls(request.get("messages"))
    for number, frame in enumerate(frames, 1):
        if isinstance(frame, Mapping):
            kind = frame.get("type")
            look = _LOOKS.get(kind) if isinstance(kind, str) else None
            if look is not None and (found := look(calls, frame)) is not None:
                yield Remark(number, *found)
    pieces = sum(_is_text(frame) for frame in frames)
    if len(arrivals) == 1 and arrivals[0] > SLOW and pieces >= PIECES:
        words = (
            f"All {len(frames)} events came at once, after {arrivals[0]:.1f} s: something "
            "on the way (a proxy, compression, the agent) holds the stream back."
        )
        yield Remark(None, "", words)


def _is_text(frame: object) -> bool:
    return isinstance(frame, Mapping) and frame.get("type") == "TEXT_MESSAGE_CONTENT"
