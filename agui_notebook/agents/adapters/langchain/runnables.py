"""LangChain chat models and runnables (``prompt | model``), streamed with ``astream``.

LangGraph's graphs are runnables too, and have an adapter of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ....protocol.document.shape import text_of
from ....values import Foreign, Json, JsonObject, JsonView
from ...agent import MODEL_OPTIONS, Agent, AgentOptions, Takes, takes_only
from ...models.chat_completions import messages_of
from ...models.client_copies import Close, fresh_at
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.provider_stream import open_stream
from ...models.tool_loop import ModelAgent
from .chunks import LangChainReader


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    parts = parts_of(obj)
    options = (
        set(MODEL_OPTIONS)
        if any(hasattr(part, "bind_tools") for part in parts)
        else {"instructions"}
    )
    if not (hasattr(parts[0], "bind_tools") or _placeholders(parts[0])):
        options.discard("instructions")  # nothing carries them to the model
    kind = "a chain" if "model" in options else "a chain (no chat model in this runnable takes it)"
    return takes_only(kind, *options)


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a chat model or a runnable."""
    closing: list[Close] = []
    runnable = each_part(obj, partial(fresh_model, closing))

    async def close() -> None:
        for each in closing:
            await each()

    return ModelAgent(options, partial(ask, runnable), close)


async def ask(runnable: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed answer: messages, or the text that a chain makes of them."""
    tools = [{"type": "function", "function": dict(tool)} for tool in prompt.tools]
    chosen = {**({"model": prompt.model} if prompt.model else {}), **prompt.params}
    bound = each_part(runnable, partial(tell_tools, tools, chosen))
    start = partial(bound.astream, input_of(parts_of(runnable)[0], prompt))
    reader = LangChainReader(reply)
    async with open_stream(start) as chunks:
        async for chunk in chunks:
            await reader.read(chunk)
    await reader.end()


# where chains, bindings (bind, with_config, with_retry) and fallbacks keep what they are made of
HOLDS = ("first", "middle", "last", "bound", "runnable", "fallbacks")


def runnables_in(runnable: Foreign) -> JsonObject:
    """The runnables that one holds, by the name of its field; none for a model or a function."""
    own = vars(runnable) if hasattr(runnable, "model_copy") else {}
    return {name: own[name] for name in HOLDS if own.get(name) is not None}


def parts_of(runnable: Foreign) -> list[Foreign]:
    """The parts a runnable is made of in the end, in order; itself if it holds none."""
    held = runnables_in(runnable).values()
    inner = [each for one in held for each in (one if isinstance(one, list) else [one])]
    return [part for each in inner for part in parts_of(each)] or [runnable]


def each_part(runnable: Foreign, change: Callable[[Foreign], Foreign]) -> Foreign:
    """The runnable changed, or a copy of it with what it holds changed."""
    changed, held = change(runnable), runnables_in(runnable)
    if changed is not runnable or not held:
        return changed
    return runnable.model_copy(update={name: _each(one, change) for name, one in held.items()})


def _each(held: Foreign, change: Callable[[Foreign], Foreign]) -> Foreign:
    if isinstance(held, list):
        return [each_part(one, change) for one in held]
    return each_part(held, change)


def tell_tools(tools: list[JsonObject], chosen: JsonView, part: Json) -> Foreign:
    """A chat model told of the tools and parameters, beside what it is bound to already."""
    if not hasattr(part, "bind_tools"):
        return part
    if tools:
        knowing = part.bind_tools(tools)  # a binding hands this to its model, and is lost by it
        part = part.bind(**knowing.kwargs) if "bound" in runnables_in(part) else knowing
    return part.bind(**chosen) if chosen else part


def fresh_model(closing: list[Close], model: Foreign) -> Foreign:
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


def input_of(first: Foreign, prompt: Prompt) -> Foreign:
    """What a chain begins with: messages for a model, variables for a template, else the text.

    A template's messages placeholder gets the conversation; its other variables, the last
    user message, which the conversation then leaves out.
    """
    messages = messages_of(prompt, sees=_sees(first))
    said = text_of(prompt.turns[-1]) if prompt.turns else ""
    if hasattr(first, "bind_tools"):
        return messages
    if (variables := getattr(first, "input_variables", None)) is None:
        return said
    held = _placeholders(first)
    asked = [name for name in variables if name not in held]
    return dict.fromkeys(held, messages[:-1] if asked else messages) | dict.fromkeys(asked, said)


def _placeholders(template: Foreign) -> list[str]:
    """The variables of a template that take messages."""
    parts = getattr(template, "messages", ())
    return [part.variable_name for part in parts if type(part).__name__ == "MessagesPlaceholder"]


def _sees(model: Foreign) -> bool:
    """Whether a chat model takes pictures: LangChain knows of some that do not."""
    profile = getattr(model, "profile", None)
    return not (isinstance(profile, Mapping) and profile.get("image_inputs") is False)
