"""``connect()``: the front door of the client. Puts a session together and sends nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..doors import door
from ..errors import InvalidInput
from ..tools.given import check_count, check_list, check_mapping, check_text
from ..values import Json, JsonView
from ..wire.lazy_http import LazyHTTP
from ..wire.transport import Timeout, as_timeout
from .session import Session
from .turns.run_options import RunOptions
from .turns.turn_start import context_entries

if TYPE_CHECKING:
    from ..protocol.pipeline import Middleware
    from ..tools.tool import ToolFunction


class Served(Protocol):
    """A server of this kernel, as ``serve`` gives it."""

    @property
    def url(self) -> str: ...
    @property
    def token(self) -> str | None: ...


@door
def connect(
    url: str | Served | None = None,
    *,
    name: str | None = None,
    headers: Mapping[str, str] | Callable[[], Any] | None = None,
    auth: Json = None,
    token: str | None = None,
    client: Json = None,
    strict: bool = False,
    thread_id: str | None = None,
    messages: Iterable[JsonView] = (),
    state: Json = None,
    tools: Iterable[ToolFunction] = (),
    approve: Iterable[str] | bool = (),
    context: Json = (),
    forwarded_props: Json = None,
    system: str | None = None,
    timeout: Timeout | float | None = None,
    retries: int = 0,
    max_rounds: int = 10,
    middleware: Sequence[Middleware] = (),
    peer: str | None = None,
) -> Session:
    """A session with the agent at ``url`` (else ``$AGUI_SERVER_URL``). Nothing is sent yet.

        session = connect("http://127.0.0.1:8888/", token=key, tools=[weather], approve=True)
        print(session.ask("Will it rain in Oslo?").text)

    A server that ``serve`` gave may stand for its URL and token.

    ``tools`` are Python functions that the agent may call here; ``approve`` names those that need
    a yes before they run, True means all: the turn then ends with ``session.interrupts``.
    ``system`` is an instruction that goes first, ``state`` what is shared with the agent.
    ``headers`` may be a function, also async, asked before every run; ``token`` is sent as a
    bearer token; ``auth`` is httpx's. A given httpx ``client`` is used on the caller's loop and
    never closed. ``timeout`` is a Timeout, or seconds between two bytes. ``retries`` counts
    attempts to connect again, each under a new run id. ``context`` is a dict or a list of
    ``{"description", "value"}``. ``strict`` holds the agent to the letter of the specification;
    ``peer`` is the newest AG-UI package version it may be of, when it is known to be old
    ("0.0.39"): it is then sent what it can read. Raises InvalidInput for an unusable URL, message,
    tool or state.

    >>> server = serve(str.upper)
    >>> session = connect(server, system="Be brief.")
    >>> session.ask("hello").text
    'HELLO'
    """
    found, token = _address(url or os.environ.get("AGUI_SERVER_URL"), token)
    for word, text in (("name", name), ("system", system), ("thread_id", thread_id)):
        check_text(word, text)
    check_list("messages", messages)
    check_list("middleware", middleware)
    check_count("retries", retries, 0)
    check_count("max_rounds", max_rounds, 1)
    if not callable(headers):
        check_mapping("headers", headers, "{'Authorization': 'Bearer ...'}")
    if client is not None and not hasattr(client, "build_request"):
        raise InvalidInput("client= is an httpx.AsyncClient: give one, or leave it out.")
    limits = as_timeout(timeout)
    transport = LazyHTTP(
        found, headers=headers, auth=auth, token=token, client=client, timeout=limits
    )
    options = RunOptions(
        transport,
        context=context_entries(context),
        forwarded_props=forwarded_props,
        strict=strict,
        peer=peer,
        middleware=middleware,
        timeout=limits,
        retries=retries,
        max_rounds=max_rounds,
    )
    session = Session(
        options, name=name, thread_id=thread_id, messages=messages, state=state, system=system
    )
    if tools != () or approve != ():
        from ..tools.tool import collect_tools  # not before: with it comes all about schemas

        options.tools.update(collect_tools(tools, approve))
    options.approve = approve is True
    return session


def _address(agent: str | Served | None, token: str | None) -> tuple[str, str | None]:
    """Where the agent is, and the token it wants. Raises InvalidInput for what is neither."""
    if not agent:
        raise InvalidInput("Which agent? Give its URL, or set AGUI_SERVER_URL.")
    if isinstance(agent, str):
        return agent, token
    if isinstance(getattr(agent, "url", None), str):
        return agent.url, token or agent.token
    raise InvalidInput(
        "connect() takes an agent's URL, or the server that serve() gave:"
        f" give this {type(agent).__name__} to chat(), or to serve() first."
    )
