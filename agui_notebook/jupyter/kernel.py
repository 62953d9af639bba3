"""What we need of IPython and its kernel: the shell, its main loop, and how it shows values.

Nothing here knows chats. Everything works, with less to show, where there is no IPython.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import io
import sys
import threading
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from ..client.session import Session
from ..errors import AGUIError
from ..markup.outlets import terminal
from ..runtime.loop import running_loop
from ..runtime.tool_threads import ToolRun
from ..values import Json, JsonObject, JsonView
from . import messages

Bundle = JsonObject
SHOWN = (
    *("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "text/html"),
    *("text/markdown", "text/latex", "application/json", "text/plain"),
)
_uncaught: list[Any] = []  # where the notebook shows things, while a tool's displays are caught


def shell() -> Any | None:
    """The running IPython shell, or None."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def in_kernel() -> bool:
    """Whether outputs go to a notebook, where they can be updated."""
    return getattr(shell(), "kernel", None) is not None


def main_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that cells run on, or None outside a kernel."""
    io_loop = getattr(getattr(shell(), "kernel", None), "io_loop", None)
    return getattr(io_loop, "asyncio_loop", None) or running_loop()


def say(text: str) -> None:
    """Print a line below the cell; what stands in it may be an agent's."""
    print(terminal(text))


def check_kernel() -> None:
    """Raise AGUIError on a kernel whose background threads cannot reach the browser."""
    ipykernel = sys.modules.get("ipykernel")
    if ipykernel is not None and ipykernel.version_info[:2] == (7, 0):
        raise AGUIError(
            f"ipykernel {ipykernel.__version__} loses what background threads send: "
            "run `pip install -U 'ipykernel>=7.1'` and restart the kernel."
        )


def bundle_of(value: Json) -> Bundle:
    """``value`` as a notebook shows it, by kind, as JSON."""
    found = shell()
    data = dict(found.display_formatter.format(value)[0]) if found else {}
    if isinstance(value, dict | list) and messages.strict(value):
        data.setdefault("application/json", value)
    if isinstance(value, str) or "text/plain" not in data:
        data["text/plain"] = str(value)
    return {kind: _as_json(data[kind]) for kind in SHOWN if kind in data}


def _as_json(data: Json) -> Any:
    return base64.b64encode(data).decode("ascii") if isinstance(data, bytes) else data


def perform(call: ToolRun) -> Any:
    """Call a tool: its value and how a notebook shows it, or what awaits both.

    What it draws is shown with its value. What it prints or displays is too, and not below the
    cell that happens to be running; only where nothing else can run meanwhile: not beside the
    main thread, and not while it awaits.
    """
    before = _figure_numbers()
    alone = threading.current_thread() is threading.main_thread()
    with _capture() if alone else nullcontext() as caught:
        value = call()
    if inspect.isawaitable(value):
        return _await_bundle(value, before)
    return value, _bundle_of(value, _new_figures(before), caught)


async def _await_bundle(value: Awaitable[Any], before: Sequence[int]) -> tuple[Any, Bundle]:
    found = await value
    return found, _bundle_of(found, _new_figures(before), None)


def _bundle_of(value: Json, figures: Sequence[Any], caught: Any) -> Bundle:
    """The value's own forms first; a figure or a display fills in the forms it lacks."""
    displayed = [output.data for output in getattr(caught, "outputs", ())]
    bundle = bundle_of(value)
    for extra in [*map(_picture, figures), *displayed]:
        rich = {kind: extra[kind] for kind in SHOWN[:-1] if kind in extra}
        bundle = {**{kind: _as_json(data) for kind, data in rich.items()}, **bundle}
    printed = str(getattr(caught, "stdout", ""))
    if printed:
        own = "" if value is None else bundle["text/plain"]
        bundle["text/plain"] = printed + own
    return bundle


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


@contextmanager
def _capture() -> Iterator[Any]:
    found = shell()
    if found is None:
        yield None
        return
    from IPython.utils.capture import capture_output

    _uncaught.append(found.display_pub)
    try:
        with capture_output(stderr=False) as caught:
            yield caught
    finally:
        _uncaught.pop()


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
    if _uncaught:  # transcripts come from beside; a tool's output is no place for them
        transient = {"display_id": display_id}
        _uncaught[0].publish(dict(bundle), {}, transient=transient, update=update)
    else:
        _display(dict(bundle), raw=True, display_id=display_id, update=update)


def _display(*args: Json, **options: Any) -> None:
    from IPython import display

    display.display(*args, **options)  # type: ignore[no-untyped-call]
