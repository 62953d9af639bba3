"""Mistral's client through its own chat interface, which is close to Chat Completions.

One client does both sync and async; the sync half is read, since its connections belong to no
event loop.
"""

from __future__ import annotations

from functools import partial

from ....values import Foreign
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.chat_completions import ChatReader, request_without_stream
from ...models.loose_json import mapping, plain
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.provider_stream import open_stream
from ...models.tool_loop import ModelAgent


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("a Mistral client")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a client. Raises InvalidInput without ``model``."""
    return ModelAgent.of(options, partial(ask, obj))


async def ask(client: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed answer."""
    reader = ChatReader(reply, "mistral")
    start = partial(client.chat.stream, **request_without_stream(prompt))
    async with open_stream(start) as events:
        async for event in events:
            held = plain(event)
            await reader.read(mapping(held.get("data")) or held)
