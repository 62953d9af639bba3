"""How turns are run: what a session holds; a single call may differ from it (turn_options.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...values import Json, JsonObject, JsonView
from ...wire.transport import Timeout, Transport
from .tool_outcome import Perform, perform

if TYPE_CHECKING:
    from ...protocol.pipeline import Middleware
    from ...tools.tool import Tool


@dataclass
class RunOptions:
    """How turns are run; a session has one, a single call may differ from it."""

    transport: Transport
    tools: dict[str, Tool] = field(default_factory=dict)
    declared: JsonObject | None = None  # what the agent says that it can, where that is known
    approve: bool = False  # every tool needs a yes
    allowed: set[str] = field(default_factory=set)  # tools that need none any more, never kept
    context: Sequence[JsonView] = ()
    forwarded_props: Json = None
    strict: bool = False
    peer: str | None = None  # the newest package version the agent may be of, when known
    middleware: Sequence[Middleware] = ()
    timeout: Timeout = field(default_factory=Timeout)
    retries: int = 0
    max_rounds: int = 10
    detach: bool = False  # leave as soon as the run has begun, where the server lets it go on
    # for the transport, this run only; headers are among them
    extras: JsonView = field(default_factory=dict, repr=False)
    perform: Perform = perform
