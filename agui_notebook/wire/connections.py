"""The connections to one URL: an httpx client made when first asked for, closed when it is idle.

A client belongs to the loop that made it. Requests and answers are http.py's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from ..errors import InvalidInput
from ..runtime.loop import background
from .environment import proxy_for, tls_context
from .transports.fetch import PageTransport

KEEP_ALIVE = 2.0  # seconds; below uvicorn's 5, so that we never post into a closing connection


class Connections:
    """Lends out a client; one that was given is never closed."""

    def __init__(self, url: str, given: httpx.AsyncClient | None = None) -> None:
        self._url = url
        self._given = given
        self._own: _Own | None = None
        self.proxy: str | None = None  # that stands between us and the URL, as far as we know

    @property
    def is_open(self) -> bool:
        """Whether there may be sockets of ours."""
        return self._own is not None

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client for one request. Raises InvalidInput for an environment that cannot be used."""
        if self._given is not None:
            yield self._given
            return
        own = self._mine()
        own.users += 1
        try:
            yield own.client
        finally:
            own.users -= 1
            own.loop.call_later(KEEP_ALIVE, self._let_go, own, own.uses)

    async def aclose(self) -> None:
        """Close the client, unless it was given."""
        own, self._own = self._own, None
        if own is not None:
            await own.client.aclose()

    def _mine(self) -> _Own:
        here = asyncio.get_running_loop()
        if self._own is None or self._own.loop is not here:
            self._own = _Own(here, self._new())
            background().guests.add(self)
        self._own.uses += 1
        return self._own

    def _new(self) -> httpx.AsyncClient:
        if background().single:
            return httpx.AsyncClient(transport=PageTransport(), trust_env=False)
        self.proxy = proxy_for(self._url)
        return new_client(self._url, self.proxy)

    def _let_go(self, own: _Own, uses: int) -> None:
        """Many sessions that rest must not hold as many sockets."""
        if own.users or own.uses != uses:
            return
        if self._own is own:
            self._own = None
        own.closing = own.loop.create_task(own.client.aclose())


class _Own:
    """A client of ours, its loop, and how many use it and have."""

    def __init__(self, loop: asyncio.AbstractEventLoop, client: httpx.AsyncClient) -> None:
        self.loop, self.client = loop, client
        self.users = self.uses = 0
        self.closing: asyncio.Task[None] | None = None


def new_client(url: str, proxy: str | None) -> httpx.AsyncClient:
    """A client for ``url``. Raises InvalidInput, saying which variable to correct."""
    try:
        return httpx.AsyncClient(
            verify=tls_context(url),
            trust_env=False,  # environment.py has read it
            proxy=proxy,
            limits=httpx.Limits(keepalive_expiry=KEEP_ALIVE),
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        if proxy is None:
            raise
        raise InvalidInput(
            "The proxy that the environment names (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) cannot "
            f"be used ({type(error).__name__}): write it like http://host:port, or list the "
            "agent's host in NO_PROXY."
        ) from error
