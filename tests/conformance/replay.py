"""One recorded case of the corpus in, what our stages make of it out; see README.md.

Each group of cases exercises one stage by itself, so that stage is driven here, strictly.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Iterable
from typing import Any

from agui_notebook import ProtocolError
from agui_notebook.protocol import Enforcement, Fold, Lanes, Order, new_document, reduce
from agui_notebook.protocol import compact_events as compact
from agui_notebook.wire import FrameReader, decode

# The verifier's own cases leave out what it does not look at; in our pipeline enforcement does.
LEFT_OUT: dict[str, dict[str, Any]] = {
    "RUN_FINISHED": {"threadId": "test-thread-id", "runId": "test-run-id"},
    "CUSTOM": {"value": None},
    "ACTIVITY_DELTA": {"activityType": "search", "patch": []},
    "REASONING_MESSAGE_START": {"role": "reasoning"},
    "REASONING_ENCRYPTED_VALUE": {"encryptedValue": "opaque"},
}

Case = dict[str, Any]


def replay(case: Case) -> dict[str, Any] | None:
    """What run_cases.py compares: outcome, error, and what the stage produced."""
    stage = STAGES.get(case["stage"])
    return None if stage is None else stage(case)


def _nothing(text: str) -> None:
    pass


def _through(events: Iterable[Any], one: Callable[[Any], None]) -> dict[str, Any]:
    try:
        for event in events:
            one(copy.deepcopy(event))
    except ProtocolError as error:
        return {"outcome": "failed", "error": {"message": str(error)}}
    return {"outcome": "completed", "error": None}


def _chunks(case: Case) -> dict[str, Any]:
    lanes, made = Lanes(), []
    result = _through(case["events"], lambda event: made.extend(lanes.expand(event)))
    return {**result, "events": made}


def _verify(case: Case) -> dict[str, Any]:
    order, made = Order({}, True, _nothing), []
    enforce = Enforcement(True, _nothing)

    def one(event: Any) -> None:
        whole = {**LEFT_OUT.get(event["type"], {}), **event}
        if enforce(whole) and order.admits(whole):
            made.append(event)

    return {**_through(case["events"], one), "events": made}


def _apply(case: Case) -> dict[str, Any]:
    held = copy.deepcopy(case["input"])
    document = new_document("t", held["messages"], held["state"])
    document["state"] = held["state"]
    fold = Fold(document, {}, True, _nothing)

    def one(event: Any) -> None:
        reduce(fold, event, None)

    result = _through(case["events"], one)
    return {
        **result,
        "messages": document["messages"],
        "state": document["state"],
        "pendingInterrupts": document["interrupts"],
    }


def _compact(case: Case) -> dict[str, Any]:
    return {"outcome": "completed", "error": None, "events": compact(case["events"])}


def _sse(case: Case) -> dict[str, Any]:
    reader, made = FrameReader(), []
    chunks = [base64.b64decode(chunk) for chunk in case["chunks_b64"]]
    result = _through(chunks, lambda chunk: made.extend(map(decode, reader.feed(chunk))))
    made += map(decode, reader.close())
    return {**result, "events": made}


STAGES: dict[str, Callable[[Case], dict[str, Any]]] = {
    "chunks": _chunks,
    "verify": _verify,
    "apply": _apply,
    "compact": _compact,
    "sse": _sse,
}
