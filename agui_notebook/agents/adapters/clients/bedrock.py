"""Amazon Bedrock: a ``boto3`` client of its runtime, through ``converse_stream``.

The client is sync and belongs to no event loop. Thinking goes back with its signature.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from ....protocol.document.shape import Message
from ....values import Foreign, Json, JsonObject, JsonView
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.call_pieces import piece_of
from ...models.loose_json import count, key, mapping, text
from ...models.media import PDF, PICTURES, Media, omission_note, parts_of
from ...models.model_reply import Reply
from ...models.prompt import Prompt, arguments_of, join_roles
from ...models.provider_errors import raise_error
from ...models.provider_stream import hang_up_socket, open_stream
from ...models.tool_loop import ModelAgent

MARK, REDACTED = "bedrock:", "bedrock.redacted:"
INFERENCE = ("maxTokens", "temperature", "topP", "stopSequences")
OF_THE_CALL = (
    "inferenceConfig",
    "toolConfig",
    "guardrailConfig",
    "additionalModelRequestFields",
    "additionalModelResponseFieldPaths",
    "promptVariables",
    "requestMetadata",
    "performanceConfig",
    "serviceTier",
)


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("a Bedrock client")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap ``boto3.client("bedrock-runtime")``. Raises InvalidInput without ``model``."""
    return ModelAgent.of(options, partial(ask, obj))


