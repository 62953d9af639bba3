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
    Iterable,
)
from contextlib import aclosing, asynccontextmanager, closing
from urllib.parse import urlsplit

import httpx

from .. import limits
from ..errors import AGUIError, InvalidInput, RunFailed, TransportError
from ..markup.outlets import Secrets, address, conceal
from ..runtime.spans import trace_headers
from ..runtime.user_code import call_in_thread, name_of
from ..tools.as_json import as_exact_json
from ..values import Json, JsonObject
from . import http_errors
from .capture import Capture
from .connections import Connections, new_client
from .frames import Frames, FrameStream
from .headers import Headers, as_headers, check_token, request_headers
from .inflate import beginning, body_of, inflate_for
from .json_answer import is_agui, is_completion
from .surrogates import may_have, whole
from .transport import Timeout

HeaderSource = Headers | Callable[[], Headers | Awaitable[Headers]] | None
IN_JSON = {"agent": is_agui, "model": is_completion}  # what counts of an answer in plain JSON
HOPS = 5  # redirects on one server that are followed
SMALL = 4_096  # bytes that are read in far less than a turn of the loop, whatever they are


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
        self._words, self._in_json = http_errors.WORDS[answers], IN_JSON[answers]
        self.connections = Connections(url, client)

    @asynccontextmanager
    async def __call__(
        self,
        request: JsonObject,
        *,
        headers: HeaderSource = None,
        timeout: Timeout | None = None,
        capture: Capture | None = None,
    ) -> AsyncIterator[Frames]:
        """One run: ``request`` goes out as JSON, the answer's frames come in, decoded.

        ``capture`` is given both as they are on the wire.

        Raises TransportError, HTTPStatusError and ProtocolError (C-PROC-17).
        """
        body = _body(request)
        own = {**await _resolve(self._headers), **await _resolve(headers)}
        sent = {**trace_headers(), **own}
        waits, kept = timeout or self.timeout, capture or Capture()
        kept.body, stream = body, FrameStream(None if kept.strict else self._in_json)
        try:
            async with self._open(kept, sent, waits) as response:
                kept.answer(response.status_code, response.headers.multi_items())
                await self._check(response, kept)
                async with aclosing(self._bursts(response, stream, kept)) as bursts:
                    yield Frames(bursts, stream)
        except Exception as error:
            known: AGUIError | None = self._words.explain(
                error, self._shown, waits, self.connections.proxy
            )
            if known is None:
                self._conceal(error)
                raise
            if stream.complaint:  # it says why, if not in AG-UI
                known = RunFailed(stream.complaint)
            known.__cause__ = error
            self._conceal(known)
            raise known from error

    async def get(self, url: str, seconds: float) -> tuple[int, str]:
        """A light question beside the runs: the status, and the beginning of what was answered.

        ``seconds`` are for all of it. Raises TransportError.
        """
        headers = request_headers(self._token, await _resolve(self._headers))
        try:
            return await asyncio.wait_for(self._get(url, headers, seconds), seconds)
        except asyncio.TimeoutError:
            raise TransportError(
                f"{self._shown} did not tell within {seconds:g} s what it is.", url=self._shown
            ) from None
        except Exception as error:
            known = self._words.explain(
                error, self._shown, Timeout(seconds, seconds), self.connections.proxy
            )
            if known is None:
                raise
            self._conceal(known)
            raise known from error

    async def _get(self, url: str, headers: Headers, seconds: float) -> tuple[int, str]:
        wanted = {**headers, "accept": "application/json"}
        auth = {} if self._auth is None else {"auth": self._auth}
        async with self.connections.lend() as client:
            request = client.build_request("GET", url, headers=wanted, timeout=seconds)
            self.secrets.add_headers(request.headers.items())
            response = await client.send(request, stream=True, follow_redirects=False, **auth)
            try:
                return response.status_code, await beginning(response)
            finally:
                await response.aclose()

    def complaint(self, status: int, body: str) -> str:
        """What a status means to whoever wants to talk to what is at the URL."""
        return self.secrets.mask(str(self._words.status_error(self._shown, status, body)))

    def _conceal(self, error: Exception) -> None:
        if isinstance(error, AGUIError):
            conceal(error, self.secrets)

    async def aclose(self) -> None:
        """Close the client, unless it was given."""
        await self.connections.aclose()

    @asynccontextmanager
    async def _open(
        self, kept: Capture, headers: Headers, timeout: Timeout
    ) -> AsyncIterator[httpx.Response]:
        # to connect, to read, to write, to get a connection of the pool
        waits = (timeout.connect, timeout.idle, timeout.idle, timeout.connect)
        wanted = request_headers(self._token, headers)
        async with self.connections.lend() as client:
            request = client.build_request(
                "POST", self.url, content=kept.body, headers=wanted, timeout=waits
            )
            self.secrets.add_headers(request.headers.items())
            kept.ask("POST", self._shown, request.headers.items())
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

    async def _check(self, response: httpx.Response, kept: Capture) -> None:
        if response.is_success:
            return
        self.secrets.add_headers(response.request.headers.items())  # what ``auth`` added to it
        body = await beginning(response)
        kept.take(body.encode())
        raise self._words.status_error(self._shown, response.status_code, body, response.headers)

    async def _bursts(
        self, response: httpx.Response, stream: FrameStream, kept: Capture
    ) -> AsyncGenerator[Iterable[object], None]:
        """What came in together, in slices between which the loop's other tasks may run."""
        inflate, clock = inflate_for(response), asyncio.get_running_loop().time
        since, count = clock(), 0
        async for chunk in body_of(response):
            for piece in inflate.feed(chunk):
                kept.take(piece)
                yield stream.feed(piece)
                count += 1  # asking the clock costs: only after what may have taken long
                if (len(piece) > SMALL or not count % 8) and clock() - since > limits.LOOP_TURN:
                    await asyncio.sleep(0)
                    since = clock()
        yield stream.close()
        if not stream.spoke:
            kind = response.headers.get("content-type", "")
            raise self._words.no_events(self._shown, kind, stream.head)


def _body(request: JsonObject) -> bytes:
    try:
        try:
            return _write(request)
        except (TypeError, ValueError):  # values that are data and no JSON yet, or a number lost
            return _write(as_exact_json(request))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"The request cannot be written as JSON: {error}.") from error


def _write(value: Json) -> bytes:
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    if may_have(text):  # half a character, which servers refuse
        text = json.dumps(whole(value), allow_nan=False, separators=(",", ":"))
    return text.encode()


def warm_up() -> None:
    """Have httpx load what it otherwise loads for its first request (0.2 s)."""
    new_client("http://127.0.0.1", None)
    with closing(asyncio.new_event_loop()) as loop:  # asyncio.run may be somebody's patched one
        loop.run_until_complete(importlib.import_module("anyio").sleep(0))


async def _resolve(source: HeaderSource) -> Headers:
    """Headers as they are, or what a function gives: in a thread, where it may take its time."""
    if not callable(source):
        return as_headers(source, "headers=")
    given: Json = source() if inspect.iscoroutinefunction(source) else await call_in_thread(source)
    given = await given if inspect.isawaitable(given) else given
    return as_headers(given, f"The headers function {name_of(source)!r}")
