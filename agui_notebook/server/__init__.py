"""Lets chat clients in: any of them, served as AG-UI. Knows no notebook.

What others may rely on has its name here, loaded on first use; tests take it from here too.
"""

from __future__ import annotations

from ..lazy_names import loader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .app import create_app
    from .local import LocalServer, serve, servers

__all__ = [
    "LocalServer",
    "create_app",
    "serve",
    "servers",
]

__getattr__ = loader(
    __name__,
    {
        "LocalServer": "local",
        "create_app": "app",
        "serve": "local",
        "servers": "local",
    },
)
