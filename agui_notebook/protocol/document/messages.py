"""What text, reasoning and tool-call events do to the document, one function per event.

Nothing here rejects an event (order.py has) or keeps state of its own (builder.py does).
"""

from __future__ import annotations

from collections.abc import Sequence

from ...values import Json
from ..grammar import REASONING
from .builder import Fold, Ops, carry_over
from .operations import Operation, Path, Set
from .results import insert_behind_call
from .shape import Event, Message, item_key
from .snapshot import SnapshotComparison, merge_messages


def text_start(fold: Fold, event: Event) -> Ops:
    """A message without a role is the assistant's (C-TEXT-01)."""
    return _start(fold, event, event.get("role", "assistant"))


def reasoning_start(fold: Fold, event: Event) -> Ops:
    """A reasoning message stands in the history (C-REAS-04)."""
    return _start(fold, event, "reasoning")


def _start(fold: Fold, event: Event, role: str) -> Ops:
    """A new message, or the same one going on (C-TEXT-02)."""
    message_id = event["messageId"]
    held = fold.message(message_id)
    if held is None:
        message = {"id": message_id, "role": role, "content": "", **carry_over(event, "name")}
        return [fold.append_message(message), fold.open_item(item_key("message", message_id))]
    if held["role"] == "activity":
        return _is_activity(fold, event)
    path = fold.message_path(message_id)
    return [*fold.metadata(path, event), fold.open_item(item_key("message", message_id))]


def content(fold: Fold, event: Event) -> Ops:
    """Text arrives. The hot path: one look-up, one append."""
    key = event["messageId"]
    path = fold.targets.get(key)
    if path is None:
        return _first_content(fold, event)
    if "metadata" in event:
        return (*fold.append_text(key, path, event["delta"]), *fold.metadata(path[:-1], event))
    return fold.append_text(key, path, event["delta"])


def _first_content(fold: Fold, event: Event) -> Ops:
    """Find the text that a message's deltas go to; what is no text is replaced by text."""
    message_id = event["messageId"]
    held = fold.message(message_id)
    if held is None:
        return _content_again(fold, event)
    if held["role"] == "activity":
        return _is_activity(fold, event)
    path = fold.targets[message_id] = (*fold.message_path(message_id), "content")
    fresh = () if isinstance(held.get("content"), str) else (Set(path, ""),)
    return (*fresh, *content(fold, event))


def _content_again(fold: Fold, event: Event) -> Ops:
    """A snapshot left out the message that streams: tolerantly, what still comes is not lost."""
    if fold.strict:
        return _note_unknown(fold, event)
    message_id = event["messageId"]
    role = "reasoning" if event["type"] == REASONING.content else "assistant"
    message = {"id": message_id, "role": role, "content": "", **carry_over(event)}
    path = ("messages", len(fold.document["messages"]), "content")
    fold.targets[message_id] = path
    return (fold.append_message(message), *fold.append_text(message_id, path, event["delta"]))


def message_end(fold: Fold, event: Event) -> Ops:
    """The message is complete, for now."""
    message_id = event["messageId"]
    held = fold.message(message_id)
    if held is None:
        return _note_unknown(fold, event)
    if held["role"] == "activity":
        return ()
    path = fold.message_path(message_id)
    rest = fold.rest(message_id, (*path, "content"))
    return [*rest, *fold.metadata(path, event), fold.close_item(item_key("message", message_id))]


def _note_unknown(fold: Fold, event: Event) -> Ops:
    fold.warn(f"{event['type']}: No message found with ID '{event['messageId']}'")
    return ()


def _is_activity(fold: Fold, event: Event) -> Ops:
    fold.warn(
        f"{event['type']}: Message '{event['messageId']}' is an activity message — "
        "message ids must be unique across activity and text messages"
    )
    return ()


def encrypted_value(fold: Fold, event: Event) -> Ops:
    """Keep the opaque value with what it belongs to (C-REAS-05, C-REAS-06, C-REAS-09)."""
    path = _entity(fold, event["subtype"], event["entityId"])
    if path is None:
        what = event["subtype"].replace("-", " ")
        fold.warn(f"REASONING_ENCRYPTED_VALUE: No {what} found with ID '{event['entityId']}'")
        return ()
    held = fold.at_path(path)
    value = {key: event[key] for key in ("encryptedValue", "encryptedValueType") if key in event}
    if "encryptedValueType" in held and "encryptedValueType" not in value:
        untyped = {key: item for key, item in held.items() if key != "encryptedValueType"}
        return [Set(path, {**untyped, **value})]
    return [Set((*path, key), item) for key, item in value.items()]


def _entity(fold: Fold, subtype: str, entity_id: str) -> Path | None:
    """The tool call or message meant; activities count as unknown."""
    if subtype == "tool-call":
        return fold.call_path(entity_id)
    held = fold.message(entity_id)
    return None if held is None or held["role"] == "activity" else fold.message_path(entity_id)


def messages_snapshot(fold: Fold, event: Event) -> Ops:
    """The conversation restated, reconciled by id (C-STATE-03)."""
    held = fold.document["messages"]
    made = merge_messages(held, event, fold.strict)
    fold.forget_texts()
    restated = [Set(("messages",), made), *_begin_behind(fold, held, made)]
    return restated if fold.strict else [*restated, *_follow(fold, held, made)]


