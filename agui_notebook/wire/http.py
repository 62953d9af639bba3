"""The HTTP transport: one POST, one event stream, faults mapped to our errors.

Knows requests and frames; what they mean is the protocol's business.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
)
from contextlib import aclosing, asynccontextmanager, closing
from urllib.parse import urlsplit

import httpx

from ..errors import AGUIError, InvalidInput
from ..markup.outlets import Secrets, address, conceal
from ..runtime.user_code import call_in_thread
from ..values import Json, JsonObject
from . import http_errors
from .connections import Connections, new_client
from .frames import Frames, FrameStream
from .headers import Headers, check_token, request_headers
from .inflate import beginning, pieces
from .transport import Timeout

HeaderSource = Headers | Callable[[], Headers | Awaitable[Headers]] | None
HOPS = 5  # redirects on one server that are followed


class HTTPTransport:
    """Posts runs to one URL. Reuses one client per event loop, or the one it was given.

    ``headers`` is a mapping, or a function (also async) asked before every run, for fresh tokens.
    ``answers`` is what is at the URL, for the advice in errors: an agent, or a model.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: HeaderSource = None,
        auth: Json = None,
        token: str | None = None,
        client: httpx.AsyncClient | None = None,
        timeout: Timeout | None = None,
        secrets: Secrets | None = None,
        answers: str = "agent",
    ) -> None:
        self.url = url
        self.timeout = timeout or Timeout()
        self._headers = headers
        self._auth = auth
        self._token = check_token(token)
        self.secrets = Secrets() if secrets is None else secrets
        self.secrets.add_url(url)
        self.secrets.add(self._token or "")
        self._shown = address(url)
        self._words = http_errors.WORDS[answers]
        self.connections = Connections(url, client)

    @asynccontextmanager
    async def __call__(
        self,
        request: JsonObject,
        *,
        headers: HeaderSource = None,
        timeout: Timeout | None = None,
    ) -> AsyncIterator[Frames]:
        """One run: ``request`` goes out as JSON, the answer's frames come in, decoded.

        Raises TransportError, HTTPStatusError and ProtocolError (C-PROC-17).
        """
        body = _body(request)
        sent = {**await _resolve(self._headers), **await _resolve(headers)}
        waits = timeout or self.timeout
        try:
            async with self._open(body, sent, waits) as response:
                await self._check(response)
                stream = FrameStream()
                async with aclosing(self._bursts(response, stream)) as bursts:
                    yield Frames(bursts, stream.notes)
        except Exception as error:
            known = self._words.explain(error, self._shown, waits, self.connections.proxy)
            if known is None:
                self._conceal(error)
                raise
            known.__cause__ = error
            self._conceal(known)
            raise known from error

    def _conceal(self, error: Exception) -> None:
        if isinstance(error, AGUIError):
            conceal(error, self.secrets)

    async def aclose(self) -> None:
        """Close the client, unless it was given."""
        await self.connections.aclose()

    @asynccontextmanager
    async def _open(
        self, body: bytes, headers: Headers, timeout: Timeout
    ) -> AsyncIterator[httpx.Response]:
        # to connect, to read, to write, to get a connection of the pool
        waits = (timeout.connect, timeout.idle, timeout.idle, timeout.connect)
        wanted = request_headers(self._token, headers)
        async with self.connections.lend() as client:
            request = client.build_request(
                "POST", self.url, content=body, headers=wanted, timeout=waits
            )
            self.secrets.add_headers(request.headers.items())
            response = await self._send(client, request)
            try:
                yield response
            finally:
                await response.aclose()

    async def _send(self, client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
        auth = {} if self._auth is None else {"auth": self._auth}
        extensions = request.extensions
        for _ in range(HOPS):
            response = await client.send(request, stream=True, follow_redirects=False, **auth)
            following = self._follow_redirect(response)
            if following is None:
                return response
            await response.aclose()
            request, request.extensions = following, extensions
        raise httpx.TooManyRedirects("", request=request)

    def _follow_redirect(self, response: httpx.Response) -> httpx.Request | None:
        """The same POST at the place the server names, if it is the same server (a slash, mostly).

        A conversation is never sent on to another host unasked.
        """
        other = response.next_request if response.status_code in (307, 308) else None
        if other is None or urlsplit(str(other.url))[:2] != urlsplit(self.url)[:2]:
            return None
        return other

    async def _check(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        self.secrets.add_headers(response.request.headers.items())  # what ``auth`` added to it
        body = await beginning(response)
        raise self._words.status_error(self._shown, response.status_code, body, response.headers)

    async def _bursts(
        self, response: httpx.Response, stream: FrameStream
    ) -> AsyncGenerator[Iterator[object], None]:
        async for piece in pieces(response):
            yield stream.feed(piece)
        yield stream.close()
        if not stream.spoke:
            kind = response.headers.get("content-type", "")
            raise self._words.no_events(self._shown, kind, stream.head)


def _body(request: JsonObject) -> bytes:
    try:
        return json.dumps(request, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"The request cannot be written as JSON: {error}.") from error


def warm_up() -> None:
    """Have httpx load what it otherwise loads for its first request (0.2 s)."""
    new_client("http://127.0.0.1", None)
    with closing(asyncio.new_event_loop()) as loop:  # asyncio.run may be somebody's patched one
        loop.run_until_complete(importlib.import_module("anyio").sleep(0))


async def _resolve(source: HeaderSource) -> Headers:
    """Headers as they are, or what a function gives: in a thread, where it may take its time."""
    if not callable(source):
        return source or {}
    given: Json = source() if inspect.iscoroutinefunction(source) else await call_in_thread(source)
    return dict((await given if inspect.isawaitable(given) else given) or {})
