"""How each provider's stream says the same few things: text, a call, a stop. Wire JSON only.

What must come of an answer stands in cases.py; who reads it, in the tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Chunk = dict[str, Any]
Chunks = list[Chunk]


@dataclass(frozen=True)
class Dialect:
    """``words`` are the provider's own for the kinds of ending; what is missing it cannot say."""

    name: str
    text: Callable[[str], Chunks]
    call: Callable[[int, str, str, Mapping[str, Any]], Chunks]  # index, id, name, arguments
    opening: Callable[[int, str, str], Chunks]  # a call of which only the beginning came
    stop: Callable[[str], Chunks]
    words: Mapping[str, str]
    begin: Sequence[Chunk] = ()
    refusal: Callable[[str], Chunks] | None = None  # refusing words in a place of their own
    extra: Sequence[Chunk] = field(default_factory=list)  # what we do not show
    extra_kind: str = ""

    def answer(self, *said: Chunks, stop: str | None = "done") -> Chunks:
        """A whole stream; ``stop`` None is one that was cut."""
        ending = self.stop(self.words[stop]) if stop else []
        return [*self.begin, *(chunk for chunks in said for chunk in chunks), *ending]


# -- Chat Completions -------------------------------------------------------------------------


def delta(given: Any, finish: str | None = None, **more: Any) -> Chunk:
    about = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    choice = {"index": 0, "delta": given, "finish_reason": finish}
    return {**about, "choices": [choice], **more}


def pieces(*calls: Any, finish: str | None = None) -> Chunk:
    return delta({"tool_calls": list(calls)}, finish)


def piece(arguments: Any = None, name: Any = None, **about: Any) -> dict[str, Any]:
    """One entry of ``tool_calls``; index 0 unless given; index=... takes it out."""
    said = {"name": name, "arguments": arguments}
    function = {key: value for key, value in said.items() if value is not None}
    given = {"index": 0, **about, "function": function}
    return {key: value for key, value in given.items() if value is not ...}


def _chat_call(index: int, call: str, name: str, arguments: Mapping[str, Any]) -> Chunks:
    text = json.dumps(arguments)
    return [
        pieces(piece("", name, index=index, id=call, type="function")),
        pieces(piece(text[:4], index=index)),
        pieces(piece(text[4:], index=index)),
    ]


CHAT = Dialect(
    name="chat",
    text=lambda text: [delta({"content": text})],
    call=_chat_call,
    opening=lambda index, call, name: [pieces(piece("", name, index=index, id=call))],
    stop=lambda word: [delta({}, word)],
    words={
        "done": "stop",
        "called": "tool_calls",
        "limit": "length",
        "filter": "content_filter",
        "broken": "error",
        "strange": "phase_of_the_moon",
    },
    refusal=lambda text: [delta({"refusal": text})],
    extra=[delta({"content": [{"type": "hologram", "hologram": {}}]})],
    extra_kind="hologram",
)

# -- Responses --------------------------------------------------------------------------------


def item(
    arguments: str = "", own: str | None = "fc", call: str | None = "A", **about: Any
) -> Chunk:
    given = {"type": "function_call", "id": own, "call_id": call, "name": "purge"}
    return {**given, "arguments": arguments, "status": "in_progress", **about}


def on_item(event: str, at: int, **about: Any) -> Chunk:
    return {"type": f"response.{event}", "output_index": at, "sequence_number": 1, **about}


def response(status: str = "completed", event: str = "", **about: Any) -> Chunk:
    whole = {"id": "r", "object": "response", "created_at": 1, "model": "m", "output": []}
    given = {"status": status, "usage": None, "error": None, **about}
    kind = f"response.{event or status}"
    return {"type": kind, "sequence_number": 9, "response": {**whole, **given}}


def _item_text(kind: str) -> Callable[[str], Chunks]:
    return lambda text: [on_item(f"{kind}.delta", 0, item_id="m", content_index=0, delta=text)]


def _response_call(index: int, call: str, name: str, arguments: Mapping[str, Any]) -> Chunks:
    text, about = json.dumps(arguments), {"own": f"fc_{call}", "call": call, "name": name}
    at, event = index + 1, "function_call_arguments"
    return [
        on_item("output_item.added", at, item=item("", **about)),
        on_item(f"{event}.delta", at, item_id=f"fc_{call}", delta=text[:4]),
        on_item(f"{event}.delta", at, item_id=f"fc_{call}", delta=text[4:]),
        on_item(f"{event}.done", at, item_id=f"fc_{call}", arguments=text),
        on_item("output_item.done", at, item=item(text, **about)),
    ]


def _response_stop(word: str) -> Chunks:
    if word == "completed":
        return [response()]
    return [response("incomplete", incomplete_details={"reason": word})]


