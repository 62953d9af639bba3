"""From event to operations on the document: one small function per event type, in a table.

What an event may do is checked before it comes here; nothing here rejects an event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .conversation import Document, Event, Message
from .operations import Append, Operation, Path, Set, apply
from .patch import PatchError, changes
from .places import Places
from .snapshot import merged

Warn = Callable[[str], None]
Ops = Sequence[Operation]


class Reducer:
    """Folds events into one document; knows the run that is going on."""

    def __init__(self, document: Document, request: Mapping[str, Any], warn: Warn) -> None:
        self.document = document
        self.request = request
        self.warn = warn
        self.at: int | None = None
        self.outcome: str | None = None
        self.run: int | None = None
        self.places = Places(document)
        self.texts: dict[str, Path] = {}
        self.arguments: dict[str, Path] = {}
        self.open: dict[str, None] = {}
        self.calls: dict[str, bool] = {}
        self.halves: dict[Path, str] = {}

    def reduce(self, event: Event, at: int | None) -> Ops:
        """Apply ``event`` to the document and return what was done."""
        function = TABLE.get(event["type"])
        if function is None:
            return ()
        self.at = at
        operations = function(self, event)
        for operation in operations:
            apply(self.document, operation)
        return operations

    def end(self, status: str, error: Mapping[str, Any] | None, at: int | None) -> Ops:
        """End the run from this side and apply it: a stop, a loss, a stream without an end."""
        self.at = at
        operations = _ended(self, status, {} if error is None else {"error": dict(error)})
        for operation in operations:
            apply(self.document, operation)
        return operations

    def stamp(self, key: str) -> dict[str, Any]:
        return {} if self.at is None else {key: self.at}

    def message(self, message_id: str) -> Message | None:
        place = self.places.message(message_id)
        return None if place is None else self.document["messages"][place]

    def run_path(self, *steps: str | int) -> Path:
        return ("runs", self.run if self.run is not None else -1, *steps)


Function = Callable[[Reducer, Event], Ops]
TABLE: dict[str, Function] = {}


def on(*types: str) -> Callable[[Function], Function]:
    """Register a function for these event types."""

    def register(function: Function) -> Function:
        TABLE.update(dict.fromkeys(types, function))
        return function

    return register


# --- messages: text and reasoning ---------------------------------------------------------------


@on("TEXT_MESSAGE_START")
def _text_start(r: Reducer, event: Event) -> Ops:
    return _message_start(r, event, event.get("role", "assistant"))


@on("REASONING_MESSAGE_START")
def _reasoning_start(r: Reducer, event: Event) -> Ops:
    return _message_start(r, event, "reasoning")


def _message_start(r: Reducer, event: Event, role: str) -> Ops:
    """A new message, or the same one going on (C-TEXT-02)."""
    message_id = event["messageId"]
    held = r.message(message_id)
    if held is None:
        message = {"id": message_id, "role": role, "content": "", **_kept(event, "name")}
        return [_added(r, message), _opened(r, f"message:{message_id}")]
    if held["role"] == "activity":
        return _is_activity(r, event)
    return [*_metadata(r, _message_path(r, event), event), _opened(r, f"message:{message_id}")]


@on("TEXT_MESSAGE_CONTENT", "REASONING_MESSAGE_CONTENT")
def _message_content(r: Reducer, event: Event) -> Ops:
    """Deltas join byte for byte (C-STREAM-03)."""
    path = r.texts.get(event["messageId"])
    if path is None:
        return _first_content(r, event)
    return _appended(r, path, event)


def _first_content(r: Reducer, event: Event) -> Ops:
    """Find the text a message's deltas go to, and remember where it is."""
    message_id = event["messageId"]
    held = r.message(message_id)
    if held is None:
        r.warn(f"{event['type']}: No message found with ID '{message_id}'")
        return ()
    if held["role"] == "activity":
        return _is_activity(r, event)
    path = r.texts[message_id] = (*_message_path(r, event), "content")
    if isinstance(held.get("content"), str):
        return _appended(r, path, event)
    return [Set(path, ""), *_appended(r, path, event)]


def _appended(r: Reducer, path: Path, event: Event) -> Ops:
    delta = event["delta"]
    if r.halves or "\ud800" <= delta[-1:] <= "\udbff":
        delta = _mended(r, path, delta)
    operations: Ops = [Append(path, delta)] if delta else ()
    if "metadata" in event:
        return [*operations, *_metadata(r, path[:-1], event)]
    return operations


