"""Runs an ASGI app under uvicorn on the background loop. The only file that imports uvicorn.

``Server.run`` is never used: it would make a loop of its own, which nest_asyncio breaks.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from concurrent.futures import Future, wait

import uvicorn

from ..errors import ServerError
from ..runtime.loop import THREAD, background
from .app import App
from .silent_connections import SilentConnections

START = 10.0  # seconds a server has to come up
STOP = 5.0  # seconds it has to go


class Host(uvicorn.Server):
    """One app on one bound socket."""

    def __init__(self, app: App, sock: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._app, self._socket = app, sock
        self._up = threading.Event()
        self._over: Future[None] | None = None
        self._pid = os.getpid()
        logging.getLogger("uvicorn.error").addFilter(_quiet)
        self._silent = SilentConnections()

    def begin(self) -> None:
        """Serve from now on. Returns when connections are accepted; raises ServerError."""
        self._over = background().submit(self.serve(sockets=[self._socket]))
        self._over.add_done_callback(lambda _: self._up.set())
        if not self._up.wait(START) or self._over.done():
            self._socket.close()
            raise ServerError(f"The server did not start: {self._why()}.")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Called by uvicorn, which tells nobody that it is listening."""
        await super().startup(sockets=sockets)
        self._up.set()

    async def on_tick(self, counter: int) -> bool:
        """Called by uvicorn ten times a second."""
        if counter % 10 == 0:
            self._silent.close(self.server_state.connections)
        return await super().on_tick(counter)

    def end(self) -> None:
        """End the streams properly, then the server. Blocks until done, but never on its loop."""
        ending = background().submit(self._end())
        if not background().here():
            wait([ending, *([self._over] if self._over else [])], timeout=STOP)

    async def _end(self) -> None:
        await self._app.end_streams()
        self.should_exit = True

    def drop(self) -> None:
        """In a forked child: let go of the parent's socket without touching the server."""
        self._socket.close()

    @property
    def over(self) -> bool:
        """Whether serving has ended, for whatever reason; always true in a forked child."""
        return self._over is None or self._over.done() or self._pid != os.getpid()

    def _why(self) -> str:
        if self._over is None or not self._over.done():
            return f"no answer within {START:.0f} s"
        return str(self._over.exception() or "it stopped at once")


def _quiet(record: logging.LogRecord) -> bool:
    """A server in a notebook starts and stops without lines in the cells; others keep theirs."""
    return record.levelno >= logging.WARNING or record.threadName != THREAD


def bind(port: int) -> socket.socket:
    """A loopback socket on ``port``, 0 for a free one. Raises OSError when it is taken."""
    # asyncio turns off Nagle only for sockets that say TCP; with it the last words wait 40 ms
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)  # Windows: REUSEADDR lets others in
    sock.setsockopt(socket.SOL_SOCKET, exclusive or socket.SO_REUSEADDR, 1)
    try:
        sock.bind(("127.0.0.1", port))
    except (OSError, OverflowError):  # a port beyond 65535 is the latter
        sock.close()
        raise
    return sock
