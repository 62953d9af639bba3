"""Adapters of other packages, by an entry point; nothing of ours depends on them.

A package names its module under ``agui_notebook.adapters``, by the root of the class's module
and the class's name: ``"acme.Bot" = "acme_agui"``. The module has ``takes`` and ``adapt`` as
those here.
"""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING

from ...errors import UnsupportedAgent
from ...values import Foreign

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "agui_notebook.adapters"
BUILT_IN = frozenset({"builtins", "functools", "types"})


def adapter_of(obj: Foreign) -> ModuleType | None:
    """The module that another package names for the nearest class of ``obj``, if any.

    Raises UnsupportedAgent when it cannot be imported.
    """
    named = [f"{cls.__module__.partition('.')[0]}.{cls.__name__}" for cls in type(obj).__mro__]
    if named[0].partition(".")[0] in BUILT_IN:
        return None
    known = _points()
    return next((_load(known[name]) for name in named if name in known), None)


@lru_cache(maxsize=1)
def _points() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # not before: most agents ask for none

    return {point.name: point for point in entry_points(group=GROUP)}


def _load(point: EntryPoint) -> ModuleType:
    try:
        module = point.load()
    except ImportError as error:
        raise UnsupportedAgent(
            f"The adapter for {point.name} ({point.value}) cannot be imported: {error}"
        ) from error
    if not (isinstance(module, ModuleType) and hasattr(module, "adapt")):
        raise UnsupportedAgent(f"The adapter for {point.name} ({point.value}) has no adapt().")
    return module
