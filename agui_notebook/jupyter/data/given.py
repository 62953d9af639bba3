"""A variable as an agent is given it: parts of a user's message, within a stated budget.

A table as columns, statistics and a sample, a figure as a picture, a text whole; what is left out
is said. Which variables are given is others' business: the composer's, a cell's.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping

from ... import limits
from ...doors import door
from ...errors import InvalidInput
from ...tools.as_json import shorten
from ...values import Foreign, JsonObject
from . import variables

# a bare name in braces, where no code, formula or template has one
_NAMED = re.compile(r"(?<![\w{}$\\\"'=%@#^.\])>])\{([A-Za-z_]\w*)\}(?![\w{}\"'(\[=])")
_QUOTED = re.compile(
    r"(?s)(```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`|\$\$.*?\$\$"  # code and formulas
    r"|\"[^\"\n]*\"|\bf'[^'\n]*')"  # strings, of Python's own too
)
_PLAIN = (str, int, float, bool)


def parts_of(name: str, value: Foreign) -> list[JsonObject]:
    """What an agent is given of ``value``. Raises InvalidInput for a picture that is too large."""
    picture = _picture(value)
    if picture is not None:
        return [_picture_part(name, picture)]
    return [{"type": "text", "text": f"\n\n{text_of(name, value)}"}]


def text_of(name: str, value: Foreign) -> str:
    """A variable in words: what it is, and what is in it."""
    told = ", ".join(filter(None, [variables.kind_of(value), variables.size_of(value)]))
    budget = limits.GIVEN_TEXT if isinstance(value, str) else limits.GIVEN_DATA
    return f"Variable `{name}` ({told}):\n\n{shorten(variables.content_of(value), budget)}"


@door
def describe(**named: Foreign) -> list[JsonObject]:
    """Variables as facts for an agent's prompt: ``context=`` of ``ask``, ``run`` and ``chat``.

    A table becomes its columns, statistics and first rows, within 20,000 characters
    (``limits.GIVEN_DATA``); a text is given whole. What is left out is said. Print it to see what
    would be sent. Raises InvalidInput for a picture: that is attached, ``attach=[figure]``.

    >>> describe(city="Lisbon")
    [{'description': 'Variable `city` (str, 6 characters)', 'value': 'Lisbon'}]
    """
    for name, value in named.items():
        if _picture(value) is not None:
            raise InvalidInput(f"{name} is a picture, which no context holds: attach=[{name}].")
    told = (text_of(name, value).partition(":\n\n") for name, value in named.items())
    return [{"description": head, "value": text} for head, _, text in told]


def fill_cell(text: str, names: Mapping[str, Foreign]) -> tuple[str, list[JsonObject]]:
    """The text of a cell with its ``{names}`` filled: a text or a number in its place, anything
    else by its name, and its parts behind the text. Braces of code and of anything that is no
    variable stay as they are.
    """
    given: dict[str, Foreign] = {}

    def fill(found: re.Match[str]) -> str:
        if found[1] not in names:
            return found[0]
        value = names[found[1]]
        if isinstance(value, _PLAIN):
            return shorten(str(value), limits.GIVEN_TEXT)
        given[found[1]] = value
        return f"`{found[1]}`"

    pieces = _QUOTED.split(text)
    filled = "".join(
        piece if place % 2 else _NAMED.sub(fill, piece) for place, piece in enumerate(pieces)
    )
    return filled, [part for name, value in given.items() for part in parts_of(name, value)]


def _picture(value: Foreign) -> bytes | None:
    """A figure or a picture as PNG; None where it is none."""
    if isinstance(value, type):
        return None
    if type(value).__module__.startswith("matplotlib.") and hasattr(value, "savefig"):
        file = io.BytesIO()
        value.savefig(file, format="png", bbox_inches="tight")
        return file.getvalue()
    draw = getattr(type(value), "_repr_png_", None)
    drawn = draw(value) if callable(draw) else None
    found: bytes | None = drawn[0] if isinstance(drawn, tuple) else drawn
    return found


def _picture_part(name: str, png: bytes) -> JsonObject:
    if len(png) > limits.GIVEN_PICTURE:
        raise InvalidInput(
            f"{name} is a picture of {len(png):,} bytes, more than the {limits.GIVEN_PICTURE:,} "
            "that are sent (agui_notebook.limits.GIVEN_PICTURE): make it smaller."
        )
    source = {"type": "data", "value": base64.b64encode(png).decode(), "mimeType": "image/png"}
    return {"type": "image", "source": source, "metadata": {"filename": f"{name}.png"}}
