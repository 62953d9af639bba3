"""Makes events that were written elsewhere fit for the wire: one foreign event in, fit ones out.

Only events that an agent hands over as dicts or SDK models pass here; what the emitter builds
itself is right by construction. Nothing here sends or keeps anything.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..errors import ProtocolError
from ..protocol.chunks import Lanes
from ..protocol.compatibility import Compatibility
from ..protocol.document.shape import Event
from ..protocol.enforce import Enforcement
from ..protocol.grammar import (
    BRACKETS,
    CALL,
    CHUNKS,
    CONTENTS,
    ENDS,
    REASONING,
    RUN,
    STARTS,
    STEP,
    TEXT,
    Bracket,
)
from ..protocol.open_items import OpenItems
from ..protocol.schema import EVENT_TYPES
from ..runtime.ids import mint

logger = logging.getLogger(__name__)

MAY_BE_NULL = ("value", "snapshot", "event")  # required fields that take any JSON (B-EVM-05)


class Repair:
    """Mends the foreign events of one run, judged against what is open in it."""

    def __init__(self, items: OpenItems) -> None:
        self._items = items
        self._lanes = Lanes()
        self._translate = Compatibility({}, False, mint, logger.debug)
        self._enforce = Enforcement(False, logger.debug)

    def __call__(self, given: Any) -> Iterator[Event]:
        """Yield what to send in place of ``given``.

        Raises ProtocolError for what is no event, is malformed, or continues a tool call that
        never began (P-STREAM-01: no name can be invented).
        """
        for event in self._translate(plain(given)):
            if event["type"] not in EVENT_TYPES:
                logger.warning("%r is no AG-UI event and is left out.", event["type"])
            clean = self._enforce(_fill_ids(event, self._items))
            for each in self._lanes.expand(clean) if clean else ():
                mend = MENDERS.get(each["type"])
                yield from mend(each, self._items) if mend else (each,)


def plain(given: Any) -> Event:
    """A wire dict of a dict or SDK model: camelCase keys, a plain type, no nulls."""
    if hasattr(given, "model_dump"):
        given = given.model_dump(mode="json", by_alias=True)
    if not isinstance(given, Mapping) or not given.get("type"):
        raise ProtocolError(
            "An agent may give text and AG-UI events (dicts with a type), "
            f"not a {type(given).__name__}.",
            event=given,
        )
    kind = given["type"]
    event = {camel(key): value for key, value in given.items()}
    event["type"] = getattr(kind, "value", kind)
    return {key: value for key, value in event.items() if value is not None or key in MAY_BE_NULL}


def camel(key: str) -> str:
    """``thread_id`` as the wire spells it."""
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), key)


def _fill_ids(event: Event, items: OpenItems) -> Event:
    """The event with the id it lacks: of what is open, or a new one."""
    if event["type"] in (RUN.start, RUN.end):
        return {"threadId": "", "runId": "", **event}  # the emitter puts its own
    bracket = (BRACKETS | CHUNKS).get(event["type"])
    if bracket is None or bracket is STEP or bracket.key in event:
        return event
    latest = None if event["type"] in STARTS else _latest(bracket, items)
    return {**event, bracket.key: latest or mint()}


def _latest(bracket: Bracket, items: OpenItems) -> str | None:
    return next(reversed(items.open_names(bracket)), None)


def _drop(event: Event, items: OpenItems) -> Iterator[Event]:
    yield from ()


def _open(event: Event, items: OpenItems) -> Iterator[Event]:
    if not items.is_open(event):
        yield _with_role(event)


def _continue(event: Event, items: OpenItems) -> Iterator[Event]:
    if not items.is_open(event):
        yield _opener(CONTENTS[event["type"]], event)
    yield event


def _close(event: Event, items: OpenItems) -> Iterator[Event]:
    if items.is_open(event):
        yield event


def _opener(bracket: Bracket, event: Event) -> Event:
    if bracket is CALL:
        raise ProtocolError(
            f"{event['type']} for {event['toolCallId']!r} came before its TOOL_CALL_START.",
            rule="P-STREAM-01",
            event=event,
        )
    tag = {key: event[key] for key in ("subagentRunId",) if key in event}
    return _with_role({"type": bracket.start, "messageId": event["messageId"], **tag})


def _with_role(start: Event) -> Event:
    role = {TEXT.start: "assistant", REASONING.start: "reasoning"}.get(start["type"])
    return {"role": role, **start} if role else start


MENDERS: dict[str, Callable[[Event, OpenItems], Iterator[Event]]] = {
    RUN.start: _drop,
    **dict.fromkeys(STARTS, _open),
    **dict.fromkeys(CONTENTS, _continue),
    **dict.fromkeys(ENDS, _close),
}
