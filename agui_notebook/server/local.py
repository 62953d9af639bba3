"""The servers inside this kernel: started by one call, found by name, gone with the process.

What they answer is app.py's business, how they listen is uvicorn_host.py's.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import re
import secrets
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from ..agents.agent import Agent
from ..errors import InvalidInput, ServerError
from ..runtime import local_agents
from ..runtime.loop import background, running_loop
from ..values import Json, JsonView
from .app import App, create_app, routes_of
from .security import LOOPBACK

if TYPE_CHECKING:
    import socket

    from .uvicorn_host import Host

Where = Literal["background", "kernel"] | asyncio.AbstractEventLoop
APP_WORDS = ("keep_alive", "max_body", "body_timeout")  # the rest of **options is for agents
_servers: dict[str, LocalServer] = {}


class LocalServer:
    """A running server: ``url`` (ends in "/"), ``token`` (None for none), ``name``, ``agents``.

    ``agents`` maps paths to agents. As a context manager it stops at the end of the block.
    """

    def __init__(self, name: str, app: App, host: Host, port: int, token: str | None) -> None:
        self.name, self.port, self.token = name, port, token
        self.url = f"http://127.0.0.1:{port}/"
        self.agents: Mapping[str, Agent] = app.agents
        self.loop = app.loop
        self.target: Json = None  # what serve() was given: export() writes how it was made
        self.options: JsonView = {}
        self._host = host

    @property
    def running(self) -> bool:
        """Whether it still answers."""
        return not self._host.over

    @property
    def headers(self) -> dict[str, str]:
        """The headers a client must send."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def stop(self) -> None:
        """End every stream with its terminal event, then the server. Safe to call twice."""
        if _servers.get(self.name) is self:
            del _servers[self.name]
            local_agents.move_out(self.port)
        if self.running:
            self._host.end()

    def __enter__(self) -> LocalServer:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = "running" if self.running else "stopped"
        guarded = "token required" if self.token else "no token"
        return f"<LocalServer {self.name!r} {self.url} {state}, {guarded}>"


def serve(
    agent: Json,
    *,
    name: str | None = None,
    port: int = 0,
    token: bool | str = True,
    origins: Sequence[str] = (),
    loop: Where = "background",
    **options: Json,
) -> LocalServer:
    """Serve an agent, or a mapping of names to agents, on 127.0.0.1 and return at once.

    A server of the same ``name`` is replaced; a free ``port`` (0) and a made-up ``token`` (True)
    are then kept, so that whoever is connected finds the new one. ``token`` may be a text of
    yours, or False for none. ``origins`` are web pages that may call. ``loop="kernel"`` runs the
    agent on the loop of the calling cell, and so on its thread; a loop may be given too.
    ``options`` are those of ``AgentOptions`` and of ``create_app``. An agent's prints land under
    the cell that served it, whoever asks (with ipykernel 7).
    Raises ServerError when the port is taken, UnsupportedAgent and InvalidInput.
    """
    if background().here():
        raise ServerError("A server cannot be started from inside an agent; start it outside.")
    there = _loop_of(loop)
    settings = {word: options.pop(word) for word in APP_WORDS if word in options}
    if there is not None:
        options["threads"] = False
    if name and not isinstance(agent, Mapping):
        options["name"] = name
    agents = routes_of(agent, options)
    name = name or agents["/"].name
    former = _servers.get(name)
    secret = _secret(token, former)
    app = create_app(agents, token=secret, origins=origins, hosts=LOOPBACK, loop=there, **settings)
    server = _start(name, app, _take_over(former, port), secret)
    server.target, server.options = agent, options
    return server


def servers() -> dict[str, LocalServer]:
    """The servers of this process that run, by name."""
    return {name: server for name, server in _servers.items() if server.running}


def _take_over(former: LocalServer | None, port: int) -> socket.socket:
    """The socket for a new server, in the place of ``former`` if there was one."""
    from .uvicorn_host import bind

    if former is None or port not in (0, former.port):
        sock = _bind(port)
        if former is not None:
            former.stop()
        return sock
    former.stop()
    with contextlib.suppress(OSError):
        return bind(former.port)
    return _bind(port)


def _bind(port: int) -> socket.socket:
    from .uvicorn_host import bind

    if not (isinstance(port, int) and 0 <= port <= 65535):
        raise InvalidInput(f"A port is a number up to 65535, or 0 for a free one, not {port!r}.")
    try:
        return bind(port)
    except OSError as error:
        ours = next((each for each in servers().values() if each.port == port), None)
        whose = f"by the server {ours.name!r} of this notebook" if ours else "by another program"
        raise ServerError(
            f"Port {port} cannot be used ({error.strerror}), perhaps it is taken {whose}; "
            "stop that one, or leave out port= for a free one."
        ) from error


def _start(name: str, app: App, sock: socket.socket, secret: str | None) -> LocalServer:
    from .uvicorn_host import Host

    host = Host(app, sock)
    background()  # its own end at exit is registered first, so that ours comes before it
    atexit.unregister(_stop_all)
    atexit.register(_stop_all)
    host.begin()
    server = LocalServer(name, app, host, sock.getsockname()[1], secret)
    _servers[name] = server
    if app.loop is not None:
        local_agents.move_in(server.port, app.loop)
    return server


def _stop_all() -> None:
    for server in list(_servers.values()):
        server.stop()


def _forget() -> None:
    """In a forked child: the parent's servers are not ours."""
    for server in _servers.values():
        server._host.drop()
    _servers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _loop_of(where: Where) -> asyncio.AbstractEventLoop | None:
    if where == "background":
        return None
    found = running_loop() if where == "kernel" else where
    if not isinstance(found, asyncio.AbstractEventLoop):
        raise InvalidInput(
            "loop='kernel' needs a running event loop: call serve(...) from a notebook cell."
        )
    return found


def _secret(token: bool | str, former: LocalServer | None) -> str | None:
    if token is False:
        warnings.warn(
            "This server asks for no token: every program and user on this machine may call it.",
            stacklevel=3,
        )
        return None
    if token is True:
        return (former.token if former else None) or secrets.token_urlsafe(24)
    if not isinstance(token, str) or not re.fullmatch(r"[!-~]+", token):
        raise InvalidInput(
            "A token is a text of ASCII characters without spaces, True for a made-up one, "
            "or False for none."
        )
    return token
