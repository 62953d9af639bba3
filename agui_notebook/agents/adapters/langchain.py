"""LangChain chat models and runnables (``prompt | model``), streamed with ``astream``.

LangGraph's graphs are runnables too, and have an adapter of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from ...errors import InvalidInput
from ...protocol.document.shape import text_of
from ..agent import Agent, AgentOptions
from ..models.chat_completions import messages_of
from ..models.client_copies import Close, fresh_at
from ..models.model_reply import Reply
from ..models.prompt import Prompt
from ..models.provider_stream import open_stream
from ..models.tool_loop import ModelAgent


def adapt(obj: Any, options: AgentOptions) -> Agent:
    """Wrap a chat model or a runnable. Raises InvalidInput for tools that no model in it takes."""
    if options.tools and not any(hasattr(part, "bind_tools") for part in parts_of(obj)):
        raise InvalidInput("tools= means nothing here: no chat model in this runnable takes tools.")
    closing: list[Close] = []
    runnable = each_part(obj, partial(fresh_model, closing))

    async def close() -> None:
        for each in closing:
            await each()

    return ModelAgent(options, partial(ask, runnable), close)


async def ask(runnable: Any, prompt: Prompt, reply: Reply) -> None:
    """One streamed answer: messages, or the text that a chain makes of them."""
    tools = [{"type": "function", "function": dict(tool)} for tool in prompt.tools]
    chosen = {**({"model": prompt.model} if prompt.model else {}), **prompt.params}
    bound = each_part(runnable, partial(tell_tools, tools, chosen))
    start = partial(bound.astream, input_of(parts_of(runnable)[0], prompt))
    total: Counter[str] = Counter()
    async with open_stream(start) as chunks:
        async for chunk in chunks:
            await read(chunk, reply, total)
    reply.complete = True  # LangChain raises when a stream is cut, and has no word for its end


# where chains, bindings (bind, with_config, with_retry) and fallbacks keep what they are made of
HOLDS = ("first", "middle", "last", "bound", "runnable", "fallbacks")


def runnables_in(runnable: Any) -> dict[str, Any]:
    """The runnables that one holds, by the name of its field; none for a model or a function."""
    own = vars(runnable) if hasattr(runnable, "model_copy") else {}
    return {name: own[name] for name in HOLDS if own.get(name) is not None}


def parts_of(runnable: Any) -> list[Any]:
    """The parts a runnable is made of in the end, in order; itself if it holds none."""
    held = runnables_in(runnable).values()
    inner = [each for one in held for each in (one if isinstance(one, list) else [one])]
    return [part for each in inner for part in parts_of(each)] or [runnable]


def each_part(runnable: Any, change: Callable[[Any], Any]) -> Any:
    """The runnable changed, or a copy of it with what it holds changed."""
    changed, held = change(runnable), runnables_in(runnable)
    if changed is not runnable or not held:
        return changed
    return runnable.model_copy(update={name: _each(one, change) for name, one in held.items()})


def _each(held: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(held, list):
        return [each_part(one, change) for one in held]
    return each_part(held, change)


def tell_tools(tools: list[dict[str, Any]], chosen: Mapping[str, Any], part: Any) -> Any:
    """A chat model told of the tools and parameters, beside what it is bound to already."""
    if not hasattr(part, "bind_tools"):
        return part
    if tools:
        knowing = part.bind_tools(tools)  # a binding hands this to its model, and is lost by it
        part = part.bind(**knowing.kwargs) if "bound" in runnables_in(part) else knowing
    return part.bind(**chosen) if chosen else part


def fresh_model(closing: list[Close], model: Any) -> Any:
    """A chat model with connections of its own, where it keeps an OpenAI or Anthropic client."""
    if runnables_in(model):
        return model  # what it seems to have is its part's
    twin, close = fresh_at(model, "root_async_client")
    if twin is not model:
        twin.async_client = twin.root_async_client.chat.completions
    else:
        twin, close = fresh_at(model, "_async_client")
    closing.append(close)
    return twin


def input_of(first: Any, prompt: Prompt) -> Any:
    """What a chain begins with: messages for a model, variables for a template, else the text.

    A template's messages placeholder gets the conversation; its other variables, the last
    user message, which the conversation then leaves out.
    """
    messages = messages_of(prompt)
    said = text_of(prompt.turns[-1]) if prompt.turns else ""
    if hasattr(first, "bind_tools"):
        return messages
    if (variables := getattr(first, "input_variables", None)) is None:
        return said
    parts = getattr(first, "messages", ())
    held = [part.variable_name for part in parts if type(part).__name__ == PLACE]
    asked = [name for name in variables if name not in held]
    return dict.fromkeys(held, messages[:-1] if asked else messages) | dict.fromkeys(asked, said)


PLACE = "MessagesPlaceholder"


async def read(chunk: Any, reply: Reply, total: Counter[str]) -> None:
    """Take in one chunk: a message's, or text that a parser made."""
    if isinstance(chunk, str):
        await reply.text(chunk)
        return
    for block in chunk.content_blocks:
        if take := BLOCKS.get(block["type"]):
            await take(block, reply)
    total.update(counts(chunk.usage_metadata or {}))  # what a chunk reports is its own share
    reply.usage(model=chunk.response_metadata.get("model_name"), **total)


async def _text(block: Mapping[str, Any], reply: Reply) -> None:
    await reply.text(block["text"])


async def _reasoning(block: Mapping[str, Any], reply: Reply) -> None:
    await reply.reasoning(block.get("reasoning"))


async def _call(block: Mapping[str, Any], reply: Reply) -> None:
    key = block["index"] if block.get("index") is not None else block.get("id")
    if not reply.knows(key, block.get("id")):
        await reply.call(key, block.get("name") or "", block.get("id"))
    await reply.arguments(key, block.get("args"))


BLOCKS: dict[str, Callable[[Mapping[str, Any], Reply], Awaitable[None]]] = {
    "text": _text,
    "reasoning": _reasoning,
    "tool_call_chunk": _call,
}


def counts(usage: Mapping[str, Any]) -> dict[str, int]:
    """Token counts; the details are parts of the totals."""
    inputs = usage.get("input_token_details") or {}
    outputs = usage.get("output_token_details") or {}
    found = {
        "input_tokens": usage.get("input_tokens"),
        "output_tokens": usage.get("output_tokens"),
        "cached_input_tokens": inputs.get("cache_read"),
        "cache_write_input_tokens": inputs.get("cache_creation"),
        "reasoning_tokens": outputs.get("reasoning"),
    }
    return {key: count for key, count in found.items() if count is not None}