def _mended(r: Reducer, path: Path, delta: str) -> str:
    """Join a surrogate pair that was split over two deltas; a lone first half waits."""
    text = r.halves.pop(path, "") + delta
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    if "\ud800" <= text[-1:] <= "\udbff":
        r.halves[path] = text[-1]
        return text[:-1]
    return text


@on("TEXT_MESSAGE_END", "REASONING_MESSAGE_END")
def _message_end(r: Reducer, event: Event) -> Ops:
    held = r.message(event["messageId"])
    if held is None or held["role"] == "activity":
        return ()
    path = _message_path(r, event)
    return [
        *_last_half(r, (*path, "content")),
        *_metadata(r, path, event),
        *_closed(r, f"message:{event['messageId']}"),
    ]


def _last_half(r: Reducer, path: Path) -> Ops:
    return [Append(path, r.halves.pop(path))] if path in r.halves else ()


def _is_activity(r: Reducer, event: Event) -> Ops:
    r.warn(
        f"{event['type']}: Message '{event['messageId']}' is an activity message — "
        "message ids must be unique across activity and text messages"
    )
    return ()


@on("REASONING_ENCRYPTED_VALUE")
def _encrypted_value(r: Reducer, event: Event) -> Ops:
    """Keep the opaque value with what it belongs to (C-REAS-05, C-REAS-06, C-REAS-09)."""
    target = _entity(r, event)
    if target is None:
        r.warn(f"REASONING_ENCRYPTED_VALUE: No {event['subtype']} with ID '{event['entityId']}'")
        return ()
    path, held = target
    value = {key: event[key] for key in ("encryptedValue", "encryptedValueType") if key in event}
    if "encryptedValueType" in held and "encryptedValueType" not in value:
        rest = {key: item for key, item in held.items() if key != "encryptedValueType"}
        return [Set(path, {**rest, **value})]
    return [Set((*path, key), item) for key, item in value.items()]


def _entity(r: Reducer, event: Event) -> tuple[Path, dict[str, Any]] | None:
    if event["subtype"] == "tool-call":
        path = _call_path(r, event["entityId"])
        return None if path is None else (path, _at(r, path))
    held = r.message(event["entityId"])
    if held is None or held["role"] == "activity":
        return None
    return ("messages", r.places.message(held["id"]) or 0), held


@on("MESSAGES_SNAPSHOT")
def _messages_snapshot(r: Reducer, event: Event) -> Ops:
    r.places.moved()
    r.texts.clear()
    r.arguments.clear()
    return [Set(("messages",), merged(r.document["messages"], event))]


# --- tool calls ---------------------------------------------------------------------------------


@on("TOOL_CALL_START")
def _call_start(r: Reducer, event: Event) -> Ops:
    """A call joins its parent assistant message, or gets one (C-TOOL-02, C-TOOL-03)."""
    call_id = event["toolCallId"]
    r.calls.setdefault(call_id, False)
    opened = _opened(r, f"call:{call_id}")
    path = _call_path(r, call_id)
    if path is not None:
        return [*_renamed(r, path, event), *_metadata(r, path, event), opened]
    call = {"id": call_id, "type": "function"}
    call["function"] = {"name": event["toolCallName"], "arguments": ""}
    if "metadata" in event:
        call["metadata"] = event["metadata"]
    return [_attached(r, event, call), opened]


def _renamed(r: Reducer, path: Path, event: Event) -> Ops:
    held, name = _at(r, path)["function"]["name"], event["toolCallName"]
    if held == name:
        return ()
    r.warn(f"TOOL_CALL_START: tool call '{event['toolCallId']}' is renamed: '{held}' -> '{name}'")
    return [Set((*path, "function", "name"), name)]


def _attached(r: Reducer, event: Event, call: Mapping[str, Any]) -> Operation:
    parent = event.get("parentMessageId") or ""
    place = r.places.message(parent) if parent else None
    held = None if place is None else r.document["messages"][place]
    if place is not None and held is not None and held["role"] == "assistant":
        calls = held.get("toolCalls")
        r.places.note_call(call["id"], place, len(calls or ()))
        if calls is None:
            return Set(("messages", place, "toolCalls"), [call])
        return Set(("messages", place, "toolCalls", len(calls)), call)
    if held is not None:
        r.warn(
            f"TOOL_CALL_START: parentMessageId '{parent}' matches a '{held['role']}' message, "
            "not assistant — falling back to toolCallId"
        )
    message = {"id": parent if parent and held is None else call["id"], "role": "assistant"}
    message["toolCalls"] = [call]  # type: ignore[assignment]
    return _added(r, {**message, **_kept(event, metadata=False)})


