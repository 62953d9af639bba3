"""What of a conversation can be drawn: which subjects an operation touches, and how each stands.

A subject has a key, which is where its drawing lies in the document's ``outputs``. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from ...protocol.document.local import EVENT
from ...protocol.document.operations import Append, Operation, copy_json
from ...protocol.document.shape import Document, Message, calls_of, item_key, text_of
from ...tools.partial_json import read_partial
from ...values import Json, JsonObject, JsonView

STATE, ASK, MESSAGE = (item_key("state", ""), item_key("ask", ""), item_key("message", ""))


class Subject(NamedTuple):
    """One thing to draw. ``values`` are what a function may take, ``seen`` what it is drawn by;
    ``over``: it changes no more.
    """

    key: str
    kind: str
    names: Sequence[str]
    values: JsonObject
    seen: Json
    over: bool


def find_changed(document: Document, operations: Iterable[Operation]) -> set[str]:
    """Keys of what these operations have changed; "" where all may have."""
    keys: set[str] = set()
    for operation in operations:
        top = operation.path[0]
        if top in _CHANGED:
            keys.update(_CHANGED[str(top)](document, operation))
    return keys


def _of_message(document: Document, operation: Operation) -> Iterable[str]:
    path = operation.path
    if len(path) == 1:
        return ("",)
    message = document["messages"][int(path[1])]
    if isinstance(operation, Append) and path[2] == "content" and message["role"] == "assistant":
        return ()
    return message_keys(message)


def message_keys(message: Message) -> list[str]:
    """What of a message can be drawn."""
    if message["role"] == "activity":
        return [item_key("message", message["id"])]
    answered = [message["toolCallId"]] if message["role"] == "tool" else []
    ids = [*answered, *(call["id"] for call in calls_of(message))]
    return [one for one in ids if not one.startswith((STATE, ASK, MESSAGE))]  # nobody else's place


def _of_item(document: Document, operation: Operation) -> Iterable[str]:
    name = str(operation.path[1]) if len(operation.path) > 1 else ""
    kind, _, called = name.partition(":")
    return () if kind != "call" or called.startswith((STATE, ASK, MESSAGE)) else (called,)


_CHANGED: dict[str, Callable[[Document, Operation], Iterable[str]]] = {
    "messages": _of_message,
    "items": _of_item,
    "state": lambda document, operation: (STATE,),
    "interrupts": lambda document, operation: (ASK,),
}


def find_calls(document: Document, ids: Iterable[str]) -> Iterator[Callable[[], Subject]]:
    """Tool calls as they stand; their answers stand behind them, so the end is looked at first.

    What each calls reads it, whatever becomes of the document meanwhile.
    """
    wanted, answers = set(ids), dict[str, Message]()
    for message in reversed(document["messages"]):
        if not wanted:
            return
        if message["role"] == "tool" and message["toolCallId"] in wanted:
            answers.setdefault(message["toolCallId"], message)
        for call in calls_of(message):
            if call["id"] in wanted:
                wanted.discard(call["id"])
                yield _call(document, call, answers.get(call["id"]))


def _call(document: Document, call: JsonView, answer: Message | None) -> Callable[[], Subject]:
    status = _status(document["items"].get(item_key("call", call["id"]), {}), answer)
    told = None if answer is None else text_of(answer)
    name, text = call["function"]["name"], call["function"]["arguments"] or "{}"
    return partial(_read_call, call["id"], name, text, told, status)


def _read_call(call_id: str, name: str, text: str, told: str | None, status: str) -> Subject:
    args = read_partial(text) if status == "streaming" else _json(text)
    result = None if told is None else _json(told)
    return _subject(call_id, "call", name, args or {}, result, status)


def _status(item: Mapping[str, Json], answer: Message | None) -> str:
    if answer is not None:
        return "error" if answer.get("error") else "done"
    return "streaming" if item.get("status") == "open" else "running"


def read_activities(document: Document, keys: Iterable[str]) -> Iterator[Subject]:
    """Activity messages as they stand, and custom events that stand in the thread as such."""
    wanted = {key.removeprefix(MESSAGE) for key in keys}
    for message in reversed(document["messages"]):
        if not wanted:
            return
        if message["role"] == "activity" and message["id"] in wanted:
            wanted.discard(message["id"])
            yield _activity(document, message)


def _activity(document: Document, message: Message) -> Subject:
    key = item_key("message", message["id"])
    name, content = message.get("activityType", "activity"), message.get("content")
    status = "streaming" if document["items"].get(key, {}).get("status") == "open" else "done"
    held = content if isinstance(content, dict) else {}
    is_event = name == EVENT and message["id"].startswith(f"{EVENT}:")
    if is_event and isinstance(held.get("name"), str):
        return _subject(key, "custom", held["name"], held.get("value"), None, status)
    return _subject(key, "activity", name, content, None, status)


def read_state(document: Document, pointer: str, running: bool) -> Subject | None:
    """A place in the shared state; None where there is nothing."""
    try:
        value = _at(document["state"], pointer)
    except (LookupError, ValueError, TypeError):
        return None
    status = "running" if running else "done"
    return _subject(STATE + pointer, "state", pointer, value, None, status)


def _at(value: Json, pointer: str) -> Json:
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[_place(name)] if isinstance(value, list) else value[name]
    return value


def _place(step: str) -> int:
    """A place in a list as JSON Pointer has it. Raises ValueError."""
    if not (step.isascii() and step.isdigit()):
        raise ValueError(step)
    return int(step)


def _subject(
    key: str, kind: str, name: str, value: Json, result: Json, status: str
) -> Subject:  # fmt: skip
    value = copy_json(value)  # a function may do with it what it likes
    values: JsonObject = {"args": value, "value": value, "content": value, "result": result}
    values |= {"status": status, "name": name, "kind": kind}
    return Subject(key, kind, (name,), values, values, status in ("done", "error"))


def _json(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def every_key(document: Document) -> set[str]:
    """Keys of all that can be drawn now, states and questions as one each."""
    keys = {key for message in document["messages"] for key in message_keys(message)}
    return keys | {STATE, ASK}
