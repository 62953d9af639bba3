"""What an agent declares that it can (AgentCapabilities): read with care, told in a line. Pure.

A declaration informs and nothing more (C-CAP-02): only an explicit false says no (C-CAP-01).
"""

from __future__ import annotations

from collections.abc import Mapping

from ..values import Json, JsonObject, JsonView

_FLAGS = {
    "transport": ("streaming", "websocket", "httpBinary", "pushNotifications", "resumable"),
    "tools": ("supported", "parallelCalls", "clientProvided"),
    "output": ("structuredOutput",),
    "state": ("snapshots", "deltas", "memory", "persistentState"),
    "multiAgent": ("supported", "delegation", "handoffs"),
    "reasoning": ("supported", "streaming", "encrypted"),
    "execution": ("codeExecution", "sandboxed"),
    "humanInTheLoop": (
        *("supported", "approvals", "interventions", "feedback", "interrupts"),
        "approveWithEdits",
    ),
}
_MEDIA = ("image", "audio", "video", "pdf", "file")
_GROUPS = (*_FLAGS, "identity", "multimodal", "custom")
_WORDS = {  # in the order in which they are told
    "tools": (("tools", "supported"), ("tools", "clientProvided")),
    "shared state": (("state", "snapshots"), ("state", "deltas")),
    "reasoning": (("reasoning", "supported"), ("reasoning", "streaming")),
    "subagents": (("multiAgent", "supported"), ("multiAgent", "delegation")),
    "approvals": tuple(("humanInTheLoop", k) for k in ("supported", "approvals", "interrupts")),
}


def read_capabilities(value: Json) -> JsonObject | None:
    """A declaration as it may be used, or None: with a malformed member it is not (C-CAP-03).

    What is unknown in it stays (C-CAP-04).
    """
    if not isinstance(value, Mapping) or not any(name in value for name in _GROUPS):
        return None
    groups = {name: value[name] for name in _GROUPS if value.get(name) is not None}
    if not all(isinstance(group, Mapping) for group in groups.values()):
        return None
    media = _inputs(value)
    flags = [group.get(key) for name, keys in _FLAGS.items() for group in [groups.get(name, {})]
             for key in keys]  # fmt: skip
    sound = media is not None and all(flag is None or isinstance(flag, bool) for flag in flags)
    return dict(value) if sound else None


def _inputs(value: JsonView) -> JsonView | None:
    """What it says of files that come in; None where that is malformed."""
    given = (value.get("multimodal") or {}).get("input")
    if given is None:
        return {}
    sound = isinstance(given, Mapping) and all(
        isinstance(given.get(k, False), bool) for k in _MEDIA
    )
    return given if sound else None


def capabilities_line(declared: JsonView) -> str:
    """What it can, in one line; "" where it says of nothing that it can.

    >>> capabilities_line({"tools": {"supported": True}, "multimodal": {"input": {"image": True}}})
    'tools, pictures'
    """
    told = [word for word, flags in _WORDS.items() if any(_says(declared, *f) for f in flags)]
    inputs = _inputs(declared) or {}
    told += ["pictures"] if inputs.get("image") is True else []
    told += ["files"] if any(inputs.get(kind) is True for kind in _MEDIA[1:]) else []
    return ", ".join(told)


def takes_files(declared: JsonView) -> bool:
    """Whether files may be offered: unless it says no to every kind of them."""
    inputs = _inputs(declared) or {}
    return not all(inputs.get(kind) is False for kind in _MEDIA)


def takes_tools(declared: JsonView) -> bool:
    """Whether tools of the caller's may be offered: unless it says that it takes none."""
    tools = declared.get("tools") or {}
    return tools.get("supported") is not False and tools.get("clientProvided") is not False


def _says(declared: JsonView, group: str, flag: str) -> bool:
    return (declared.get(group) or {}).get(flag) is True
