"""A run that goes on when its caller leaves: how a server says that it keeps one, and what is
asked of it then. Pure: who keeps runs, and who leaves them, is somebody else's business.

The protocol knows the request that only asks for its thread (``threadId`` and no messages). What
it has no word for travels where it lets others put theirs: in an event's ``metadata`` and in
``forwardedProps``, each under our own name.
"""

from __future__ import annotations

from ...values import Json, JsonObject, JsonView
from ..grammar import RUN

NAMESPACE = "agui_notebook"


def announce_kept(event: JsonView, run_id: str) -> JsonObject:
    """RUN_STARTED of a run that is kept; ``run_id`` is what it was called when it began.

    >>> announce_kept({"type": "RUN_STARTED", "runId": "r2"}, "r1")["metadata"]
    {'agui_notebook': {'keeps': 'r1'}}
    """
    return {**event, "metadata": {NAMESPACE: {"keeps": run_id}}}


def kept_run(event: object) -> str | None:
    """The first name of the run that this RUN_STARTED says is kept; None: it says nothing.

    >>> kept_run({"type": "RUN_STARTED", "metadata": {"agui_notebook": {"keeps": "r1"}}})
    'r1'
    """
    if not isinstance(event, dict) or event.get("type") != RUN.start:
        return None
    run_id = _ours(event.get("metadata")).get("keeps")
    return run_id if isinstance(run_id, str) else None


def ask_to_stop(run_id: str) -> JsonObject:
    """The ``forwardedProps`` of a request that wants a kept run to end.

    >>> ask_to_stop("r1")
    {'agui_notebook': {'stop': 'r1'}}
    """
    return {NAMESPACE: {"stop": run_id}}


def run_to_stop(request: JsonView) -> str | None:
    """Which run a request wants to end; None: it wants none to.

    >>> run_to_stop({"forwardedProps": {"agui_notebook": {"stop": "r1"}}})
    'r1'
    """
    run_id = _ours(request["forwardedProps"]).get("stop")
    return run_id if isinstance(run_id, str) else None


def _ours(given: Json) -> JsonObject:
    found = given.get(NAMESPACE) if isinstance(given, dict) else None
    return found if isinstance(found, dict) else {}
