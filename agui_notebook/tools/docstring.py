"""What a docstring says of a function and of its parameters, for a model to read.

docstring-parser reads the styles. Here is only what it drops: words behind a Google section, and
sections that tell a model something (warnings, examples), which belong to the description.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..late_pattern import late

_ARGUMENTS = "Args|Arguments|Parameters|Params|Keyword Args|Keyword Arguments|Other Parameters"
_GOOGLE = late(
    rf"^(?:(?P<arguments>{_ARGUMENTS})|Returns|Yields|Raises|Attributes):[ \t]*\n"
    r"(?P<body>(?:[ \t]+\S.*(?:\n|\Z)|[ \t]*\n)*)",
    re.MULTILINE,
)
_BARE = late(rf"\A(?:{_ARGUMENTS}):\n(?=\S)")  # inspect.cleandoc took its indentation away
_NOT_TOLD = {"param", "attribute", "returns", "yields", "raises"}


class Words(NamedTuple):
    """What is said of a function, and of each parameter that anything is said of."""

    description: str
    parameters: dict[str, str]


def read_docstring(text: str) -> Words:
    """The words in a docstring of Google's, NumPy's, Sphinx' or Epydoc's style."""
    if _BARE.match(text):
        text = text.replace("\n", "\n    ")
    sections = list(_GOOGLE.finditer(text))
    if not sections:
        return _other_style(text)
    described = "".join(found["body"] for found in sections if found["arguments"])
    return Words(_paragraphs(_GOOGLE.sub("\n", text)), _parameters(f"-\n\nArgs:\n{described}"))


def _other_style(text: str) -> Words:
    read = _parse(text)
    told = [meta for meta in read.meta if meta.args[0] not in _NOT_TOLD]
    parts = [read.short_description, read.long_description]
    parts += [f"{meta.args[0].capitalize()}: {_words_of(meta)}" for meta in told if _words_of(meta)]
    return Words(_paragraphs("\n\n".join(filter(None, parts))), _parameters(text))


def _words_of(meta: Any) -> str:
    return meta.description or getattr(meta, "snippet", "") or ""


def _parameters(text: str) -> dict[str, str]:
    return {
        name.strip().lstrip("*"): " ".join(entry.description.split())
        for entry in _parse(text).params
        if entry.description
        for name in entry.arg_name.split(",")
    }


def _paragraphs(text: str) -> str:
    """Each paragraph on one line; lines that are a list stay lines."""
    paragraphs = (_join_lines(part) for part in re.split(r"\n\s*\n", text))
    return "\n\n".join(part for part in paragraphs if part)


def _join_lines(paragraph: str) -> str:
    listed = re.compile(r"\n(?=\s*(?:[-*+]|\d+[.)])\s)")
    return "\n".join(" ".join(part.split()) for part in listed.split(paragraph)).strip()


def _parse(text: str) -> Any:
    import docstring_parser  # here: it takes 20 ms, and a chat without tools does not need it

    return docstring_parser.parse(text)
