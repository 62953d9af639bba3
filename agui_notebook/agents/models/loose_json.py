"""Reading JSON whose shape nobody keeps to: every question has an answer, and none raises.

Providers and gateways send null, numbers and lists where their own documents say text. Nothing
here knows a dialect.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ...values import Foreign, Json, JsonObject, JsonView


def plain(chunk: Foreign) -> JsonObject:
    """An SDK's object as plain data; a mapping as it is; ``{}`` for what is neither."""
    if isinstance(chunk, Mapping):
        return dict(chunk)
    if not hasattr(chunk, "model_dump"):
        return dict(vars(chunk)) if hasattr(chunk, "__dict__") else {}
    try:  # an SDK that did not check what it got warns when it writes it down
        dumped = chunk.model_dump(warnings=False)
    except TypeError:
        dumped = chunk.model_dump()
    return mapping(dumped)


def mapping(value: Json) -> JsonObject:
    """An object, or an empty one."""
    return dict(value) if isinstance(value, Mapping) else {}


def entries(value: Json) -> list[JsonObject]:
    """The objects of a list; one object counts as a list of it."""
    if isinstance(value, Mapping):
        return [dict(value)]
    listed = value if isinstance(value, list | tuple) else ()
    return [dict(each) for each in listed if isinstance(each, Mapping)]


def text(value: Json) -> str:
    """Text as it is, a number as it is written, and nothing of anything else."""
    if isinstance(value, str):
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return json.dumps(value) if number else ""


def word(value: Json) -> str:
    """A word of a provider's own list: text, or an SDK's enumeration."""
    return text(getattr(value, "value", value))


def key(value: Json) -> int | str | None:
    """What names one thing among several: a number, also as text, or text; else None."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdecimal() else value or None
    return value if isinstance(value, int) else None


def count(value: Json) -> int | None:
    """A number of tokens, or None."""
    known = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if known else None


def parts(content: Json) -> Iterator[tuple[str, str]]:
    """What content holds as pairs of kind and text: a string, a part, or a list of parts.

    >>> list(parts([{"type": "text", "text": "hi"}, {"type": "thinking", "thinking": "hm"}]))
    [('text', 'hi'), ('thinking', 'hm')]
    """
    if isinstance(content, list | tuple | Mapping):
        for part in content if isinstance(content, list | tuple) else (content,):
            yield from _part(part) if isinstance(part, Mapping) else parts(part)
    elif said := text(content):
        yield "text", said


def _part(part: JsonView) -> Iterator[tuple[str, str]]:
    kind = text(part.get("type")) or "text"
    held = part.get("text") or part.get(kind) or part.get("content")
    yield kind, "".join(said for _, said in parts(held))
