"""Whether anything answers at an agent's URL, and what it says that it can: asked without a run.

AG-UI leaves open where capabilities are published: below the agent's path, or at it.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from .. import foreign_json
from ..errors import TransportError
from ..protocol.capabilities import read_capabilities
from ..values import JsonObject
from .http import HTTPTransport

SECONDS = 3.0  # nobody waits for it
NO_SUCH_PATH = (404, 405, 501)
TROUBLE = (401, 407, 421, 502, 503, 504)  # of any path of a server, so of the agent's too


class Found(NamedTuple):
    """What was learnt: a sentence if there is trouble, capabilities if they are published."""

    problem: str
    capabilities: JsonObject | None


async def probe(transport: HTTPTransport) -> Found:
    """Ask with at most two light requests; raises nothing of the wire's."""
    try:
        status, body = await transport.get(_below(transport.url), SECONDS)
        if status in NO_SUCH_PATH:
            status, body = await transport.get(transport.url, SECONDS)
    except TransportError as error:
        return Found(str(error), None)
    if status in TROUBLE:
        return Found(transport.complaint(status, body), None)
    return Found("", _read(body) if status == 200 else None)


def _below(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rstrip('/')}/capabilities").geturl()


def _read(body: str) -> JsonObject | None:
    try:
        return read_capabilities(foreign_json.read(body))
    except foreign_json.NotJSON:
        return None