async def ask(client: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed answer."""
    reply.usage(provider="bedrock", model=prompt.model)
    start = partial(ConverseStream.begin, client, request_of(prompt))
    async with open_stream(start) as events:
        async for event in events:
            await read(event, reply)


class ConverseStream:
    """The events of one answer, and a way to wake a read of them from outside."""

    def __init__(self, events: Foreign) -> None:
        self._events = events

    @classmethod
    def begin(cls, client: Foreign, request: JsonObject) -> ConverseStream:
        return cls(client.converse_stream(**request)["stream"])

    def __iter__(self) -> Iterator[JsonObject]:
        try:
            yield from self._events
        finally:
            self._events.close()

    def hang_up(self) -> None:
        """Shut the connection down; closing alone would not wake a read."""
        raw: Foreign = getattr(self._events, "_raw_stream", None)
        connection: Foreign = getattr(raw, "_connection", None) or getattr(raw, "connection", None)
        hang_up_socket(getattr(connection, "sock", None))


def request_of(prompt: Prompt) -> JsonObject:
    """The keywords of ``converse_stream``; sampling goes into ``inferenceConfig``."""
    request: JsonObject = {
        "modelId": prompt.model,
        "messages": join_roles([m for t in prompt.turns for m in ROLES[t["role"]](t)], "content"),
        **{name: held for name, held in prompt.params.items() if name in OF_THE_CALL},
    }
    if prompt.system:
        request["system"] = [{"text": prompt.system}]
    if prompt.tools:
        request["toolConfig"] = {"tools": [_tool_spec(**tool) for tool in prompt.tools]}
    sampling = {name: held for name, held in prompt.params.items() if name in INFERENCE}
    own = set(prompt.params) - {*INFERENCE, *OF_THE_CALL}
    _join(request, "inferenceConfig", sampling)
    _join(request, "additionalModelRequestFields", {name: prompt.params[name] for name in own})
    return request


def _join(request: JsonObject, name: str, given: JsonObject) -> None:
    if given:
        request[name] = {**request.get(name, {}), **given}


def _tool_spec(name: str, description: str, parameters: Json) -> JsonObject:
    about = {"description": description} if description else {}  # empty text is refused
    return {"toolSpec": {"name": name, **about, "inputSchema": {"json": parameters}}}


def _user(turn: Message) -> Iterator[JsonObject]:
    content = [_part(part) for part in parts_of(turn) if part]
    if content and not any("text" in part for part in content):
        content.append({"text": "See the file."})  # a document needs words beside it
    if content:
        yield {"role": "user", "content": content}


def _assistant(turn: Message) -> Iterator[JsonObject]:
    thoughts = [block for t in turn.get("reasoning") or () for block in _thinking_blocks(t)]
    said = [{"text": turn["content"]}] if turn["content"].strip() else []
    calls = [_tool_use(call) for call in turn["toolCalls"]]
    if said or calls:
        yield {"role": "assistant", "content": [*thoughts, *said, *calls]}


def _thinking_blocks(thought: Message) -> Iterator[JsonObject]:
    """A thought of this provider's; thoughts without its seal are not accepted back."""
    seal = thought.get("encryptedValue") or ""
    if seal.startswith(REDACTED):
        hidden = base64.b64decode(seal.removeprefix(REDACTED))
        yield {"reasoningContent": {"redactedContent": hidden}}
    elif seal.startswith(MARK):
        words = {"text": thought["content"], "signature": seal.removeprefix(MARK)}
        yield {"reasoningContent": {"reasoningText": words}}


def _tool_use(call: JsonObject) -> JsonObject:
    name = call["function"]["name"]
    return {"toolUse": {"toolUseId": call["id"], "name": name, "input": arguments_of(call)}}


def _tool(turn: Message) -> Iterator[JsonObject]:
    content = [_part(part) for part in parts_of(turn) if part] or [{"text": "(nothing)"}]
    result = {"toolUseId": turn["toolCallId"], "content": content}
    if turn.get("error"):
        result["status"] = "error"
    yield {"role": "user", "content": [{"toolResult": result}]}


ROLES: dict[str, Callable[[Message], Iterator[JsonObject]]] = {
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


def _part(part: str | Media) -> JsonObject:
    if isinstance(part, str):
        return {"text": part}
    if part.data is None or part.mime not in (*PICTURES, PDF):
        return {"text": omission_note(part)}
    source = {"bytes": base64.b64decode(part.data)}
    if part.mime == PDF:
        return {"document": {"format": "pdf", "name": "document", "source": source}}
    return {"image": {"format": part.mime.partition("/")[2], "source": source}}


async def read(event: JsonView, reply: Reply) -> None:
    """Take in one event. Raises RunFailed for an error that comes in the stream."""
    for kind, held in event.items():
        if take := EVENTS.get(kind):
            await take(reply, mapping(held))
        elif kind.endswith("Exception"):
            told = mapping(held)
            said = text(told.get("message")) or text(told.get("originalMessage")) or kind
            raise_error({"error": {"message": said, "code": kind}}, "bedrock")
        elif kind not in SILENT:
            reply.skip(kind)


async def _begin(reply: Reply, event: JsonView) -> None:
    start = mapping(event.get("start"))
    if use := mapping(start.get("toolUse")):
        index = key(event.get("contentBlockIndex"))
        await reply.call(piece_of(index, use.get("toolUseId"), use.get("name"), use.get("input")))
    for kind in start.keys() - {"toolUse"}:
        reply.skip(kind)


async def _go_on(reply: Reply, event: JsonView) -> None:
    delta = mapping(event.get("delta"))
    await reply.text(text(delta.get("text")))
    if thought := mapping(delta.get("reasoningContent")):
        await _reason(reply, thought)
    if use := mapping(delta.get("toolUse")):
        index = key(event.get("contentBlockIndex"))
        await reply.call(piece_of(index, None, None, use.get("input")))
    for kind in delta.keys() - {"text", "reasoningContent", "toolUse"}:
        reply.skip(kind)


async def _reason(reply: Reply, thought: JsonView) -> None:
    await reply.reasoning(text(thought.get("text")))
    if signature := text(thought.get("signature")):
        await reply.seal(MARK + signature)
    if isinstance(hidden := thought.get("redactedContent"), bytes):
        await reply.seal(REDACTED + base64.b64encode(hidden).decode())


async def _stop(reply: Reply, event: JsonView) -> None:
    reply.stop(text(event.get("stopReason")), option="maxTokens")


async def _count(reply: Reply, event: JsonView) -> None:
    """This provider counts cache reads and writes beside the input: add them (P-USAGE-16)."""
    usage = mapping(event.get("usage"))
    read = count(usage.get("cacheReadInputTokens"))
    written = count(usage.get("cacheWriteInputTokens"))
    given = count(usage.get("inputTokens"))
    reply.usage(
        input_tokens=None if given is None else given + (read or 0) + (written or 0),
        output_tokens=count(usage.get("outputTokens")),
        cached_input_tokens=read,
        cache_write_input_tokens=written,
    )


EVENTS: dict[str, Callable[[Reply, JsonView], Awaitable[None]]] = {
    "contentBlockStart": _begin,
    "contentBlockDelta": _go_on,
    "messageStop": _stop,
    "metadata": _count,
}
SILENT = frozenset({"messageStart", "contentBlockStop"})
