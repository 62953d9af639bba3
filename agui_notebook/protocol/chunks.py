"""*_CHUNK events become START, CONTENT and END, by lanes (C-STREAM-05 to C-STREAM-14).

A lane is one owner (the parent agent or a subagent) and holds at most one open stream. What may
follow what is order.py's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..errors import ProtocolError
from .document.shape import Event
from .owners import Owner


class Kind(NamedTuple):
    """One kind of stream that chunks can write, and the words for it."""

    chunk: str
    word: str
    prefix: str
    content: str
    key: str
    needed: tuple[str, ...]
    openers: dict[str, str | None]  # field of the START -> its value when absent


TEXT = Kind(
    "TEXT_MESSAGE_CHUNK",
    "text message",
    "TEXT_MESSAGE",
    "TEXT_MESSAGE_CONTENT",
    "messageId",
    ("messageId",),
    {"role": "assistant", "name": None},
)
CALL = Kind(
    "TOOL_CALL_CHUNK",
    "tool call",
    "TOOL_CALL",
    "TOOL_CALL_ARGS",
    "toolCallId",
    ("toolCallId", "toolCallName"),
    {"toolCallName": None, "parentMessageId": None},
)
REASONING = Kind(
    "REASONING_MESSAGE_CHUNK",
    "reasoning message",
    "REASONING_MESSAGE",
    "REASONING_MESSAGE_CONTENT",
    "messageId",
    ("messageId",),
    {},
)
KINDS = {kind.chunk: kind for kind in (TEXT, CALL, REASONING)}

# Who ends an open chunk stream (C-STREAM-09); whoever is in neither set ends nothing (C-STREAM-10).
ENDS_ALL = frozenset({"RUN_STARTED", "RUN_FINISHED", "RUN_ERROR", "MESSAGES_SNAPSHOT"})
ENDS_ITS_LANE = frozenset(
    {
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_END",
        "TOOL_CALL_START",
        "TOOL_CALL_ARGS",
        "TOOL_CALL_END",
        "TOOL_CALL_RESULT",
        "STATE_SNAPSHOT",
        "STATE_DELTA",
        "CUSTOM",
        "STEP_STARTED",
        "STEP_FINISHED",
        "REASONING_START",
        "REASONING_MESSAGE_START",
        "REASONING_MESSAGE_CONTENT",
        "REASONING_MESSAGE_END",
        "REASONING_END",
        "SUBAGENT_FINISHED",
        "SUBAGENT_ERROR",
    }
)


class ChunkStream(NamedTuple):
    """What a chunk has opened: its kind, id, owner, and the opener's fields as established."""

    kind: Kind
    id: str
    owner: Owner
    established: dict[str, Any]


class Lanes:
    """The open chunk streams, by owner, in the order they were opened."""

    def __init__(self) -> None:
        self._open: dict[Owner, ChunkStream] = {}

    def expand(self, event: Event) -> Iterable[Event]:
        """The events that ``event`` stands for. Raises ProtocolError for a chunk out of place."""
        kind = KINDS.get(event["type"])
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
            end = {"type": f"{stream.kind.prefix}_END", stream.kind.key: stream.id}
            yield end if stream.owner is None else {**end, "subagentRunId": stream.owner}

    def _chunk(self, kind: Kind, chunk: Event) -> Iterator[Event]:
        owner = self._lane(kind, chunk)
        stream = self._open.get(owner)
        if (
            stream is not None
            and stream.kind is kind
            and chunk.get(kind.key, stream.id) == stream.id
        ):
            _agree(stream, chunk)
        else:
            opened = self._open_stream(kind, chunk, owner)
            yield from self._end(owner)
            stream, start = opened
            self._open[owner] = stream
            yield start
            if "delta" not in chunk and "rawEvent" not in chunk:
                return
        yield from _contents(stream, chunk)

    def _lane(self, kind: Kind, chunk: Event) -> Owner:
        """Which owner's stream a chunk belongs to (C-STREAM-12)."""
        tag, item = chunk.get("subagentRunId"), chunk.get(kind.key)
        same = [o for o, s in self._open.items() if s.kind is kind]
        if item is not None:
            return self._named_lane(kind, chunk, same)
        if tag is not None or None in same or not same:
            return tag
        if len(same) > 1:
            raise ProtocolError(
                f"Ambiguous {kind.chunk}: it carries neither a {kind.key} nor a subagentRunId, but "
                f"{len(same)} lanes have an open {kind.word}. Attribute the chunk to the subagent "
                "it belongs to.",
                rule="C-STREAM-12",
                event=chunk,
            )
        return same[0]

    def _named_lane(self, kind: Kind, chunk: Event, same: list[Owner]) -> Owner:
        tag = chunk.get("subagentRunId")
        for owner in same:
            if self._open[owner].id == chunk[kind.key]:
                if tag is not None and tag != owner:
                    _conflict(self._open[owner], chunk, "subagentRunId", tag, "subagent", owner)
                return owner
        return tag

    def _open_stream(self, kind: Kind, chunk: Event, owner: Owner) -> tuple[ChunkStream, Event]:
        for name in kind.needed:
            if name not in chunk:
                raise ProtocolError(
                    f"First {kind.chunk} must have a {name}", rule="C-STREAM-06", event=chunk
                )
        established = {name: chunk.get(name, absent) for name, absent in kind.openers.items()}
        start = {"type": f"{kind.prefix}_START", kind.key: chunk[kind.key]}
        if kind is REASONING:
            start["role"] = "reasoning"
        start |= {name: value for name, value in established.items() if value is not None}
        start |= _riders(chunk, "metadata")
        if owner is not None:
            start["subagentRunId"] = owner
        return ChunkStream(kind, chunk[kind.key], owner, established), start


def _agree(stream: ChunkStream, chunk: Event) -> None:
    """A continuation may repeat what its opener said, never change it (C-STREAM-08)."""
    for name, said in stream.established.items():
        if name in chunk and chunk[name] != said:
            _conflict(stream, chunk, name, chunk[name], name, said)


def _conflict(
    stream: ChunkStream, chunk: Event, field: str, value: Any, known_as: str, said: Any
) -> None:
    missing = "(the parent agent)" if known_as == "subagent" else "(absent)"
    raise ProtocolError(
        f"Cannot continue {stream.kind.word} '{stream.id}': chunk {field} '{value}' does not match "
        f"the open stream's {known_as} '{missing if said is None else said}'.",
        rule="C-STREAM-08" if known_as != "subagent" else "C-SUB-01",
        event=chunk,
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


def _riders(chunk: Event, *names: str) -> dict[str, Any]:
    return {name: chunk[name] for name in names if name in chunk}
