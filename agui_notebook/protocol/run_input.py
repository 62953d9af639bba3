"""RunAgentInput: checked and built for sending, read tolerantly when received.

Only the request's shape lives here; who sends or serves it is somebody else's business.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ..errors import InvalidInput
from ..values import Json
from .compatibility import before, upgrade_message
from .enforce import Judge, Malformed, check
from .schema import PROTOCOL_VERSION
from .tolerance.local_ids import with_wire_ids
from .tolerance.messages import camel_case, identifier, objects, read_message
from .tolerance.questions import command_of

if TYPE_CHECKING:  # what is there at run time is a dict
    from ..types import RunAgentInput


def _silence(_: str) -> None:
    """Nobody wants to hear the warnings."""


# --- sending ------------------------------------------------------------------------------------


def build(
    *,
    thread_id: str,
    run_id: str,
    messages: Iterable[Mapping[str, Json]] = (),
    state: Json = None,
    tools: Sequence[Mapping[str, Json]] = (),
    context: Sequence[Mapping[str, Json]] = (),
    forwarded_props: Json = None,
    resume: Sequence[Mapping[str, Json]] | None = None,
    asked: Sequence[Mapping[str, Json]] = (),
    parent_run_id: str | None = None,
    peer: str | None = None,
    warn: Callable[[str], None] = _silence,
) -> RunAgentInput:
    """The request for one run, ready to be sent as JSON.

    Activity messages stay here (C-INPUT-03); nulls are omitted, a null state too (B-INPUT-09);
    what the protocol does not describe is taken out with a warning (C-PROC-18); ``peer`` is the
    newest package version the agent may be of, when known. Raises InvalidInput when something in
    it is malformed; then nothing must be sent. ``asked`` are the interrupts that ``resume``
    answers: where they came in an older dialect, the answers go in that.
    """
    command = command_of(resume or (), asked)
    if command is not None:
        props = forwarded_props if isinstance(forwarded_props, Mapping) else {}
        told = props.get("command")
        given = told if isinstance(told, Mapping) else {}
        forwarded_props, resume = {**props, "command": {**given, **command}}, None
    request: dict[str, Json] = {
        "threadId": thread_id,
        "runId": run_id,
        "protocolVersion": None if peer else PROTOCOL_VERSION,  # C-VER-02
        "parentRunId": parent_run_id,
        "state": {} if state is None else state,
        "messages": _outgoing_messages(messages, peer, warn),
        "tools": list(tools),
        "context": list(context),
        "forwardedProps": {} if forwarded_props is None else forwarded_props,
        "resume": None if resume is None else list(resume),
    }
    if before(peer, "0.0.39"):
        request["parentRunId"] = None
    present = {key: value for key, value in request.items() if value is not None}
    return _check_request(present, warn, "The request cannot be sent")


def _check_request(
    request: dict[str, Json], warn: Callable[[str], None], trouble: str
) -> RunAgentInput:
    """Without nulls and what nobody described. Raises InvalidInput when malformed."""
    judge = Judge(False, warn, quiet_nulls=True)
    judge.subject = "RunAgentInput"
    try:
        clean: RunAgentInput = check("RunAgentInput")(request, "", judge)
    except Malformed as error:
        raise InvalidInput(f"{trouble}: {error} (at '{error.path}')") from None
    return clean


def check_message(message: dict[str, Json]) -> dict[str, Json]:
    """The message itself. Raises InvalidInput when no request could carry it."""
    judge = Judge(False, _silence, quiet_nulls=True)
    judge.subject = "Message"
    try:
        check("Message")(upgrade_message(message, _silence), "", judge)
    except Malformed as error:
        raise InvalidInput(f"The message cannot be sent: {error} (at '{error.path}')") from None
    return message


def _outgoing_messages(
    messages: Iterable[Mapping[str, Json]], peer: str | None, warn: Callable[[str], None]
) -> list[Json]:
    """The history as this peer can read it (C-LEG-02, C-LEG-04, C-LEG-05)."""
    sent = [
        with_wire_ids(upgrade_message(message, warn))
        for message in messages
        if message.get("role") != "activity"
    ]
    if before(peer, "0.0.57"):
        sent = [{key: m[key] for key in m if key != "subagentRunId"} for m in sent]
    if before(peer, "0.0.39"):
        sent = [_flatten(message, warn) for message in sent]
    return sent


def _flatten(message: Mapping[str, Json], warn: Callable[[str], None]) -> Mapping[str, Json]:
    """A list of parts as one text, for peers that know no parts."""
    parts = message.get("content")
    if not isinstance(parts, list):
        return message
    texts = [part["text"] for part in parts if part.get("type") == "text"]
    if len(texts) < len(parts):
        warn(
            f"The peer reads text only: flattening message '{message['id']}' DROPS non-text parts."
        )
    return {**message, "content": "".join(texts)}


# --- receiving ----------------------------------------------------------------------------------


def read(
    body: object, mint: Callable[[], str], warn: Callable[[str], None] = _silence
) -> RunAgentInput:
    """A received body as a complete request, whatever dialect it is in (P-PROC-19, P-INPUT-08).

    ``mint`` makes ids for the thread, the run and messages that come without. Raises InvalidInput
    with one sentence when it is no request at all (P-INPUT-12).
    """
    if not isinstance(body, dict):
        raise InvalidInput("The request body must be a JSON object (RunAgentInput).")
    given = camel_case(body)
    messages = given.get("messages") or []
    if not isinstance(messages, list):
        raise InvalidInput("messages must be a list.")
    request: dict[str, Json] = {
        "threadId": identifier(given, "threadId", mint),
        "runId": identifier(given, "runId", mint),
        "messages": [m for one in messages if (m := read_message(one, mint, warn)) is not None],
        "state": given.get("state", {}),
        "tools": [_tool(tool) for tool in objects(given, "tools")],
        "context": [_fact(entry) for entry in objects(given, "context")],
        "forwardedProps": given.get("forwardedProps", {}),
    }
    request |= {k: given[k] for k in ("parentRunId", "protocolVersion") if k in given}
    answers = _resume(given.get("resume"))
    if answers:
        request["resume"] = answers
    return _check_request(request, warn, "The request is malformed")


def _tool(tool: dict[str, Json]) -> dict[str, Json]:
    if not isinstance(tool.get("name"), str):
        raise InvalidInput("A tool must have a name.")
    return {"description": "", "parameters": {}, **tool}


def _fact(entry: dict[str, Json]) -> dict[str, Json]:
    """An entry of the context; a value that is data is written as JSON text."""
    value = entry.get("value", "")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return {"description": "", **entry, "value": text}


def _resume(given: Json) -> list[dict[str, Json]]:
    """Answers to interrupts, in today's form or in an older one."""
    if isinstance(given, dict):
        given = given.get("interrupts", given.get("interrupt", given))
        given = given if isinstance(given, list) else [given]
    entries = given if isinstance(given, list) else []
    return [_answer(camel_case(entry)) for entry in entries if isinstance(entry, dict)]


def _answer(entry: dict[str, Json]) -> dict[str, Json]:
    names = ("interruptId", "interrupt_id", "id", "toolCallId")
    item = next((entry[name] for name in names if isinstance(entry.get(name), str)), None)
    if item is None:
        raise InvalidInput("A resume entry must name its interruptId.")
    answer = {"interruptId": item, "status": entry.get("status", "resolved")}
    payload = next((entry[n] for n in ("payload", "value", "response") if n in entry), None)
    answer |= {} if payload is None else {"payload": payload}
    return answer | ({"metadata": entry["metadata"]} if "metadata" in entry else {})
