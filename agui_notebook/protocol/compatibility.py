"""The compatibility boundary: retired shapes, and the sloppy ones that deployed servers send.

First on the raw stream (C-PROC-13). Translates, never judges: what stays wrong is enforce.py's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping

from ..values import Json
from .document.shape import Event, Message
from .schema import EVENT_TYPES, PROTOCOL_VERSION, UNDERSTOOD

Warn = Callable[[str], None]

# Nulls that older encoders write for an absent field, and that mean just that (C-LEG-03).
NULLS = {
    "TOOL_CALL_START": ("parentMessageId",),
    "TOOL_CALL_CHUNK": ("parentMessageId",),
    "RUN_FINISHED": ("outcome", "result"),
    "SUBAGENT_FINISHED": ("result",),
}
_MEDIA = ("image", "audio", "video")


class Compatibility:
    """One stream's translator: raw event in, events of today's shape out."""

    def __init__(
        self,
        request: Mapping[str, Json],
        strict: bool,
        mint: Callable[[], str],
        warn: Warn,
        peer: str | None = None,
    ) -> None:
        self.request = request
        self.mint = mint
        self.warn = warn
        self.strict = strict
        self.span: str | None = None  # id minted for the THINKING span that is open
        self.thought: str | None = None  # id minted for the THINKING message that is open
        self.run: Mapping[str, Json] = request  # whose ids a RUN_FINISHED without ids means
        self._before_subagents = before(peer, "0.0.57")
        self._touched = _TOUCHED | (EVENT_TYPES if self._before_subagents else frozenset())

    def __call__(self, event: Event) -> Iterable[Event]:
        """The events that ``event`` means today; usually itself. It is never changed."""
        event_type = event["type"]
        if event_type not in self._touched and "rawEvent" not in event:
            return (event,)
        if self.strict:  # tolerantly all nulls are enforce.py's, with one warning between them
            event = self._without_nulls(event)
        if event_type in RETIRED:
            return RETIRED[event_type](self, event)
        if event_type in SHIMS:
            event = SHIMS[event_type](self, event)
        if not self.strict and event_type in SLOPPY:
            event = SLOPPY[event_type](self, event)
        return self._without_subagents(event) if self._before_subagents else (event,)

    def _without_nulls(self, event: Event) -> Event:
        names = [*NULLS.get(event["type"], ()), "rawEvent"]
        nulls = [name for name in names if name in event and event[name] is None]
        for name in nulls:
            self.warn(f"{event['type']}.{name}: null is read as absent; it should be omitted.")
        return {key: event[key] for key in event if key not in nulls} if nulls else event

    def _without_subagents(self, event: Event) -> Iterable[Event]:
        """A peer that old has no subagents: its stream is read without them (C-LEG-05)."""
        if event["type"].startswith("SUBAGENT_"):
            self.warn(f"The peer predates subagents: dropping {event['type']}.")
            return ()
        return ({key: value for key, value in event.items() if key != "subagentRunId"},)

    def fill_field(self, event: Event, name: str, value: Json) -> Event:
        """``event`` with what a server left out, and a word about it."""
        self.warn(f"{event['type']} carries no {name}: it is read as {json.dumps(value)}.")
        return {**event, name: value}


def before(peer: str | None, version: str) -> bool:
    """Is the peer known to be of ``version`` or older? An unknown peer is current (V-VER-08)."""
    return peer is not None and _numbers(peer) <= _numbers(version)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


# --- retired event types (C-LEG-01, C-VER-12) ---------------------------------------------------


_THINKING = "THINKING_START and its kin are retired; they are read as REASONING_* with minted ids."


def _successor(event: Event, event_type: str, **fields: str) -> Event:
    rest = {key: value for key, value in event.items() if key not in ("type", "title")}
    return {"type": event_type, **fields, **rest}


def _thinking_start(legacy: Compatibility, event: Event) -> Iterable[Event]:
    legacy.warn(_THINKING)
    legacy.span = legacy.mint()
    start = _successor(event, "REASONING_START", messageId=legacy.span)
    if "title" in event:
        legacy.warn("THINKING_START.title has no successor; it is kept in the event's metadata.")
        start["metadata"] = {"title": event["title"], **event.get("metadata", {})}
    yield start


def _thinking_end(legacy: Compatibility, event: Event) -> Iterable[Event]:
    legacy.warn(_THINKING)
    if legacy.span is None and not legacy.strict:
        return
    span, legacy.span = legacy.span or legacy.mint(), None
    yield _successor(event, "REASONING_END", messageId=span)


def _thought_start(legacy: Compatibility, event: Event) -> Iterable[Event]:
    legacy.warn(_THINKING)
    legacy.thought = legacy.mint()
    fields = {"messageId": legacy.thought, "role": "reasoning"}
    yield _successor(event, "REASONING_MESSAGE_START", **fields)


def _thought_content(legacy: Compatibility, event: Event) -> Iterable[Event]:
    """Without an opener: tolerantly opened here; strictly an orphan that order.py rejects."""
    legacy.warn(_THINKING)
    if legacy.thought is None and not legacy.strict:
        yield from _thought_start(legacy, {"type": "THINKING_TEXT_MESSAGE_START"})
    yield _successor(event, "REASONING_MESSAGE_CONTENT", messageId=legacy.thought or legacy.mint())


def _thought_end(legacy: Compatibility, event: Event) -> Iterable[Event]:
    legacy.warn(_THINKING)
    if legacy.thought is None and not legacy.strict:
        return
    thought, legacy.thought = legacy.thought or legacy.mint(), None
    yield _successor(event, "REASONING_MESSAGE_END", messageId=thought)


RETIRED: dict[str, Callable[[Compatibility, Event], Iterable[Event]]] = {
    "THINKING_START": _thinking_start,
    "THINKING_END": _thinking_end,
    "THINKING_TEXT_MESSAGE_START": _thought_start,
    "THINKING_TEXT_MESSAGE_CONTENT": _thought_content,
    "THINKING_TEXT_MESSAGE_END": _thought_end,
}


# --- retired shapes inside today's events -------------------------------------------------------


def _snapshot(legacy: Compatibility, event: Event) -> Event:
    return _with_messages(event, legacy.warn)


def _run_started(legacy: Compatibility, event: Event) -> Event:
    legacy.span = legacy.thought = None
    _check_version(legacy, event.get("protocolVersion"))
    if isinstance(event.get("input"), dict):
        return {**event, "input": _echo(event["input"], legacy.warn)}
    return event


def _check_version(legacy: Compatibility, version: Json) -> None:
    """What the producer says it speaks never stops a run (C-VER-05, V-VER-04)."""
    if not isinstance(version, str):
        return
    known = PROTOCOL_VERSION if legacy.strict else UNDERSTOOD
    if not re.fullmatch(r"\d+\.\d+", version, re.ASCII):
        legacy.warn(
            f"[ag-ui] The producer declares protocol '{version}', which this client cannot "
            "interpret. Unrecognised material will be stripped with warnings."
        )
    elif _numbers(version) > _numbers(known):
        legacy.warn(
            f"[ag-ui] The producer speaks protocol {version}; this client speaks "
            f"{PROTOCOL_VERSION}. Unrecognised material will be stripped with warnings."
        )


def _echo(sent: Mapping[str, Json], warn: Warn) -> dict[str, Json]:
    """The input echoed on RUN_STARTED, without the nulls of old encoders."""
    echo = {k: v for k, v in sent.items() if v is not None or k not in ("forwardedProps", "state")}
    for group, name in (("tools", "parameters"), ("resume", "payload")):
        if isinstance(echo.get(group), list):
            echo[group] = [_without_null(item, name) for item in echo[group]]
    return _with_messages(echo, warn)


def _without_null(item: Json, name: str) -> Json:
    if isinstance(item, dict) and item.get(name, "") is None:
        return {key: value for key, value in item.items() if key != name}
    return item


def _with_messages(holder: Mapping[str, Json], warn: Warn) -> dict[str, Json]:
    messages = holder.get("messages")
    if not isinstance(messages, list):
        return dict(holder)
    return {**holder, "messages": [upgrade_message(message, warn) for message in messages]}


def upgrade_message(message: Json, warn: Warn) -> Json:
    """A message with its retired ``binary`` parts as today's media parts (C-LEG-02)."""
    if not isinstance(message, dict) or not isinstance(message.get("content"), list):
        return message
    parts = message["content"]
    modern = [_without_null(p, "metadata") for p in parts if not _is_binary(p)]
    known = [(part.get("type"), part.get("source")) for part in modern if isinstance(part, dict)]
    content = []
    for part in parts:
        new = _media_part(part, warn) if _is_binary(part) else _without_null(part, "metadata")
        if new is not None and not (_is_binary(part) and (new["type"], new["source"]) in known):
            content.append(new)
    return {**message, "content": content}


