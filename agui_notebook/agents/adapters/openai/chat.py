"""OpenAI and Azure OpenAI clients (sync and async) through Chat Completions, which every
OpenAI-compatible server speaks. The Responses interface has an adapter of its own.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ...agent import Agent, AgentOptions
from ...models.chat_completions import read, request_of
from ...models.client_copies import fresh
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.provider_stream import fill_request, open_stream
from ...models.tool_loop import ModelAgent


def adapt(obj: Any, options: AgentOptions) -> Agent:
    """Wrap a client, or its ``chat.completions``. Raises InvalidInput without ``model``."""
    client, close = fresh(obj if hasattr(obj, "chat") else obj._client)
    return ModelAgent.of(options, partial(ask, client, options.threads), close)


async def ask(client: Any, threads: bool, prompt: Prompt, reply: Reply) -> None:
    """One streamed completion."""
    start = fill_request(client.chat.completions.create, request_of(prompt))
    async with open_stream(start, threads=threads) as chunks:
        async for chunk in chunks:
            await read(chunk.model_dump(), reply, "openai")
