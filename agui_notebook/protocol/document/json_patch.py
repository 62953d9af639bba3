"""JSON Patch on a JSON value: all or nothing, reported as the few places it changed (C-SNAP-02).

The bounds it keeps, and how it is undone, are patch_draft.py's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from ...values import Json, JsonView
from .operations import Path
from .patch_draft import NONE, ROOT, Draft, PatchError


class Sizes:
    """How large patched values are, in characters, so that none is measured for every patch."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Json, int]] = {}
        self.work = NONE  # of all patches so far, also of those that were refused

    def find(self, key: str, value: Json) -> int | None:
        """The size of what is patched under this key, if it is the value it was."""
        held, size = self._known.get(key, (None, 0))
        return size if held is value and held is not None else None

    def note(self, key: str, value: Json, size: int) -> None:
        """``value`` is that large now."""
        self._known[key] = (value, size)


def changes(value: Json, operations: Sequence[JsonView]) -> list[tuple[Path, Json]]:
    """What ``operations`` make of ``value``: (path, new value) pairs, in order; root is ``()``.

    ``value`` itself stays as it is. Raises PatchError when any operation fails, or what they make
    is out of bounds.
    """
    draft = Draft(value)
    try:
        return [(path, draft.at((ROOT, *path))) for path in _places(draft, operations)]
    finally:
        draft.revert()


def patch(
    holder: Json, key: str, operations: Sequence[JsonView], sizes: Sizes, name: str
) -> list[Path]:
    """Carry out ``operations`` on ``holder[key]``, in place, and return where it changed.

    A large value is not copied for a small change: there may be thousands of them. ``sizes``
    remembers under ``name`` how large it becomes. Raises PatchError as ``changes`` does; then all
    is as it was.
    """
    value = holder[key]
    draft = Draft(value, sizes.find(name, value), sizes.work)
    sizes.note(name, value, draft.size)  # a patch that fails leaves it so
    try:
        places = _places(draft, operations)
    except BaseException:
        draft.revert()
        raise
    finally:
        sizes.work = draft.work
    holder[key] = draft.box[ROOT]
    sizes.note(name, holder[key], draft.size)
    return places


def _places(draft: Draft, operations: Sequence[JsonView]) -> list[Path]:
    """Carry them out and tell the places, within the value, that hold all that has changed."""
    touched: dict[Path, None] = {}
    for operation in operations:
        touched.update(dict.fromkeys(_carry_out(draft, operation)))
    return [path[1:] for path in touched if not _inside(path, touched)]


def _carry_out(draft: Draft, operation: JsonView) -> list[Path]:
    try:
        return OPERATIONS[operation["op"]](draft, operation)
    except LookupError:
        why = "nothing is there"
    except Exception as error:  # ours, recursion
        why = str(error)
    raise PatchError(f"{operation['op']} {operation['path']!r}: {why}")


def same(one: Json, other: Json) -> bool:
    """JSON equality: true is not 1, and 1 is 1.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _inside(path: Path, touched: Iterable[Path]) -> bool:
    """Is a container of ``path`` among ``touched``, so that this place goes with it?"""
    return any(path[:length] in touched for length in range(1, len(path)))


def _steps(pointer: str) -> list[str]:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    if "__proto__" in steps or ("constructor", "prototype") in pairwise(steps):
        raise PatchError("paths into prototypes are refused")  # the browser's copy is at risk
    return [ROOT, *steps]


def _test(draft: Draft, operation: JsonView) -> list[Path]:
    if not same(_read(draft, operation["path"]), operation["value"]):
        raise PatchError("the test failed")
    return []


def _move(draft: Draft, operation: JsonView) -> list[Path]:
    origin, path = operation["from"], operation["path"]
    value = _read(draft, origin)
    if path == origin:
        return []
    if path.startswith(f"{origin}/"):
        raise PatchError("a value cannot move into itself")
    gone = _remove(draft, {"path": origin})
    return [*gone, *_place(draft, path, value)]


def _copy(draft: Draft, operation: JsonView) -> list[Path]:
    value = draft.copy(_read(draft, operation["from"]))
    return _place(draft, operation["path"], value)


def _add(draft: Draft, operation: JsonView) -> list[Path]:
    return _place(draft, operation["path"], draft.take(operation["value"]))


def _place(draft: Draft, pointer: str, value: Json) -> list[Path]:
    container, path, key = _reach(draft, pointer)
    if not isinstance(container, list) or key == len(container):
        draft.put(container, path, key, value)
        return [(*path, key)]
    if key > len(container):
        raise PatchError("it is beyond the end of the list")
    draft.insert(container, path, key, value)
    return [path]


def _replace(draft: Draft, operation: JsonView) -> list[Path]:
    container, path, key = _reach(draft, operation["path"])
    container[key]  # there has to be something
    draft.put(container, path, key, draft.take(operation["value"]))
    return [(*path, key)]


def _remove(draft: Draft, operation: JsonView) -> list[Path]:
    if operation["path"] == "":  # as the reference does: null is left
        return _replace(draft, {"path": "", "value": None})
    container, path, key = _reach(draft, operation["path"])
    draft.delete(container, key)
    return [path]


OPERATIONS: dict[str, Callable[[Draft, JsonView], list[Path]]] = {
    "test": _test,
    "move": _move,
    "copy": _copy,
    "add": _add,
    "replace": _replace,
    "remove": _remove,
}


def _read(draft: Draft, pointer: str) -> Json:
    found = draft.box
    for step in _steps(pointer):
        found = found[_key(found, step)]
    return found


def _reach(draft: Draft, pointer: str) -> tuple[Json, Path, Json]:
    """The container that ``pointer`` ends in, with its path and the last key."""
    steps = _steps(pointer)
    container = draft.box
    path: list[str | int] = []
    for step in steps[:-1]:
        key = _key(container, step)
        container = container[key]
        draft.touch(container)
        path.append(key)
    return container, tuple(path), _key(container, steps[-1])


def _key(container: Json, step: str) -> str | int:
    """``step`` as this container wants it. Raises PatchError when nothing can be below it."""
    if isinstance(container, dict):
        return step
    if not isinstance(container, list):
        raise PatchError(f"nothing can be at {step!r}")
    if step == "-":
        return len(container)
    if not step.isascii() or not step.isdigit() or (step[0] == "0" and step != "0"):
        raise PatchError(f"{step!r} is no list position")
    return int(step)
