"""Connections of a uvicorn server on which no request has begun, and how they are closed.

uvicorn waits for a request's headers for ever and offers no limit: its HTTP/1.1 protocol class is
looked into here (``cycle``, ``response_complete``, ``transport``; 0.30 to 0.54 seen). Should these
go, connections wait for ever again, and nothing else changes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from ..values import Json

HEADERS = 30.0  # seconds a connection has to send a request's headers


class SilentConnections:
    """Notes since when each connection owes a request; to be asked now and then."""

    def __init__(self) -> None:
        self._owing: dict[tuple[Json, object], float] = {}

    def close(self, connections: Iterable[Json]) -> None:
        """Close those whose next request has not begun in time."""
        now, former, self._owing = time.monotonic(), self._owing, {}
        for each in connections:
            if owes(each):
                since = self._owing[each, each.cycle] = former.get((each, each.cycle), now)
                if now - since > HEADERS:
                    each.transport.close()


def owes(connection: Json) -> bool:
    """Whether no request is being read or answered: its cycle begins with complete headers."""
    cycle = getattr(connection, "cycle", False)
    return cycle is None or getattr(cycle, "response_complete", False) is True
