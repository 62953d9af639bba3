"""Models of llama.cpp in this process, by their own chat completions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ....values import Foreign, JsonObject, JsonView
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.chat_completions import ChatReader, messages_of
from ...models.local_stream import LocalStream, Stopped
from ...models.loose_json import entries, mapping, plain, text
from ...models.marked_text import MarkedText
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.provider_stream import open_stream
from ...models.template_messages import template_messages
from ...models.tool_loop import ModelAgent


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("a model of llama.cpp")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a model."""
    return ModelAgent(options, partial(ask, obj))


async def ask(model: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One answer. Its text may hold marks of thoughts and calls, which the library leaves in."""
    request = request_of(model, prompt)

    def chunks(stopped: Stopped) -> Iterator[Foreign]:
        yield from model.create_chat_completion(**request)

    reader, marked = ChatReader(reply, "llama.cpp"), MarkedText(reply)
    async with open_stream(partial(LocalStream, model, chunks)) as stream:
        async for chunk in stream:
            said, rest = _without_text(plain(chunk))
            await marked.read(said)
            await reader.read(rest)
    await marked.end()


def request_of(model: Foreign, prompt: Prompt) -> JsonObject:
    """The keywords of ``create_chat_completion``."""
    template = str(getattr(model, "chat_format", "")).startswith("chat_template")
    own = template and getattr(model, "chat_handler", None) is None
    messages = template_messages(prompt) if own else messages_of(prompt)
    tools = [{"type": "function", "function": dict(tool)} for tool in prompt.tools]
    about: JsonObject = {"tools": tools} if tools else {}
    return {"messages": messages, "stream": True, **about, **prompt.params}


def _without_text(chunk: JsonView) -> tuple[str, JsonObject]:
    """What a chunk says, and the chunk without it."""
    choices = entries(chunk.get("choices"))
    deltas = [mapping(choice.get("delta")) for choice in choices]
    said = "".join(text(delta.pop("content", None)) for delta in deltas)
    paired = zip(choices, deltas, strict=True)
    return said, {**chunk, "choices": [{**choice, "delta": delta} for choice, delta in paired]}
