"""*_CHUNK events become START, CONTENT and END, by lanes (C-STREAM-05 to C-STREAM-14).

A lane is one owner (the parent agent or a subagent) and holds at most one open stream. What may
follow what is order.py's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ..errors import ProtocolError
from ..values import Json
from .document.shape import Event
from .grammar import (
    BOUNDARIES,
    BRACKETS,
    CALL,
    CHUNKS,
    REASONING,
    SUBAGENT,
    TEXT,
    Bracket,
)
from .owners import Owner

# field of the START that a chunk may establish -> its value when absent
OPENERS: dict[str, dict[str, str | None]] = {
    TEXT.word: {"role": "assistant", "name": None},
    CALL.word: {"toolCallName": None, "parentMessageId": None},
    REASONING.word: {},
}
NEEDED = {TEXT.word: (), CALL.word: ("toolCallName",), REASONING.word: ()}  # beside the id

# Who ends an open chunk stream (C-STREAM-09); whoever is in neither set ends nothing (C-STREAM-10).
ENDS_ALL = BOUNDARIES | {"MESSAGES_SNAPSHOT"}
ENDS_ITS_LANE = (BRACKETS.keys() - {SUBAGENT.start}) | {
    *("TOOL_CALL_RESULT", "STATE_SNAPSHOT", "STATE_DELTA", "CUSTOM"),
}


class ChunkStream(NamedTuple):
    """What a chunk has opened: its kind, id, owner, and the opener's fields as established."""

    kind: Bracket
    id: str
    owner: Owner
    established: dict[str, Json]


class Lanes:
    """The open chunk streams, by owner, in the order they were opened.

    With ``blame``, what contradicts the opener is told and passed over.
    """

    def __init__(self, blame: Callable[[str], None] | None = None) -> None:
        self._open: dict[Owner, ChunkStream] = {}
        self._blame = blame

    def is_empty(self) -> bool:
        """Whether no chunk stream is open."""
        return not self._open

    def holds(self, kind: Bracket, item: str | None) -> bool:
        """Whether a chunk stream of this kind and id is open; None: of any id."""
        streams = (stream for stream in self._open.values() if stream.kind is kind)
        return any(item is None or stream.id == item for stream in streams)

    def expand(self, event: Event) -> Iterable[Event]:
        """The events that ``event`` stands for. Raises ProtocolError for a chunk out of place."""
        kind = CHUNKS.get(event["type"])
        if kind is not None:
            return self._chunk(kind, event)
        if not self._open:
            return (event,)
        return self._after_ends(event)

    def _after_ends(self, event: Event) -> Iterator[Event]:
        if event["type"] in ENDS_ALL:
            for owner in list(self._open):
                yield from self._end(owner)
        elif event["type"] in ENDS_ITS_LANE:
            yield from self._end(event.get("subagentRunId"))
        yield event

    def _end(self, owner: Owner) -> Iterator[Event]:
        stream = self._open.pop(owner, None)
        if stream is not None:
            end = {"type": stream.kind.end, stream.kind.key: stream.id}
            yield end if stream.owner is None else {**end, "subagentRunId": stream.owner}

    def _chunk(self, kind: Bracket, chunk: Event) -> Iterator[Event]:
        owner = self._lane(kind, chunk)
        stream = self._open.get(owner)
        if (
            stream is not None
            and stream.kind is kind
            and chunk.get(kind.key, stream.id) == stream.id
        ):
            self._agree(stream, chunk)
        else:
            opened = self._open_stream(kind, chunk, owner)
            yield from self._end(owner)
            stream, start = opened
            self._open[owner] = stream
            yield start
            if "delta" not in chunk and "rawEvent" not in chunk:
                return
        yield from _contents(stream, chunk)

    def _lane(self, kind: Bracket, chunk: Event) -> Owner:
        """Which owner's stream a chunk belongs to (C-STREAM-12)."""
        tag, item = chunk.get("subagentRunId"), chunk.get(kind.key)
        same = [o for o, s in self._open.items() if s.kind is kind]
        if item is not None:
            return self._named_lane(kind, chunk, same)
        if tag is not None or None in same or not same:
            return tag
        if len(same) > 1:
            self._object(
                f"Ambiguous {kind.chunk}: it carries neither a {kind.key} nor a subagentRunId, but "
                f"{len(same)} lanes have an open {kind.word}. Attribute the chunk to the subagent "
                "it belongs to.",
                "C-STREAM-12",
                chunk,
            )
        return same[-1]

    def _named_lane(self, kind: Bracket, chunk: Event, same: list[Owner]) -> Owner:
        tag = chunk.get("subagentRunId")
        for owner in same:
            stream = self._open[owner]
            if stream.id == chunk[kind.key]:
                if tag is not None and tag != owner:
                    text = _conflict(stream, "subagentRunId", tag, "subagent", owner)
                    self._object(text, "C-SUB-01", chunk)
                return owner
        return tag

    def _agree(self, stream: ChunkStream, chunk: Event) -> None:
        """A continuation may repeat what its opener said, never change it (C-STREAM-08)."""
        for name, said in stream.established.items():
            if name in chunk and chunk[name] != said:
                text = _conflict(stream, name, chunk[name], name, said)
                self._object(text, "C-STREAM-08", chunk)

    def _object(self, text: str, rule: str, chunk: Event) -> None:
        if self._blame is None:
            raise ProtocolError(text, rule=rule, event=chunk)
        self._blame(f"sent a {chunk['type']} that does not fit ({text})")

    def _open_stream(self, kind: Bracket, chunk: Event, owner: Owner) -> tuple[ChunkStream, Event]:
        for name in (kind.key, *NEEDED[kind.word]):
            if name not in chunk:
                raise ProtocolError(
                    f"First {kind.chunk} must have a {name}", rule="C-STREAM-06", event=chunk
                )
        established = {name: chunk.get(name, absent) for name, absent in OPENERS[kind.word].items()}
        start = {"type": kind.start, kind.key: chunk[kind.key]}
        if kind is REASONING:
            start["role"] = "reasoning"
        start |= {name: value for name, value in established.items() if value is not None}
        start |= _riders(chunk, "metadata")
        if owner is not None:
            start["subagentRunId"] = owner
        return ChunkStream(kind, chunk[kind.key], owner, established), start


def _conflict(stream: ChunkStream, field: str, value: Json, known_as: str, said: Json) -> str:
    missing = "(the parent agent)" if known_as == "subagent" else "(absent)"
    return (
        f"Cannot continue {stream.kind.word} '{stream.id}': chunk {field} '{value}' does not match "
        f"the open stream's {known_as} '{missing if said is None else said}'."
    )


def _contents(stream: ChunkStream, chunk: Event) -> Iterator[Event]:
    """The content event, unless the chunk brings nothing (C-STREAM-14)."""
    riders = _riders(chunk, "metadata", "rawEvent")
    if "delta" not in chunk and not riders:
        return
    content = {"type": stream.kind.content, stream.kind.key: stream.id}
    content["delta"] = chunk.get("delta", "")
    content |= riders
    owner = chunk.get("subagentRunId", stream.owner)
    yield content if owner is None else {**content, "subagentRunId": owner}


def _riders(chunk: Event, *names: str) -> dict[str, Json]:
    return {name: chunk[name] for name in names if name in chunk}
