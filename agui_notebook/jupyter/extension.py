"""What ``%load_ext agui_notebook`` adds to IPython, and takes back."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from . import kernel

_loaded: dict[int, ExitStack] = {}  # what unloading undoes, per shell


def load_ipython_extension(ip: Any) -> None:
    """``%load_ext agui_notebook``: the magics %agui and %%agui, and their completion."""
    if id(ip) in _loaded:
        return
    from .magics.await_turns import NAME, await_turns
    from .magics.completion import matcher
    from .magics.magics import AguiMagics

    kernel.check_kernel()
    undo = _loaded[id(ip)] = ExitStack()
    ip.register_magics(AguiMagics)
    for kind in ("line", "cell"):
        undo.callback(ip.magics_manager.magics[kind].pop, "agui", None)
    undo.callback(ip.magics_manager.registry.pop, NAME, None)
    for held, added in (
        (ip.input_transformers_post, await_turns),
        (ip.Completer.custom_matchers, matcher(ip.user_ns)),
    ):
        held.append(added)
        undo.callback(held.remove, added)


def unload_ipython_extension(ip: Any) -> None:
    """``%unload_ext agui_notebook``: takes back what loading added. Chats go on."""
    undo = _loaded.pop(id(ip), None)
    if undo is not None:
        undo.close()
