"""What a chat was made of, and whether a call means the same once more. Nothing but comparing.

Which chats there are is chats.py's business, what is made of a target is targets.py's.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import NamedTuple

from ..client.session import Session
from ..values import Foreign, JsonView

# a conversation begins with these, or is held with another agent where they differ
BEGINS = ("model", "path", "system", "messages", "state", "thread_id")


class Origin(NamedTuple):
    """A call of ``chat``: what it was given, in which cell, and which execution that was."""

    target: Foreign
    name: str | None
    options: JsonView
    cell: str
    execution: int

    def is_very_same(self, other: Origin) -> bool:
        """Whether ``other`` was given the very same things."""
        return (
            (self.target is other.target or _is_text(self.target, other.target))
            and self.name == other.name
            and self.options.keys() == other.options.keys()
            and all(_is_same(value, other.options[key]) for key, value in self.options.items())
        )

    def is_same_agent(self, former: Origin) -> bool:
        """Whether this is the agent of ``former`` once more, so that its conversation goes on.

        An address is, and a function defined anew; any other object is where the same cell was run
        again and made one of the same kind.
        """
        if self.name != former.name or kind_of(self.target) != kind_of(former.target):
            return False
        if not all(_equals(self.options.get(word), former.options.get(word)) for word in BEGINS):
            return False
        again = self.cell == former.cell and self.execution != former.execution
        return again or self.target is former.target or _is_named(self.target)


def kind_of(target: Foreign) -> Foreign:
    """What can be compared of a target where it is made anew: its type, its name, its address."""
    if target is None or isinstance(target, str):
        return target
    if isinstance(target, Mapping):
        return {name: kind_of(each) for name, each in target.items()}
    if isinstance(target, Session):
        return ("session", target.url)
    if inspect.isroutine(target):
        return (type(target).__name__, getattr(target, "__module__", ""), target.__qualname__)
    made = type(target)
    inside = kind_of(target.target) if _is_server(target) else _address(target)
    return (made.__module__, made.__qualname__, inside)


def _is_server(target: Foreign) -> bool:
    from ..server.local import LocalServer

    return isinstance(target, LocalServer)


def _address(target: Foreign) -> str:
    """Where a client's models are: two clients of one kind may ask two servers."""
    try:
        return str(getattr(target, "base_url", ""))
    except Exception:  # it is somebody else's attribute
        return ""


def _is_named(target: Foreign) -> bool:
    """Whether its name alone says which it is: a lambda's does not, nor an inner function's."""
    return isinstance(target, str) or (
        inspect.isfunction(target) and target.__qualname__.isidentifier()
    )


def _is_same(one: Foreign, other: Foreign) -> bool:
    return one is other or (isinstance(one, str | int | float) and bool(one == other))


def _is_text(one: Foreign, other: Foreign) -> bool:
    return isinstance(one, str) and one == other


def _equals(one: Foreign, other: Foreign) -> bool:
    try:
        return one is other or bool(one == other)
    except Exception:  # an array says neither yes nor no
        return False
