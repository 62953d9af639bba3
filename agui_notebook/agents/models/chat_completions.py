"""The Chat Completions dialect, which OpenAI, LiteLLM, LangChain and most local servers speak.

Plain dicts both ways: prompt to request, chunk to reply. No client and no transport lives here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...protocol.document.shape import Message
from ...values import JsonObject, JsonView
from .call_pieces import piece_of
from .loose_json import count, entries, mapping, parts, text, word
from .media import PDF, PICTURES, Media, omission_note, parts_of
from .model_reply import Reply
from .prompt import Prompt, arguments_text
from .provider_errors import raise_error


def request_of(prompt: Prompt) -> JsonObject:
    """The keywords of ``chat.completions.create`` for a streamed answer with usage."""
    request: JsonObject = {
        "model": prompt.model,
        "messages": messages_of(prompt),
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if prompt.tools:
        request["tools"] = [{"type": "function", "function": dict(tool)} for tool in prompt.tools]
    return {**request, **prompt.params}


def request_without_stream(prompt: Prompt) -> JsonObject:
    """The same for a method that streams and counts tokens unasked, and has no words for it."""
    implied = ("stream", "stream_options")
    return {key: held for key, held in request_of(prompt).items() if key not in implied}


def messages_of(prompt: Prompt, sees: bool = True) -> list[JsonObject]:
    """System text and turns as this dialect's messages; ``sees`` False leaves pictures out.

    A tool's message is text only; what else a result holds follows the results as the user's.
    """
    messages: list[JsonObject] = []
    if prompt.system:
        messages.append({"role": "system", "content": prompt.system})
    shown: list[JsonObject] = []
    for turn in prompt.turns:
        if shown and turn["role"] != "tool":
            messages.append({"role": "user", "content": shown})
            shown = []
        messages.append(ROLES[turn["role"]](turn, sees))
        shown += _beside_result(turn, sees) if turn["role"] == "tool" else []
    return [*messages, {"role": "user", "content": shown}] if shown else messages


def _user(turn: Message, sees: bool) -> JsonObject:
    content = turn.get("content")
    if isinstance(content, list):
        content = [_part(part, sees) for part in parts_of(turn)]
    return {"role": "user", "content": content or ""}


def _assistant(turn: Message, sees: bool) -> JsonObject:
    said = {"role": "assistant", "content": turn.get("content") or None}
    calls = [_call(call) for call in turn["toolCalls"]]
    return {**said, "tool_calls": calls} if calls else said


def _call(call: JsonView) -> JsonObject:
    function = {"name": call["function"]["name"], "arguments": arguments_text(call)}
    return {"id": call["id"], "type": "function", "function": function}


def _tool(turn: Message, sees: bool) -> JsonObject:
    parts = list(parts_of(turn))
    texts = [part if isinstance(part, str) else _stand_in(part, sees) for part in parts]
    return {"role": "tool", "tool_call_id": turn["toolCallId"], "content": "".join(texts)}


def _stand_in(media: Media, sees: bool) -> str:
    return f"[{media.kind}: it follows]" if _media(media, sees) else omission_note(media)


def _beside_result(turn: Message, sees: bool) -> list[JsonObject]:
    media = [part for part in parts_of(turn) if not isinstance(part, str)]
    given = [made for part in media if (made := _media(part, sees))]
    return [{"type": "text", "text": "What the tool gave:"}, *given] if given else []


ROLES: dict[str, Callable[[Message, bool], JsonObject]] = {
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


def _part(part: str | Media, sees: bool) -> JsonObject:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    return _media(part, sees) or {"type": "text", "text": omission_note(part)}


def _media(media: Media, sees: bool) -> JsonObject | None:
    """The part for it, or None if this interface or model does not take it."""
    make = PARTS.get(media.kind)
    return make(media) if make and (sees or media.kind != "image") else None


def _image(media: Media) -> JsonObject | None:
    url = media.any_url if media.mime in PICTURES else None
    return None if url is None else {"type": "image_url", "image_url": {"url": url}}


def _audio(media: Media) -> JsonObject | None:
    form = {"audio/mpeg": "mp3", "audio/wav": "wav"}.get(media.mime)
    if media.data is None or form is None:
        return None
    return {"type": "input_audio", "input_audio": {"data": media.data, "format": form}}


def _document(media: Media) -> JsonObject | None:
    if media.file is not None:
        return {"type": "file", "file": {"file_id": media.file}}
    if media.data is None or media.mime != PDF:
        return None
    name = media.name or "document"
    return {"type": "file", "file": {"filename": name, "file_data": media.any_url}}


PARTS: dict[str, Callable[[Media], JsonObject | None]] = {
    "image": _image,
    "audio": _audio,
    "document": _document,
}


class ChatReader:
    """Reads one streamed answer, chunk by chunk, as dicts; only its first choice is the answer."""

    def __init__(self, reply: Reply, provider: str) -> None:
        self._reply, self._provider = reply, provider
        self._newer = False  # whether calls came as tool_calls

    async def read(self, chunk: JsonView) -> None:
        """Take in one chunk. Raises RunFailed for an error that comes in the stream."""
        raise_error(chunk, self._provider)
        choices = entries(chunk.get("choices"))
        if choices and self._reply.reason is None:
            self._reply.complete = False  # tokens were counted before the end
        for choice in choices:
            if choice.get("index") in (None, 0, "0"):
                await self._read_choice(choice)
            else:
                self._reply.skip("a second answer")
        if usage := mapping(chunk.get("usage")):
            # without a choice it is the last chunk; some servers give no reason for finishing
            self._reply.complete = self._reply.complete or not choices
            model = text(chunk.get("model")) or None
            self._reply.usage(provider=self._provider, model=model, **counts(usage))

    async def _read_choice(self, choice: JsonView) -> None:
        raise_error(choice, self._provider)
        await self._read_delta(mapping(choice.get("delta")), whole=False)
        # some servers send all of it at once, as if it did not stream, or once more at the end
        if message := mapping(choice.get("message")):
            await self._read_delta(self._not_said(message), whole=True)
        if self._reply.is_empty:  # as before there were chats
            await self._reply.text(text(choice.get("text")))
        self._reply.stop(word(choice.get("finish_reason")))

    def _not_said(self, message: JsonView) -> JsonView:
        """Of a whole message: calls, and of its text what did not come before."""
        if self._reply.is_empty:
            return message
        whole = "".join(said for kind, said in parts(message.get("content")) if kind == "text")
        said = self._reply.answer
        calls = {name: message.get(name) for name in ("tool_calls", "function_call")}
        return {**calls, "content": whole[len(said) :] if whole.startswith(said) else None}

    async def _read_delta(self, delta: JsonView, whole: bool) -> None:
        await self._read_reasoning(delta)
        for kind, said in parts(delta.get("content")):
            await PART_READERS.get(kind, _skip_part(kind))(self._reply, said)
        await self._reply.refusal(text(delta.get("refusal")))
        if spoken := mapping(delta.get("audio")):
            await self._reply.text(text(spoken.get("transcript")))
            self._reply.skip("audio")
        for name in ("images", "annotations"):
            if delta.get(name):
                self._reply.skip(name)
        for call in entries(delta.get("tool_calls")):
            self._newer = True
            await self._read_call(call, whole)
        function = mapping(delta.get("function_call"))  # before there were several
        if function and not self._newer:
            await self._read_call({"index": "function_call", "function": function}, whole)

    async def _read_reasoning(self, delta: JsonView) -> None:
        names = ("reasoning_content", "reasoning", "thinking")
        given = next((delta[name] for name in names if delta.get(name)), None)
        details = delta.get("reasoning_details") if not isinstance(given, str) else None
        said = "".join(said for _, said in parts(details or given))
        await self._reply.reasoning(said)
        if given and not said:
            self._reply.skip("reasoning")

    async def _read_call(self, call: JsonView, whole: bool) -> None:
        if mapping(call.get("custom")):
            self._reply.skip("a call of a custom tool")
            return
        function = mapping(call.get("function")) or call  # some leave that level out
        given = function.get("arguments", function.get("input"))
        await self._reply.call(
            piece_of(call.get("index"), call.get("id"), function.get("name"), given, whole=whole)
        )


PART_READERS: dict[str, Callable[[Reply, str], Awaitable[None]]] = {
    "text": Reply.text,
    "output_text": Reply.text,
    "refusal": Reply.refusal,
    "thinking": Reply.reasoning,
    "reasoning": Reply.reasoning,
}


def _skip_part(kind: str) -> Callable[[Reply, str], Awaitable[None]]:
    async def skip(reply: Reply, said: str) -> None:
        reply.skip(kind)

    return skip


def counts(usage: JsonView, asked: str = "prompt", made: str = "completion") -> JsonObject:
    """Token counts, by the names a dialect has for what went in and out.

    The cached and the reasoning ones are parts of the totals already.
    """
    inputs = mapping(usage.get(f"{asked}_tokens_details"))
    outputs = mapping(usage.get(f"{made}_tokens_details"))
    return {
        "input_tokens": count(usage.get(f"{asked}_tokens")),
        "output_tokens": count(usage.get(f"{made}_tokens")),
        "cached_input_tokens": count(inputs.get("cached_tokens")),
        "reasoning_tokens": count(outputs.get("reasoning_tokens")),
    }
