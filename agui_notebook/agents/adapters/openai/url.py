"""Any server that speaks OpenAI's Chat Completions, by its base URL and a model name: vLLM,
llama.cpp, LM Studio, Ollama and the like. It needs no SDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import httpx

from ....errors import InvalidInput, TransportError
from ....markup.outlets import address, line
from ....values import Foreign
from ....wire.environment import proxy_for, tls_context
from ....wire.http import HTTPTransport
from ....wire.http_errors import WORDS
from ....wire.transport import Timeout
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.chat_completions import ChatReader, request_of
from ...models.loose_json import entries, mapping, text
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.provider_errors import raise_error
from ...models.tool_loop import ModelAgent


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("a model server's URL", "headers")


def adapt(obj: str, options: AgentOptions) -> Agent:
    """Wrap the server at ``obj``, which ends where ``/chat/completions`` begins (``.../v1``).

    A key goes into ``headers``. Raises InvalidInput without ``model``, naming those it has, and
    TransportError where it does not answer.
    """
    if not options.model:
        raise InvalidInput(_which_model(obj, options.headers))
    transport = HTTPTransport(
        f"{base_of(obj)}/chat/completions", headers=options.headers, answers="model"
    )
    host = urlsplit(obj).hostname or "openai"
    named = replace(options, name=options.name or options.model)
    return ModelAgent.of(named, partial(ask, transport, host), transport.aclose)


async def ask(transport: HTTPTransport, host: str, prompt: Prompt, reply: Reply) -> None:
    """One streamed completion. Raises RunFailed for an error that comes in the stream."""
    reader = ChatReader(reply, host)
    async with transport(request_of(prompt)) as frames:
        async for chunk in frames:
            if isinstance(chunk, dict):
                await reader.read(chunk)
        if not reply.complete and frames.complaint:  # in an event of the gateway's own
            raise_error({"error": frames.complaint}, host)


PATIENCE = Timeout(connect=3.0, idle=5.0)  # a cell waits for it
NAMED = 12  # models, of perhaps hundreds
LONGEST = 80  # characters of a model's name


def _which_model(url: str, headers: Mapping[str, str]) -> str:
    """The sentence for somebody who did not say which model is meant."""
    shown, names = address(url), model_names(url, headers)
    if not names:
        return f'{shown} does not tell its models: say which with model="...".'
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    said = f"{shown} serves {', '.join(names[:NAMED])}{more}"
    return f'{said}: say which with model="{names[0]}".'


def base_of(url: str) -> str:
    """The address that paths are put behind, though the whole of one was given."""
    return url.rstrip("/").removesuffix("/chat/completions")


def model_names(url: str, headers: Mapping[str, str]) -> list[str]:
    """The models that the server at ``url`` says it has. Raises TransportError where it is not."""
    place, words = f"{base_of(url)}/models", WORDS["model"]
    proxy = proxy_for(place)
    try:
        with httpx.Client(proxy=proxy, verify=tls_context(place), trust_env=False) as client:
            answer = client.get(place, headers=dict(headers), timeout=PATIENCE.idle)
    except httpx.HTTPError as error:
        known = words.explain(error, address(place), PATIENCE, proxy)
        raise known or TransportError(f"{address(place)} cannot be asked.") from error
    if answer.status_code in (401, 403):
        raise words.status_error(address(place), answer.status_code, "")
    try:
        listed = entries(mapping(answer.json()).get("data"))
    except ValueError:
        return []
    return [line(name)[:LONGEST] for each in listed if (name := text(each.get("id")))]