def _is_binary(part: Json) -> bool:
    return isinstance(part, dict) and part.get("type") == "binary"


def _media_part(part: Message, warn: Warn) -> Message | None:
    """The media part that a binary one stands for; data wins over url, an id alone is lost."""
    mime = part.get("mimeType")
    major = str(mime).split("/")[0]
    kind = "data" if isinstance(part.get("data"), str) else "url"
    if not isinstance(part.get(kind), str):
        warn("A binary part with only an id cannot be converted and is removed.")
        return None
    source = {"type": kind, "value": part[kind], **({"mimeType": mime} if mime else {})}
    named = {"metadata": {"filename": part["filename"]}} if part.get("filename") else {}
    return {"type": major if major in _MEDIA else "document", "source": source, **named}


SHIMS: dict[str, Callable[[Compatibility, Event], Event]] = {
    "MESSAGES_SNAPSHOT": _snapshot,
    "RUN_STARTED": _run_started,
}


# --- sloppy shapes, accepted unless strict ------------------------------------------------------


def _own_ids(legacy: Compatibility, event: Event) -> Event:
    """Missing ids are the request's; on RUN_FINISHED those of the run that is open."""
    for name in ("threadId", "runId"):
        if not event.get(name) and name in legacy.run:
            event = legacy.fill_field(event, name, legacy.run[name])
    return event


