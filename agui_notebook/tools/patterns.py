"""Regular expressions matched in time proportional to the text, whatever the expression.

All ways through a pattern are followed at once, so nothing is tried twice. What can be written is
pattern_syntax.py's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from .pattern_syntax import WORD, Node, NotChecked, Ranges, read_pattern

LARGEST_PROGRAM = 2_000  # steps and ranges: what {m,n} makes of a short pattern

Spend = Callable[[int], None]


class Instruction(NamedTuple):
    """One step of a program: a character of ``ranges``, an ``edge``, or a fork to ``ways``."""

    ranges: Ranges | None = None
    edge: str = ""
    ways: tuple[int, ...] = ()


class Pattern:
    """A pattern made ready to be looked for. ``size`` is the work that this was."""

    def __init__(self, program: list[Instruction] | None, size: int) -> None:
        self._program = program or []
        self.is_checked = program is not None
        self.size = size

    def is_in(self, text: str, spend: Spend) -> bool | None:
        """Whether ``text`` holds a match, None where that is not checked.

        ``spend`` is told of the work, and may raise.
        """
        if not self.is_checked:
            return None
        program, last = self._program, len(self._program)
        reached: set[int] = set()
        for at in range(len(text) + 1):
            reached = self._closure({*reached, 0}, text, at)
            if last in reached:
                return True
            code = ord(text[at]) if at < len(text) else -1
            asked = [(number, program[number].ranges) for number in reached]
            spend(1 + sum(len(ranges or "-") for _, ranges in asked))
            reached = {number + 1 for number, ranges in asked if ranges and _within(code, ranges)}
        return False

    def _closure(self, starts: set[int], text: str, at: int) -> set[int]:
        """Every step reached from ``starts`` without taking a character."""
        seen: set[int] = set()
        waiting = list(starts)
        while waiting:
            number = waiting.pop()
            if number not in seen:
                seen.add(number)
                waiting += self._onward(number, text, at)
        return seen

    def _onward(self, number: int, text: str, at: int) -> Iterable[int]:
        if number == len(self._program):
            return ()
        _, edge, ways = self._program[number]
        if not edge:
            return ways
        return (number + 1,) if _EDGES[edge](text, at) else ()


@lru_cache(maxsize=256)
def compile_pattern(source: str) -> Pattern:
    """``source`` made ready; not to be checked where it says more than is read, or is too large."""
    try:
        tree = read_pattern(source)
    except NotChecked:
        return Pattern(None, len(source))
    program = _Program()
    try:
        program.write(tree)
    except NotChecked:
        return Pattern(None, LARGEST_PROGRAM)
    return Pattern(program.steps, len(source) + len(program.steps))


def _within(code: int, ranges: Ranges) -> bool:
    return any(low <= code <= high for low, high in ranges)


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and _within(ord(text[at]), WORD)


def _is_boundary(text: str, at: int) -> bool:
    return _is_word(text, at - 1) != _is_word(text, at)


_EDGES: dict[str, Callable[[str, int], bool]] = {
    "^": lambda text, at: at == 0,
    "$": lambda text, at: at == len(text),
    "b": _is_boundary,
    "B": lambda text, at: not _is_boundary(text, at),
}


class _Program:
    """A tree written out as steps. Raises NotChecked when there would be too many."""

    def __init__(self) -> None:
        self.steps: list[Instruction] = []
        self._left = LARGEST_PROGRAM

    def write(self, node: Node) -> None:
        self._left -= 1 + len(node.ranges)
        if self._left < 0:
            raise NotChecked
        _WRITERS[node.kind](self, node)

    def _set(self, node: Node) -> None:
        self.steps.append(Instruction(ranges=node.ranges))

    def _edge(self, node: Node) -> None:
        self.steps.append(Instruction(edge=node.edge))

    def _all(self, node: Node) -> None:
        for part in node.parts:
            self.write(part)

    def _any(self, node: Node) -> None:
        fork = self._hole()
        starts, ends = [], []
        for part in node.parts:
            starts.append(len(self.steps))
            self.write(part)
            ends.append(self._hole())
        self._fill([fork], *starts)
        self._fill(ends, len(self.steps))

    def _repeat(self, node: Node) -> None:
        (part,) = node.parts
        for _ in range(node.least):
            self.write(part)
        if node.most is None:
            self._loop(part)
            return
        forks = []
        for _ in range(node.most - node.least):
            forks.append(self._hole())
            self.write(part)
        for fork in forks:
            self._fill([fork], fork + 1, len(self.steps))

    def _loop(self, part: Node) -> None:
        fork = self._hole()
        self.write(part)
        self._fill([self._hole()], fork)
        self._fill([fork], fork + 1, len(self.steps))

    def _hole(self) -> int:
        """A step whose ways are known later."""
        self.steps.append(Instruction())
        return len(self.steps) - 1

    def _fill(self, holes: Iterable[int], *ways: int) -> None:
        for hole in holes:
            self.steps[hole] = Instruction(ways=ways)


_WRITERS: dict[str, Callable[[_Program, Node], None]] = {
    "set": _Program._set,
    "edge": _Program._edge,
    "all": _Program._all,
    "any": _Program._any,
    "repeat": _Program._repeat,
}
