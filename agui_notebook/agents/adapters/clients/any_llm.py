"""The ``any_llm`` module, or one of its providers' clients (``AnyLLM.create("mistral")``).

It speaks the Chat Completions dialect for every provider it knows.
"""

from __future__ import annotations

from functools import partial
from types import ModuleType

from ....values import Foreign
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.chat_completions import ChatReader, request_of
from ...models.client_copies import fresh_at
from ...models.loose_json import plain
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.provider_stream import open_stream
from ...models.tool_loop import ModelAgent


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("any-llm")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap the module or a provider's client. Raises InvalidInput without ``model``."""
    client, close = fresh_at(obj, "client")
    return ModelAgent.of(options, partial(ask, client), close)


async def ask(client: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed completion."""
    request = request_of(prompt)
    if not isinstance(client, ModuleType):  # a client knows its provider: the plain model's name
        request["model"] = str(request["model"]).rpartition(":")[2] or request["model"]
    reader = ChatReader(reply, "any-llm")
    async with open_stream(partial(client.acompletion, **request)) as chunks:
        async for chunk in chunks:
            await reader.read(plain(chunk))
