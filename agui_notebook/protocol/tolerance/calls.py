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

CUT_OFF = "Error: the call was cut off before its arguments; it was not run."


def start_call(mend: RunNotes, event: Event) -> Iterable[Event]:
    call, items = event["toolCallId"], mend.items
    began = items.open.get(key_of(CALL, event))
    if began is not None:
        if began["toolCallName"] == event["toolCallName"] and call not in mend.argued:
            mend.blame(f"started tool call {call} twice")
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
    return held is None or _is_whole(held["function"]["arguments"])


def _is_whole(text: str) -> bool:
    """Whether nothing can be missing of these arguments."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


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
    owner = mend.items.owners.of["message"].get(parent, tag)
    if tag is not None and owner != tag:
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
    ended = mend.items.ended.get(key)
    if key not in mend.items.open:
        if ended is None:
            mend.lose(event, f"sent arguments for tool call {call} before its TOOL_CALL_START")
            return
        if mend.items.calls.get(call):
            mend.blame(f"sent arguments for tool call {call} after its result")
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
    if mend.items.is_open(event):
        return (mend.own_tag(event, CALL.word, event["toolCallId"]),)
    mend.blame(f"ended tool call {event['toolCallId']}, which was not open")
    return ()


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
