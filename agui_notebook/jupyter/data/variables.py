"""What the user's variables are, in words that have a budget: kind, size, and how they begin.

A table is told as its columns, statistics and first rows. What is left out is always said.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from ...errors import ToolFailed
from ...tools.as_json import as_text, shorten
from ...values import Foreign, Json
from ..shell import shell

SAMPLE = 5  # rows of a table
SHORT = 80  # characters of a value in the list
MOST = 200  # variables in the list
_NO_DATA = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)


class Variable(NamedTuple):
    """One variable of the user's: how the list tells of it."""

    name: str
    kind: str
    size: str


def user_variables() -> dict[str, Foreign]:
    """The user's own variables, without what IPython put there and what is no data."""
    found = shell()
    names: Mapping[str, Foreign] = getattr(found, "user_ns", {})
    hidden = getattr(found, "user_ns_hidden", {})
    return {
        name: value
        for name, value in names.items()
        if not name.startswith("_")
        and not (name in hidden and hidden[name] is value)
        and not isinstance(value, _NO_DATA)
    }


def find_variable(name: str) -> Foreign:
    """The variable of this name. Raises ToolFailed."""
    variables = user_variables()
    if name not in variables:
        known = ", ".join(list(variables)[:20]) or "none"
        raise ToolFailed(f"There is no variable {shorten(name, SHORT)!r}: there is {known}.")
    return variables[name]


def list_of(variables: Mapping[str, Foreign]) -> list[Variable]:
    """Name, kind and size of each."""
    return [Variable(name, kind_of(value), size_of(value)) for name, value in variables.items()]


def kind_of(value: Foreign) -> str:
    """The name of its class, with its package where that is not Python's own."""
    kind = type(value)
    home = kind.__module__.partition(".")[0]
    return kind.__name__ if home in ("builtins", "__main__") else f"{home}.{kind.__name__}"


def size_of(value: Foreign) -> str:
    """Its shape, or how many it holds; "" where it has neither."""
    shape = _safely(lambda: tuple(int(each) for each in value.shape))
    if shape:
        return " × ".join(f"{each:,}" for each in shape)
    count = _safely(lambda: len(value))
    unit = "characters" if isinstance(value, str) else "items"
    return "" if count is None else f"{count:,} {unit}"


def describe(name: str, value: Foreign, budget: int) -> str:
    """A variable in at most about ``budget`` characters; what was left out is said."""
    head = ", ".join(filter(None, [f"{name}: {kind_of(value)}", size_of(value)]))
    return shorten(f"{head}\n\n{content_of(value)}", budget)


def content_of(value: Foreign) -> str:
    """What is in it: a table's columns, statistics and first rows; anything else as a text."""
    return "\n\n".join(_table_parts(value)) if is_table(value) else as_text(value)


def is_table(value: Foreign) -> bool:
    """Whether it has columns with types and a beginning, as frames of pandas and polars have."""
    return not isinstance(value, type) and all(
        hasattr(value, each) for each in ("columns", "dtypes", "head", "describe", "shape")
    )


def _table_parts(frame: Foreign) -> Iterator[str]:
    count = int(frame.shape[0])
    which = f"the first {SAMPLE} of {count:,} rows" if count > SAMPLE else f"all {count} rows"
    yield "columns:\n" + "\n".join(_columns(frame))
    told = _safely(lambda: _text(frame.describe()))
    if told:
        yield f"statistics:\n{told}"
    yield f"{which}:\n{_safely(lambda: _text(frame.head(SAMPLE))) or ''}"


def _columns(frame: Foreign) -> list[str]:
    kinds = _safely(lambda: list(frame.dtypes)) or []
    return [f"- {column}: {kind}" for column, kind in zip(frame.columns, kinds, strict=False)]


def _text(frame: Foreign) -> str:
    """All of a small frame, no column replaced by dots."""
    whole = getattr(frame, "to_string", None)
    return str(whole() if whole else frame)


def _safely(look: Callable[[], Json]) -> Json:
    """What a look at an object of others gives; None where it raises."""
    try:
        return look()
    except Exception:
        return None
