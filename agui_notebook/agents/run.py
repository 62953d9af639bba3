"""One run of one agent: exactly one terminal event, whatever happens."""

from __future__ import annotations

import asyncio
import logging

from .agent import Agent, RunRequest
from .emitter import Emitter
from .masking import explain

logger = logging.getLogger(__name__)


async def drive(agent: Agent, request: RunRequest, emit: Emitter) -> None:
    """Run ``agent``, after ``emit.started()``.

    An exception becomes RUN_ERROR; being cancelled becomes the outcome cancelled, and goes on
    (P-LIFE-10).
    """
    try:
        await agent.run(request, emit)
        await emit.finish()
    except asyncio.CancelledError:
        await emit.cancel_run()
        raise
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # no agent ends our loop
        logger.debug("%s failed", agent.name, exc_info=True)
        await emit.error(*explain(error))
