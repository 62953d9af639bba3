"""Serves an ASGI app where there are no sockets: calls go to it directly, by a port in name only.

For Python in a web page. Nobody outside the page can call; uvicorn_host.py is the real thing.
"""

from __future__ import annotations

import errno
import os
from itertools import count

from ..runtime import local_agents
from ..runtime.loop import Future, background
from .app import App

_free = count(49152)  # where the ports that nobody owns begin


class NamedPort:
    """A port that leads to an app of this process and nowhere else."""

    def __init__(self, port: int) -> None:
        self._port = port

    def getsockname(self) -> tuple[str, int]:
        """As a socket tells where it listens."""
        return "127.0.0.1", self._port


class PageHost:
    """One app in one place."""

    def __init__(self, app: App, place: NamedPort) -> None:
        self._app, self._port = app, place.getsockname()[1]
        self._ending: Future[None] | None = None
        self._begun = False

    def begin(self) -> None:
        """Answer from now on."""
        local_agents.serve_app(self._port, self._app)
        self._begun = True

    def end(self) -> None:
        """End the streams properly. Returns at once: there is no thread that could wait."""
        local_agents.drop_app(self._port)
        self._begun = False
        self._ending = background().submit(self._end())

    async def _end(self) -> None:
        await self._app.end_streams()
        await self._app.aclose()

    def drop(self) -> None:
        """In a forked child: nothing to let go of."""

    @property
    def over(self) -> bool:
        """Whether nobody is answered any more."""
        return not self._begun


def bind(port: int) -> NamedPort:
    """A place at ``port``, 0 for a free one. Raises OSError when it is taken."""
    if port and local_agents.app_at(f"http://127.0.0.1:{port}/") is not None:
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
    return NamedPort(port or next(_free))
