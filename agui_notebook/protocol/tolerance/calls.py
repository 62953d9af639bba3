"""Tool calls out of order: told twice, told again, under an id of another, without their end.

A call is never given a name or arguments that the agent did not send.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ..document.shape import Event
from ..grammar import CALL, TEXT
from ..open_items import closing_event, key_of
from .run_notes import RunNotes

RESULT = "tool result"
CUT_OFF = "Error: the call was cut off before its arguments; it was not run."


def start_call(mend: RunNotes, event: Event) -> Iterable[Event]:
    call, items = event["toolCallId"], mend.items
    began = items.open.get(key_of(CALL, event))
    if began is not None:
        if began["toolCallName"] == event["toolCallName"]:
            mend.restarted[call] = event  # told twice, unless arguments of its own follow
            return
        yield closing_event(began)
    if began is not None or _is_another(mend, event):
        event = mend.rename(event, CALL.word, "toolCallId")
    elif _is_repeated(mend, event):
        mend.blame(f"told tool call {call} of an earlier run again")
        mend.repeated.add(call)
        return
    yield _put_in_message(mend, event)


def _is_another(mend: RunNotes, event: Event) -> bool:
    """Whether the id has been used for a call that this cannot be."""
    call, items = event["toolCallId"], mend.items
    ended = items.ended.get(key_of(CALL, event))
    if ended is None:
        return mend.held.call(call) is not None and not _is_repeated(mend, event)
    if items.calls.get(call) or call not in mend.argued:
        return bool(items.calls.get(call)) or ended["toolCallName"] != event["toolCallName"]
    held = mend.held.call(call)
    return held is None or is_whole(held["function"]["arguments"])


def is_whole(text: str) -> bool:
    """Whether nothing can be missing of these arguments."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_tail(piece: str) -> bool:
    """Whether a piece can only be what arguments end with."""
    return bool(piece.strip()) and not piece.strip("}] \t\r\n")


def _has_all_arguments(mend: RunNotes, call: str) -> bool:
    held = mend.held.call(call)
    return held is not None and is_whole(held["function"]["arguments"])


def _is_repeated(mend: RunNotes, event: Event) -> bool:
    """A run that goes on after a question may tell the call it asked about once more."""
    if not mend.resumes or mend.items.known(CALL, event["toolCallId"]):
        return False
    held = mend.held.call(event["toolCallId"])
    same = held is not None and held["function"]["name"] == event["toolCallName"]
    return same and not mend.held.is_answered(event["toolCallId"])


def _put_in_message(mend: RunNotes, event: Event) -> Event:
    """In a message of this run and of its own owner, or in one of its own."""
    parent, tag = event.get("parentMessageId"), event.get("subagentRunId")
    mend.ours.add((TEXT.word, event["toolCallId"]))  # the message it makes where it finds none
    if parent is None:
        return event
    owners = mend.items.owners.of
    owner = owners["message"].get(parent, tag)
    own = owners["tool call"].get(event["toolCallId"], owner) if tag is None else tag
    if owner != own:
        mend.blame(f"put tool call {event['toolCallId']} into a message of another subagent")
        return {key: value for key, value in event.items() if key != "parentMessageId"}
    held = mend.held.role(parent)
    if held == "assistant" and not mend.resumes and mend.is_another(TEXT.word, parent, held):
        event = mend.rename(event, TEXT.word, "parentMessageId")
    mend.ours.add((TEXT.word, event["parentMessageId"]))
    return event


def go_on_call(mend: RunNotes, event: Event) -> Iterable[Event]:
    call, key = event["toolCallId"], key_of(CALL, event)
    if call in mend.repeated:
        return
    if call in mend.restarted and _has_all_arguments(mend, call):
        yield closing_event(mend.items.open[key])
        again = mend.restarted.pop(call)
        yield _put_in_message(mend, mend.rename(again, CALL.word, "toolCallId"))
        event = mend.with_our_ids(event)
        call, key = event["toolCallId"], key_of(CALL, event)
    ended = mend.items.ended.get(key)
    if key not in mend.items.open:
        if ended is None:
            mend.lose(event, f"sent arguments for tool call {call} before its TOOL_CALL_START")
            return
        if mend.items.calls.get(call):
            mend.blame(f"sent arguments for tool call {call} after its result")
            return
        if _is_tail(event["delta"]) and _has_all_arguments(mend, call):
            mend.blame(f"sent the end of the arguments of tool call {call} again")
            return
        mend.blame(f"sent arguments for tool call {call} after its end")
        mend.continued.add(key)
        yield {name: ended[name] for name in ended if name not in ("metadata", "rawEvent")}
    mend.argued.add(call)
    yield mend.own_tag(event, CALL.word, call)


def end_call(mend: RunNotes, event: Event) -> Iterable[Event]:
    if event["toolCallId"] in mend.repeated:
        mend.repeated.discard(event["toolCallId"])
        return ()
    if mend.restarted.pop(event["toolCallId"], None) is not None:
        mend.blame(f"started tool call {event['toolCallId']} twice")
    if mend.items.is_open(event):
        return (mend.own_tag(event, CALL.word, event["toolCallId"]),)
    mend.blame(f"ended tool call {event['toolCallId']}, which was not open")
    return ()


def answer_call(mend: RunNotes, event: Event) -> Iterable[Event]:
    """A result under an id that no other message has; what is said again is left out."""
    item, call = event["messageId"], event["toolCallId"]
    earlier = mend.results.get(item) or mend.held.message(item)
    if earlier is not None:
        if all(earlier.get(name) == event[name] for name in ("toolCallId", "content")):
            mend.blame(f"sent the result of tool call {call} twice")
            return
        event = mend.rename(event, RESULT, "messageId")
    mend.results[event["messageId"]] = event
    yield event


def cut_calls(mend: RunNotes) -> Iterator[Event]:
    """Calls that end without a word of their arguments: closed, and answered so that none runs."""
    for call in mend.items.open_names(CALL):
        if call not in mend.argued:
            yield {"type": CALL.end, "toolCallId": call}
            yield {
                "type": "TOOL_CALL_RESULT",
                "messageId": mend.mint(),
                "toolCallId": call,
                "content": CUT_OFF,
                "role": "tool",
            }
