"""RunAgentInput: checked and built for sending, read tolerantly when received.

Only the request's shape lives here; who sends or serves it is somebody else's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypedDict

from ..errors import InvalidInput
from .schema import PROTOCOL_VERSION


class RunAgentInput(TypedDict, total=False):
    """What a client posts to start a run; ``threadId``, ``runId`` and ``messages`` are always there."""

    threadId: str
    runId: str
    protocolVersion: str
    parentRunId: str
    state: Any
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    context: list[dict[str, Any]]
    forwardedProps: Any
    resume: list[dict[str, Any]]


def build(
    *,
    thread_id: str,
    run_id: str,
    messages: Iterable[Mapping[str, Any]] = (),
    state: Any = None,
    tools: Sequence[Mapping[str, Any]] = (),
    context: Sequence[Mapping[str, Any]] = (),
    forwarded_props: Any = None,
    resume: Sequence[Mapping[str, Any]] | None = None,
    parent_run_id: str | None = None,
    peer: str | None = None,
    warn: Callable[[str], None] | None = None,
) -> RunAgentInput:
    """The request for one run, ready to be sent as JSON (C-PROC-18, C-INPUT-03, B-INPUT-09)."""
    request: dict[str, Any] = {"threadId": thread_id, "runId": run_id}
    request["protocolVersion"] = PROTOCOL_VERSION
    if parent_run_id is not None:
        request["parentRunId"] = parent_run_id
    request["state"] = {} if state is None else state
    request["messages"] = [dict(m) for m in messages if m.get("role") != "activity"]
    request |= {"tools": list(tools), "context": list(context)}
    request["forwardedProps"] = {} if forwarded_props is None else forwarded_props
    if resume is not None:
        request["resume"] = list(resume)
    return request  # type: ignore[return-value]


def read(body: object, mint: Callable[[], str]) -> RunAgentInput:
    """A received body as a complete request; raises InvalidInput with one sentence."""
    if not isinstance(body, dict):
        raise InvalidInput("The request body must be a JSON object (RunAgentInput).")
    names = {"thread_id": "threadId", "run_id": "runId", "forwarded_props": "forwardedProps"}
    request = {names.get(key, key): value for key, value in body.items() if value is not None}
    request.setdefault("threadId", mint())
    request.setdefault("runId", mint())
    request.setdefault("messages", [])
    request = {"state": {}, "tools": [], "context": [], "forwardedProps": {}, **request}
    return request  # type: ignore[return-value]
