"""Puts a client on a transport of its own, so that it may serve from another event loop.

A pooled connection belongs to the loop that opened it. Used from a second loop it fails after
the request has reached the provider, so trying again would be billed twice: copy first.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from ...values import Foreign

# The transports that OpenAI's and Anthropic's SDKs, and LangChain, make themselves. One that
# the user made is left in use: its proxies and certificates cannot be copied.
OWN = ("AsyncHttpxClientWrapper", "_AsyncHttpxClientWrapper")
OWN_SYNC = ("SyncHttpxClientWrapper",)

Close = Callable[[], Awaitable[None]]


async def nothing() -> None:
    """Close nothing: the client is the user's."""


class Adopted(NamedTuple):
    """A client to serve with, and how to let go of the connections we made for it."""

    client: Foreign
    close: Close = nothing


def fresh(client: Foreign) -> Adopted:
    """The same OpenAI or Anthropic client with new connections; the given one is left alone.

    Headers, timeout, retries and credentials stay. Sync clients and clients with a transport
    made by the user come back as they are.
    """
    transport: Foreign = getattr(client, "_client", None)
    if type(transport).__name__ not in OWN:
        return Adopted(client)
    # the wrapper's base: the wrapper closes itself on whatever loop the collector runs in
    make: Foreign = type(transport).__mro__[1]
    anew = make(base_url=client.base_url, timeout=client.timeout)
    return Adopted(client.copy(http_client=anew), anew.aclose)


def fresh_sync(client: Foreign) -> Foreign:
    """The same for a sync OpenAI or Anthropic client: None where it is none, or not the SDK's own.

    A read of one that waits for the model is woken by ``hang_up_client``.
    """
    transport: Foreign = getattr(client, "_client", None)
    if type(transport).__name__ not in OWN_SYNC:
        return None
    anew = type(transport)(base_url=client.base_url, timeout=client.timeout)
    return client.copy(http_client=anew)


def fresh_at(obj: Foreign, *path: str) -> Adopted:
    """A shallow copy of ``obj`` whose client at the end of ``path`` is fresh, or ``obj`` itself.

    For frameworks that keep an SDK client inside: what lies on the path is copied, and no more.
    """
    name, *rest = path
    inner = getattr(obj, name, None)
    anew, close = fresh_at(inner, *rest) if rest else fresh(inner)
    if anew is inner:
        return Adopted(obj)
    twin = copy.copy(obj)
    object.__setattr__(twin, name, anew)  # also past pydantic's and cached properties' own ways
    return Adopted(twin, close)


def fresh_ollama(client: Foreign) -> Adopted:
    """An ``ollama.AsyncClient`` with new connections, for one that is sync or async.

    It has no copy of its own, and a read of a sync one cannot be stopped from outside.
    """
    import httpx

    old = client._client
    adopted = sys.modules["ollama"].AsyncClient()
    adopted._client = httpx.AsyncClient(
        base_url=old.base_url,
        headers=old.headers,
        timeout=old.timeout,
        auth=old.auth,
        follow_redirects=old.follow_redirects,
    )
    return Adopted(adopted, adopted._client.aclose)


def fresh_cohere(client: Foreign) -> Adopted:
    """An async Cohere client of the second interface with new connections, for any of the four.

    A read of a sync one cannot be stopped from outside. Clients of other clouds (Bedrock,
    SageMaker) stay as they are.
    """
    if type(client).__name__ not in ("Client", "AsyncClient", "ClientV2", "AsyncClientV2"):
        return Adopted(client)
    import httpx

    about = client._client_wrapper
    transport = httpx.AsyncClient(timeout=about.get_timeout(), follow_redirects=True)
    adopted = sys.modules["cohere"].AsyncClientV2(
        api_key=about._token,
        base_url=about.get_base_url(),
        client_name=about._client_name,
        httpx_client=transport,
    )
    adopted._client_wrapper._headers = about._headers
    return Adopted(adopted, transport.aclose)


def fresh_hugging_face(client: Foreign) -> Adopted:
    """An ``AsyncInferenceClient`` with new connections, for one that is sync or async."""
    adopted = sys.modules["huggingface_hub"].AsyncInferenceClient(
        client.model,
        provider=client.provider,
        token=client.token,
        timeout=client.timeout,
        headers=client.headers,
        cookies=client.cookies,
    )
    return Adopted(adopted, adopted.exit_stack.aclose)
