"""A conversation as chat models take it: one system text, and every call answered right after it.

Wire dicts in, wire dicts out; a provider's own spelling of them is its adapter's business, and
what messages hold besides text is media.py's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...protocol.document.shape import Message, text_of
from ...values import JsonObject, JsonView
from ..agent import context_text
from .call_arguments import read_object

UNANSWERED = "This call was not carried out. Make it again if it is still needed."


@dataclass(frozen=True)
class Prompt:
    """One model call: ``turns`` are user, assistant and tool messages in wire form.

    An assistant turn has ``content``, ``toolCalls`` and ``reasoning`` (the reasoning messages
    that led to it); ``blocks`` (and ``container``) are there where a provider paused, in its own
    form; ``tools`` are ``{name, description, parameters}``.
    """

    system: str
    turns: Sequence[Message]
    tools: Sequence[JsonView]
    model: str | None
    params: JsonView


def system_text(request: JsonView, instructions: str | None) -> str:
    """Instructions, the history's system and developer messages, and the context (P-INPUT-08)."""
    said = (text_of(m) for m in request["messages"] if m["role"] in ("system", "developer"))
    return "\n\n".join(text for text in (instructions, *said, context_text(request)) if text)


def turns(messages: Sequence[Message]) -> list[Message]:
    """The turns of a history, whatever the order servers left it in.

    Neighbouring assistant messages become one turn; every call is followed by its result, and
    by a note where there is none (a provider refuses an unanswered call).
    """
    results = {m["toolCallId"]: m for m in messages if m["role"] == "tool"}
    ordered: list[Message] = []
    for turn in _merge_turns(messages):
        ordered.append(turn)
        calls = [call["id"] for call in turn.get("toolCalls") or ()]
        ordered.extend(results.get(call) or _placeholder_result(call) for call in calls)
    return ordered


def _merge_turns(messages: Sequence[Message]) -> Iterator[Message]:
    """User and assistant turns; reasoning joins the answer it led to, tools are left out."""
    open_turn: Message | None = None
    for message in messages:
        role = message["role"]
        if role in ("assistant", "reasoning"):
            open_turn = _join(open_turn or _blank(), message)
        elif role in ("user", "tool"):
            yield from _sendable(open_turn)
            open_turn = None
            if role == "user":
                yield message
    yield from _sendable(open_turn)


def _blank() -> Message:
    return {"role": "assistant", "content": "", "toolCalls": [], "reasoning": []}


def _join(turn: Message, message: Message) -> Message:
    if message["role"] == "reasoning":
        return {**turn, "reasoning": [*turn["reasoning"], message]}
    texts = [text for text in (turn["content"], text_of(message)) if text]
    calls = [*turn["toolCalls"], *(message.get("toolCalls") or ())]
    kept = [*turn.get("blocks", ()), *message.get("blocks", ())]
    more = {"blocks": kept, "container": message.get("container")} if kept else {}
    return {**turn, **more, "content": "\n\n".join(texts), "toolCalls": calls}


def _sendable(turn: Message | None) -> Iterator[Message]:
    """A turn worth sending: thoughts alone say nothing to a model."""
    if turn and (turn["content"] or turn["toolCalls"] or turn.get("blocks")):
        yield turn


def _placeholder_result(call: str) -> Message:
    return {"role": "tool", "toolCallId": call, "content": UNANSWERED}


def join_roles(messages: Sequence[Message], parts: str) -> list[Message]:
    """Neighbours of one role as one message; ``parts`` names the list that holds their parts."""
    together: list[Message] = []
    for message in messages:
        if together and together[-1]["role"] == message["role"]:
            together[-1] = {**message, parts: [*together[-1][parts], *message[parts]]}
        else:
            together.append(message)
    return together


def arguments_text(call: JsonView) -> str:
    """A call's arguments as JSON text: servers and SDKs refuse a history where it is none."""
    text: str = call["function"]["arguments"]
    return text if read_object(text) is not None else "{}"


def arguments_of(call: JsonView) -> JsonObject:
    """A call's arguments as an object; text that is no JSON object becomes an empty one."""
    return read_object(call["function"]["arguments"]) or {}
