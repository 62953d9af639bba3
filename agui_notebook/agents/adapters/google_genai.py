"""Google GenAI clients (Gemini and Vertex) through ``generate_content_stream``.

The client keeps one connection pool per event loop, so it needs no adopting.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import partial

from ...errors import RunFailed
from ...late_pattern import late
from ...protocol.document.shape import Message
from ...values import Foreign, Json, JsonObject, JsonView
from ..agent import Agent, AgentOptions, Takes, takes_all
from ..models.call_pieces import piece_of
from ..models.loose_json import count, entries, mapping, text, word
from ..models.media import PDF, Media, omission_note, parts_of
from ..models.model_reply import Reply
from ..models.prompt import Prompt, arguments_of, join_roles
from ..models.provider_stream import read_stream
from ..models.tool_loop import ModelAgent

MARK = "google:"


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("a Google GenAI client")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a ``genai.Client`` (or its ``aio``). Raises InvalidInput without ``model``."""
    models = (obj.aio if hasattr(obj, "aio") else obj).models
    return ModelAgent.of(options, partial(ask, models))


async def ask(models: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed answer."""
    start = partial(models.generate_content_stream, **request_of(prompt))
    await read_stream(start, GoogleReader(reply).read)


def request_of(prompt: Prompt) -> JsonObject:
    """The keywords of ``generate_content_stream``; ``params`` are fields of its config."""
    names = {c["id"]: c["function"]["name"] for t in prompt.turns for c in t.get("toolCalls") or ()}
    config: JsonObject = {"automatic_function_calling": {"disable": True}}
    if prompt.system:
        config["system_instruction"] = prompt.system
    if prompt.tools:
        config["tools"] = [{"function_declarations": [_declaration(**t) for t in prompt.tools]}]
    contents = [ROLES[turn["role"]](turn, names) for turn in prompt.turns]
    return {
        "model": prompt.model,
        "contents": join_roles(contents, "parts"),
        "config": {**config, **prompt.params},
    }


def _declaration(name: str, description: str, parameters: Json) -> JsonObject:
    return {"name": name, "description": description, "parameters_json_schema": parameters}


def _user(turn: Message, names: Mapping[str, str]) -> JsonObject:
    return {"role": "user", "parts": [_part(part) for part in parts_of(turn)]}


def _assistant(turn: Message, names: Mapping[str, str]) -> JsonObject:
    text = [{"text": turn["content"]}] if turn["content"] else []
    return {"role": "model", "parts": [*text, *map(_call, turn["toolCalls"])]}


def _call(call: JsonObject) -> JsonObject:
    name = call["function"]["name"]
    part: JsonObject = {"function_call": {"name": name, "args": arguments_of(call)}}
    if (seal := call.get("encryptedValue") or "").startswith(MARK):
        part["thought_signature"] = base64.b64decode(seal.removeprefix(MARK))
    return part


def _tool(turn: Message, names: Mapping[str, str]) -> JsonObject:
    """The answer is text; pictures and files stand beside it."""
    parts = list(parts_of(turn))
    said = "".join(part for part in parts if isinstance(part, str))
    answer = {"name": names[turn["toolCallId"]], "response": {"result": said}}
    beside = [_part(part) for part in parts if not isinstance(part, str)]
    return {"role": "user", "parts": [{"function_response": answer}, *beside]}


ROLES: dict[str, Callable[[Message, Mapping[str, str]], JsonObject]] = {
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


REFUSED = ("image/gif", "image/bmp", "image/tiff", "image/x-icon")


def _part(part: str | Media) -> JsonObject:
    if isinstance(part, str):
        return {"text": part}
    if part.mime in REFUSED or (part.kind == "document" and part.mime != PDF):
        return {"text": omission_note(part)}
    if part.data is not None:
        return {"inline_data": {"mime_type": part.mime, "data": base64.b64decode(part.data)}}
    if at := part.url or part.file:
        return {"file_data": {"mime_type": part.mime, "file_uri": at}}
    return {"text": omission_note(part)}


class GoogleReader:
    """Reads one streamed answer, chunk by chunk, as dicts; only its first candidate counts."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.streamed: JsonObject | None = None  # arguments that come value by value

    async def read(self, chunk: JsonView) -> None:
        """Take in one chunk: the parts of its first candidate, and the counts so far.

        Raises RunFailed for a prompt that was not answered at all.
        """
        feedback = mapping(chunk.get("prompt_feedback"))
        if blocked := word(feedback.get("block_reason")):
            why = text(feedback.get("block_reason_message"))
            told = f": {why}" if why else "."
            raise RunFailed(f"The provider blocked the question ({blocked}){told}", code=blocked)
        for candidate in entries(chunk.get("candidates"))[:1]:
            for part in entries(mapping(candidate.get("content")).get("parts")):
                await self.read_part(part)
            told = text(candidate.get("finish_message"))
            self.reply.stop(word(candidate.get("finish_reason")), told, "max_output_tokens")
        model = text(chunk.get("model_version")) or None
        usage = mapping(chunk.get("usage_metadata"))
        self.reply.usage(provider="google", model=model, **counts(usage))

    async def read_part(self, part: JsonView) -> None:
        said = text(part.get("text"))
        if call := mapping(part.get("function_call")):
            await self.read_call(call, part.get("thought_signature"))
        elif part.get("thought"):
            await self.reply.reasoning(said)
        elif said:
            await self.reply.text(said)
        else:
            for kind in (key for key in part if part[key] and key not in ABOUT):
                self.reply.skip(kind)

    async def read_call(self, call: JsonView, signature: Foreign) -> None:
        """A call comes whole, or value by value; only one of these is open at a time."""
        sealed = base64.b64encode(signature).decode() if isinstance(signature, bytes) else ""
        values, more = entries(call.get("partial_args")), bool(call.get("will_continue"))
        if self.streamed is None and (values or more):
            self.streamed = {}
        for value in values:
            put(self.streamed, text(value.get("json_path")), value)
        given = mapping(call.get("args")) if self.streamed is None else self.streamed or None
        if not more:
            self.streamed = None
        seal = MARK + sealed if sealed else ""
        arguments = None if more else given
        await self.reply.call(
            piece_of(None, call.get("id"), call.get("name"), arguments, whole=True, seal=seal)
        )


VALUES = ("string_value", "number_value", "bool_value", "null_value")
# members of a part that say something about it, and are nothing to show
ABOUT = frozenset({"thought", "thought_signature", "text", "part_metadata", "media_resolution"})


def put(arguments: Json, path: str, value: JsonView) -> None:
    """Set what a partial argument holds at its JSONPath (``$.city``, ``$.stops[0].name``).

    Text goes on where text is already. A path that leads nowhere is left out.
    """
    steps = [int(at) if at else name for name, at in STEP.findall(path)]
    held = next((value[key] for key in VALUES if value.get(key) is not None), None)
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        arguments = _room(arguments, step, following, held)


STEP = late(r"([A-Za-z_]\w*)|\[(\d{1,4})\]")


def _room(holder: Foreign, step: Foreign, following: Foreign, held: Foreign) -> Foreign:
    """Go one step further into the arguments; the last step sets the value."""
    if isinstance(holder, list) and isinstance(step, int):
        holder.extend([None] * (step + 1 - len(holder)))
        before = holder[step]
    elif isinstance(holder, dict) and isinstance(step, str):
        before = holder.get(step)
    else:
        return None
    if following is None:
        goes_on = isinstance(before, str) and isinstance(held, str)
        holder[step] = before + held if goes_on else held
    elif before is None:
        holder[step] = [] if isinstance(following, int) else {}
    return holder[step]


def counts(usage: JsonView) -> JsonObject:
    """Thoughts are counted beside the answer here, and tool prompts beside the prompt: add them."""
    given, said = count(usage.get("prompt_token_count")), count(usage.get("candidates_token_count"))
    thoughts = count(usage.get("thoughts_token_count"))
    tools = count(usage.get("tool_use_prompt_token_count"))
    return {
        "input_tokens": None if given is None else given + (tools or 0),
        "output_tokens": None if said is None else said + (thoughts or 0),
        "reasoning_tokens": thoughts,
        "cached_input_tokens": count(usage.get("cached_content_token_count")),
    }
