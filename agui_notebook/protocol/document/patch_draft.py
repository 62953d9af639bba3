"""A JSON value while a patch is tried on it: changed in place, put back, and kept within bounds.

Bounds are counted as it changes: size, depth, what copies add, and the work itself. Which
operation does what is json_patch.py's business.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from ... import limits
from ...values import Json
from .operations import HOLDERS, Path, copy_json

ROOT = "value"  # the patched value hangs in a box under this key, so that "" is a place as any
PLAIN_SIZE = 8  # characters counted for a number, true, false or null


class PatchError(ValueError):
    """The patch does not apply; the text says which operation failed and why."""


class Extent(NamedTuple):
    """How large a value is: characters as JSON, about, and levels of containers."""

    size: int
    depth: int


class PatchWork(NamedTuple):
    """What patches have cost: characters that were copied, and values looked at or moved."""

    copied: int
    steps: int


NONE = PatchWork(0, 0)


class Draft:
    """The value in its box; ``size`` is what is known of it, in characters, else it is measured.

    ``before`` is what the patches before it have cost.
    """

    def __init__(self, value: Json, size: int | None = None, before: PatchWork = NONE) -> None:
        self.box: Json = {ROOT: value}
        self._undo: list[Callable[[], object]] = []
        self._saved: dict[int, Json] = {}  # containers that were copied, to be put back whole
        self._known: dict[int, Extent] = {}  # of containers in which nothing has changed since
        self._made: list[Json] = []  # copies, alive so that no other value takes one's id
        self._steps = self._copied = 0
        self._before = before
        self._budget = math.inf  # what has come is measured whatever it is
        self.size = self.measure(value).size if size is None else size
        self._free, self._left = self._steps, limits.RUN_PATCH_STEPS - before.steps
        self._budget = self._free + min(self._left, limits.PATCH_STEPS)

    def at(self, path: Path) -> Json:
        """What is at ``path`` now, as a copy that stays."""
        found = self.box
        for step in path:
            found = found[step]
        return copy_json(found)

    def put(self, container: Json, path: Path, key: Json, value: Json) -> None:
        """Set a member, replace an item, or add one at a list's end."""
        self._check_depth(path, value)
        if isinstance(container, dict) and key not in container:
            self._undo.append(lambda: container.pop(key, None))
            self._grow(len(key) + 4 + self.measure(value).size)
        elif key == len(container) and isinstance(container, list):
            self._undo.append(lambda: _drop_last(container))
            self._grow(1 + self.measure(value).size)
            container.append(value)
            return
        else:
            held = container[key]
            self._undo.append(lambda: _put_back(container, key, held))
            self._grow(self.measure(value).size - self.measure(held).size)
        container[key] = value

    def insert(self, container: list[Json], path: Path, place: int, value: Json) -> None:
        """Put an item before another."""
        self._check_depth(path, value)
        self._save(container)
        self._grow(1 + self.measure(value).size)
        container.insert(place, value)

    def delete(self, container: Json, key: Json) -> None:
        """Take a member or an item out."""
        self._save(container)
        self._grow(-1 - self.measure(container[key]).size)
        del container[key]

    def touch(self, container: Json) -> None:
        """Something within ``container`` is about to change."""
        self._known.pop(id(container), None)

    def copy(self, value: Json) -> Json:
        """A copy of a value that is in it already. Raises PatchError where copies add too much."""
        self._check_copies(limits.RUN_COPY_BYTES, "RUN_COPY_BYTES", self.copy_total)
        self._copied += self.measure(value).size  # also where it is refused: that was work, too
        self._check_copies(limits.COPY_BYTES, "COPY_BYTES", self._copied)
        self._check_copies(limits.RUN_COPY_BYTES, "RUN_COPY_BYTES", self.copy_total)
        return self._keep(copy_json(value))

    def take(self, value: Json) -> Json:
        """A copy of a value that comes in: the operation stays as it is, whatever changes later."""
        if type(value) not in HOLDERS:
            return value
        self._check_depth((ROOT,), value)
        return self._keep(copy_json(value))

    @property
    def copy_total(self) -> int:
        """How many characters the run has copied by now."""
        return self._before.copied + self._copied

    @property
    def work(self) -> PatchWork:
        """What the run's patches have cost by now."""
        return PatchWork(self.copy_total, self._before.steps + self._steps - self._free)

    def spend(self, steps: int) -> None:
        """Count work. Raises PatchError where it becomes too much."""
        self._steps += steps
        if self._steps > self._budget:
            limit = "RUN_PATCH_STEPS" if self._left < limits.PATCH_STEPS else "PATCH_STEPS"
            raise PatchError(f"it is too much work (agui_notebook.limits.{limit})")

    def measure(self, value: Json) -> Extent:
        """How large ``value`` is; what was measured is remembered until it changes."""
        if isinstance(value, str):
            return Extent(len(value) + 2, 0)
        if not isinstance(value, (dict, list)):
            return Extent(PLAIN_SIZE, 0)
        known = self._known.get(id(value))
        if known is None:
            self.spend(len(value) + 1)
            known = self._known[id(value)] = self._measure_container(value)
        return known

    def _keep(self, value: Json) -> Json:
        self._made.append(value)
        return value

    def revert(self) -> None:
        """Put everything back as it was."""
        for undo in reversed(self._undo):
            undo()

    def _measure_container(self, value: Json) -> Extent:
        size, deepest = 2 + len(value), 0
        if isinstance(value, dict):
            size += sum(map(len, value)) + 3 * len(value)
            value = value.values()
        for item in value:
            extent = self.measure(item)
            size += extent.size
            deepest = max(deepest, extent.depth)
        return Extent(size, deepest + 1)

    def _grow(self, size: int) -> None:
        self.size += size
        if size > 0 and self.size > limits.DOCUMENT_BYTES:
            raise PatchError(
                f"the value would be larger than {limits.DOCUMENT_BYTES:,} characters as JSON "
                "(agui_notebook.limits.DOCUMENT_BYTES)"
            )

    def _check_copies(self, most: int, limit: str, size: int) -> None:
        if size > most:
            raise PatchError(
                f"copies would add more than {most:,} characters (agui_notebook.limits.{limit})"
            )

    def _check_depth(self, path: Path, value: Json) -> None:
        """``path`` leads to the container that ``value`` comes into, the box being the first."""
        if len(path) + self.measure(value).depth > limits.DOCUMENT_DEPTH:
            raise PatchError(
                f"the value would be nested deeper than {limits.DOCUMENT_DEPTH} levels "
                "(agui_notebook.limits.DOCUMENT_DEPTH)"
            )

    def _save(self, container: Json) -> None:
        """Remember a container whole, before what stands in it moves."""
        self.spend(1 + len(container) // 64)  # moving is done in C
        if id(container) in self._saved:
            return
        self.spend(len(container) // 8)
        saved = self._saved[id(container)] = container.copy()
        self._undo.append(lambda: _restore(container, saved))


def _drop_last(container: list[Json]) -> None:
    if container:  # else it is put back whole later
        container.pop()


def _put_back(container: Json, key: Json, held: Json) -> None:
    if isinstance(container, dict) or key < len(container):  # else it is put back whole later
        container[key] = held


def _restore(container: Json, saved: Json) -> None:
    container.clear()
    container.update(saved) if isinstance(container, dict) else container.extend(saved)
