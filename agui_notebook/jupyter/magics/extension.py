"""What ``%load_ext agui_notebook`` adds to IPython, and takes back."""

from __future__ import annotations

from contextlib import ExitStack

from ...values import Foreign, JsonView
from ..shell import check_kernel

_loaded: dict[int, ExitStack] = {}  # what unloading undoes, per shell


def load_ipython_extension(ip: Foreign) -> None:
    """``%load_ext agui_notebook``: the magics %agui and %%agui, and their completion.

    >>> load_ipython_extension(get_ipython())
    """
    if id(ip) in _loaded:
        return
    from .await_turns import NAME, await_turns
    from .magics import AguiMagics
    from .question_marks import AguiAssignment, AguiLine

    check_kernel()
    undo = _loaded[id(ip)] = ExitStack()
    ip.register_magics(AguiMagics)
    for kind in ("line", "cell"):
        undo.callback(ip.magics_manager.magics[kind].pop, "agui", None)
    undo.callback(ip.magics_manager.registry.pop, NAME, None)
    for held, added in (
        (ip.input_transformer_manager.token_transformers, AguiLine),
        (ip.input_transformer_manager.token_transformers, AguiAssignment),
        (ip.input_transformers_post, await_turns),
        (ip.Completer.custom_matchers, _matcher(ip.user_ns)),
    ):
        held.append(added)
        undo.callback(held.remove, added)


def unload_ipython_extension(ip: Foreign) -> None:
    """``%unload_ext agui_notebook``: takes back what loading added. Chats go on.

    >>> unload_ipython_extension(get_ipython())
    """
    undo = _loaded.pop(id(ip), None)
    if undo is not None:
        undo.close()


def _matcher(names: JsonView) -> Foreign:
    """Completion of our lines, by IPython's API 2; others do not even load it."""
    from IPython.core.completer import context_matcher

    @context_matcher()  # type: ignore[untyped-decorator]
    def agui_matcher(context: Foreign) -> Foreign:
        if "%agui" not in context.text_until_cursor:
            return {"completions": []}
        from .completion import matches

        return matches(context.text_until_cursor, names)

    return agui_matcher
