"""The file of an evaluation: each case as a block, written whole when it has ended.

A block is the lines of its conversation, as a store has them, and one line with the result. Killed
at any moment, the file holds every case that had ended; what is behind the last result is cut off.

    {"evaluation": {"version": 1, "agent", "checks", ...}}     the first line
    {"at", "thread"}, {"at", "runId", "request"}, ...          a conversation
    {"result": {"case", "repeat", "verdict", ...}}             what came of it
"""

from __future__ import annotations

import math
import os
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .. import foreign_json
from ..client.event_log import dump
from ..client.threads.journal import RecordedLine, whole_lines
from ..errors import InvalidInput
from ..values import Json, JsonObject, JsonView
from .case import CaseValues

RESULT = "result"
VERSION = 1
_MARK = b'{"result":'


class CaseBlock(NamedTuple):
    """A case in the file: where it starts, where its result does, where it ends; the result."""

    start: int
    at: int
    end: int
    row: JsonObject


class ResultsFile:
    """Results on disk. ``head`` is what the first line says; blocks are known by where they are."""

    def __init__(self, path: str | os.PathLike[str], head: JsonObject | None = None) -> None:
        self.path = Path(path).expanduser().absolute()
        self.head: JsonObject = {"version": VERSION, **(head or {})}
        self._file: BinaryIO | None = None

    def begin(self, take: Callable[[CaseBlock], None]) -> None:
        """Open it for writing, behind the last whole block; ``take`` gets all that are there.

        Raises InvalidInput for a file of something else, or of other checks.
        """
        checks = self.head.get("checks")
        try:
            end = 0
            if self.path.is_file() and self.path.stat().st_size:
                end = self._read(take)
                self._check_head(checks)
            self._file = open(self.path, "r+b" if end else "wb", buffering=0)  # noqa: SIM115
            self._file.truncate(end)
            self._file.seek(end)
        except OSError as error:
            raise InvalidInput(f"{self.path} cannot be written ({error.strerror}).") from error
        if not end:
            self._file.write((dump({"evaluation": self.head}) + "\n").encode(*_CODE))

    def _check_head(self, checks: Json) -> None:
        if self.head.get("checks") != checks:
            former = ", ".join(self.head.get("checks") or ["none"])
            raise InvalidInput(
                f"{self.path.name} holds results of other checks ({former}): name another file "
                "with to=."
            )

    def _read(self, take: Callable[[CaseBlock], None]) -> int:
        """Go through the blocks; returns where the last one ends."""
        with open(self.path, "rb") as file:
            end = len(file.readline())
            file.seek(0)
            for block in self._blocks(file):
                take(block)
                end = block.end
        return end

    def append(self, lines: Iterable[str], row: JsonObject) -> tuple[int, int]:
        """Write one case; returns where its block begins and where its result does."""
        assert self._file is not None  # begin() comes first
        block = "".join(f"{line}\n" for line in lines).encode(*_CODE)
        start = self._file.tell()
        data = block + (dump({RESULT: row}) + "\n").encode(*_CODE)
        try:
            while data:  # a signal, or a full pipe, may cut a write short
                data = data[self._file.write(data) :]
        except OSError as error:
            raise InvalidInput(f"{self.path} cannot be written ({error.strerror}).") from error
        return start, start + len(block)

    def close(self) -> None:
        """Nothing more is written."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def blocks(self) -> Iterator[CaseBlock]:
        """Every case that has ended. Raises InvalidInput for a file of something else.

        What follows a damaged result is left out.
        """
        try:
            with open(self.path, "rb") as file:
                yield from self._blocks(file)
        except OSError as error:
            raise InvalidInput(f"{self.path} cannot be read ({error.strerror}).") from error

    def _blocks(self, file: BinaryIO) -> Iterator[CaseBlock]:
        first = file.readline()
        self.head = _read_head(first, self.path)
        start = place = len(first)
        for line in file:
            at, place = place, place + len(line)
            if line.startswith(_MARK):
                row = _read_row(line)
                if row is None:
                    return
                if not is_row(row):
                    raise InvalidInput(f"{self.path.name} holds a result that none of ours is.")
                yield CaseBlock(start, at, place, row)
                start = place

    def row_at(self, at: int) -> JsonObject:
        """The result that begins there."""
        with open(self.path, "rb") as file:
            file.seek(at)
            return _read_row(file.readline()) or {}

    def lines_at(self, start: int, at: int) -> list[RecordedLine]:
        """The conversation of a block."""
        with open(self.path, "rb") as file:
            file.seek(start)
            return whole_lines(file.read(at - start).decode(*_CODE))[0]


_CODE = ("utf-8", "surrogatepass")


def _read_head(line: bytes, path: Path) -> JsonObject:
    try:
        head: JsonObject = foreign_json.read(line.decode(*_CODE))["evaluation"]
        version, labels = head["version"], head.get("checks")
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise InvalidInput(f"{path.name} holds no results of an evaluation.") from error
    if version != VERSION:
        raise InvalidInput(f"{path.name} was written by a newer version of this package.")
    if labels is not None and not is_list_of_texts(labels):
        raise InvalidInput(f"{path.name} holds no results of an evaluation.")
    return head


def _read_row(line: bytes) -> JsonObject | None:
    if not line.endswith(b"\n"):
        return None
    try:
        row: JsonObject = foreign_json.read(line.decode(*_CODE))[RESULT]
    except (ValueError, LookupError, TypeError):
        return None
    return row if isinstance(row, dict) else None


MOST_REPEATS = 1_000_000
VERDICTS = ("pass", "fail", "error")


def is_list_of_texts(value: Json) -> bool:
    """Whether it is a list, of texts alone."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_number(value: Json) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _is_repeat(value: Json) -> bool:
    return type(value) is int and 1 <= value <= MOST_REPEATS