def _begin_behind(fold: Fold, held: Sequence[Message], made: Sequence[Message]) -> Ops:
    """A run that was joined is told from its beginning: from behind what it began with."""
    run = {} if fold.run is None else fold.document["runs"][fold.run]
    joined = run.get("kept") not in (None, run.get("runId"))
    if not joined or not made or (held[-1]["id"] if held else None) != run["after"]:
        return []
    return [Set(fold.run_path("after"), made[-1]["id"])]


def _follow(fold: Fold, held: Sequence[Message], made: Sequence[Message]) -> Ops:
    """Runs stay behind the message they followed; what is gone of earlier turns is told."""
    compared = SnapshotComparison.of(held, made)
    runs = fold.document["runs"]
    after = runs[fold.run]["after"] if fold.run is not None else None
    place = next((n for n, m in enumerate(held, 1) if m["id"] == after), 0)
    if gone := sum(m["id"] not in compared.same for m in held[:place]):
        fold.warn(f"The agent's MESSAGES_SNAPSHOT leaves out {gone} of the messages before it.")
    renamed = [(n, compared.renamed.get(run["after"] or "")) for n, run in enumerate(runs)]
    return [Set(("runs", n, "after"), item) for n, item in renamed if item is not None]


def call_start(fold: Fold, event: Event) -> Ops:
    """A call joins its assistant message or gets one; never a second entry (C-TOOL-02, -03)."""
    call_id = event["toolCallId"]
    fold.calls.setdefault(call_id, False)
    opened = fold.open_item(item_key("call", call_id))
    path = fold.call_path(call_id)
    if path is not None:
        return [*_rename_call(fold, path, event), *fold.metadata(path, event), opened]
    call: dict[str, Json] = {"id": call_id, "type": "function"}
    call["function"] = {"name": event["toolCallName"], "arguments": ""}
    if "metadata" in event:
        call["metadata"] = event["metadata"]
    return [_attach_call(fold, event, call), opened]


def _rename_call(fold: Fold, path: Path, event: Event) -> Ops:
    held, name = fold.at_path(path)["function"]["name"], event["toolCallName"]
    if held == name:
        return ()
    fold.warn(
        f"TOOL_CALL_START: tool call '{event['toolCallId']}' already exists with name "
        f"'{held}' — updating it to '{name}'"
    )
    return [Set((*path, "function", "name"), name)]


def _attach_call(fold: Fold, event: Event, call: Message) -> Operation:
    """The call goes to the message ``parentMessageId`` names, if that is an assistant's."""
    parent = event.get("parentMessageId") or call["id"]
    held = fold.message(parent) if parent != call["id"] or "parentMessageId" in event else None
    if held is not None and held["role"] == "assistant":
        return _append_call(fold, (*fold.message_path(parent), "toolCalls"), held, call)
    if held is not None:
        fold.warn(
            f"TOOL_CALL_START: parentMessageId '{parent}' matches a '{held['role']}' message, "
            "not assistant — falling back to toolCallId"
        )
        parent = call["id"]
    message = {"id": parent, "role": "assistant", "toolCalls": [call]}
    owner = {key: item for key, item in carry_over(event).items() if key != "metadata"}
    return fold.append_message({**message, **owner})


def _append_call(fold: Fold, path: Path, held: Message, call: Message) -> Operation:
    calls = held.get("toolCalls")
    fold.places.note_call(call["id"], int(path[1]), len(calls or ()))
    return Set(path, [call]) if calls is None else Set((*path, len(calls)), call)


def call_args(fold: Fold, event: Event) -> Ops:
    """A piece of the arguments' JSON text; text it stays (C-TOOL-01)."""
    key = ("call", event["toolCallId"])
    path = fold.targets.get(key)
    if path is None:
        place = fold.call_path(event["toolCallId"])
        if place is None:
            fold.warn(
                "TOOL_CALL_ARGS: No message found containing tool call with ID "
                f"'{event['toolCallId']}'"
            )
            return ()
        path = fold.targets[key] = (*place, "function", "arguments")
    return (*fold.append_text(key, path, event["delta"]), *fold.metadata(path[:-2], event))


def call_end(fold: Fold, event: Event) -> Ops:
    """The arguments are complete; from here on somebody may act on them."""
    call_id = event["toolCallId"]
    path = fold.call_path(call_id)
    if path is None:
        return ()
    rest = fold.rest(("call", call_id), (*path, "function", "arguments"))
    status = "done" if fold.calls.get(call_id) else "called"
    return [*rest, *fold.metadata(path, event), fold.close_item(item_key("call", call_id), status)]


def call_result(fold: Fold, event: Event) -> Ops:
    """A tool message of its own, behind the call's message and its other results (C-TOOL-04)."""
    call_id = event["toolCallId"]
    message = {"id": event["messageId"], "toolCallId": call_id, "role": "tool"}
    message.update(content=event["content"], **carry_over(event))
    if call_id in fold.calls:
        fold.calls[call_id] = True
    messages, place = fold.document["messages"], fold.places.call(call_id)
    holder = len(messages) - 1 if place is None else place[0]
    inserted = insert_behind_call(messages, message, fold.places.behind.get(holder, holder))
    position = len(messages) + 1 - len(inserted)
    if len(inserted) > 1:
        fold.move_positions(position)
    fold.places.behind[holder] = position
    return [*inserted, fold.close_item(item_key("call", call_id), "done", by="agent")]
