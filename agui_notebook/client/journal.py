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

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext

from .. import foreign_json
from ..protocol.document.operations import Operation, copy_json, to_wire
from ..protocol.document.shape import Document
from ..values import Json, JsonObject
from .event_log import EventLog, dump

RecordedLine = JsonObject
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
    if not isinstance(line, dict) or not isinstance(line.get("at", 0), int | None):
        return ""
    found = next((kind for kind, shape in _SHAPES.items() if isinstance(line.get(kind), shape)), "")
    return found if "deltas" not in line or _are_whole(line) else ""


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


def whole_lines(text: str) -> Iterator[RecordedLine]:
    """The lines of a recording's text, up to the first that is damaged."""
    for row in text.split("\n"):
        if not row.strip():
            continue
        try:
            line = foreign_json.read(row)
        except foreign_json.NotJSON:
            return
        if isinstance(line, dict) and isinstance(line.get("type"), str):
            line = {"event": line}
        if not kind_of(line) or not _is_sound(line):
            return
        yield line


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
