"""Wraps any AG-UI server elsewhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ...wire.http import HTTPTransport
from ...wire.transport import check_url
from ..agent import Agent, AgentOptions
from ..relay import Relay


def adapt(obj: Any, options: AgentOptions) -> Agent:
    """An agent that stands for the one at the URL ``obj``. Raises InvalidInput for no URL."""
    options.only("a URL", "headers")
    host = urlsplit(check_url(obj)).netloc.rpartition("@")[2]
    return Relay(
        name=options.name or host,
        description=options.description or f"The agent at {host}",
        suggestions=options.suggestions,
        transport=HTTPTransport(obj, headers=options.headers),
    )
