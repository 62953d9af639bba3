"""Whatever can be asked, opened once for many conversations, and closed.

An object is served in this process for as long as it is asked; a session lends its options.
"""

from __future__ import annotations

import asyncio
import warnings
import weakref
from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import chain, count

from ..agents import adapters
from ..agents.agent import Agent
from ..client.connect import connect
from ..client.fresh_session import fresh_session
from ..client.session import Session
from ..errors import AGUIError, InvalidInput
from ..runtime import local_agents
from ..runtime.bridge import start_thread
from ..runtime.ids import mint
from ..runtime.load_target import load_target
from ..runtime.loop import background
from ..runtime.user_code import name_of
from ..server.local import LocalServer, serve
from ..values import Json
from .measured import Measured


class OpenAgent:
    """An agent that may be asked: ``begin`` starts a conversation with it."""

    def __init__(self, session: Session, name: str, server: LocalServer | None = None) -> None:
        self.name = name
        self._session = session
        self._close = weakref.finalize(self, _close, session, server)
        self._close.atexit = False  # servers end with the process by themselves

    def begin(self, state: Json = None) -> tuple[Session, Measured]:
        """A new conversation, opened as the given one was; and what notes its times."""
        former = self._session
        measured = Measured(former.options.transport, owner=self)
        options = replace(former.options, transport=measured, allowed=set())
        return fresh_session(former, options, state), measured

    @property
    def callers_loop(self) -> bool:
        """Whether it can only be asked on the loop of whoever does: an open client lives there."""
        return bool(getattr(self._session.options.transport, "callers_loop", False))

    def needs(self, here: asyncio.AbstractEventLoop) -> bool:
        """Whether it cannot answer while ``here`` is blocked."""
        return self.callers_loop or local_agents.lives_on(
            here, str(getattr(self._session.options.transport, "url", ""))
        )

    def close(self) -> None:
        """End what was begun for it; what was given stays as it was."""
        self._close()


def open_agent(agent: Json, name: str = "") -> OpenAgent:
    """An agent by what stands for it: an address, ``"module:name"``, a session or chat, a server,
    an agent, a function, a chat client.

    Raises InvalidInput, and UnsupportedAgent where nothing wraps it.
    """
    if isinstance(agent, str) and not _is_address(agent):
        agent = load_target(agent)
    held = getattr(agent, "session", agent)
    if isinstance(held, Session):
        return OpenAgent(held, name or held.name)
    if isinstance(agent, str):
        session = connect(agent, name=name or None)
        return OpenAgent(session, name or session.name)
    if isinstance(agent, LocalServer):
        session = connect(agent, name=agent.name)
        return OpenAgent(session, name or agent.name)
    return _serve(agent, name)


def open_agents(agents: Json) -> list[OpenAgent]:
    """Several, by a list or a mapping of names; names that are there twice get a number.

    Raises InvalidInput for none.
    """
    named: Iterable[tuple[str, Json]]
    if isinstance(agents, LocalServer):
        named = _paths(agents)
    else:
        given = agents.items() if isinstance(agents, dict) else (("", each) for each in agents)
        named = list(given)
    found: list[OpenAgent] = []
    for name, agent in named:
        opened = open_agent(agent, name)
        opened.name = _free_name(opened.name, {each.name for each in found})
        found.append(opened)
    if not found:
        raise InvalidInput("Give at least one agent: compare([fast, slow], prompts).")
    return found


def _free_name(name: str, taken: Collection[str]) -> str:
    """``name``, with a number behind it where others have it."""
    numbered = (f"{name} ({number})" for number in count(2))
    return next(each for each in chain([name], numbered) if each not in taken)


def _paths(server: LocalServer) -> Iterable[tuple[str, Session]]:
    """Every agent of a server."""
    paths = [path for path in server.agents if path != "/"] or ["/"]
    for path in paths:
        name = server.agents[path].name
        yield name, connect(server.url + path[1:], token=server.token, name=name)


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _serve(agent: Json, name: str) -> OpenAgent:
    wrapped = agent if isinstance(agent, Agent) else adapters.wrap(agent)
    shown = name or wrapped.name or name_of(agent)
    server = serve_apart(wrapped)
    return OpenAgent(connect(server, name=shown), shown, server)


def serve_apart(agent: Json) -> LocalServer:
    """A server for this alone, by a name of its own: under another's, serve() would end that one.

    Raises UnsupportedAgent where nothing wraps it.
    """
    return serve({"/": agent}, name=f"evaluation-{mint()}")


def _close(session: Session, server: LocalServer | None) -> None:
    if server is None:
        return
    try:
        session.close()
        if background().single:  # in a page there are no threads, and ending takes no time
            server.stop()
        else:
            start_thread(server.stop)
    except (AGUIError, RuntimeError):
        warnings.warn("A server could not be ended.", stacklevel=2)
