"""Runs as JSON Lines: written from a session or a result, played back as a transport.

A line is ``{"at", "runId", "event"}``, or ``{"at", "runId", "request"}`` with what the client had
said before that run. ``at`` is in ms since the epoch; events of a compact recording have none.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, nullcontext
from itertools import groupby
from os import PathLike
from pathlib import Path

from ..doors import door
from ..errors import InvalidInput, TransportError
from ..markup.outlets import Secrets, json_text
from ..protocol.grammar import TERMINAL
from ..runtime.files import write
from ..values import Json, JsonObject
from .event_log import EventLog
from .result import RunResult
from .session import Session
from .thread import LiveThread, Past
from .threads.journal import RecordedLine, mask_text, text_lines, whole_lines
from .turns.run_options import RunOptions
from .verbs import Verbs


@door
def record(
    source: Session | RunResult | Verbs, path: str | PathLike[str], *, compact: bool = False
) -> Path:
    """Write every run of a session or chat, or those of one result, to ``path``; returns the path.

        record(chat, path)                               # today
        replay(path).ask("What was sold in March?")      # tomorrow, without the agent

    ``compact`` keeps what was said and not how it streamed: a message is one event, and so is a
    run's state. Raises InvalidInput where nothing can be written.

    >>> answer = session.ask("hello")
    >>> record(session, "hello.jsonl").name
    'hello.jsonl'
    """
    held: Json = getattr(source, "session", source)
    if not hasattr(held, "records"):
        raise InvalidInput("record() takes a session, a chat or a result, and the path of a file.")
    lines = _compact_lines(held.records()) if compact else held.records()
    hidden = hide_secrets(lines, held.secrets)
    return write(path, (json.dumps(line, separators=(",", ":")) + "\n" for line in hidden))


def hide_secrets(lines: Iterable[RecordedLine], secrets: Secrets) -> Iterator[RecordedLine]:
    """The lines without secrets, also where one came in several pieces: their text is then one."""
    if secrets.empty:
        yield from lines
        return
    for _, group in groupby(lines, _stream_of):
        yield from map(secrets.mask_value, _hide_in_stream([*group], secrets))


def _hide_in_stream(pieces: list[RecordedLine], secrets: Secrets) -> list[RecordedLine]:
    if _stream_of(pieces[0]) is None:
        return pieces
    text = "".join(each["event"]["delta"] for each in pieces)
    masked = secrets.mask(text)
    first = pieces[0]
    return pieces if masked == text else [{**first, "event": {**first["event"], "delta": masked}}]


def _stream_of(line: RecordedLine) -> Json:
    """What a piece of text is of: those of one stream that follow each other are one text."""
    event = line.get("event") or {}
    if not isinstance(event.get("delta"), str):
        return None
    return event["type"], event.get("messageId") or event.get("toolCallId")


def save(session: Session, path: str | PathLike[str]) -> Path:
    """Write a conversation whole, to be opened again: branches, state, what tools showed."""
    return write(path, (f"{json_text(line)}\n" for line in thread_texts(session.thread)))


def thread_lines(thread: LiveThread) -> list[RecordedLine]:
    """All that a thread has lived through, as ``save`` writes it: without secrets."""
    return [json.loads(text) for text in thread_texts(thread)]


def thread_texts(thread: LiveThread) -> Iterator[str]:
    """The same, each line as JSON."""
    texts = text_lines(thread.events, thread.journal, 0, len(thread.events))
    return (mask_text(text, thread.secrets) for text in texts)


def load(path: str | PathLike[str]) -> tuple[Past, int | None]:
    """The conversation in a file of ``save`` or ``record``, and the first line that is damaged.

    Raises InvalidInput for a file that is neither.
    """
    lines, damaged = read(path)
    from .threads.folding import fold  # not before: it reads streams, with all that takes

    past, fault = fold(lines)
    return past, fault or damaged


@door
def replay(path: str | PathLike[str], *, speed: float | None = None) -> Session:
    """A session that plays a recording back, one turn per ``run()``, without any agent.

    ``speed`` 1 keeps the original pace, 2 doubles it, None does not wait at all. Raises
    InvalidInput for a file that is no recording.

    >>> answer = session.ask("hello")
    >>> replay(record(session, "hello.jsonl")).ask("hello").text
    'HELLO'
    """
    lines, damaged = read(path)
    transport = Replay(lines, speed=speed, damaged=damaged)
    session = Session(RunOptions(transport), name=Path(path).stem, thread_id=transport.thread_id)
    if damaged is not None:
        session.thread.warn(transport.damage)
    return session


def read(path: str | PathLike[str]) -> tuple[list[RecordedLine], int | None]:
    """The lines of a recording; bare events, one per line, are welcome too.

    It is read up to a line that is damaged, whose number (from 1) is the second. Raises
    InvalidInput where nothing can be read.
    """
    if not isinstance(path, (str, PathLike)):
        kind = type(path).__name__
        raise InvalidInput(f"{path!r} cannot be read as a recording: name a file, not {kind}.")
    try:
        text = Path(path).expanduser().read_bytes().decode("utf-8", "surrogatepass")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error  # without the path, which is named before
        raise InvalidInput(f"{path} cannot be read as a recording: {why}.") from error
    lines, damaged = whole_lines(text)
    if not any("event" in line or "request" in line for line in lines):
        raise InvalidInput(f"{path} is no recording: record(session, path) writes them.")
    return lines, damaged


def unfold(lines: Iterable[RecordedLine]) -> Iterator[RecordedLine]:
    """The same with a line for every event: deltas that were folded into one stand alone again."""
    for line in lines:
        if "deltas" not in line:
            yield line
            continue
        log = EventLog(nullcontext())
        log.add_line({**line, "at": line.get("at") or 0, "runId": line.get("runId") or ""})
        yield from (dict(record) for record in log)


def _compact_lines(lines: Iterable[RecordedLine]) -> Iterator[RecordedLine]:
    """The events of each run joined; what was said between runs stays in its place."""
    from ..protocol.compact import compact as compact_events

    for (run_id, ours), group in groupby(lines, _group):
        if ours:
            yield from group
            continue
        for event in compact_events(line["event"] for line in group):
            yield {"runId": run_id, "event": event}


def _group(line: RecordedLine) -> tuple[Json, bool]:
    return line.get("runId"), "event" not in line


class Replay:
    """A transport whose agent is a recording: each request gets the next turn of it."""

    def __init__(
        self,
        lines: Iterable[RecordedLine],
        *,
        speed: float | None = None,
        damaged: int | None = None,
    ) -> None:
        self.lines = list(lines)
        self.damaged = damaged
        self._turns = list(_turns(line for line in unfold(self.lines) if _is_of_the_wire(line)))
        self.speed = speed
        self._next = 0
        started = (e for turn in self._turns for e in _events(turn) if "threadId" in e)
        self.thread_id: str | None = next(started, {}).get("threadId")

    @property
    def damage(self) -> str:
        """In which line the recording is damaged, in a sentence; "" where it is whole."""
        if self.damaged is None:
            return ""
        return f"Line {self.damaged} of the recording is damaged: what follows is left out."

    @property
    def remaining_turns(self) -> int:
        """How many turns have not been played yet."""
        return len(self._turns) - self._next

    @asynccontextmanager
    async def __call__(
        self, request: JsonObject, **_: Json
    ) -> AsyncIterator[AsyncIterator[object]]:
        """Play the next turn. Raises TransportError after the last one."""
        if self._next >= len(self._turns):
            raise TransportError("The recording ends here: nothing more can be replayed.")
        turn = self._turns[self._next]
        self._next += 1
        yield self._play(turn, request)

    async def _play(self, turn: list[RecordedLine], request: JsonObject) -> AsyncIterator[object]:
        before: int | None = None
        unsaid: list[Json] = []
        for line in turn:
            if "request" in line:
                unsaid = _unsent_messages(line["request"].get("messages", []), request)
                continue
            at = line.get("at")
            if self.speed and at is not None and before is not None:
                await asyncio.sleep((at - before) / 1000 / self.speed)
            before = at
            yield _adapt_event(line["event"], request, unsaid)


def turn_starts(lines: Iterable[RecordedLine]) -> list[int]:
    """Positions of the lines that a turn begins with; a turn goes on through its tool rounds."""
    found: list[int] = []
    last: JsonObject | None = None
    for place, line in enumerate(lines):
        if _is_of_the_wire(line):
            if not found or _begins(line, last):
                found.append(place)
                last = None
            last = line.get("event", last)
    return found or [0]


def _is_of_the_wire(line: RecordedLine) -> bool:
    return "event" in line or "request" in line


def _turns(lines: Iterable[RecordedLine]) -> Iterator[list[RecordedLine]]:
    """Cut a recording where the client spoke, or where a run stopped without an end."""
    every = list(lines)
    starts = turn_starts(every)
    for first, end in zip(starts, [*starts[1:], len(every)], strict=True):
        if every[first:end]:
            yield every[first:end]


def _begins(line: RecordedLine, last: JsonObject | None) -> bool:
    if "request" in line:
        said = line["request"].get("messages", [])
        return "resume" in line["request"] or any(m["role"] == "user" for m in said)
    started = line["event"].get("type") == "RUN_STARTED"
    return started and last is not None and last.get("type") not in TERMINAL


def _events(turn: list[RecordedLine]) -> list[JsonObject]:
    return [line["event"] for line in turn if "event" in line]


def _unsent_messages(messages: list[Json], request: JsonObject) -> list[Json]:
    """What the recorded client said, unless whoever replays has just said something instead."""
    said = request["messages"][-1:]
    if said and said[0]["role"] == "user":
        return [message for message in messages if message["role"] != "user"]
    return messages


def _adapt_event(event: Json, request: JsonObject, unsaid: list[Json]) -> Json:
    """The event in the replaying thread; RUN_STARTED tells what the client had said before it."""
    if isinstance(event, dict) and "threadId" in event:
        event = {**event, "threadId": request["threadId"]}
        if event.get("type") == "RUN_STARTED" and unsaid:
            ids = {"threadId": request["threadId"], "runId": event.get("runId", "")}
            event.setdefault("input", {**ids, "messages": unsaid})
    return event