@on("TOOL_CALL_ARGS")
def _call_args(r: Reducer, event: Event) -> Ops:
    path = r.arguments.get(event["toolCallId"])
    if path is None:
        call = _call_path(r, event["toolCallId"])
        if call is None:
            r.warn(
                "TOOL_CALL_ARGS: No message found containing tool call with ID "
                f"'{event['toolCallId']}'"
            )
            return ()
        path = r.arguments[event["toolCallId"]] = (*call, "function", "arguments")
    delta = event["delta"]
    if r.halves or "\ud800" <= delta[-1:] <= "\udbff":
        delta = _mended(r, path, delta)
    operations: Ops = [Append(path, delta)] if delta else ()
    return [*operations, *_metadata(r, path[:-2], event)] if "metadata" in event else operations


@on("TOOL_CALL_END")
def _call_end(r: Reducer, event: Event) -> Ops:
    path = _call_path(r, event["toolCallId"])
    if path is None:
        return ()
    status = "done" if r.calls.get(event["toolCallId"]) else "called"
    return [
        *_last_half(r, (*path, "function", "arguments")),
        *_metadata(r, path, event),
        *_closed(r, f"call:{event['toolCallId']}", status),
    ]


@on("TOOL_CALL_RESULT")
def _call_result(r: Reducer, event: Event) -> Ops:
    """A tool message of its own, behind the call's message and its other results (C-TOOL-04)."""
    call_id = event["toolCallId"]
    message = {"id": event["messageId"], "toolCallId": call_id, "role": "tool"}
    message.update(content=event["content"], **_kept(event))
    if call_id in r.calls:
        r.calls[call_id] = True
    place = r.places.call(call_id)
    inserted = _inserted(r, _after_results(r, place[0]) if place else None, message)
    return [*inserted, *_closed(r, f"call:{call_id}", "done", by="agent")]


def _after_results(r: Reducer, place: int) -> int:
    messages = r.document["messages"]
    place += 1
    while place < len(messages) and messages[place]["role"] == "tool":
        place += 1
    return place


def _inserted(r: Reducer, place: int | None, message: Message) -> Ops:
    """Put ``message`` at ``place``; what stood there and behind moves one on."""
    messages = r.document["messages"]
    if place is None or place == len(messages):
        return [_added(r, message)]
    r.places.moved()
    r.texts.clear()
    r.arguments.clear()
    tail = [message, *messages[place:]]
    return [Set(("messages", place + number), item) for number, item in enumerate(tail)]


# --- state and activity -------------------------------------------------------------------------


@on("STATE_SNAPSHOT")
def _state_snapshot(r: Reducer, event: Event) -> Ops:
    """Any JSON value replaces the state (C-STATE-01)."""
    return [Set(("state",), event["snapshot"])]


@on("STATE_DELTA")
def _state_delta(r: Reducer, event: Event) -> Ops:
    """All operations or none; a failure is a warning (C-SNAP-02, C-SNAP-03)."""
    try:
        changed = changes(r.document["state"], event["delta"])
    except PatchError as error:
        r.warn(f"Failed to apply state patch: {error}")
        return ()
    return [Set(("state", *path), value) for path, value in changed]


@on("ACTIVITY_SNAPSHOT")
def _activity_snapshot(r: Reducer, event: Event) -> Ops:
    """Create, replace, or with ``replace: false`` leave as it is (C-ACT-02 to C-ACT-04)."""
    held = r.message(event["messageId"])
    fresh = {"id": event["messageId"], "role": "activity", "activityType": event["activityType"]}
    fresh["content"] = event["content"]
    if held is None:
        return [_added(r, {**fresh, **_kept(event)})]
    path = _message_path(r, event)
    if event.get("replace", True) is False:
        return _metadata(r, path, event) if held["role"] == "activity" else ()
    metadata = {**held.get("metadata", {}), **event.get("metadata", {})}
    r.texts.pop(event["messageId"], None)
    return [Set(path, {**fresh, **_kept(event), **({"metadata": metadata} if metadata else {})})]


