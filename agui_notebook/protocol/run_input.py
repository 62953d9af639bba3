"""RunAgentInput: checked and built for sending, read tolerantly when received.

Only the request's shape lives here; who sends or serves it is somebody else's business.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from .compatibility import before, upgrade_message
from .enforce import Judge, Malformed, check
from .schema import PROTOCOL_VERSION, UNIONS

if TYPE_CHECKING:  # what is there at run time is a dict
    from ..types import RunAgentInput


def _silence(_: str) -> None:
    """Nobody wants to hear the warnings."""


# --- sending ------------------------------------------------------------------------------------


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
    warn: Callable[[str], None] = _silence,
) -> RunAgentInput:
    """The request for one run, ready to be sent as JSON.

    Activity messages stay here (C-INPUT-03); nulls are omitted, a null state too (B-INPUT-09);
    what the protocol does not describe is taken out with a warning (C-PROC-18); ``peer`` is the
    newest package version the agent may be of, when known. Raises InvalidInput when something in
    it is malformed; then nothing must be sent.
    """
    request: dict[str, Any] = {
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
    request: dict[str, Any], warn: Callable[[str], None], trouble: str
) -> RunAgentInput:
    """Without nulls and what nobody described. Raises InvalidInput when malformed."""
    judge = Judge(False, warn, quiet_nulls=True)
    judge.subject = "RunAgentInput"
    try:
        clean: RunAgentInput = check("RunAgentInput")(request, "", judge)
    except Malformed as error:
        raise InvalidInput(f"{trouble}: {error} (at '{error.path}')") from None
    return clean


def check_message(message: dict[str, Any]) -> dict[str, Any]:
    """The message itself. Raises InvalidInput when no request could carry it."""
    judge = Judge(False, _silence, quiet_nulls=True)
    judge.subject = "Message"
    try:
        check("Message")(upgrade_message(message, _silence), "", judge)
    except Malformed as error:
        raise InvalidInput(f"The message cannot be sent: {error} (at '{error.path}')") from None
    return message


def _outgoing_messages(
    messages: Iterable[Mapping[str, Any]], peer: str | None, warn: Callable[[str], None]
) -> list[Any]:
    """The history as this peer can read it (C-LEG-02, C-LEG-04, C-LEG-05)."""
    sent = [
        upgrade_message(message, warn) for message in messages if message.get("role") != "activity"
    ]
    if before(peer, "0.0.57"):
        sent = [{key: m[key] for key in m if key != "subagentRunId"} for m in sent]
    if before(peer, "0.0.39"):
        sent = [_flatten(message, warn) for message in sent]
    return sent


def _flatten(message: Mapping[str, Any], warn: Callable[[str], None]) -> Mapping[str, Any]:
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

_ALIASES = {
    "thread_id": "threadId",
    "run_id": "runId",
    "parent_run_id": "parentRunId",
    "protocol_version": "protocolVersion",
    "forwarded_props": "forwardedProps",
    "tool_call_id": "toolCallId",
    "tool_calls": "toolCalls",
    "encrypted_value": "encryptedValue",
    "encrypted_value_type": "encryptedValueType",
    "activity_type": "activityType",
    "subagent_run_id": "subagentRunId",
    "mime_type": "mimeType",
}
_ROLES = UNIONS["Message"][1]
_PARTS = UNIONS["Part"][1]


def read(
    body: object, mint: Callable[[], str], warn: Callable[[str], None] = _silence
) -> RunAgentInput:
    """A received body as a complete request, whatever dialect it is in (P-PROC-19, P-INPUT-08).

    ``mint`` makes ids for the thread, the run and messages that come without. Raises InvalidInput
    with one sentence when it is no request at all (P-INPUT-12).
    """
    if not isinstance(body, dict):
        raise InvalidInput("The request body must be a JSON object (RunAgentInput).")
    given = _camel(body)
    messages = given.get("messages") or []
    if not isinstance(messages, list):
        raise InvalidInput("messages must be a list.")
    request: dict[str, Any] = {
        "threadId": _identifier(given, "threadId", mint),
        "runId": _identifier(given, "runId", mint),
        "messages": [m for one in messages if (m := _message(one, mint, warn)) is not None],
        "state": given.get("state", {}),
        "tools": [_tool(tool) for tool in _objects(given, "tools")],
        "context": [_fact(entry) for entry in _objects(given, "context")],
        "forwardedProps": given.get("forwardedProps", {}),
    }
    request |= {k: given[k] for k in ("parentRunId", "protocolVersion") if k in given}
    answers = _resume(given.get("resume"))
    if answers:
        request["resume"] = answers
    return _check_request(request, warn, "The request is malformed")


def _camel(value: Mapping[str, Any]) -> dict[str, Any]:
    """Keys in AG-UI's spelling, and only those that say something."""
    return {_ALIASES.get(key, key): item for key, item in value.items() if item is not None}


