"""Messages as other servers and clients write them, read as AG-UI's.

One message in, one out. Where it came from, and what is said about it, is the caller's business.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ...errors import InvalidInput
from ...values import Json
from ..compatibility import upgrade_message
from ..schema import UNIONS

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
_ROLE_WORDS = {"ai": "assistant", "model": "assistant", "human": "user", "function": "tool"}
_LANGCHAIN_CALL = ("name", "args", "arguments")


def camel_case(value: Mapping[str, Json]) -> dict[str, Json]:
    """Keys in AG-UI's spelling, and only those that say something."""
    return {_ALIASES.get(key, key): item for key, item in value.items() if item is not None}


def identifier(given: Mapping[str, Json], name: str, mint: Callable[[], str]) -> str:
    """An id as it was sent, or a minted one; numbers are as good as strings."""
    value = given.get(name, "")
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        raise InvalidInput(f"{name} must be a string.")
    return value or mint()


def objects(given: Mapping[str, Json], name: str) -> list[dict[str, Json]]:
    value = given.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InvalidInput(f"{name} must be a list of objects.")
    return [camel_case(item) for item in value]


def read_message(
    given: Json, mint: Callable[[], str], warn: Callable[[str], None]
) -> dict[str, Json] | None:
    """One message of the history; None when its role means nothing to anybody.

    ``mint`` makes an id for one that has none. Raises InvalidInput when it is no message at all.
    """
    if not isinstance(given, dict):
        raise InvalidInput("messages must be a list of objects.")
    message = upgrade_message(camel_case(given), warn)
    message["role"] = role_of(message)
    if not isinstance(message["role"], str) or message["role"] not in _ROLES:
        warn(f"A message of unknown role {message.get('role')!r} is skipped.")
        return None
    message["id"] = identifier(message, "id", mint)
    if "toolCalls" in message:
        message["toolCalls"] = [_call(call, mint) for call in objects(message, "toolCalls")]
    if "content" in message:
        message["content"] = _content(message, warn)
    elif message["role"] not in ("assistant", "activity"):
        message["content"] = ""
    return dict(message)


def role_of(message: Mapping[str, Json]) -> Json:
    """AG-UI's word for who speaks; LangChain has others, and says them as ``type``."""
    role = message.get("role", message.get("type"))
    return _ROLE_WORDS.get(role, role) if isinstance(role, str) else role


def _call(call: dict[str, Json], mint: Callable[[], str]) -> dict[str, Json]:
    """A tool call whose arguments are text; LangChain has ``name`` and ``args`` beside the id."""
    function = call.get("function")
    if function is None and "name" in call:
        function = {"name": call["name"], "arguments": call.get("args", call.get("arguments"))}
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise InvalidInput("A tool call must have a function with a name.")
    arguments = function.get("arguments") or ""
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    rest = {key: item for key, item in call.items() if key not in _LANGCHAIN_CALL}
    named = {"id": identifier(call, "id", mint), "type": "function"}
    return {**rest, **named, "function": {**function, "arguments": arguments}}


def _content(message: Mapping[str, Json], warn: Callable[[str], None]) -> Json:
    """Text or parts; data that is neither is written as JSON text, unknown parts are skipped."""
    content = message["content"]
    if isinstance(content, str) or message["role"] == "activity":
        return content
    if not isinstance(content, list) or not all(_is_part(part) for part in content):
        return json.dumps(content, ensure_ascii=False)
    parts = [known for part in content if (known := _part(camel_case(part), warn)) is not None]
    if message["role"] in ("user", "tool"):
        return parts
    return "".join(part["text"] for part in parts if part["type"] == "text")


def _is_part(part: Json) -> bool:
    return isinstance(part, dict) and isinstance(part.get("type"), str)


def _part(part: dict[str, Json], warn: Callable[[str], None]) -> dict[str, Json] | None:
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
        return {**part, "source": camel_case(part["source"])}
    warn(f"A content part of unknown type {kind!r} is skipped.")
    return None


def _source(url: str) -> dict[str, str]:
    """Where an image is: a data URL carries it, any other names it."""
    head, comma, data = url.partition(",")
    if comma and head.startswith("data:") and head.endswith(";base64"):
        return {"type": "data", "value": data, "mimeType": head[5:-7]}
    return {"type": "url", "value": url}
