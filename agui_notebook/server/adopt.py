"""Puts a client on a transport of its own, so that it may serve from another event loop.

A pooled connection belongs to the loop that opened it. Used from a second loop it fails after
the request has reached the provider, so trying again would be billed twice: copy first.
"""

from __future__ import annotations

import copy
from typing import Any

# the transports that OpenAI's and Anthropic's SDKs, and LangChain, make themselves
OWN = ("AsyncHttpxClientWrapper", "_AsyncHttpxClientWrapper")


def fresh(client: Any) -> Any:
    """The same OpenAI or Anthropic client with new connections; the given one is left alone.

    Headers, timeout, retries and credentials stay. Sync clients come back as they are, and so do
    clients with a transport made by the user: its proxies and certificates cannot be copied.
    """
    transport: Any = getattr(client, "_client", None)
    if type(transport).__name__ not in OWN:
        return client
    anew = type(transport)(base_url=client.base_url, timeout=client.timeout)
    return client.copy(http_client=anew)


def fresh_at(obj: Any, *path: str) -> Any:
    """A shallow copy of ``obj`` whose client at the end of ``path`` is fresh, or ``obj`` itself.

    For frameworks that keep an SDK client inside: what lies on the path is copied, and no more.
    """
    name, *rest = path
    inner = getattr(obj, name, None)
    anew = fresh_at(inner, *rest) if rest and inner is not None else fresh(inner)
    if anew is inner:
        return obj
    twin = copy.copy(obj)
    object.__setattr__(twin, name, anew)  # also past pydantic's and cached properties' own ways
    return twin


def fresh_ollama(client: Any) -> Any:
    """The same ``ollama.AsyncClient`` with connections that end with each answer.

    It has no copy of its own, and nothing would close a pool.
    """
    import httpx

    old = client._client
    adopted = copy.copy(client)
    adopted._client = type(old)(
        base_url=old.base_url,
        headers=old.headers,
        timeout=old.timeout,
        auth=old.auth,
        follow_redirects=old.follow_redirects,
        limits=httpx.Limits(max_keepalive_connections=0),
    )
    return adopted
