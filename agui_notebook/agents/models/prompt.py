"""A conversation as chat models take it: one system text, and every call answered right after it.

Wire dicts in, wire dicts out; a provider's own spelling of them is its adapter's business.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...protocol.document.shape import Message, text_of
from ..agent import context_text

UNANSWERED = "This call was not carried out. Make it again if it is still needed."


@dataclass(frozen=True)
class Prompt:
    """One model call: ``turns`` are user, assistant and tool messages in wire form.

    An assistant turn has ``content``, ``toolCalls`` and ``reasoning`` (the reasoning messages
    that led to it); ``tools`` are ``{name, description, parameters}``.
    """

    system: str
    turns: Sequence[Message]
    tools: Sequence[Mapping[str, Any]]
    model: str | None
    params: Mapping[str, Any]


class Media(NamedTuple):
    """A part that is no text: ``kind`` image, audio, video or document; one of data, url, file.

    ``data`` is base64 text; ``file`` is an id that the provider gave.
    """

    kind: str
    mime: str
    data: str | None
    url: str | None
    file: str | None

    @property
    def any_url(self) -> str | None:
        """The URL, or the data as a data URL, or None for a provider's file."""
        return f"data:{self.mime};base64,{self.data}" if self.data is not None else self.url


def system_text(request: Mapping[str, Any], instructions: str | None) -> str:
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
    return {**turn, "content": "\n\n".join(texts), "toolCalls": calls}


def _sendable(turn: Message | None) -> Iterator[Message]:
    """A turn worth sending: thoughts alone say nothing to a model."""
    if turn and (turn["content"] or turn["toolCalls"]):
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


def arguments_of(call: Mapping[str, Any]) -> dict[str, Any]:
    """A call's arguments as an object; text that is no JSON object becomes an empty one."""
    try:
        arguments = json.loads(call["function"]["arguments"] or "{}")
    except ValueError:
        return {}
    return arguments if isinstance(arguments, dict) else {}


def parts_of(message: Message) -> Iterator[str | Media]:
    """What a message holds, in order: texts and media. Parts of other kinds are left out."""
    content = message.get("content") or ""
    if isinstance(content, str):
        yield content
        return
    for part in content:
        if part.get("type") == "text":
            yield part["text"]
        elif media := _media(part):
            yield media


def _media(part: Mapping[str, Any]) -> Media | None:
    source = part.get("source") or {}
    if part.get("type") not in DEFAULT_MIME or source.get("type") not in ("data", "url", "file"):
        return None
    at = {key: source["value"] if key == source["type"] else None for key in SOURCES}
    return Media(part["type"], source.get("mimeType") or DEFAULT_MIME[part["type"]], **at)


SOURCES = ("data", "url", "file")
DEFAULT_MIME = {
    "image": "image/png",
    "audio": "audio/wav",
    "video": "video/mp4",
    "document": "application/pdf",
}


def omission_note(media: Media) -> str:
    """What stands in a prompt for a part its model cannot take (P-INPUT-05)."""
    return f"[{media.kind} left out: this model's interface does not take it]"
