"""OpenAI and Azure OpenAI clients (sync and async) through Chat Completions, which every
OpenAI-compatible server speaks. The Responses interface has an adapter of its own.
"""

from __future__ import annotations

from functools import partial

from ....values import Foreign
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.chat_completions import ChatReader, request_of
from ...models.client_copies import fresh
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.provider_stream import fill_request, read_stream
from ...models.tool_loop import ModelAgent


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("an OpenAI client")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a client, or its ``chat.completions``. Raises InvalidInput without ``model``."""
    client, close = fresh(obj if hasattr(obj, "chat") else obj._client)
    return ModelAgent.of(options, partial(ask, client), close)


async def ask(client: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed completion."""
    start = fill_request(client.chat.completions.create, request_of(prompt))
    await read_stream(start, ChatReader(reply, "openai").read)
