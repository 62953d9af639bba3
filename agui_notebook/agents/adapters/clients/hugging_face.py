"""Hugging Face's inference clients (sync and async), which are shaped after OpenAI's.

They are served by an async twin: a read of a sync one cannot be stopped from outside.
"""

from __future__ import annotations

from functools import partial

from ....values import Foreign
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.chat_completions import ChatReader, request_of
from ...models.client_copies import fresh_hugging_face
from ...models.loose_json import plain
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.provider_stream import fill_request, open_stream
from ...models.tool_loop import ModelAgent


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("a Hugging Face client")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a client; a client that was made for one model needs no ``model``."""
    client, close = fresh_hugging_face(obj)
    known = options.model or (obj.model and "the client's own")
    ask_it = partial(ask, client)
    return ModelAgent(options, ask_it, close) if known else ModelAgent.of(options, ask_it, close)


async def ask(client: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed completion."""
    reader = ChatReader(reply, "huggingface")
    start = fill_request(client.chat.completions.create, request_of(prompt))
    async with open_stream(start) as chunks:
        async for chunk in chunks:
            await reader.read(plain(chunk))