def _are_checks(value: Json) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, Mapping)
        and isinstance(each.get("check"), str)
        and each.get("verdict") in VERDICTS
        and isinstance(each.get("reason", ""), str)
        for each in value
    )


def _are_turns(value: Json) -> bool:
    try:
        return isinstance(value, list) and bool(CaseValues(value).turns)
    except InvalidInput:
        return False


_NEEDED: dict[str, Callable[[Json], bool]] = {
    "case": _is_text,
    "verdict": lambda value: value in VERDICTS,
    "turns": _are_turns,
}
_GIVEN: dict[str, Callable[[Json], bool]] = {
    **dict.fromkeys(("name", "text", "error", "left"), _is_text),
    **dict.fromkeys(("seconds", "first_token", "network", "cost"), _is_number),
    "tokens": lambda value: type(value) is int,
    "repeat": _is_repeat,
    "checks": _are_checks,
    "tools": is_list_of_texts,
}


def is_row(value: Json) -> bool:
    """Whether this is a result as an evaluation writes it."""
    if not isinstance(value, Mapping):
        return False
    needed = all(name in value and fits(value[name]) for name, fits in _NEEDED.items())
    return needed and all(
        fits(value[name]) for name, fits in _GIVEN.items() if value.get(name) is not None
    )


def cases_within(path: Path) -> Iterator[JsonView]:
    """What was asked in a file of results, each case once."""
    seen: set[str] = set()
    for block in ResultsFile(path).blocks():
        row = block.row
        if row["case"] not in seen:
            seen.add(row["case"])
            wanted: JsonObject = {
                key: row[key] for key in ("name", "reference", "state") if key in row
            }
            yield {"turns": row["turns"], **wanted}


def temporary_file() -> Path:
    """An empty file for results that nobody named, for this user alone."""
    handle, path = tempfile.mkstemp(prefix="agui-evaluation-", suffix=".jsonl")
    os.close(handle)
    return Path(path)


def remove_with(owner: object, path: Path) -> None:
    """Remove the file when ``owner`` is no more."""
    weakref.finalize(owner, _remove, str(path))


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)
