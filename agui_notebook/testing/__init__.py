"""Tests made of conversations: an agent that answers as recorded, and refuses what differs.

pytest finds the fixture ``recorded_agent`` by itself (plugin.py). Names load on first use, so that
a test run without such tests pays nothing.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .recorded_agent import RecordedAgent, tool_calls

__all__ = ["RecordedAgent", "tool_calls"]


def __getattr__(name: str) -> Any:
    """Import a public name the first time it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(".recorded_agent", __name__), name)