@on("ACTIVITY_DELTA")
def _activity_delta(r: Reducer, event: Event) -> Ops:
    """A delta without an activity to change is skipped with a warning (C-ACT-05, C-ACT-06)."""
    message_id = event["messageId"]
    held = r.message(message_id)
    if held is None or held["role"] != "activity":
        r.warn(f"ACTIVITY_DELTA: No activity message found with ID '{message_id}'")
        return ()
    path = _message_path(r, event)
    return [*_activity_changes(r, path, held, event), *_metadata(r, path, event)]


def _activity_changes(r: Reducer, path: Path, held: Message, event: Event) -> Ops:
    try:
        changed = changes(held["content"], event["patch"])
    except PatchError as error:
        r.warn(f"Failed to apply activity patch for '{event['messageId']}': {error}")
        return ()
    operations = [Set((*path, "content", *steps), value) for steps, value in changed]
    if held["activityType"] != event["activityType"]:
        operations.append(Set((*path, "activityType"), event["activityType"]))
    return operations


# --- runs, steps, subagents ---------------------------------------------------------------------


@on("RUN_STARTED")
def _run_started(r: Reducer, event: Event) -> Ops:
    """A new run; run-scoped bookkeeping starts again (C-LIFE-13, P-INPUT-13)."""
    r.outcome = None
    r.calls.clear()
    started = _run_entry(r, event.get("runId", ""))
    echoed = (event.get("input") or {}).get("messages", ())
    unseen = [message for message in echoed if r.places.message(message["id"]) is None]
    first = len(r.document["messages"])
    return [started, *(Set(("messages", first + n), m) for n, m in enumerate(unseen))]


def _run_entry(r: Reducer, run_id: str) -> Operation:
    messages = r.document["messages"]
    r.run = len(r.document["runs"])
    entry = {"runId": run_id, "after": messages[-1]["id"] if messages else None}
    entry |= {"status": "running", **r.stamp("startedAt")}
    return Set(("runs", r.run), {**entry, "steps": [], "subagents": []})


@on("RUN_FINISHED")
def _run_finished(r: Reducer, event: Event) -> Ops:
    """The agent's own word on how the run went; absent means success (C-LIFE-08)."""
    outcome = event.get("outcome") or {"type": "success"}
    details = {key: event[key] for key in ("result", "usage") if key in event}
    if outcome["type"] != "cancelled":
        details["pendingToolCallIds"] = _pending(r, outcome)
    interrupts = outcome.get("interrupts", [])
    changed = interrupts or r.document["interrupts"]
    asked = [Set(("interrupts",), interrupts)] if changed else []
    return [*asked, *_ended(r, outcome["type"], details)]


def _pending(r: Reducer, outcome: Mapping[str, Any]) -> list[str]:
    """Calls left for us: as declared, else started here and not answered (C-TOOL-10)."""
    declared = outcome.get("pendingToolCallIds")
    return declared or [call for call, answered in r.calls.items() if not answered]


@on("RUN_ERROR")
def _run_error(r: Reducer, event: Event) -> Ops:
    """The agent failed; what was open is abandoned, what came stays (C-LIFE-06, C-LIFE-12)."""
    error = {key: event[key] for key in ("message", "code") if key in event}
    usage = {"usage": event["usage"]} if "usage" in event else {}
    return _ended(r, "error", {"error": error, **usage})


def _ended(r: Reducer, status: str, details: Mapping[str, Any]) -> list[Operation]:
    """Write the end of the run, and close what is still open in it."""
    r.outcome = status
    operations: list[Operation] = []
    if r.run is None:
        operations.append(_run_entry(r, r.request.get("runId", "")))
    else:
        operations += _abandoned(r)
    for key in list(r.open):
        operations += _closed(r, key)
    facts = {**details, "status": status, **r.stamp("endedAt")}
    return operations + [Set(r.run_path(key), value) for key, value in facts.items()]


def _abandoned(r: Reducer) -> Iterable[Operation]:
    run = r.document["runs"][r.run or 0]
    for group in ("steps", "subagents"):
        for number, entry in enumerate(run[group]):  # type: ignore[literal-required]
            if entry["status"] == "running":
                yield from _entry_ended(r, (group, number), {"status": "abandoned"})


def _entry_ended(r: Reducer, steps: Path, facts: Mapping[str, Any]) -> list[Operation]:
    facts = {**facts, **r.stamp("endedAt")}
    return [Set(r.run_path(*steps, key), value) for key, value in facts.items()]


