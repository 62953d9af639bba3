"""What a chat can be made of, which options each kind of target has a use for, and who gets them.

Nothing is shown here; which chats there are is chats.py's business.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..agents import adapters
from ..agents.agent import AgentOptions, Takes, check_use
from ..client.connect import connect
from ..client.recording import Replay
from ..client.session import Session
from ..errors import InvalidInput
from ..protocol.capabilities import read_capabilities
from ..values import Foreign, JsonObject, JsonView
from . import reach
from .chats import Chat

if TYPE_CHECKING:
    from ..server.local import LocalServer

TOOLS = frozenset({"tools", "approve", "max_rounds"})  # the agent's or the session's
PROBE = frozenset({"probe"})
ADDRESS = frozenset({"headers", "auth", "client", "token"})  # how a URL is reached
SESSION = frozenset(inspect.signature(connect).parameters) - {"url", "name"} - ADDRESS - TOOLS
SERVER = frozenset(
    {"port", "token", "origins", "hosts", "loop", "keep_alive", "max_body", "body_timeout"},
)
AGENT = frozenset(item.name for item in fields(AgentOptions)) - {"name", "threads"} - TOOLS


def open_chats(target: Foreign, name: str | None, options: JsonView) -> list[Chat]:
    """Chats with ``target``, whatever ``chat`` takes; ``options`` are those that were said.

    A server of several agents gives a chat for each. Raises InvalidInput for an option that means
    nothing for this target, and what ``connect`` and ``serve`` raise.
    """
    if isinstance(target, Session):
        return [_with_session(target, name, options)]
    if target is None:
        from ..agents.demo import agent as target
    if isinstance(target, str) and not adapters.is_model_address(target, options.get("model")):
        check_use(options, Takes("the URL of an AG-UI agent", SESSION | ADDRESS | TOOLS | PROBE))
        return [_with_url(target, name, options)]
    from ..server.local import LocalServer

    if isinstance(target, LocalServer):
        check_use(options, Takes("a server that runs already", SESSION | TOOLS))
        return _with_server(target, name, options)
    return _with_object(target, name, options)


def is_recording(session: Session) -> bool:
    """Whether there is no agent behind a session, only what was recorded."""
    return isinstance(session.options.transport, Replay)


def _with_url(url: str, name: str | None, options: JsonView) -> Chat:
    given = {word: value for word, value in options.items() if word not in PROBE}
    session = connect(url, name=name, **given)
    parts = urlsplit(session.url)
    session.name = name or f"{parts.netloc}{parts.path}".rstrip("/")
    chat = Chat(session.name, session)
    chat.ends.callback(session.close)
    if options.get("probe", True) and "client" not in options:  # which belongs to its own loop
        reach.look(chat)
    return chat


def _with_session(session: Session, name: str | None, options: JsonView) -> Chat:
    if options:
        words = ", ".join(options)
        raise InvalidInput(f"A session has its options already ({words}): give them to connect().")
    damage = f" {session.warnings[0]}" if session.warnings else ""
    played = {"description": f"A recording. Press Play, or go step by step.{damage}"}
    return Chat(name or session.name, session, played if is_recording(session) else {})


def _with_object(target: Foreign, name: str | None, options: JsonView) -> list[Chat]:
    from ..server.local import serve

    takes = _takes(target, options.get("model"))
    check_use(options, Takes(takes.kind, takes.options | SESSION | SERVER | TOOLS))
    for_session, for_server = _share(target, takes, options)
    server = serve(target, name=name, **for_server)
    try:
        chats = _with_server(server, name, for_session)
    except BaseException:
        server.stop()
        raise
    chats[0].ends.callback(server.stop)
    if options.get("model"):
        for chat in chats:
            chat.about = {**chat.about, "model": options["model"]}
    return chats


def _takes(target: Foreign, model: str | None) -> Takes:
    """What can be said of the object, or of each of a mapping."""
    if not isinstance(target, Mapping):
        return adapters.takes(target, model)
    each = [adapters.takes(agent, model) for agent in target.values()]
    common = frozenset[str]().union(*(one.options for one in each))
    return Takes("these agents", common.intersection(*(one.options for one in each)))


def _share(target: Foreign, takes: Takes, options: JsonView) -> tuple[JsonObject, JsonObject]:
    """The options for the session and those for what is served.

    Tools go to the agent where it has a use for them, else they are offered with each request;
    approve=True is meant for those too that are offered later. A token for a server of models is
    sent to it, not wanted by ours.
    """
    for_agent = takes.options if "tools" in takes.options else takes.options - TOOLS
    served = {word: value for word, value in options.items() if word in SERVER | for_agent}
    rest = {word: value for word, value in options.items() if word not in served}
    for word in ("max_rounds", "approve"):
        if word in served and (word == "max_rounds" or served[word] is True):
            rest[word] = served[word]
    if isinstance(target, str) and "token" in served:
        key = {"Authorization": f"Bearer {served.pop('token')}"}
        served["headers"] = {**key, **(served.get("headers") or {})}
    return rest, served


def _with_server(server: LocalServer, name: str | None, options: JsonView) -> list[Chat]:
    paths = [path for path in server.agents if path != "/"]
    if not paths:
        return [_at_path(server, "/", name or server.name, options)]
    return [_at_path(server, path, server.agents[path].name, options) for path in paths]


def _at_path(server: LocalServer, path: str, name: str, options: JsonView) -> Chat:
    from ..server.about import capabilities

    session = connect(server.url + path[1:], name=name, token=server.token, **options)
    agent = server.agents[path]
    about = {"description": agent.description, "suggestions": list(agent.suggestions)}
    session.options.declared = read_capabilities(capabilities(agent))
    chat = Chat(name, session, about, server)
    chat.ends.callback(session.close)
    return chat