def _fill_start(legacy: Compatibility, event: Event) -> Event:
    legacy.run = legacy.request
    legacy.run = _own_ids(legacy, event)
    return dict(legacy.run)


def _unique_interrupts(legacy: Compatibility, event: Event) -> Event:
    event = _own_ids(legacy, event)
    outcome = event.get("outcome")
    if not isinstance(outcome, dict) or not isinstance(outcome.get("interrupts"), list):
        return event
    unique: dict[Json, Json] = {}
    for number, interrupt in enumerate(outcome["interrupts"]):
        key = interrupt.get("id", number) if isinstance(interrupt, dict) else number
        unique.setdefault(key if isinstance(key, str) else number, interrupt)
    if len(unique) == len(outcome["interrupts"]):
        return event
    legacy.warn("RUN_FINISHED carries two interrupts carrying the same id; the first is kept.")
    return {**event, "outcome": {**outcome, "interrupts": list(unique.values())}}


def _nothing_as_null(name: str) -> Callable[[Compatibility, Event], Event]:
    """Encoders that drop nulls drop this required one too."""

    def sloppy(legacy: Compatibility, event: Event) -> Event:
        return event if name in event else legacy.fill_field(event, name, None)

    return sloppy


def _reasoning_role(legacy: Compatibility, event: Event) -> Event:
    """The Python SDK up to 0.1.13 could only say "assistant"."""
    if event.get("role", "assistant") != "assistant":
        return event
    legacy.warn("REASONING_MESSAGE_START.role is read as 'reasoning'.")
    return {**event, "role": "reasoning"}


def _as_text(name: str) -> Callable[[Compatibility, Event], Event]:
    """Structured data where text belongs is written as JSON text."""

    def sloppy(legacy: Compatibility, event: Event) -> Event:
        if name not in event or not _structured(event[name]):
            return event
        legacy.warn(f"{event['type']}.{name} should be text; it is read as JSON text.")
        return {**event, name: json.dumps(event[name], ensure_ascii=False)}

    return sloppy


def _structured(value: Json) -> bool:
    """Neither text nor nothing nor a list of things that call themselves parts."""
    if isinstance(value, list):
        return not all(isinstance(p, dict) and isinstance(p.get("type"), str) for p in value)
    return value is not None and not isinstance(value, str)


SLOPPY: dict[str, Callable[[Compatibility, Event], Event]] = {
    "RUN_STARTED": _fill_start,
    "RUN_FINISHED": _unique_interrupts,
    "CUSTOM": _nothing_as_null("value"),
    "STATE_SNAPSHOT": _nothing_as_null("snapshot"),
    "RAW": _nothing_as_null("event"),
    "REASONING_MESSAGE_START": _reasoning_role,
    "TOOL_CALL_RESULT": _as_text("content"),
    "TOOL_CALL_ARGS": _as_text("delta"),
}

_TOUCHED = frozenset({*NULLS, *RETIRED, *SHIMS, *SLOPPY})
