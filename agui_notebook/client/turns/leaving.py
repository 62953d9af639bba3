"""Runs that a server lets go on without us: one is left, joined again, or told to stop.

What a turn does with its runs is turn.py's business; how they are kept is the server's.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from ...errors import AGUIError
from ...protocol.document.operations import Set
from ...protocol.hydration.left_run import ask_to_stop
from ...runtime.ids import mint
from ...values import JsonView
from ..thread import LiveThread
from .run_options import RunOptions

LEFT = "left"  # how a run ended for us that goes on at the server
KEEPS_NOTHING = "This agent keeps nothing of this thread: there is nothing to join."
NOT_KEPT = (
    "This server ends a run when its caller leaves, so this one is followed to its end: "
    "serve(..., detach=True) lets runs go on."
)
PATIENCE = 2.0  # seconds for a server to take a stop


async def stop_kept(options: RunOptions, thread_id: str, run_id: str) -> bool:
    """Tell the server that a run is to end; False where it could not be told."""
    from ...protocol import run_input  # nobody who only connects needs it

    request = run_input.build(
        thread_id=thread_id, run_id=mint(), forwarded_props=ask_to_stop(run_id)
    )
    with contextlib.suppress(AGUIError, asyncio.TimeoutError):
        await asyncio.wait_for(_send(options, dict(request)), PATIENCE)
        return True
    return False


async def _send(options: RunOptions, request: JsonView) -> None:
    extras = {key: value for key, value in options.extras.items() if key == "headers"}
    async with options.transport(dict(request), **extras) as frames:
        async for _ in frames:
            pass


async def stop_left(thread: LiveThread, options: RunOptions, run: JsonView) -> None:
    """The same for a run that was left before; the document says so once it is true."""
    if await stop_kept(options, thread.document["threadId"], run["kept"]):
        with thread.lock:
            ended = (n for n, each in enumerate(thread.document["runs"]) if _is(each, run))
            thread.change(*(Set(("runs", n, "status"), "cancelled") for n in ended))
    else:
        thread.warn("The server could not be told to stop the run that was left.")


def left_run(runs: Sequence[JsonView]) -> JsonView | None:
    """The last run, if it was left."""
    return runs[-1] if runs and runs[-1]["status"] == LEFT else None


def _is(one: JsonView, other: JsonView) -> bool:
    return bool(one["runId"] == other["runId"] and one["status"] == LEFT)
