"""An agent that is another AG-UI server: each run is sent there, its events are passed on."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from ..errors import IncompleteRun, ProtocolError
from ..protocol.grammar import TERMINAL
from ..values import Json
from ..wire.http import HTTPTransport
from ..wire.transport import Bursts
from .agent import RunRequest, Wrapped
from .emitter import Emitter

logger = logging.getLogger(__name__)


@dataclass
class Relay(Wrapped):
    """Passes on events, repaired where they need it."""

    transport: HTTPTransport = field(kw_only=True)

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Raises TransportError, ProtocolError, and IncompleteRun for a stream cut short."""
        ends: list[object] = []
        async with self.transport(request) as frames:
            async for burst in Bursts(frames, lambda: bool(ends)):
                for event in burst:
                    await _pass_on(event, emit)
                    if isinstance(event, dict) and event.get("type") in TERMINAL:
                        ends.append(event)
        if not ends:
            raise IncompleteRun(
                frames.complaint or f"{self.name} stopped in the middle of its answer; ask again."
            )

    async def aclose(self) -> None:
        """Close the connections kept for further runs."""
        await self.transport.aclose()


async def _pass_on(event: Json, emit: Emitter) -> None:
    """What is beyond mending is left out, unless it is no event at all: that may be a report."""
    try:
        await emit.event(event)
    except ProtocolError as error:
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            raise
        logger.warning("%s It is left out.", error)
