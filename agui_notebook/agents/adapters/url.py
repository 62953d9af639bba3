"""Wraps any AG-UI server elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit

from ...values import Foreign
from ...wire.http import HTTPTransport
from ...wire.transport import check_url
from ..agent import Agent, AgentOptions, Takes, takes_only
from ..relay import Relay


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("a URL", "headers")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """An agent that stands for the one at the URL ``obj``. Raises InvalidInput for no URL."""
    host = urlsplit(check_url(obj)).netloc.rpartition("@")[2]
    return Relay(
        name=options.name or host,
        description=options.description or f"The agent at {host}",
        suggestions=options.suggestions,
        transport=HTTPTransport(obj, headers=options.headers),
    )
