"""The whole language from kernel to browser: set a value, append text.

Twin of js/src/document/operations.js. Nothing here knows AG-UI; a path is a tuple of keys and list
positions from the document's root.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ...values import Json

Path = tuple[str | int, ...]


class Set(NamedTuple):
    """Put ``value`` at ``path``; a list position equal to the list's length adds at its end.

    >>> Set(("state", "step"), 2)
    Set(path=('state', 'step'), value=2)
    """

    path: Path
    value: Json


class Append(NamedTuple):
    """Add ``text`` (characters) to the end of the string at ``path``.

    >>> Append(("messages", 0, "content"), "lo")
    Append(path=('messages', 0, 'content'), text='lo')
    """

    path: Path
    text: str


Operation = Set | Append


# levels of nesting a document may have: a value of 200 (limits.py) within what is ours
DEEPEST = 220


HOLDERS = frozenset((dict, list))


def copy_json(value: Json, room: int = DEEPEST) -> Json:
    """A copy of a JSON value: containers are new, the rest is shared.

    Raises RecursionError when it is nested more than ``room`` levels deep.
    """
    if type(value) is not dict and type(value) is not list:
        return value
    if room == 0:
        raise RecursionError("nested too deeply")
    room -= 1  # what holds nothing is spared the call: most of a large value is that
    if type(value) is dict:
        return {
            key: copy_json(item, room) if type(item) in HOLDERS else item
            for key, item in value.items()
        }
    return [copy_json(item, room) if type(item) in HOLDERS else item for item in value]


def parent_of(document: Json, path: Path) -> Json:
    """The container that holds the last step of ``path``."""
    for step in path[:-1]:
        document = document[step]
    return document


def set_at(document: Json, path: Path, value: Json) -> None:
    """Carry out a ``Set``. The document gets a copy, so that an operation never changes later."""
    parent, last = parent_of(document, path), path[-1]
    if isinstance(parent, list) and last == len(parent):
        parent.append(copy_json(value))
    else:
        parent[last] = copy_json(value)


def apply(document: Json, operation: Operation) -> None:
    """Change ``document`` in place. The root itself is never replaced."""
    path, value = operation
    if type(operation) is not Append:
        set_at(document, path, value)
        return
    for step in path[:-1]:  # parent_of() spelled out: this runs for every token
        document = document[step]
    last = path[-1]
    held = document[last]
    document[last] = None  # with a single reference left, CPython extends the string in place
    held += value
    document[last] = held


def to_wire(operation: Operation) -> list[Json]:
    """The JSON form: ``["append", path, text]`` or ``["set", path, value]``."""
    word = "append" if isinstance(operation, Append) else "set"
    return [word, list(operation[0]), operation[1]]


def coalesce(operations: Iterable[Operation]) -> list[Operation]:
    """The same change in fewer operations: neighbouring appends to one path become one."""
    merged: list[Operation] = []
    texts: list[str] = []
    for operation in operations:
        if merged and _extends(operation, merged[-1]):
            texts.append(operation[1])
            continue
        _join(merged, texts)
        merged.append(operation)
    _join(merged, texts)
    return merged


def _extends(operation: Operation, last: Operation) -> bool:
    appends = isinstance(operation, Append) and isinstance(last, Append)
    return appends and last.path == operation.path


def _join(merged: list[Operation], texts: list[str]) -> None:
    if texts:
        last = merged[-1]
        merged[-1] = Append(last.path, last[1] + "".join(texts))
        texts.clear()