def _identifier(given: Mapping[str, Any], name: str, mint: Callable[[], str]) -> str:
    """An id as it was sent, or a minted one; numbers are as good as strings."""
    value = given.get(name, "")
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        raise InvalidInput(f"{name} must be a string.")
    return value or mint()


def _objects(given: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = given.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InvalidInput(f"{name} must be a list of objects.")
    return [_camel(item) for item in value]


def _message(
    given: Any, mint: Callable[[], str], warn: Callable[[str], None]
) -> dict[str, Any] | None:
    """One message of the history; None when its role means nothing to anybody."""
    if not isinstance(given, dict):
        raise InvalidInput("messages must be a list of objects.")
    message = upgrade_message(_camel(given), warn)
    if message.get("role") not in _ROLES:
        warn(f"A message of unknown role {message.get('role')!r} is skipped.")
        return None
    message["id"] = _identifier(message, "id", mint)
    if "toolCalls" in message:
        message["toolCalls"] = [_call(call) for call in _objects(message, "toolCalls")]
    if "content" in message:
        message["content"] = _content(message, warn)
    elif message["role"] not in ("assistant", "activity"):
        message["content"] = ""
    return dict(message)


def _call(call: dict[str, Any]) -> dict[str, Any]:
    """A tool call whose arguments are text."""
    function = call.get("function")
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise InvalidInput("A tool call must have a function with a name.")
    arguments = function.get("arguments") or ""
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return {"type": "function", **call, "function": {**function, "arguments": arguments}}


def _content(message: Mapping[str, Any], warn: Callable[[str], None]) -> Any:
    """Text or parts; data that is neither is written as JSON text, unknown parts are skipped."""
    content = message["content"]
    if isinstance(content, str) or message["role"] == "activity":
        return content
    if not isinstance(content, list) or not all(_is_part(part) for part in content):
        return json.dumps(content, ensure_ascii=False)
    parts = [known for part in content if (known := _part(_camel(part), warn)) is not None]
    if message["role"] in ("user", "tool"):
        return parts
    return "".join(part["text"] for part in parts if part["type"] == "text")


def _is_part(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("type"), str)


def _part(part: dict[str, Any], warn: Callable[[str], None]) -> dict[str, Any] | None:
    """A part of ours, or the OpenAI spelling of one; None for what nobody knows (P-INPUT-05)."""
    kind = part["type"]
    if kind in ("input_text", "output_text") and isinstance(part.get("text"), str):
        return {"type": "text", "text": part["text"]}
    if kind in ("image_url", "input_image"):
        url = part.get("image_url")
        url = url.get("url") if isinstance(url, dict) else url
        return {"type": "image", "source": _source(url)} if isinstance(url, str) else None
    if kind == "text":
        return part if isinstance(part.get("text"), str) else None
    if kind in _PARTS and isinstance(part.get("source"), dict):
        return {**part, "source": _camel(part["source"])}
    warn(f"A content part of unknown type {kind!r} is skipped.")
    return None


def _source(url: str) -> dict[str, str]:
    """Where an image is: a data URL carries it, any other names it."""
    head, comma, data = url.partition(",")
    if comma and head.startswith("data:") and head.endswith(";base64"):
        return {"type": "data", "value": data, "mimeType": head[5:-7]}
    return {"type": "url", "value": url}


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(tool.get("name"), str):
        raise InvalidInput("A tool must have a name.")
    return {"description": "", "parameters": {}, **tool}


def _fact(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of the context; a value that is data is written as JSON text."""
    value = entry.get("value", "")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return {"description": "", **entry, "value": text}


def _resume(given: Any) -> list[dict[str, Any]]:
    """Answers to interrupts, in today's form or in an older one."""
    if isinstance(given, dict):
        given = given.get("interrupts", given.get("interrupt", given))
        given = given if isinstance(given, list) else [given]
    entries = given if isinstance(given, list) else []
    return [_answer(_camel(entry)) for entry in entries if isinstance(entry, dict)]


def _answer(entry: dict[str, Any]) -> dict[str, Any]:
    names = ("interruptId", "interrupt_id", "id", "toolCallId")
    item = next((entry[name] for name in names if isinstance(entry.get(name), str)), None)
    if item is None:
        raise InvalidInput("A resume entry must name its interruptId.")
    answer = {"interruptId": item, "status": entry.get("status", "resolved")}
    payload = next((entry[n] for n in ("payload", "value", "response") if n in entry), None)
    answer |= {} if payload is None else {"payload": payload}
    return answer | ({"metadata": entry["metadata"]} if "metadata" in entry else {})
