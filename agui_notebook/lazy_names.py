"""Names that a package offers before the modules they live in are loaded. Nothing else."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # importing typing would double what importing this package costs
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def loader(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """A ``__getattr__`` for ``package``: ``homes`` says where a name lives.

    Modules are written from the package on; after a colon stands what the name is called there.
    """

    def load(name: str) -> Any:
        """Import a name the first time it is asked for. Raises AttributeError without one."""
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, attribute = homes[name].partition(":")
        return getattr(import_module(f"{package}.{module}"), attribute or name)

    return load
