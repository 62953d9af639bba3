"""aisuite's client: any provider it knows, by ``model="provider:name"``.

It speaks the Chat Completions dialect. A client of our own with the same settings is used: its
connections belong to the loop that serves, and a read of its sync half cannot be stopped.
"""

from __future__ import annotations

from functools import partial

from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.chat_completions import ChatReader, request_of
from ...models.client_copies import Close, fresh
from ...models.loose_json import plain
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.provider_stream import open_stream
from ...models.tool_loop import ModelAgent


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("an aisuite client")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a client. Raises InvalidInput without ``model``."""
    twin = type(obj)(obj.provider_configs, extra_param_mode=obj.extra_param_mode)
    return ModelAgent.of(options, partial(ask, twin), partial(_close, twin))


async def ask(client: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed completion."""
    reader = ChatReader(reply, "aisuite")
    async with open_stream(partial(_begin, client, request_of(prompt))) as chunks:
        async for chunk in chunks:
            await reader.read(plain(chunk))


async def _begin(client: Foreign, request: JsonObject) -> Foreign:
    """Its providers are made when first asked, each with a client that closes on any loop."""
    stream = await client.chat.completions.acreate(**request)
    for provider in client.providers.values():
        if not isinstance(getattr(provider, "aclient", None), _Kept):
            provider.aclient = _Kept(*fresh(getattr(provider, "aclient", None)))
    return stream


class _Kept:
    """A provider's client that we made anew, and how to close it."""

    def __init__(self, client: Foreign, close: Close) -> None:
        self._client, self.close = client, close

    def __getattr__(self, name: str) -> Foreign:
        return getattr(self._client, name)


async def _close(client: Foreign) -> None:
    for provider in client.providers.values():
        if isinstance(kept := getattr(provider, "aclient", None), _Kept):
            await kept.close()
