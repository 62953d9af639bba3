"""Wraps any ASGI app that speaks AG-UI: each run is a request to it inside this process.

No socket is opened. What the app answers is treated like the answer of any server.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from ...errors import InvalidInput
from ...values import Foreign
from ...wire.http import HTTPTransport
from ...wire.transports.asgi_transport import InProcess
from ..agent import Agent, AgentOptions, Takes, takes_only
from ..relay import Relay


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("an ASGI app", "path", "headers")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """An agent that is the endpoint of an ASGI app: at ``path``, else where its POST route is.

    Raises InvalidInput when the app has several.
    """
    door = InProcess(obj)
    client = httpx.AsyncClient(transport=door)
    url = "http://127.0.0.1" + (options.path or _post_route(obj))
    return Inside(
        name=options.name or str(getattr(obj, "title", "") or getattr(obj, "__name__", "asgi")),
        description=options.description or getattr(obj, "description", "") or "",
        suggestions=options.suggestions,
        transport=HTTPTransport(url, client=client, headers=options.headers),
        door=door,
    )


def _post_route(app: Foreign) -> str:
    routes = getattr(app, "routes", ())
    paths = [r.path for r in routes if "POST" in (getattr(r, "methods", None) or ())]
    if len(paths) > 1 and "/" not in paths:
        raise InvalidInput(
            f"This app answers POST at {', '.join(paths)}; "
            f"say which is the agent, as in path={paths[0]!r}."
        )
    return "/" if "/" in paths or not paths else paths[0]


@dataclass
class Inside(Relay):
    """An ASGI app's endpoint as an agent."""

    door: InProcess = field(kw_only=True)

    async def aclose(self) -> None:
        """Tell the app that it is over (its lifespan's shutdown)."""
        await self.door.aclose()
