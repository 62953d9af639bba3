"""What happened in a thread, as lines: the events, and between them what this side did.

One form for recordings, the store and exports. Only shapes and their order live here; no file does.

    {"at", "thread": {"id", "messages", "state"}}    what the thread began with
    {"at", "runId", "event"}             an event; with "deltas" it stands for several in a row
    {"at", "runId", "request"}           what the client had said before that run, and its answers
    {"at", "change": [["set", path, value], ...]}    what changed here: outputs, state, a stop
    {"at", "branch": number, "messages": count}      an earlier turn was said again or edited
    {"at", "branch": number}             another branch was shown again
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext

from ...markup.outlets import Secrets
from ...protocol.document.operations import Operation, copy_json, to_wire
from ...protocol.document.shape import Document
from ...values import Json, JsonObject
from ..event_log import EventLog, dump

RecordedLine = JsonObject
LATEST = 253_402_300_799_000  # ms: the end of the year 9999
Journal = list[tuple[int, RecordedLine]]  # each with the number of events before it


def thread_line(at: int, document: Document) -> RecordedLine:
    """What a thread begins with, before anything is said."""
    told = {key: copy_json(document[key]) for key in ("messages", "state")}
    return {"at": at, "thread": {"id": document["threadId"], **told}}


def change_line(at: int, operations: Iterable[Operation]) -> RecordedLine:
    """What was changed here at ``at`` (epoch ms)."""
    return {"at": at, "change": [to_wire(operation) for operation in operations]}


def branch_line(at: int, number: int, messages: int | None = None) -> RecordedLine:
    """Branch ``number`` is shown; a new one begins with so many messages of the one before."""
    line = {"at": at, "branch": number}
    return line if messages is None else {**line, "messages": messages}


def kind_of(line: Json) -> str:
    """Which of the above a line is; "" where it is none of them."""
    if not isinstance(line, dict) or not _is_moment(line.get("at")):
        return ""
    found = next((kind for kind, shape in _SHAPES.items() if isinstance(line.get(kind), shape)), "")
    return found if "deltas" not in line or _are_whole(line) else ""


def _is_moment(at: Json) -> bool:
    """Whether ``at`` is a time that a calendar has, or none."""
    return at is None or (isinstance(at, int) and 0 <= at <= LATEST)


def _is_sound(line: RecordedLine) -> bool:
    """Whether what is looked at in a line is of the kind it must be."""
    event, said = line.get("event", {}), line.get("request", {})
    if not all(isinstance(line[kind], shape) for kind, shape in _SHAPES.items() if kind in line):
        return False
    messages = said.get("messages", [])
    return (
        isinstance(event.get("threadId", ""), str)
        and isinstance(line.get("runId", ""), str | None)
        and isinstance(messages, list)
        and all(isinstance(m, dict) and isinstance(m.get("role"), str) for m in messages)
    )


def _are_whole(line: RecordedLine) -> bool:
    """Whether folded deltas make up the text they stand with."""
    try:
        EventLog(nullcontext()).add_line({"at": 0, "runId": "", **line})
    except (ValueError, LookupError, TypeError):
        return False
    return True


_SHAPES: dict[str, type] = {
    "event": dict,
    "request": dict,
    "change": list,
    "branch": int,
    "thread": dict,
}


def whole_lines(text: str) -> tuple[list[RecordedLine], int | None]:
    """The lines of a recording's text, up to the first that is damaged, and its number.

    Numbers count from 1, lines without anything left out; None: all are whole.
    """
    lines: list[RecordedLine] = []
    for row in filter(str.strip, text.split("\n")):
        line = _read_line(row)
        if line is None:
            return lines, len(lines) + 1
        lines.append(line)
    return lines, None


def _read_line(row: str) -> RecordedLine | None:
    from ... import foreign_json

    try:
        line = foreign_json.read(row)
    except foreign_json.NotJSON:
        return None
    if isinstance(line, dict) and isinstance(line.get("type"), str):
        line = {"event": line}
    return line if kind_of(line) and _is_sound(line) else None


def mask_text(text: str, secrets: Secrets) -> str:
    """A line as text, with every secret in it hidden; itself where there is none."""
    if secrets.mask(text) == text:
        return text
    line = json.loads(text)
    masked: RecordedLine = _mask(line, secrets)
    if masked.get("event") != line.get("event"):
        masked.pop("deltas", None)  # its pieces have other lengths now
    return dump(masked)


def _mask(value: Json, secrets: Secrets) -> Json:
    if isinstance(value, str):
        return secrets.mask(value)
    if isinstance(value, list):
        return [_mask(each, secrets) for each in value]
    if isinstance(value, dict):
        return {secrets.mask(key): _mask(each, secrets) for key, each in value.items()}
    return value


def wire_lines(
    events: EventLog, journal: Sequence[tuple[int, RecordedLine]], first: int, last: int
) -> Iterator[RecordedLine]:
    """What went over the wire between two events, and what tools showed here, in order."""
    told = [(max(before, first), line) for before, line in journal if _is_for_replay(line)]
    ends = [*(place for place, _ in told[1:]), last]
    for (before, line), until in zip(told, ends, strict=False):
        yield line
        yield from (dict(record) for record in events[before : min(until, last)])


def _is_for_replay(line: RecordedLine) -> bool:
    outputs = any(path[0] == "outputs" for _, path, _ in line.get("change", ()))
    return "request" in line or outputs


def text_lines(
    events: EventLog, journal: Sequence[tuple[int, RecordedLine]], first: int, last: int
) -> Iterator[str]:
    """Everything between two events as JSON texts, neighbouring deltas folded into one line."""
    place = first
    for before, line in journal:
        yield from events.texts(place, before)
        place = max(place, before)
        yield dump(line)
    yield from events.texts(place, last)
