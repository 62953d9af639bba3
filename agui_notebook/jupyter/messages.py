"""The words between kernel and browser, and how large ones are cut. Pure.

Twin of js/src/types.d.ts.
Every message is a dict with a ``kind``. None may have a key ``id`` at its top: ipykernel 7.4 keeps
every such id for ever.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..protocol.document.operations import Append, Operation, Set, to_wire
from ..values import Json, JsonObject, JsonView

Content = JsonObject
LARGEST = 1_000_000  # characters of JSON in one message, where it can be cut at all
EVENTS_AT_ONCE = 1_000
ROWS_AT_ONCE = 500  # of what went over the wire: each is judged first

# what a message from the browser must carry, and of which type
COMMANDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "hello": {},
    "bundle": {"name": str},
    "sync": {},
    "send": {},
    "stop": {},
    "look": {},
    "around": {},
    "retry": {},
    "edit": {"mid": str, "text": str},
    "new_thread": {},
    "use": {"agent": str},
    "resume": {"decisions": list},
    "press": {"place": str, "surface": str, "component": str, "context": dict},
    "revoke": {"tool": str},
    "set_state": {"value": object},
    "events_open": {"from": int},
    "events_close": {},
    "wire_open": {"from": int},
    "wire_close": {},
    "bug_report": {},
    "export": {"format": str},
    "make_test": {},
    "export_thread": {"key": str, "format": str},
    "open": {"key": str},
    "undo": {"number": int},
    "branch": {"number": int},
    "threads": {"search": str},
    "rename": {"key": str, "title": str},
    "pin": {"key": str, "pinned": bool},
    "delete": {"key": str, "deleted": bool},
    "play": {"do": str, "value": (int, float)},
    "cells": {"rid": str, "value": object},
    "variables": {},
    "variable": {"name": str},
}


def is_command(content: object) -> bool:
    """Whether ``content`` is a message this side understands, whole."""
    kind = content.get("kind") if isinstance(content, Mapping) else None
    if not isinstance(content, Mapping) or not isinstance(kind, str) or kind not in COMMANDS:
        return False
    needed = COMMANDS[kind]
    return all(key in content and isinstance(content[key], needed[key]) for key in needed)


def bundle(name: str, digest: str) -> Content:
    """A module of the front end; its text travels as the buffer beside it."""
    return {"kind": "bundle", "name": name, "hash": digest}


def snapshot(seq: int, document: JsonView, view: JsonView) -> Content:
    """The whole conversation, as it is after message ``seq``."""
    return {"kind": "snapshot", "seq": seq, "document": document, "view": view}


def ops(seq: int, operations: Iterable[Operation], **pulse: Json) -> Content:
    """What changed since message ``seq - 1``; ``pulse``: ``running`` and ``eventCount`` by now."""
    return {"kind": "ops", "seq": seq, "ops": [to_wire(each) for each in operations], **pulse}


def view(seq: int, surroundings: JsonView) -> Content:
    """What is around the conversation changed: the agents on offer, the tools. Takes no number."""
    return {"kind": "view", "seq": seq, "view": surroundings}


def events(start: int, total: int, items: Sequence[JsonView]) -> Content:
    """Events ``start`` and on, of ``total``."""
    return {"kind": "events", "from": start, "total": total, "items": list(items)}


def wire(start: int, rows: Sequence[JsonView], facts: Sequence[JsonView]) -> Content:
    """What went over the wire: rows ``start`` and on, and what is known by now of requests."""
    return {"kind": "wire", "from": start, "items": list(rows), "facts": list(facts)}


def file_export(form: str, name: str, text: str) -> Content:
    """The thread as a file called ``name``."""
    return {"kind": "exported", "format": form, "name": name, "text": text}


def saved_output(transcript: JsonView) -> Content:
    """The transcript for the notebook's file, where the page has to put it there itself."""
    return {"kind": "saved", "bundle": transcript}


def thread_list(search: str, threads: Sequence[JsonView], current: str) -> Content:
    """The stored threads that hold ``search``; ``current`` is the key of the one going on."""
    return {"kind": "threads", "search": search, "threads": list(threads), "current": current}


def cells(rid: str, page: str, do: str, words: JsonView) -> Content:
    """What ``page`` is to do with the notebook's cells; its answer names ``rid``."""
    return {**words, "kind": "cells", "rid": rid, "page": page, "do": do}


def variables(listed: Iterable[Sequence[str]]) -> Content:
    """The user's variables: name, kind and size of each."""
    return {"kind": "variables", "variables": [list(each) for each in listed]}


def variable(name: str, parts: Sequence[JsonView], fault: str = "") -> Content:
    """What an agent would be given of a variable; ``fault``: why it cannot be."""
    return {"kind": "variable", "name": name, "parts": list(parts), "fault": fault}


def notice(text: str, level: str = "error") -> Content:
    """One sentence for the user; ``level`` is info or error."""
    return {"kind": "notice", "level": level, "text": text}


def weight(value: Json) -> int:
    """Roughly how many characters of JSON ``value`` takes."""
    if isinstance(value, str):
        return len(value) + 2
    if isinstance(value, Mapping):
        return 2 + sum(len(key) + 4 + weight(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return 2 + sum(1 + weight(item) for item in value)
    return 8


def part(
    operations: Sequence[Operation], most: float
) -> tuple[list[Operation], list[Operation], int]:
    """As many ``operations`` as have about ``most`` characters, the rest, and how many they have.

    A text that is longer by itself is cut.
    """
    size = 0
    for place, operation in enumerate(operations):
        path, value = operation
        room = most - size
        if place and room <= 0:
            return list(operations[:place]), list(operations[place:]), size
        if isinstance(operation, Append) and len(value) > room:
            cut = max(int(room), 1)
            first, rest = Append(path, value[:cut]), Append(path, value[cut:])
            after = [rest, *operations[place + 1 :]]
            return [*operations[:place], first], after, size + cut
        size += weight(value)
    return list(operations), [], size


def batches(operations: Sequence[Operation], largest: int = LARGEST) -> Iterator[list[Operation]]:
    """``operations`` in order, in groups that each stay below ``largest`` where they can."""
    group: list[Operation] = []
    held = 0
    for operation in operations:
        size = weight(operation[1]) + 40
        if group and held + size > largest:
            yield group
            group, held = [], 0
        group.append(operation)
        held += size
    if group:
        yield group


def first_batch(items: Sequence[JsonView], largest: int = LARGEST) -> list[JsonView]:
    """As many of ``items`` from the front as fit into one message, but at least one."""
    held = 0
    fits: list[JsonView] = []
    for item in items:
        held += weight(item)
        if fits and held > largest:
            break
        fits.append(item)
    return fits


def split_document(document: JsonView, largest: int = LARGEST) -> tuple[JsonView, list[Operation]]:
    """A document small enough to send, and the operations that make it whole again."""
    if weight(document) <= largest:
        return document, []
    rest: list[Operation] = [
        Set(("messages", place), message) for place, message in enumerate(document["messages"])
    ]
    rest += [Set(("outputs", key), value) for key, value in document["outputs"].items()]
    return {**document, "messages": [], "outputs": {}}, rest


def strict(value: Json) -> bool:
    """Whether ``value`` is JSON as a browser reads it."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError):
        return False
    return True