@on("STEP_STARTED")
def _step_started(r: Reducer, event: Event) -> Ops:
    entry = {"stepName": event["stepName"], "status": "running", **_kept(event, metadata=False)}
    return _run_item(r, "steps", entry)


@on("STEP_FINISHED")
def _step_finished(r: Reducer, event: Event) -> Ops:
    owner = event.get("subagentRunId")
    place = _running(
        r,
        "steps",
        lambda step: step["stepName"] == event["stepName"] and step.get("subagentRunId") == owner,
    )
    return [] if place is None else _entry_ended(r, place, {"status": "done"})


@on("SUBAGENT_STARTED")
def _subagent_started(r: Reducer, event: Event) -> Ops:
    keys = ("subagentRunId", "name", "description", "parentSubagentRunId")
    keys = (*keys, "parentToolCallId", "parentMessageId")
    entry = {key: event[key] for key in keys if key in event}
    return _run_item(r, "subagents", {**entry, "status": "running"})


@on("SUBAGENT_FINISHED", "SUBAGENT_ERROR")
def _subagent_ended(r: Reducer, event: Event) -> Ops:
    """An invocation's own end; the run goes on (C-SUB-12)."""
    place = _running(r, "subagents", lambda entry: entry["subagentRunId"] == event["subagentRunId"])
    if place is None:
        return ()
    failed = event["type"] == "SUBAGENT_ERROR"
    status = "error" if failed else (event.get("outcome") or {}).get("type", "success")
    facts = {key: event[key] for key in ("result", "message") if key in event}
    return _entry_ended(r, place, {**facts, "status": status})


def _run_item(r: Reducer, group: str, entry: Mapping[str, Any]) -> Ops:
    if r.run is None:
        return ()
    held = r.document["runs"][r.run][group]  # type: ignore[literal-required]
    return [Set(r.run_path(group, len(held)), {**entry, **r.stamp("startedAt")})]


def _running(r: Reducer, group: str, wanted: Callable[[Any], bool]) -> Path | None:
    if r.run is None:
        return None
    held = r.document["runs"][r.run][group]  # type: ignore[literal-required]
    for number in range(len(held) - 1, -1, -1):
        if held[number]["status"] == "running" and wanted(held[number]):
            return (group, number)
    return None


# --- shared -------------------------------------------------------------------------------------


def _kept(event: Event, *names: str, metadata: bool = True) -> dict[str, Any]:
    """What a new message takes over from the event that makes it (C-META-03, C-SUB-13)."""
    names = (*names, "subagentRunId", *(("metadata",) if metadata else ()))
    return {name: event[name] for name in names if event.get(name) is not None}


def _added(r: Reducer, message: Message) -> Operation:
    return Set(("messages", len(r.document["messages"])), message)


def _message_path(r: Reducer, event: Event) -> Path:
    return ("messages", r.places.message(event["messageId"]) or 0)


def _call_path(r: Reducer, call_id: str) -> Path | None:
    place = r.places.call(call_id)
    return None if place is None else ("messages", place[0], "toolCalls", place[1])


def _at(r: Reducer, path: Path) -> Any:
    found: Any = r.document
    for step in path:
        found = found[step]
    return found


def _metadata(r: Reducer, path: Path, event: Event) -> Ops:
    """Per key, last write wins, never deeper (C-META-01, C-META-02)."""
    metadata = event.get("metadata")
    if not metadata:
        return ()
    if "metadata" not in _at(r, path):
        return [Set((*path, "metadata"), metadata)]
    return [Set((*path, "metadata", key), value) for key, value in metadata.items()]


def _opened(r: Reducer, key: str) -> Operation:
    r.open[key] = None
    held = r.document["items"].get(key, {})
    return Set(("items", key), {"status": "open", **r.stamp("startedAt"), **_since(held)})


def _since(held: Mapping[str, Any]) -> dict[str, Any]:
    return {"startedAt": held["startedAt"]} if "startedAt" in held else {}


def _closed(r: Reducer, key: str, status: str = "done", **facts: Any) -> list[Operation]:
    facts = {"status": status, **r.stamp("endedAt"), **facts}
    r.open.pop(key, None)
    if key not in r.document["items"]:
        return [Set(("items", key), facts)]
    return [Set(("items", key, name), value) for name, value in facts.items()]
