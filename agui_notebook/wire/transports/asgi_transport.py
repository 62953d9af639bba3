"""An httpx transport into an ASGI app of this process that streams (httpx's own collects first)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import httpx

from ...runtime.user_code import current_task, is_outside
from ...values import Json, JsonObject

logger = logging.getLogger(__name__)
AHEAD = 16  # pieces of an answer that may wait to be read
ASGI = {"version": "3.0", "spec_version": "2.3"}
ASGIApp = Callable[..., Json]


class InProcess(httpx.AsyncBaseTransport):
    """Requests become calls of ``app``, whose lifespan starts with the first, if it is ours."""

    def __init__(self, app: ASGIApp, *, lifespan: bool = True) -> None:
        self._app, self._begins = app, lifespan
        self._lifespan: Lifespan | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer when the app has sent its headers; the body streams."""
        if self._begins:
            await self._up()
        call = Exchange(request, await request.aread())
        call.begin(self._app)
        return await call.response()

    async def _up(self) -> None:
        if self._lifespan is None:
            self._lifespan = Lifespan(self._app)
        await self._lifespan.up()

    async def aclose(self) -> None:
        """End the app's lifespan."""
        lifespan, self._lifespan = self._lifespan, None
        if lifespan is not None:
            await lifespan.down()


class Exchange(httpx.AsyncByteStream):
    """One request to the app; also the body of its answer. Closing it hangs up."""

    def __init__(self, request: httpx.Request, body: bytes) -> None:
        self._scope = {
            "type": "http",
            "asgi": ASGI,
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path,
            "query_string": request.url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("127.0.0.1", 0),
            "server": (request.url.host, request.url.port or 80),
        }
        self._body: bytes | None = body
        self._sent: asyncio.Queue[JsonObject | None] = asyncio.Queue(AHEAD)
        self._task: asyncio.Task[None] | None = None
        self._error: BaseException | None = None

    def begin(self, app: ASGIApp) -> None:
        """Let the app run."""
        self._task = asyncio.create_task(self._run(app))

    async def response(self) -> httpx.Response:
        """The answer's head. Raises what the app raised before it."""
        start = await self._sent.get()
        if start is None:
            self._raise()
            return httpx.Response(500, text="The app answered nothing.")
        return httpx.Response(start["status"], headers=start.get("headers", []), stream=self)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        more = True
        while more and (message := await self._sent.get()) is not None:
            more = message.get("more_body", False)
            yield message.get("body", b"")
        if more:
            self._raise()

    async def aclose(self) -> None:
        """Hang up: what is left of the app's run is cancelled."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self, app: ASGIApp) -> None:
        task = current_task()
        try:
            await app(self._scope, self._receive, self._sent.put)
        except BaseException as error:  # an exit belongs to whoever reads the answer
            if is_outside(error, task):
                raise
            self._error = error
        await self._sent.put(None)

    async def _receive(self) -> JsonObject:
        if self._body is None:
            await asyncio.Event().wait()  # the caller never hangs up: it cancels
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error


class Lifespan:
    """An app's lifespan, kept open in a task; an app that has none is content too."""

    def __init__(self, app: ASGIApp) -> None:
        self._started, self._leave = asyncio.Event(), asyncio.Event()
        self._asked = False
        self._failed = ""
        self._task = asyncio.create_task(self._run(app))

    async def up(self) -> None:
        """Wait until the app has started. Raises RuntimeError with its own words if it failed."""
        await self._started.wait()
        if self._failed:
            raise RuntimeError(self._failed)

    async def down(self) -> None:
        """Let the app shut down, for at most two seconds."""
        self._leave.set()
        await asyncio.wait([self._task], timeout=2)
        self._task.cancel()

    async def _run(self, app: ASGIApp) -> None:
        task = current_task()
        try:
            await app({"type": "lifespan", "asgi": ASGI, "state": {}}, self._receive, self._send)
        except BaseException as error:
            if is_outside(error, task):
                raise
            logger.debug("the app has no lifespan", exc_info=True)
        self._started.set()

    async def _receive(self) -> JsonObject:
        if not self._asked:
            self._asked = True
            return {"type": "lifespan.startup"}
        await self._leave.wait()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: JsonObject) -> None:
        if message["type"] == "lifespan.startup.failed":
            self._failed = message.get("message") or "The app failed to start."
        if message["type"].startswith("lifespan.startup"):
            self._started.set()
