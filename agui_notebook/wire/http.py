"""The HTTP transport: one POST, one event stream, faults mapped to our errors.

Knows requests and frames; what they mean is the protocol's business.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import ssl
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    Mapping,
)
from contextlib import aclosing, asynccontextmanager, closing, suppress
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..errors import AGUIError, InvalidInput, ProtocolError
from ..markup.outlets import Secrets, address, conceal
from ..runtime.loop import background
from . import http_errors
from .inflate import ACCEPT_ENCODING, beginning, pieces
from .sse_reader import FrameReader, decode
from .transport import Timeout

Headers = Mapping[str, str]
HeaderSource = Headers | Callable[[], Headers | Awaitable[Headers]] | None
STREAM = {
    "Content-Type": "application/json",
    "Accept": "text/event-stream",
    "Accept-Encoding": ACCEPT_ENCODING,
}
KEEP_ALIVE = 2.0  # seconds; below uvicorn's 5, so that we never post into a closing connection


class HTTPTransport:
    """Posts runs to one URL. Reuses one client per event loop, or the one it was given.

    ``headers`` is a mapping, or a function (also async) asked before every run, for fresh tokens.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: HeaderSource = None,
        auth: Any = None,
        token: str | None = None,
        client: httpx.AsyncClient | None = None,
        timeout: Timeout | None = None,
        secrets: Secrets | None = None,
    ) -> None:
        self.url = url
        self.timeout = timeout or Timeout()
        self.secrets = Secrets() if secrets is None else secrets
        self.secrets.add_url(url)
        self.secrets.add(token or "")
        self._shown = address(url)
        self._headers = headers
        self._auth = auth
        self._token = token
        self._given = client
        self._own: tuple[asyncio.AbstractEventLoop, httpx.AsyncClient] | None = None

    @asynccontextmanager
    async def __call__(
        self,
        request: dict[str, Any],
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
                async with aclosing(self._bursts(response)) as bursts:
                    yield Frames(bursts)
        except Exception as error:
            explained = http_errors.explain(error, self._shown, waits)
            if explained is None:
                self._conceal(error)
                raise
            explained.__cause__ = error
            self._conceal(explained)
            raise explained from error

    def _conceal(self, error: Exception) -> None:
        if isinstance(error, AGUIError):
            conceal(error, self.secrets)

    async def aclose(self) -> None:
        """Close the client, unless it was given."""
        own, self._own = self._own, None
        if own is not None:
            await own[1].aclose()

    @asynccontextmanager
    async def _open(
        self, body: bytes, headers: Headers, timeout: Timeout
    ) -> AsyncIterator[httpx.Response]:
        client = self._client()
        # to connect, to read, to write, to get a connection of the pool
        waits = (timeout.connect, timeout.idle, timeout.idle, timeout.connect)
        request = client.build_request(
            "POST", self.url, content=body, headers=self._request_headers(headers), timeout=waits
        )
        self.secrets.add_headers(request.headers.items())
        auth = {} if self._auth is None else {"auth": self._auth}
        response = await client.send(request, stream=True, follow_redirects=False, **auth)
        try:
            moved = self._follow_redirect(response)
            if moved is not None:
                await response.aclose()
                moved.extensions = request.extensions
                response = await client.send(moved, stream=True, follow_redirects=False, **auth)
            yield response
        finally:
            await response.aclose()

    def _request_headers(self, headers: Headers) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        kept = {k: v for k, v in headers.items() if k.title() not in STREAM}
        return {**bearer, **kept, **STREAM}

    def _follow_redirect(self, response: httpx.Response) -> httpx.Request | None:
        """The same POST at the place the server names, if it is the same server (a slash, mostly).

        A conversation is never sent on to another host unasked.
        """
        other = response.next_request if response.status_code in (307, 308) else None
        if other is None or urlsplit(str(other.url))[:2] != urlsplit(self.url)[:2]:
            return None
        return other

    def _client(self) -> httpx.AsyncClient:
        if self._given is not None:
            return self._given
        here = asyncio.get_running_loop()
        if self._own is None or self._own[0] is not here:
            self._own = (here, _new_client(self.url))
            background().guests.add(self)
        return self._own[1]

    async def _check(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        self.secrets.add_headers(response.request.headers.items())  # what ``auth`` added to it
        body = await beginning(response)
        raise http_errors.status_error(self._shown, response.status_code, body, response.headers)

    async def _bursts(self, response: httpx.Response) -> AsyncGenerator[Iterator[object], None]:
        reader = FrameReader()
        async for piece in pieces(response):
            yield map(decode, reader.feed(piece))
        yield iter(_tail(reader))
        if not reader.spoke:
            kind = response.headers.get("content-type", "")
            raise http_errors.no_events(self._shown, kind, reader.head)


class Frames:
    """The frames of one answer: one by one, or in bursts as the network brought them."""

    def __init__(self, bursts: AsyncIterator[Iterator[object]]) -> None:
        self.bursts = bursts

    async def __aiter__(self) -> AsyncIterator[object]:
        async for burst in self.bursts:
            for frame in burst:
                yield frame


def _body(request: dict[str, Any]) -> bytes:
    try:
        return json.dumps(request, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"The request cannot be written as JSON: {error}.") from error


def _tail(reader: FrameReader) -> list[object]:
    """The last event when no blank line ended it; one that was cut off counts as not received."""
    values: list[object] = []
    with suppress(ProtocolError):
        values.extend(decode(data) for data in reader.close())
    return values


def _new_client(url: str) -> httpx.AsyncClient:
    parts = urlsplit(url)
    plain = parts.scheme == "http"
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return httpx.AsyncClient(
        # loading the system's certificates costs tens of milliseconds that plain http never uses;
        # this context trusts nobody, so it cannot let anything through by mistake
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True,
        trust_env=not local,  # a company proxy cannot reach this machine's own loopback
        limits=httpx.Limits(keepalive_expiry=KEEP_ALIVE),
    )


def warm_up() -> None:
    """Have httpx load what it otherwise loads for its first request (0.2 s)."""
    _new_client("http://127.0.0.1")
    with closing(asyncio.new_event_loop()) as loop:  # asyncio.run may be somebody's patched one
        loop.run_until_complete(importlib.import_module("anyio").sleep(0))


async def _resolve(source: HeaderSource) -> Headers:
    given = source() if callable(source) else source
    if inspect.isawaitable(given):
        given = await given
    return given or {}
