"""JSON Patch on a JSON value: all or nothing, reported as the few places it changed (C-SNAP-02).

Containers are copied the first time something in them changes, so the value given stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from ..json_value import Json
from .operations import Path, copy_json

_ROOT = "value"  # the patched value hangs in a box under this key, so that "" is a place as any


class PatchError(ValueError):
    """The patch does not apply; the text says which operation failed and why."""


def changes(value: Json, operations: Sequence[Mapping[str, Json]]) -> list[tuple[Path, Json]]:
    """What ``operations`` make of ``value``: (path, new value) pairs, in order; root is ``()``.

    ``value`` itself stays as it is. Raises PatchError when any operation fails.
    """
    draft = _Draft(value)
    touched: dict[Path, None] = {}
    for operation in operations:
        touched.update(dict.fromkeys(_carry_out(draft, operation)))
    return [(path[1:], draft.at(path)) for path in touched if not _inside(path, touched)]


def _carry_out(draft: _Draft, operation: Mapping[str, Json]) -> list[Path]:
    try:
        return draft.carry_out(operation)
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
    return [_ROOT, *steps]


class _Draft:
    """A value being patched; containers are copied the first time something in them changes."""

    def __init__(self, value: Json) -> None:
        self._box: Json = {_ROOT: value}
        self._own = {id(self._box): self._box}

    def at(self, path: Path) -> Json:
        found = self._box
        for step in path:
            found = found[step]
        return found

    def carry_out(self, operation: Mapping[str, Json]) -> list[Path]:
        """Apply one operation; return the places it changed."""
        done: list[Path] = getattr(self, f"_{operation['op']}")(operation)
        return done

    def _test(self, operation: Mapping[str, Json]) -> list[Path]:
        if not same(self._read(operation["path"]), operation["value"]):
            raise PatchError("the test failed")
        return []

    def _move(self, operation: Mapping[str, Json]) -> list[Path]:
        origin, path = operation["from"], operation["path"]
        value = self._read(origin)
        if path == origin:
            return []
        if path.startswith(f"{origin}/"):
            raise PatchError("a value cannot move into itself")
        return [*self._remove({"path": origin}), *self._add({"path": path, "value": value})]

    def _copy(self, operation: Mapping[str, Json]) -> list[Path]:
        # a copy: what hung in two places would change in both, were one applied in place
        value = copy_json(self._read(operation["from"]))
        return self._add({"path": operation["path"], "value": value})

    def _add(self, operation: Mapping[str, Json]) -> list[Path]:
        container, path, key = self._reach(operation["path"])
        if not isinstance(container, list):
            container[key] = operation["value"]
            return [(*path, key)]
        if key > len(container):
            raise PatchError("it is beyond the end of the list")
        container.insert(key, operation["value"])
        return [(*path, key)] if key == len(container) - 1 else [path]

    def _replace(self, operation: Mapping[str, Json]) -> list[Path]:
        container, path, key = self._reach(operation["path"])
        container[key]  # there has to be something
        container[key] = operation["value"]
        return [(*path, key)]

    def _remove(self, operation: Mapping[str, Json]) -> list[Path]:
        if operation["path"] == "":  # as the reference does: null is left
            return self._replace({"path": "", "value": None})
        container, path, key = self._reach(operation["path"])
        del container[key]
        return [path]

    def _read(self, pointer: str) -> Json:
        found = self._box
        for step in _steps(pointer):
            found = found[_key(found, step)]
        return found

    def _reach(self, pointer: str) -> tuple[Json, Path, Json]:
        """The container that ``pointer`` ends in, made ours, with its path and the last key."""
        steps = _steps(pointer)
        container = self._box
        path: list[str | int] = []
        for step in steps[:-1]:
            key = _key(container, step)
            container = self._own_copy(container, key)
            path.append(key)
        return container, tuple(path), _key(container, steps[-1])

    def _own_copy(self, container: Json, key: str | int) -> Json:
        held: Json = container[key]
        if isinstance(held, (dict, list)) and id(held) not in self._own:
            held = container[key] = held.copy()
            self._own[id(held)] = held
        return held


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
