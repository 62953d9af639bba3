"""The server as a plain ASGI app: several agents by path, health, a page about itself.

Runs under any ASGI server; local.py runs it inside a kernel. Every error before a stream is JSON
with one sentence saying what to do (P-SSE-12).
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence

from .. import limits
from ..agents.adapters import wrap
from ..agents.agent import Agent, RunRequest, said_options
from ..doors import door
from ..errors import AGUIError, InvalidInput
from ..markup.outlets import line
from ..protocol.run_input import read
from ..runtime.ids import mint
from ..runtime.spans import callers_trace
from ..tools.tool import ToolFunction
from ..values import Json, JsonObject, JsonView
from .about import HTML_HEADERS, capabilities, person, program
from .body import Refused, parse, read_body
from .caller import Caller, Gone, Receive
from .following import Following, find_run
from .left_runs import LeftRuns, left_runs
from .run_stream import RunStream, Send
from .security import PREFLIGHT, Guard, RawHeaders, Refusal, headers_of

logger = logging.getLogger(__name__)
Scope = JsonObject
MAX_BODY = limits.BODY_BYTES
ASIDE = 100_000  # bytes: a larger body is parsed beside the loop


@door
def create_app(
    agents: Json,
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
    threads: bool = True,
    token: str | None = None,
    origins: Sequence[str] = (),
    hosts: Sequence[str] | None = None,
    keep_alive: float = 15.0,
    max_body: int = MAX_BODY,
    body_timeout: float = 60.0,
    detach: bool = False,
    keep: float = 3600.0,
    loop: asyncio.AbstractEventLoop | None = None,
) -> App:
    """An ASGI app that serves one agent at ``/``, or a mapping of names to agents at ``/name``.

        create_app(OpenAI(), model="gpt-5", tools=[weather], token=key)
        create_app({"fast": fast, "slow": slow})          # at /fast and /slow; the first at / too

    An agent is anything that can be wrapped. ``name`` to ``path`` are said of the agent, and mean
    what they do in ``serve``; ``threads`` False runs synchronous code on the loop itself.
    ``token`` None asks for none; ``origins`` are the web pages that may call; ``hosts`` the names
    it answers to (None: any). ``keep_alive`` and ``body_timeout`` are seconds, ``max_body`` bytes.
    ``detach``: runs go on when their callers leave, and can be joined, for ``keep`` seconds after
    their end too. ``loop`` is where agents run, if elsewhere. Raises UnsupportedAgent and
    InvalidInput.

    >>> app = create_app(str.upper)  # uvicorn module:app
    """
    if token == "":
        raise InvalidInput("An empty token would let everybody call: give a text, or None.")
    words: JsonView = {"name": name, "description": description, "suggestions": suggestions}
    words = {**words, "model": model, "instructions": instructions, "tools": tools}
    words = {**words, "approve": approve, "params": params, "max_rounds": max_rounds}
    words = {**words, "headers": headers, "path": path, "threads": threads}
    guard = Guard(hosts=hosts, origins=origins, token=token)
    bounds = {"limit": max_body, "seconds": body_timeout}
    return App(
        routes_of(agents, said_options(words)),
        guard,
        keep_alive=keep_alive,
        limits=bounds,
        left=left_runs(detach, keep),
        loop=loop,
    )


def routes_of(agents: Json, options: JsonView) -> dict[str, Agent]:
    """Paths and agents, ``/`` first."""
    if not isinstance(agents, Mapping):
        return {"/": wrap(agents, **options)}
    if not agents:
        raise InvalidInput(
            "There is no agent to serve, the mapping is empty: give it one, as in {'name': agent}."
        )
    named = {_path(name): _name_agent(name, agent, options) for name, agent in agents.items()}
    return {"/": next(iter(named.values())), **named}


def _name_agent(name: str, agent: Json, options: JsonView) -> Agent:
    given = {} if isinstance(agent, Agent) or name == "/" else {"name": name.strip("/")}
    return wrap(agent, **{**options, **given})


def _path(name: str) -> str:
    word = str(name).strip("/")
    if word in ("healthz", "capabilities") or (word and not re.fullmatch(r"[\w.~-]+", word)):
        raise InvalidInput(f"{name!r} cannot be an agent's path; use letters, digits, - and _.")
    return f"/{word}"


class App:
    """The ASGI app. ``agents`` maps paths to agents."""

    def __init__(
        self,
        agents: dict[str, Agent],
        guard: Guard,
        *,
        keep_alive: float,
        limits: JsonView,
        left: LeftRuns | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.agents, self.loop, self._guard, self._left = agents, loop, guard, left
        self._keep_alive, self._limits = keep_alive, limits
        self._calls: dict[asyncio.Task[Json], Caller] = {}
        self._closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            task = asyncio.current_task()
            assert task is not None  # an ASGI server calls us in a task
            caller = self._calls[task] = Caller(receive)
            if self._closing:
                caller.dismiss()
            try:
                await self._http(scope, caller, send)
            finally:
                del self._calls[task]

    async def end_streams(self, patience: float = 2.0) -> None:
        """Refuse new runs and end those going on, each with its terminal event."""
        self._closing = True
        if self._left is not None:
            await self._left.stop_all()
        for caller in self._calls.values():
            caller.dismiss()
        if self._calls:
            await asyncio.wait(list(self._calls), timeout=patience)

    # -- HTTP -------------------------------------------------------------------------------

    async def _http(self, scope: Scope, caller: Caller, send: Send) -> None:
        call = HTTPCall(scope, caller, send)
        refusal = self._guard.stranger(call.headers)
        if refusal is None:
            call.extra += self._guard.cors(call.headers)
            refusal = await self._answer(call)
        if refusal is not None:
            detail = {"detail": refusal.detail}
            await _json(send, detail, refusal.status, [*refusal.headers, *call.extra])

    async def _answer(self, call: HTTPCall) -> Refusal | None:
        try:
            return await METHODS.get(call.method, App._no_method)(self, call)
        except Refused as refused:
            return refused.refusal
        except Gone:
            return self._refuse_stopping()

    async def _post(self, call: HTTPCall) -> Refusal | None:
        refusal = self._guard.refuse_unknown(call.headers) or self._guard.unreadable(call.headers)
        agent = self.agents.get(call.path)
        if refusal or agent is None:
            return refusal or self._nowhere(call)
        received = await read_body(call.caller, call.headers, **self._limits)
        parsing = asyncio.to_thread(_request_of, received) if len(received) > ASIDE else None
        request = _request_of(received) if parsing is None else await parsing
        with callers_trace(call.headers):
            await self._serve(agent, request, len(received), call)
        return None

    async def _serve(self, agent: Agent, request: RunRequest, size: int, call: HTTPCall) -> None:
        """One run to one caller, who joins it where runs are kept on their own."""
        if self._left is not None:
            run = await find_run(self._left, agent, request, size, self.loop)
            if run is not None or not hasattr(agent, "hydrate"):
                following = Following(request, call.send, self._keep_alive)
                await following.serve(run, call.caller, call.extra)
                return
        alone = RunStream(agent, request, call.send, keep_alive=self._keep_alive, loop=self.loop)
        await alone.serve(call.caller, call.extra)

    async def _get(self, call: HTTPCall) -> Refusal | None:
        if call.path == "/healthz":
            await _json(call.send, {"status": "ok"}, 200, call.extra)
            return None
        if agent := self.agents.get(call.path):
            await self._about(agent, call)
            return None
        return await self._capabilities(call)

    async def _about(self, agent: Agent, call: HTTPCall) -> None:
        if self._guard.refuse_unknown(call.headers):  # not even a name, but what is needed
            detail = {"detail": "This server wants its token: POST with 'Authorization: Bearer'."}
            await _json(call.send, detail, 200, call.extra)
            return
        if b"text/html" in call.headers.get(b"accept", b""):
            page = person(agent, call.url, self.agents, token=self._guard.closed)
            await _respond(call.send, page, 200, [*HTML_HEADERS, *call.extra])
        else:
            await _json(call.send, program(agent, call.url, self.agents), 200, call.extra)

    async def _capabilities(self, call: HTTPCall) -> Refusal | None:
        path, _, last = call.path.rpartition("/")
        agent = self.agents.get(path or "/")
        if last != "capabilities" or agent is None:
            return self._nowhere(call)
        if refusal := self._guard.refuse_unknown(call.headers):
            return refusal
        await _json(call.send, capabilities(agent), 200, call.extra)
        return None

    async def _options(self, call: HTTPCall) -> Refusal | None:
        await _respond(call.send, b"", 204, [*call.extra, *(PREFLIGHT if call.extra else [])])
        return None

    async def _no_method(self, call: HTTPCall) -> Refusal:
        allow = [(b"allow", b"GET, HEAD, OPTIONS, POST")]
        return Refusal(405, "Ask an agent with POST; GET explains how.", allow)

    def _nowhere(self, call: HTTPCall) -> Refusal:
        known = ", ".join(self.agents)
        return Refusal(404, f"There is no agent at {call.path}; this server has {known}.")

    def _refuse_stopping(self) -> Refusal:
        return Refusal(503, "This server is being stopped; start it again in its notebook.")

    # -- lifespan ---------------------------------------------------------------------------

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def aclose(self) -> None:
        """Let agents that hold something open (``async def aclose``) let go of it."""
        for agent in {id(agent): agent for agent in self.agents.values()}.values():
            close: Callable[[], Awaitable[None]] | None = getattr(agent, "aclose", None)
            if close is not None:
                try:
                    await close()
                except (Exception, SystemExit, KeyboardInterrupt):
                    logger.debug("%s did not close", line(agent.name), exc_info=True)


class HTTPCall:
    """One HTTP request, as the answers above need it."""

    def __init__(self, scope: Scope, caller: Caller, send: Send) -> None:
        self.method, self.headers = scope["method"], headers_of(scope)
        self.caller, self.send = caller, send
        self.extra: RawHeaders = []
        root = scope.get("root_path", "")
        self.path = scope["path"].removeprefix(root).rstrip("/") or "/"
        host = self.headers.get(b"host", b"").decode("latin-1")
        self.url = f"{scope.get('scheme', 'http')}://{host}{scope['path']}"


Answering = Callable[[App, HTTPCall], Awaitable["Refusal | None"]]
METHODS: dict[str, Answering] = {
    "POST": App._post,
    "GET": App._get,
    "HEAD": App._get,
    "OPTIONS": App._options,
}


def _request_of(received: bytes) -> RunRequest:
    return _read(parse(received))


def _read(body: JsonObject) -> RunRequest:
    try:
        request: RunRequest = dict(read(body, mint))
    except AGUIError as error:
        raise Refused(422, str(error)) from error
    return request


async def _json(send: Send, value: Json, status: int, headers: RawHeaders) -> None:
    kind = [(b"content-type", b"application/json")]
    await _respond(send, json.dumps(value).encode(), status, [*kind, *headers])


async def _respond(send: Send, body: bytes, status: int, headers: RawHeaders) -> None:
    length = [(b"content-length", str(len(body)).encode())] if status != 204 else []
    start = {"type": "http.response.start", "status": status, "headers": [*length, *headers]}
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})