RESPONSES = Dialect(
    name="responses",
    text=_item_text("output_text"),
    call=_response_call,
    opening=lambda index, call, name: _response_call(index, call, name, {})[:1],
    stop=_response_stop,
    words={
        "done": "completed",
        "called": "completed",
        "limit": "max_output_tokens",
        "filter": "content_filter",
        "strange": "phase_of_the_moon",
    },
    refusal=_item_text("refusal"),
    extra=[on_item("output_item.added", 7, item={"type": "hologram_call", "id": "h"})],
    extra_kind="hologram_call",
)

# -- Anthropic --------------------------------------------------------------------------------

USAGE = {"input_tokens": 1, "output_tokens": 1}


def message(**about: Any) -> Chunk:
    head = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": []}
    return {"type": "message_start", "message": {**head, "usage": USAGE, **about}}


def block(index: int, given: Mapping[str, Any], *deltas: Mapping[str, Any]) -> Chunks:
    return [
        {"type": "content_block_start", "index": index, "content_block": dict(given)},
        *({"type": "content_block_delta", "index": index, "delta": dict(d)} for d in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def tool_use(call: str = "A", name: str = "purge", given: Any = None) -> Chunk:
    return {"type": "tool_use", "id": call, "name": name, "input": given or {}}


def part_json(text: str) -> Chunk:
    return {"type": "input_json_delta", "partial_json": text}


def stopped(word: str, **more: Any) -> Chunks:
    about = {"stop_reason": word, "stop_sequence": None, **more}
    last = {"type": "message_delta", "delta": about, "usage": {"output_tokens": 5}}
    return [last, {"type": "message_stop"}]


def spoken(text: str) -> Chunks:
    return block(0, {"type": "text", "text": ""}, {"type": "text_delta", "text": text})


def _anthropic_call(index: int, call: str, name: str, arguments: Mapping[str, Any]) -> Chunks:
    text = json.dumps(arguments)
    return block(index + 1, tool_use(call, name), part_json(text[:4]), part_json(text[4:]))


ANTHROPIC = Dialect(
    name="anthropic",
    begin=[message()],
    text=spoken,
    call=_anthropic_call,
    opening=lambda index, call, name: block(index + 1, tool_use(call, name)),
    stop=stopped,
    words={
        "done": "end_turn",
        "called": "tool_use",
        "limit": "max_tokens",
        "context": "model_context_window_exceeded",
        "refusal": "refusal",
        "pause": "pause_turn",
        "strange": "phase_of_the_moon",
    },
    extra=block(7, {"type": "server_tool_use", "id": "s", "name": "search", "input": {}}),
    extra_kind="server_tool_use",
)

# -- Google -----------------------------------------------------------------------------------


def candidate(*parts: Mapping[str, Any], finish: str | None = None, **about: Any) -> Chunk:
    given: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, **about}
    if finish:
        given["finishReason"] = finish
    return {"candidates": [given]}


def function(**about: Any) -> Chunk:
    return {"functionCall": about}


GOOGLE = Dialect(
    name="google",
    text=lambda text: [candidate({"text": text})],
    call=lambda index, call, name, given: [
        candidate(function(id=call, name=name, args=dict(given)))
    ],
    opening=lambda index, call, name: [
        candidate(function(id=call, name=name, willContinue=True)),
    ],
    stop=lambda word: [candidate(finish=word)],
    words={
        "done": "STOP",
        "called": "STOP",
        "limit": "MAX_TOKENS",
        "filter": "SAFETY",
        "malformed": "MALFORMED_FUNCTION_CALL",
        "broken": "OTHER",
    },
    extra=[candidate({"executableCode": {"language": "PYTHON", "code": "print(1)"}})],
    extra_kind="executable_code",
)

# -- Ollama -----------------------------------------------------------------------------------


def chat(content: str = "", *calls: Any, **more: Any) -> Chunk:
    said: dict[str, Any] = {"role": "assistant", "content": content}
    if calls:
        said["tool_calls"] = list(calls)
    return {"model": "m", "message": said, "done": False, **more}


def _ollama_call(index: int, call: str, name: str, arguments: Mapping[str, Any]) -> Chunks:
    return [chat("", {"function": {"name": name, "arguments": dict(arguments)}})]


OLLAMA = Dialect(
    name="ollama",
    text=lambda text: [chat(text)],
    call=_ollama_call,
    opening=lambda index, call, name: _ollama_call(index, call, name, {}),
    stop=lambda word: [chat(done=True, done_reason=word)],
    words={"done": "stop", "called": "stop", "limit": "length", "strange": "load"},
)
ALL = (CHAT, RESPONSES, ANTHROPIC, GOOGLE, OLLAMA)
