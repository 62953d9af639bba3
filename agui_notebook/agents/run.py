"""One run of one agent: exactly one terminal event, whatever happens."""

from __future__ import annotations

import asyncio
import logging

from ..markup.outlets import line
from ..runtime import faults
from ..runtime.user_code import current_task, is_outside
from .agent import Agent, RunRequest
from .emitter import Emitter
from .masking import explain

logger = logging.getLogger(__name__)


async def drive(agent: Agent, request: RunRequest, emit: Emitter) -> None:
    """Run ``agent``, after ``emit.start_run()``.

    A request without a message asks for what is kept, and for no run: an agent that keeps threads
    has ``hydrate(request, emit)`` for it, and others have nothing to tell. An exception becomes
    RUN_ERROR; being cancelled becomes the outcome cancelled, and goes on (P-LIFE-10).
    """
    task = current_task()
    try:
        if is_hydration(request):
            await getattr(agent, "hydrate", _keep_nothing)(request, emit)
        else:
            await agent.run(request, emit)
        await emit.finish()
    except BaseException as error:  # no agent ends our loop
        if is_outside(error, task):
            if isinstance(error, asyncio.CancelledError):
                await emit.cancel_run()
            raise
        logger.debug("%s failed", line(agent.name), exc_info=True)
        faults.note(request["runId"], error)
        await emit.error(*explain(error))


def is_hydration(request: RunRequest) -> bool:
    """Whether a request only asks for its thread: it says nothing and answers nothing.

    >>> is_hydration({"messages": [], "forwardedProps": {}})
    True
    """
    said = request["messages"] or request.get("resume")
    return not said and "command" not in request["forwardedProps"]


async def _keep_nothing(request: RunRequest, emit: Emitter) -> None:
    """What an agent tells that keeps no threads."""
