"""What we need of IPython and its kernel: its main loop, the running cell, how values are shown.

Nothing here knows chats. Everything works, with less to show, where there is no IPython.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import io
import sys
from collections.abc import Awaitable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ..client.session import Session
from ..markup.outlets import terminal
from ..protocol.document.shape import Bundle, Output
from ..runtime.loop import running_loop
from ..runtime.tool_threads import ToolRun
from ..tools.as_json import as_text
from ..values import Json, JsonView
from . import messages
from .data.tables import TABLE, table_of
from .shell import shell
from .shown import Shown, bypass, divert

SHOWN = (
    *("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "text/html"),
    *("text/markdown", "text/latex", "application/json", "text/plain"),
)


def in_kernel() -> bool:
    """Whether outputs go to a notebook, where they can be updated."""
    return getattr(shell(), "kernel", None) is not None


def running_cell() -> tuple[str, int]:
    """The cell that runs, by its id or else its text, and the number of this execution."""
    found = shell()
    if found is None:
        return "", 0
    ask = getattr(getattr(found, "kernel", None), "get_parent", None)
    request = ask() if ask is not None else None
    told = request.get("metadata") if isinstance(request, dict) else None
    texts = getattr(found.history_manager, "input_hist_raw", None) or [""]
    return str((told or {}).get("cellId") or texts[-1]), int(found.execution_count)


def main_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that cells run on, or None outside a kernel."""
    io_loop = getattr(getattr(shell(), "kernel", None), "io_loop", None)
    return getattr(io_loop, "asyncio_loop", None) or running_loop()


def say(text: str) -> None:
    """Print a line below the cell; what stands in it may be an agent's."""
    print(terminal(text))


def bundle_of(value: Json) -> Bundle:
    """``value`` as a notebook shows it, by kind, as JSON; whatever its drawing raises.

    Nothing of a value that displays itself, as figures of plotly do: it has done so.
    """
    try:
        return _draw(value)
    except KeyboardInterrupt:  # the user's, maybe
        raise
    except BaseException:
        return {"text/plain": as_text(value)}


def _draw(value: Json) -> Bundle:
    found = shell()
    data = dict(found.display_formatter.format(value)[0]) if found else {}
    if found and not data and hasattr(type(value), "_ipython_display_"):
        return {}
    if (table := table_of(value)) is not None:
        data[TABLE] = table
    if isinstance(value, dict | list) and messages.strict(value):
        data.setdefault("application/json", value)
    if isinstance(value, str):
        data["text/plain"] = value
    elif "text/plain" not in data:
        data["text/plain"] = as_text(value) if found else str(value)
    return _forms(data)


def _forms(data: JsonView) -> Bundle:
    """The forms that a chat or a cell can show; scripts are none."""
    others = [kind for kind in data if kind.startswith("application/vnd.")]
    return {kind: _as_json(data[kind]) for kind in (*others, *SHOWN) if kind in data}


def _as_json(data: Json) -> Any:
    return base64.b64encode(data).decode("ascii") if isinstance(data, bytes) else data


def perform(call: ToolRun) -> Any:
    """Call a tool: its value and what a notebook shows of it, or what awaits both.

    What it prints, displays and draws stays with it, in order, and out of the cell that happens to
    be running; its value comes last. One thing shown is a bundle, several are a list of them.
    """
    before, caught = _figure_numbers(), Shown()
    with _divert(caught):
        value = call()
        if not inspect.isawaitable(value):
            return value, _outputs(value, before, caught)
    return _await_outputs(value, before, caught)


async def _await_outputs(
    value: Awaitable[Any], before: Sequence[int], caught: Shown
) -> tuple[Any, Output]:
    with _divert(caught):
        found = await value
        return found, _outputs(found, before, caught)


def _divert(caught: Shown) -> AbstractContextManager[None]:
    found = shell()
    return nullcontext() if found is None else divert(caught, found.display_pub)


def _outputs(value: Json, before: Sequence[int], caught: Shown) -> Output:
    """What was shown, figures left open, and the value, unless that is one of them or nothing."""
    figures = _new_figures(before)
    drawn, own = [_picture(figure) for figure in figures], bundle_of(value)
    shown = [_forms(bundle) for bundle in caught.bundles()]
    shown += [picture for picture in drawn if not _is_among(picture, shown)]
    says_nothing = value is None or not own or any(value is figure for figure in figures)
    told = (
        shown
        if shown and (says_nothing or _is_among(own, shown))
        else [*shown, own or {"text/plain": as_text(value)}]
    )
    return told[0] if len(told) == 1 else told


def _is_among(bundle: JsonView, others: Sequence[JsonView]) -> bool:
    """Whether it was shown already: the same picture, or the same in every form."""
    pictures = [kind for kind in bundle if kind.startswith("image/")]
    if not pictures:
        return len(bundle) > 1 and bundle in others
    return any(other.get(kind) == bundle[kind] for kind in pictures for other in others)


def _new_figures(before: Sequence[int]) -> list[Any]:
    """Figures left open. They are closed, or the next cell would show them once more."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    figures = [pyplot.figure(number) for number in _figure_numbers() if number not in before]
    for figure in figures:
        pyplot.close(figure)
    return figures


def _picture(figure: Any) -> Bundle:
    """A figure as PNG, whether or not the notebook has been told how to show figures."""
    bundle = bundle_of(figure)
    if not any(kind.startswith("image/") for kind in bundle):
        file = io.BytesIO()
        figure.savefig(file, format="png", bbox_inches="tight")
        bundle["image/png"] = _as_json(file.getvalue())
    return bundle


def _figure_numbers() -> Sequence[int]:
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    return list(pyplot.get_fignums()) if pyplot else []


def at_home(session: Session) -> None:
    """Let a session's frontend tools run between cells, and show their results as cells do."""
    if in_kernel():
        session.home = main_loop()
    session.options.perform = perform


def show(bundle: JsonView, metadata: JsonView | None = None) -> None:
    """Show ``bundle`` below the running cell."""
    _display(dict(bundle), raw=True, metadata=dict(metadata or {}))


def publish(bundle: JsonView, display_id: str, *, update: bool) -> None:
    """Like ``show``, to be replaced later; ``update``: in place of what has this ``display_id``."""
    with bypass():  # a tool's output is no place for transcripts, from wherever they come
        _display(dict(bundle), raw=True, display_id=display_id, update=update)


def _display(*args: Json, **options: Any) -> None:
    from IPython import display

    display.display(*args, **options)  # type: ignore[no-untyped-call]
