"""Where cases come from: texts, scripts, files, tables, recordings, kept conversations.

A recording's user turns are asked again, its last answer is the reference. Nothing is run here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from .. import foreign_json
from ..client.recording import read, thread_lines
from ..client.session import Session
from ..client.threads.folding import fold
from ..client.threads.journal import RecordedLine
from ..client.threads.place import store_at
from ..client.threads.store import Store
from ..errors import InvalidInput
from ..protocol.document.shape import Document, text_of
from ..values import Json, JsonObject, JsonView
from .case import CaseValues
from .checks import NAMED, make_check
from .results_file import RESULT, cases_within

ASKED = ("turns", "prompt", "input", "question")  # columns and members that hold what is asked
WANTED = ("reference", "expected", "answer")
WORDS = frozenset({*ASKED, *WANTED, "name", "state", "checks"})
AS_JSON = ("turns", "state", "checks", "json_schema", "tool_called", "state_equals")


@dataclass(frozen=True)
class Case(CaseValues):
    """One conversation to have: ``turns`` are what the user says, one after the other.

    A turn is a text, content parts, a message, a start (``Resume({...})``), or an answer to what
    the agent asked: ``{"approve": True}``, ``{"deny": "why"}``, ``{"answer": value}``.
    ``reference`` is a good answer to the last of them, ``checks`` are for this case alone,
    ``state`` is what is shared at its beginning, ``data`` whatever your own checks need.

    >>> case = Case(["My name is Ada.", "What is my name?"], reference="Your name is Ada.")
    >>> case.name
    'My name is Ada.'
    """

    @classmethod
    def read(cls, source: Json) -> list[Case]:
        """Cases from what ``evaluate`` takes: texts, scripts, files, tables, conversations.

        >>> [case.name for case in Case.read(["What is 2 + 2?", ["Hello", "And you?"]])]
        ['What is 2 + 2?', 'Hello']
        """
        return read_cases(source)

    @classmethod
    def from_threads(
        cls, search: str = "", *, agent: str | None = None, store: Json = None, limit: int = 100
    ) -> list[Case]:
        """The conversations that are kept, as cases: what was said, the last answer as reference.

        ``search`` are words in them, ``agent`` whom they were with. Raises InvalidInput where
        conversations are not kept.

        >>> Case.from_threads("weather", store="threads.sqlite")
        []
        """
        return stored_cases(search, agent, store, limit)


def read_cases(source: Json) -> list[Case]:
    """Cases from whatever ``evaluate`` takes. Raises InvalidInput for what holds none."""
    found = list(_cases(source))
    if not found:
        raise InvalidInput("There is no case in this: give prompts, as in ['What is 2 + 2?'].")
    return found


def stored_cases(search: str, agent: str | None, place: Json, limit: int) -> list[Case]:
    """The conversations of a store that hold these words."""
    store = store_at(place)
    if store is None:
        raise InvalidInput("Conversations are not kept: AGUI_STORE says off.")
    threads = store.threads(search, agent=agent, limit=limit)
    found = (_conversation(store.lines(thread.key), thread.title) for thread in threads)
    return [case for case in found if case is not None]


def _cases(source: Json) -> Iterable[Case]:
    if isinstance(source, str | PathLike):
        return _file_or_text(source)
    if isinstance(source, Store):
        return stored_cases("", None, source, limit=1_000_000)
    if hasattr(source, "to_dict") and hasattr(source, "columns"):  # a DataFrame, of any maker
        return map(from_record, _records(source))
    if isinstance(source, Case | Mapping) or isinstance(
        getattr(source, "session", source), Session
    ):
        return [_case(source)]
    if not isinstance(source, Iterable):
        raise InvalidInput(f"Cases are texts, dicts, files or tables, not {type(source).__name__}.")
    return map(_case, source)


def _case(item: Json) -> Case:
    """One entry of a list."""
    if isinstance(item, Case):
        return item
    if isinstance(item, Mapping):
        return from_record(item)
    held = getattr(item, "session", item)
    if isinstance(held, Session):
        found = _conversation(thread_lines(held.thread), "")
        if found is None:
            raise InvalidInput("Nothing was said in this conversation: there is no case in it.")
        return found
    return Case(list(item) if isinstance(item, tuple) else item)


def _records(table: Json) -> list[JsonObject]:
    try:
        records: list[JsonObject] = table.to_dict("records")
    except TypeError:  # polars and others
        records = table.to_dicts()
    return records


def _file_or_text(source: str | PathLike[str]) -> Iterable[Case]:
    """A file of cases; a text that names none is a prompt."""
    path = Path(source).expanduser()
    reader = READERS.get(path.suffix.lower())
    if reader is None and isinstance(source, str) and not _is_file(path):
        return [Case(source)]
    if reader is None:
        raise InvalidInput(f"Cases are read from {', '.join(READERS)}, not from {path.name}.")
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error  # without the path, which is named before
        raise InvalidInput(f"{path} cannot be read as cases: {why}.") from error
    return reader(path, text)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a prompt that no file could be called
        return False


def _read_lines(path: Path, text: str) -> Iterable[Case]:
    """JSON Lines: a case each, or a recording, or the results of an evaluation."""
    rows = [row for row in text.split("\n") if row.strip()]
    first = _parse(path, rows[0], 1) if rows else {}
    if isinstance(first, dict) and ("event" in first or "request" in first or "thread" in first):
        found = _conversation(read(path)[0], path.stem)
        return [] if found is None else [found]
    if isinstance(first, dict) and ("evaluation" in first or RESULT in first):
        return map(from_record, cases_within(path))
    return [_case(_parse(path, row, number)) for number, row in enumerate(rows, 1)]


def _read_json(path: Path, text: str) -> Iterable[Case]:
    told = _parse(path, text, 1)
    return map(_case, told if isinstance(told, list) else [told])


def _read_csv(path: Path, text: str) -> Iterable[Case]:
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise InvalidInput(f"{path.name} cannot be read as a table: {error}.") from error
    return [from_record(_type_cells(row)) for row in rows]


READERS: dict[str, Callable[[Path, str], Iterable[Case]]] = {
    ".jsonl": _read_lines,
    ".ndjson": _read_lines,
    ".json": _read_json,
    ".csv": _read_csv,
}


def _parse(path: Path, text: str, line: int) -> Json:
    try:
        return foreign_json.read(text)
    except foreign_json.NotJSON as error:
        raise InvalidInput(f"Line {line} of {path.name} cannot be read: {error}.") from error


def _type_cells(row: JsonView) -> JsonObject:
    """A row of a CSV file, whose cells are texts: numbers for limits, JSON where it is wanted."""
    return {key: _cell(key, value) for key, value in row.items() if key and value not in ("", None)}


def _cell(key: str, value: Json) -> Json:
    wants_json = key in AS_JSON or key.startswith("max_")
    try:
        return foreign_json.read(value) if wants_json else value
    except foreign_json.NotJSON:
        return value


def from_record(record: JsonView) -> Case:
    """A case from a dict or a row: what is asked, what is wanted, a member for each check.

    Other members become its ``data``. Raises InvalidInput where nothing is asked.
    """
    given = {str(key): value for key, value in record.items() if not _is_empty(value)}
    asked = next((given[word] for word in ASKED if word in given), None)
    if asked is None:
        raise InvalidInput(f"A case has a member {' or '.join(map(repr, ASKED))}: {sorted(given)}.")
    wanted = next((given[word] for word in WANTED if word in given), None)
    told = given.get("checks", {})
    if not isinstance(told, dict):
        raise InvalidInput("The checks of a case are a mapping: {'contains': 'Lisbon'}.")
    checks = {**told, **{key: given[key] for key in given if key in NAMED}}
    return Case(
        asked,
        name=str(given.get("name", "")),
        reference=None if wanted is None else str(wanted),
        checks=tuple(make_check(name, value) for name, value in checks.items()),
        state=given.get("state"),
        data={key: value for key, value in given.items() if key not in {*WORDS, *NAMED}},
    )


def _is_empty(value: Json) -> bool:
    """Whether a table has nothing there: None, or what is not even equal to itself."""
    return value is None or (isinstance(value, float) and value != value)


def _conversation(lines: Iterable[RecordedLine], name: str) -> Case | None:
    """The user's turns of a conversation; None where the user said nothing."""
    past, _ = fold(lines)
    return case_of(past.document, name)


def case_of(document: Document, name: str = "") -> Case | None:
    """A conversation as a case: what the user said, and the answers it got."""
    messages = document["messages"]
    turns = [message["content"] for message in messages if message["role"] == "user"]
    if not turns:
        return None
    spoken = [text_of(message) for message in messages if message["role"] == "assistant"]
    answers = [text for text in spoken if text]
    return Case(
        turns, name=name, reference=answers[-1] if answers else None, data={"answers": answers}
    )
