"""One run of one agent: exactly one terminal event, whatever happens."""

from __future__ import annotations

import asyncio
import logging

from ..runtime.user_code import current_task, is_outside
from .agent import Agent, RunRequest
from .emitter import Emitter
from .masking import explain

logger = logging.getLogger(__name__)


async def drive(agent: Agent, request: RunRequest, emit: Emitter) -> None:
    """Run ``agent``, after ``emit.started()``.

    An exception becomes RUN_ERROR; being cancelled becomes the outcome cancelled, and goes on
    (P-LIFE-10).
    """
    task = current_task()
    try:
        await agent.run(request, emit)
        await emit.finish()
    except asyncio.CancelledError:
        await emit.cancel_run()
        raise
    except BaseException as error:  # no agent ends our loop
        if is_outside(error, task):
            raise
        logger.debug("%s failed", agent.name, exc_info=True)
        await emit.error(*explain(error))
