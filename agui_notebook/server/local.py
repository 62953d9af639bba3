"""The servers inside this kernel: started by one call, found by name, gone with the process.

What they answer is app.py's business. How they are reached is uvicorn_host.py's, or in_page.py's
where there are no sockets.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from .. import limits
from ..agents.agent import Agent, said_options
from ..doors import door
from ..errors import InvalidInput, ServerError
from ..runtime import local_agents
from ..runtime.ids import mint_token
from ..runtime.loop import background, running_loop
from ..tools.given import check_list, check_text
from ..tools.tool import ToolFunction
from ..values import Json, JsonObject, JsonView
from .app import App, create_app, routes_of
from .security import host_names

if TYPE_CHECKING:
    import socket

    from . import in_page, uvicorn_host

    Place = socket.socket | in_page.NamedPort
    Host = uvicorn_host.Host | in_page.PageHost

Where = Literal["background", "kernel"] | asyncio.AbstractEventLoop
_servers: dict[str, LocalServer] = {}


class LocalServer:
    """A running server: ``url`` (ends in "/"), ``token`` (None for none), ``name``, ``agents``.

    ``agents`` maps paths to agents. As a context manager it stops at the end of the block.

    >>> server = serve(str.upper, name="loud")
    >>> server.stop()
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


@door
def serve(
    agent: Json,
    *,
    name: str | None = None,
    description: str | None = None,
    suggestions: Sequence[str] = (),
    model: str | None = None,
    instructions: str | None = None,
    tools: Sequence[ToolFunction] = (),
    approve: Sequence[str] | bool = (),
    params: JsonView | None = None,
    max_rounds: int = 10,
    headers: Mapping[str, str] | None = None,
    path: str | None = None,
    port: int = 0,
    token: bool | str = True,
    origins: Sequence[str] = (),
    hosts: Sequence[str] = (),
    loop: Where = "background",
    keep_alive: float = 15.0,
    max_body: int = limits.BODY_BYTES,
    body_timeout: float = 60.0,
    detach: bool = False,
    keep: float = 3600.0,
) -> LocalServer:
    """Serve an agent, or a mapping of names to agents, on 127.0.0.1 and return at once.

        serve(answer)                                     # a function or generator
        serve(OpenAI(), model="gpt-5", tools=[weather])   # a chat client
        serve("http://127.0.0.1:9480/v1", model="qwen3")  # a server of models
        serve(app, path="/agent")                         # an ASGI app that speaks AG-UI
        serve({"fast": fast, "slow": slow})               # several, at /fast and /slow

    Of the agent: ``description`` and ``suggestions`` are shown in an empty chat; ``instructions``
    go to the ``model``, ``params`` to its provider (temperature, ...). ``tools`` are Python
    functions that the model may call here, at most ``max_rounds`` times in a run; ``approve`` names
    those that need the user's yes, True means all. ``headers`` go to a URL, ``path`` says where the
    agent is inside an app. What an agent has no use for is refused.

    Of the server: a free ``port`` (0) and a made-up ``token`` (True) are kept where a server of the
    same ``name`` is replaced, so that whoever is connected finds the new one. ``token`` may be a
    text of yours, or False for none. ``origins`` are web pages that may call; ``hosts`` are names
    beside those of this machine by which a proxy calls the server (jupyter-server-proxy passes on
    the hub's own), those of ``origins`` among them anyway. ``loop="kernel"`` runs the agent on the
    loop of the calling cell, and so on its thread; a loop may be given too. ``keep_alive`` and
    ``body_timeout`` are seconds, ``max_body`` bytes. With ``detach`` a run goes on when its caller
    leaves, and whoever asks for its thread joins it: from its beginning, for ``keep`` seconds after
    its end too (``Session.join``). An agent's prints land under the cell that served it, whoever
    asks (with ipykernel 7).

    Raises ServerError when the port is taken, UnsupportedAgent, InvalidInput, and TransportError
    where a server of models is asked for their names and is not there.

    >>> server = serve(str.upper)
    >>> connect(server.url, token=server.token).ask("hello").text
    'HELLO'
    """
    if background().here() and not background().single:
        raise ServerError("A server cannot be started from inside an agent; start it outside.")
    there = _loop_of(loop)
    check_text("name", name)
    check_list("origins", origins)
    check_list("hosts", hosts)
    words: JsonView = {"description": description, "suggestions": suggestions, "model": model}
    words = {**words, "instructions": instructions, "tools": tools, "approve": approve}
    words = {**words, "params": params, "max_rounds": max_rounds, "headers": headers, "path": path}
    options = said_options(words)
    if there is not None:
        options["threads"] = False
    if name and not isinstance(agent, Mapping):
        options["name"] = name
    agents = routes_of(agent, options)
    name = name or agents["/"].name
    former = _servers.get(name)
    secret = _secret(token, former)
    bounds: JsonObject = {
        "keep_alive": keep_alive,
        "max_body": max_body,
        "body_timeout": body_timeout,
        "detach": detach,
        "keep": keep,
    }
    called = host_names(hosts, origins)
    app = create_app(agents, token=secret, origins=origins, hosts=called, loop=there, **bounds)
    server = _start(name, app, _take_over(former, port), secret)
    server.target, server.options = agent, options
    return server


def servers() -> dict[str, LocalServer]:
    """The servers of this process that run, by name."""
    return {name: server for name, server in _servers.items() if server.running}


def _ways() -> tuple[Callable[[int], Place], Callable[[App, Any], Host]]:
    """How one takes a port here, and how one answers there."""
    if background().single:
        from . import in_page

        return in_page.bind, in_page.PageHost
    from . import uvicorn_host

    return uvicorn_host.bind, uvicorn_host.Host


def _take_over(former: LocalServer | None, port: int) -> Place:
    """The place for a new server, that of ``former`` if there was one."""
    if former is None or port not in (0, former.port):
        place = _bind(port)
        if former is not None:
            former.stop()
        return place
    former.stop()
    bind, _ = _ways()
    with contextlib.suppress(OSError):
        return bind(former.port)
    return _bind(port)


def _bind(port: int) -> Place:
    bind, _ = _ways()
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


def _start(name: str, app: App, place: Place, secret: str | None) -> LocalServer:
    _, host_in = _ways()
    host = host_in(app, place)
    background()  # its own end at exit is registered first, so that ours comes before it
    atexit.unregister(_stop_all)
    atexit.register(_stop_all)
    host.begin()
    server = LocalServer(name, app, host, place.getsockname()[1], secret)
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
    if isinstance(found, str):
        raise InvalidInput(f"loop= is 'background', 'kernel' or a loop of yours, not {found!r}.")
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
        return (former.token if former else None) or mint_token()
    if not isinstance(token, str) or not re.fullmatch(r"[!-~]+", token):
        raise InvalidInput(
            "A token is a text of ASCII characters without spaces, True for a made-up one, "
            "or False for none."
        )
    return token
