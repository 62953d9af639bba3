"""An httpx transport over the browser's ``fetch``: for Python in a web page, which has no sockets.

Streams, and aborts when it is closed. What a browser does not say about a failure is found out and
told in a sentence. Knows requests, not what is in them.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from ...errors import TransportError
from ...markup.outlets import address
from ...runtime.local_agents import app_at
from ...values import Foreign, JsonObject, JsonView
from .asgi_transport import InProcess

T = TypeVar("T")
# a page may not set these, or the browser knows better
OWN = frozenset({"host", "content-length", "connection", "accept-encoding", "user-agent", "origin"})
DECODED = frozenset({"content-encoding", "content-length"})  # true of what came, not of what we get
PROBE = 3.0  # seconds to find out whether anybody is there at all
LOCAL = ("localhost", "127.0.0.1", "[::1]")


class PageTransport(httpx.AsyncBaseTransport):
    """To an app that this very page serves, or else by ``fetch``."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer when the headers are there; the body streams."""
        app = app_at(str(request.url))
        way = Fetch() if app is None else InProcess(app, lifespan=False)
        return await way.handle_async_request(request)


class Fetch(httpx.AsyncBaseTransport):
    """Requests become calls of ``fetch``. No cookies travel and no redirect is followed."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer when the headers are there; the body streams. Raises TransportError."""
        js, control = _page(), _page().AbortController.new()
        call = js.fetch(str(request.url), _options(request, await request.aread(), control.signal))
        try:
            got = await _within(call, request)
        except BaseException as error:
            control.abort()
            if _is_thrown(error):
                raise await _failure(request, str(error)) from None
            raise
        headers = [(str(k), str(v)) for k, v in got.headers if str(k).lower() not in DECODED]
        status = 307 if str(getattr(got, "type", "")) == "opaqueredirect" else int(got.status)
        return httpx.Response(status, headers=headers, stream=Body(request, got.body, control))


class Body(httpx.AsyncByteStream):
    """The answer as it comes. Closing it hangs up."""

    def __init__(self, request: httpx.Request, stream: Foreign, control: Foreign) -> None:
        self._request, self._stream, self._control = request, stream, control

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._stream is None:
            return
        reader = self._stream.getReader()
        while True:
            try:
                piece = await _within(reader.read(), self._request)
            except Exception as error:
                if _is_thrown(error):
                    raise httpx.ReadError(_reason(error), request=self._request) from None
                raise
            if piece.done:
                return
            yield piece.value.to_bytes()

    async def aclose(self) -> None:
        self._control.abort()


def _page() -> Foreign:
    """JavaScript's global object."""
    return importlib.import_module("js")


def _options(request: httpx.Request, body: bytes, signal: Foreign) -> Foreign:
    given: JsonObject = {
        "method": request.method,
        "headers": {name: value for name, value in request.headers.items() if name not in OWN},
        "signal": signal,
        "credentials": "omit",
        "redirect": "manual",
    }
    if body:
        given["body"] = body.decode()
    return _as_object(given)


def _as_object(given: JsonView) -> Foreign:
    ffi: Foreign = importlib.import_module("pyodide.ffi")
    return ffi.to_js(given, dict_converter=_page().Object.fromEntries)


def _is_thrown(error: BaseException) -> bool:
    """Whether JavaScript threw it."""
    ffi: Foreign = importlib.import_module("pyodide.ffi")
    return isinstance(error, ffi.JsException)


def _reason(error: BaseException) -> str:
    return str(error).removeprefix("TypeError: ") or "the browser does not say why"


async def _within(call: Awaitable[T], request: httpx.Request) -> T:
    """What comes of ``call``, as long as something comes at all within the time to read."""
    seconds = request.extensions.get("timeout", {}).get("read")
    try:
        return await asyncio.wait_for(call, seconds)
    except asyncio.TimeoutError:
        raise httpx.ReadTimeout("", request=request) from None


async def _failure(request: httpx.Request, said: str) -> TransportError:
    """A browser says "Failed to fetch" whatever the reason; here it is found out."""
    url = address(str(request.url))
    page = _where()
    if page.scheme == "file":
        why = (
            "this page was opened from a file, and browsers let such a page call nobody. Serve "
            "its folder (python3 -m http.server) and open it at http://localhost:8000/"
        )
    elif page.scheme == "https" and request.url.scheme == "http" and not _is_local(request):
        why = (
            "this page came by https://, and browsers let such a page call no http:// address. "
            "Give the agent an https:// address, or open this page by http://"
        )
    elif await _is_there(str(request.url)):
        why = (
            "a server is there, but it does not let this page call it (CORS). It must name the "
            f"page's origin: agui.serve(agent, origins=[{_origin()!r}]), or its own CORS settings"
        )
    else:
        why = f"no server answers there ({_reason(Exception(said))}): start it, or check the URL"
    return TransportError(f"{url} was not reached: {why}.", url=url)


def _where() -> Foreign:
    """The address of the page, as far as it has one."""
    location = getattr(_page(), "location", None)
    return urlsplit(str(getattr(location, "href", "")))


def _origin() -> str:
    return str(getattr(getattr(_page(), "location", None), "origin", "https://the.page"))


def _is_local(request: httpx.Request) -> bool:
    return request.url.host in LOCAL


async def _is_there(url: str) -> bool:
    """Whether anybody answers at all: what a page may not read still tells that much."""
    js, control = _page(), _page().AbortController.new()
    given = {"mode": "no-cors", "signal": control.signal, "credentials": "omit"}
    try:
        await asyncio.wait_for(js.fetch(url, _as_object(given)), PROBE)
    except Exception:
        control.abort()
        return False
    return True
