"""The same story in fewer events, for storing: deltas joined, state folded.

Replaying what comes out makes the same messages and state, unless a MESSAGES_SNAPSHOT came into a
stream; how it looked while it streamed is lost. Events in, events out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from ..values import Json
from .document.json_patch import changes
from .document.operations import copy_json, set_at
from .document.patch_draft import PatchError
from .document.shape import Event, pair_surrogates
from .grammar import BOUNDARIES, CALL, TEXT

_STATE = frozenset({"STATE_SNAPSHOT", "STATE_DELTA"})
_STREAMS = {  # event type -> (the id's key, what it does to the stream)
    event_type: (bracket.key, role)
    for bracket in (TEXT, CALL)
    for event_type, role in (
        *((bracket.start, "start"), (bracket.content, "delta")),
        (bracket.end, "end"),
    )
}


def compact(events: Iterable[Event]) -> list[Event]:
    """One content event per text message and tool call, one state snapshot per run.

    What came in between moves behind the message; streams that never ended keep no END; a run
    that sent only state deltas keeps them. Reasoning and chunks stay as they are.
    """
    made: list[Event] = []
    window: list[Event] = []
    for event in events:
        if event["type"] in BOUNDARIES:
            made += [*_join_streams(_fold_state(window)), event]
            window = []
        else:
            window.append(event)
    return made + _join_streams(_fold_state(window))


def _fold_state(events: Sequence[Event]) -> Sequence[Event]:
    """State events become the snapshot they amount to; deltas without a baseline stay."""
    snapshots = [n for n, event in enumerate(events) if event["type"] == "STATE_SNAPSHOT"]
    if not snapshots:
        return events
    holder = {"state": copy_json(events[snapshots[-1]]["snapshot"])}
    metadata: dict[str, Json] = {}
    for event in events[snapshots[-1] :]:
        if event["type"] in _STATE:
            metadata |= event.get("metadata", {})
        if event["type"] == "STATE_DELTA":
            _amend(holder, event)
    whole = {"type": "STATE_SNAPSHOT", "snapshot": holder["state"]}
    rest = [event for event in events if event["type"] not in _STATE]
    return [*rest, {**whole, "metadata": metadata} if metadata else whole]


def _amend(holder: dict[str, Json], delta: Event) -> None:
    try:
        changed = changes(holder["state"], delta["delta"])
    except PatchError:
        return  # it did nothing when it was live, either (C-SNAP-03)
    for path, value in changed:
        set_at(holder, ("state", *path), value)


class _Stream:
    """One message or call being put together."""

    def __init__(self, start: Event) -> None:
        self.start = {**start}
        self.deltas: list[str] = []
        self.content: Event | None = None
        self.end: Event | None = None

    def restart(self, event: Event) -> None:
        """A START said again corrects the first one, or reopens what had ended."""
        self._learn(self.end or {})
        self.end = None
        self._learn(event)
        self.start |= {key: value for key, value in event.items() if key != "metadata"}

    def add(self, event: Event) -> None:
        """One more delta."""
        if self.content is None:
            kept = {k: v for k, v in event.items() if k not in ("rawEvent", "timestamp")}
            self.content = {key: value for key, value in kept.items() if key != "metadata"}
        self.deltas.append(event["delta"])
        self._learn(event)

    def _learn(self, event: Event) -> None:
        """Metadata goes where it lands in order of arrival: to what was said last."""
        if event.get("metadata"):
            target = self.start if self.content is None else self.content
            target["metadata"] = {**target.get("metadata", {}), **event["metadata"]}

    def events(self) -> list[Event]:
        """START, what was said if anything was, END if it came."""
        text = pair_surrogates("".join(self.deltas))
        end = [] if self.end is None else [self.end]
        if self.content is None or not (text or "metadata" in self.content):
            return [self.start, *end]
        return [self.start, {**self.content, "delta": text}, *end]


def _join_streams(events: Iterable[Event]) -> list[Event]:
    """Each group of overlapping streams in one piece; what came in between follows it."""
    made: list[Event] = []
    left = deque(events)
    while left:
        made += _first_group(left)
    return made


def _first_group(left: deque[Event]) -> list[Event]:
    """Take the first streams that overlap, in the order they began (C-EVM-02).

    Whatever begins behind something that has to wait waits as well, so that messages keep their
    order.
    """
    streams: dict[tuple[str, str], _Stream] = {}
    waiting: list[Event] = []
    while left:
        event = left.popleft()
        if not _taken(event, streams, may_begin=not waiting):
            waiting.append(event)
        if all(stream.end is not None for stream in streams.values()):
            break
    if not streams:
        return waiting
    left.extendleft(reversed(waiting))
    return [event for stream in streams.values() for event in stream.events()]


def _taken(event: Event, streams: dict[tuple[str, str], _Stream], may_begin: bool) -> bool:
    """Does one of the streams take this event, or does it begin one?"""
    key, role = _STREAMS.get(event["type"], ("", ""))
    stream = streams.get((key, event.get(key, "")))
    if role == "start" and stream is None and may_begin:
        streams[key, event[key]] = _Stream(event)
        return True
    if stream is None:
        return False
    if role == "start":
        stream.restart(event)
    elif role == "delta":
        stream.add(event)
    else:
        stream.end = event
    return True
