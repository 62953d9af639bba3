"""Ids that an agent uses again for something else: told apart here, its own again on the wire.

A local id is the agent's with a mark and a number behind it, so that the way back needs no memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count

from ...values import Json
from ..document.shape import Message, calls_of

MARK = "~again-"


def local_id(wire: str, is_taken: Callable[[str], bool]) -> str:
    """A free id for one more thing that the agent calls ``wire``."""
    agents = wire_id(wire)
    return next(item for n in count(2) if not is_taken(item := f"{agents}{MARK}{n}"))


def wire_id(item: str) -> str:
    """The agent's own word for ``item``."""
    head, mark, number = item.rpartition(MARK)
    return head if mark and number.isdigit() else item


def with_wire_ids(message: Mapping[str, Json]) -> Mapping[str, Json]:
    """The message as the agent knows it; itself unless something in it has a local id."""
    calls = calls_of(message)
    items = [message.get("id"), message.get("toolCallId"), *(call.get("id") for call in calls)]
    if not any(isinstance(item, str) and MARK in item for item in items):
        return message
    renamed = {**message, "id": wire_id(message["id"])}
    if "toolCallId" in message:
        renamed["toolCallId"] = wire_id(message["toolCallId"])
    if calls:
        renamed["toolCalls"] = [{**call, "id": wire_id(call["id"])} for call in calls]
    return renamed


def with_local_ids(messages: Iterable[Message]) -> list[Message]:
    """The messages of a snapshot with every id once; the same message said again is left out."""
    seen: dict[str, Message] = {}
    calls: dict[str, str] = {}  # local id -> local id, and the agent's word -> the one made last
    for message in messages:
        if seen.get(message["id"]) != message:
            fresh = _tell_apart(message, seen, calls)
            seen[fresh["id"]] = fresh
    return list(seen.values())


def _tell_apart(message: Message, seen: dict[str, Message], calls: dict[str, str]) -> Message:
    fresh = dict(message)
    if message["id"] in seen:
        fresh["id"] = local_id(message["id"], seen.__contains__)
    if held := _said_once(calls_of(message)):
        fresh["toolCalls"] = [{**call, "id": _next_call(call["id"], calls)} for call in held]
    if fresh["role"] == "tool":
        fresh["toolCallId"] = calls.get(message["toolCallId"], message["toolCallId"])
    return fresh


def _said_once(calls: Iterable[dict[str, Json]]) -> list[dict[str, Json]]:
    """The calls of one message, without those that only say one of them again."""
    once: list[dict[str, Json]] = []
    for call in calls:
        if call not in once:
            once.append(call)
    return once


def _next_call(call: str, calls: dict[str, str]) -> str:
    fresh = local_id(call, calls.__contains__) if call in calls else call
    calls[fresh] = calls[call] = fresh
    return fresh
