"""Makes events that were written elsewhere fit for the wire: one foreign event in, fit ones out.

Only events that an agent hands over as dicts or SDK models pass here; what the emitter builds
itself is right by construction. Nothing here sends or keeps anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import uuid4

from ..errors import ProtocolError
from .ledger import CLOSES, CONTINUES, KINDS, OPENS, Event, Ledger

MAY_BE_NULL = ("value", "snapshot", "event")  # required fields that take any JSON (B-EVM-05)


def repair(given: Any, ledger: Ledger) -> Iterator[Event]:
    """Yield what to send in place of ``given``, judged against what is open.

    Raises ProtocolError for what is no event, or continues a tool call that never began
    (P-STREAM-01: no name can be invented).
    """
    event = plain(given)
    mend = MENDERS.get(event["type"])
    yield from mend(event, ledger) if mend else (event,)


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


def _drop(event: Event, ledger: Ledger) -> Iterator[Event]:
    yield from ()


def _open(event: Event, ledger: Ledger) -> Iterator[Event]:
    field, _ = KINDS[OPENS[event["type"]]]
    event.setdefault(field, uuid4().hex)
    if not ledger.is_open(event):
        yield event


def _continue(event: Event, ledger: Ledger) -> Iterator[Event]:
    kind = CONTINUES[event["type"]]
    field, _ = KINDS[kind]
    if field not in event:
        event[field] = _latest(kind, ledger) or uuid4().hex
    if not ledger.is_open(event):
        yield _opener(kind, event)
    yield event


def _close(event: Event, ledger: Ledger) -> Iterator[Event]:
    kind = CLOSES[event["type"]]
    field, _ = KINDS[kind]
    event.setdefault(field, _latest(kind, ledger) or "")
    if ledger.is_open(event):
        yield event


def _chunk(event: Event, ledger: Ledger) -> Iterator[Event]:
    kind = event["type"].removesuffix("_CHUNK")
    field, _ = KINDS[kind]
    event.setdefault(field, _latest(kind, ledger) or uuid4().hex)
    start = {key: value for key, value in event.items() if key != "delta"}
    start["type"] = f"{kind}_START"
    if not ledger.is_open(start):
        yield _with_role(start)
    if "delta" in event:
        word = "ARGS" if kind == "TOOL_CALL" else "CONTENT"
        yield {"type": f"{kind}_{word}", field: event[field], "delta": event["delta"]}


def _opener(kind: str, event: Event) -> Event:
    if kind == "TOOL_CALL":
        raise ProtocolError(
            f"{event['type']} for {event['toolCallId']!r} came before its TOOL_CALL_START.",
            rule="P-STREAM-01",
            event=event,
        )
    tag = {key: event[key] for key in ("subagentRunId",) if key in event}
    return _with_role({"type": f"{kind}_START", "messageId": event["messageId"], **tag})


def _with_role(start: Event) -> Event:
    roles = {"TEXT_MESSAGE_START": "assistant", "REASONING_MESSAGE_START": "reasoning"}
    role = roles.get(start["type"])
    return {"role": role, **start} if role else start


def _latest(kind: str, ledger: Ledger) -> str | None:
    return next((key[1] for key in reversed(ledger.open) if key[0] == kind), None)


MENDERS: dict[str, Callable[[Event, Ledger], Iterator[Event]]] = {
    "RUN_STARTED": _drop,
    **dict.fromkeys(OPENS, _open),
    **dict.fromkeys(CONTINUES, _continue),
    **dict.fromkeys(CLOSES, _close),
    "TEXT_MESSAGE_CHUNK": _chunk,
    "TOOL_CALL_CHUNK": _chunk,
    "REASONING_MESSAGE_CHUNK": _chunk,
}
