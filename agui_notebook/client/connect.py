"""``connect()``: the front door of the client. Puts a session together and sends nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from ..errors import InvalidInput
from ..protocol.pipeline import Middleware
from ..tools.tool import ToolFunction
from ..values import Json, JsonView
from ..wire.lazy_http import LazyHTTP
from ..wire.transport import Timeout, as_timeout
from .session import Session
from .turn import RunOptions
from .turn_start import context_entries


def connect(
    url: str | None = None,
    *,
    name: str | None = None,
    headers: Json = None,
    auth: Json = None,
    token: str | None = None,
    client: Json = None,
    strict: bool = False,
    thread_id: str | None = None,
    messages: Iterable[JsonView] = (),
    state: Json = None,
    tools: Iterable[ToolFunction] = (),
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

    ``headers`` may be a function, also async, asked before every run; ``token`` is sent as a
    bearer token; ``auth`` is httpx's. A given httpx ``client`` is used on the caller's loop and
    never closed. ``timeout`` is a Timeout, or seconds between two bytes. ``retries`` counts
    attempts to connect again, each under a new run id. ``context`` is a dict or a list of
    ``{"description", "value"}``. ``strict`` holds the agent to the letter of the specification;
    ``peer`` is the newest AG-UI package version it may be of, when it is known to be old
    ("0.0.39"): it is then sent what it can read. Raises InvalidInput for an unusable URL, message,
    tool or state.
    """
    found = url or os.environ.get("AGUI_SERVER_URL")
    if not found:
        raise InvalidInput("Which agent? Give its URL, or set AGUI_SERVER_URL.")
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
    for function in tools:
        session.add_tool(function)
    return session
