"""Where a tool's result stands: behind the message that made the call and its other results.

Pure, on lists of messages (C-TOOL-04, C-TOOL-11); whether anything moves is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ... import limits
from .operations import Operation, Set
from .shape import Message, calls_of


def insert_behind_call(
    messages: Sequence[Message], result: Message, holder: int
) -> list[Operation]:
    """Put a result into the document behind its call's message, which lies at ``holder``.

    At the end where it would move too many others on, which no history in use asks for.
    """
    place = holder + 1
    while place < len(messages) and messages[place]["role"] == "tool":
        place += 1
    if len(messages) - place > limits.MOVED_MESSAGES:
        place = len(messages)
    return [Set(("messages", place + n), m) for n, m in enumerate([result, *messages[place:]])]


def settle(messages: Iterable[Message]) -> list[Message]:
    """The same messages, with every result behind its call; a result without a call stays."""
    messages = list(messages)
    holders = {call["id"]: n for n, m in enumerate(messages) for call in calls_of(m)}
    results: dict[int, list[Message]] = {}
    rest: list[int] = []
    for place, message in enumerate(messages):
        holder = holders.get(message["toolCallId"]) if message["role"] == "tool" else None
        if holder is None:
            rest.append(place)
        else:
            results.setdefault(holder, []).append(message)
    return [m for place in rest for m in (messages[place], *results.get(place, ()))]


def is_sound(messages: Iterable[Message]) -> bool:
    """Whether no result stands before its call."""
    answered: set[str] = set()
    for message in messages:
        if any(call["id"] in answered for call in calls_of(message)):
            return False
        if message["role"] == "tool":
            answered.add(message["toolCallId"])
    return True
