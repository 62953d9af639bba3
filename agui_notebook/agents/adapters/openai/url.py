"""Any server that speaks OpenAI's Chat Completions, by its base URL and a model name: vLLM,
llama.cpp, LM Studio, Ollama and the like. It needs no SDK.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from ....values import Foreign
from ....wire.http import HTTPTransport
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.chat_completions import ChatReader, request_of
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.tool_loop import ModelAgent


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("a model server's URL", "headers")


def adapt(obj: str, options: AgentOptions) -> Agent:
    """Wrap the server at ``obj``, which ends where ``/chat/completions`` begins (``.../v1``).

    A key goes into ``headers``. Raises InvalidInput without ``model``.
    """
    transport = HTTPTransport(
        f"{obj.rstrip('/')}/chat/completions", headers=options.headers, answers="model"
    )
    host = urlsplit(obj).hostname or "openai"
    return ModelAgent.of(options, partial(ask, transport, host), transport.aclose)


async def ask(transport: HTTPTransport, host: str, prompt: Prompt, reply: Reply) -> None:
    """One streamed completion. Raises RunFailed for an error that comes in the stream."""
    reader = ChatReader(reply, host)
    async with transport(request_of(prompt)) as frames:
        async for chunk in frames:
            if isinstance(chunk, dict):
                await reader.read(chunk)
