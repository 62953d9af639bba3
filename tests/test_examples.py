"""Every public name and method shows an example in its docstring, and the examples run as written.

They may await, as cells may. A method's goes on from its class's; a ``session`` is one with an
agent that answers in capitals (``server``), ``asking`` one whose agent asks first. Offline.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import doctest
import inspect
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import agui_notebook
from agui_notebook import ChatWidget, Comparison, Emitter, Report, RunResult, Session
from agui_notebook.jupyter.chats import chats
from agui_notebook.server import servers

CLASSES = (ChatWidget, Comparison, Emitter, Report, RunResult, Session)
SAME = doctest.OutputChecker().check_output
Globals = dict[str, Any]


def methods(made: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties of ours, those of ours it inherits too."""
    for name in dir(made):
        value = inspect.getattr_static(made, name)
        function = getattr(value, "fget", None) or getattr(value, "func", value)  # of a property
        ours = str(getattr(function, "__module__", "")).startswith("agui_notebook.")
        if ours and inspect.isroutine(function) and not name.startswith("_"):
            yield f"{made.__name__}.{name}", value


NAMES = {
    name: getattr(agui_notebook, name)
    for name in agui_notebook.__all__
    if name not in ("__version__", "prices")  # a text and a dict
}
METHODS = dict(pair for made in CLASSES for pair in methods(made))


def examples(thing: Any) -> list[doctest.Example]:
    return doctest.DocTestParser().get_examples(inspect.getdoc(thing) or "")


async def play(example: doctest.Example, names: Globals) -> str:
    """What one example prints; its text may await, as a cell's may."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        running = eval(compile(example.source, "<example>", "single", flags), names)
        if inspect.isawaitable(running):
            await running
    return out.getvalue()


def careful(input: Globals) -> Globals | str:  # noqa: A002 - filled by its name
    """An agent that asks before it does what it is told."""
    if "resume" in input:
        return "Done."
    question = {"id": "q1", "reason": "confirmation", "message": "Really?"}
    ids = {key: input[key] for key in ("threadId", "runId")}
    outcome = {"type": "interrupt", "interrupts": [question]}
    return {"type": "RUN_FINISHED", **ids, "outcome": outcome}


def shell() -> InteractiveShell:
    """What IPython's own ``get_ipython`` gives, without a history on disk."""
    config = Config()
    config.HistoryManager.enabled = False
    return InteractiveShell.instance(config=config)


async def run(thing: Any, names: Globals) -> None:
    for example in examples(thing):
        got = await play(example, names)
        assert SAME(example.want, got, 0), (
            f"{example.source}{got}is not what it says: {example.want}"
        )


@pytest.fixture(scope="module")
def served() -> Iterator[Globals]:
    """Three servers for all examples: starting them is what takes time."""
    capitals = agui_notebook.serve(str.upper, name="capitals")
    asked = agui_notebook.serve(careful, name="careful")
    kept = agui_notebook.serve(str.upper, name="kept", detach=True)
    agui_notebook.connect(kept.url, token=kept.token, thread_id="t1").ask("hello")
    yield {"server": capitals, "asked": asked, "kept": kept}
    for server in servers().values():
        server.stop()


@pytest.fixture
def names(served: Globals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Globals]:
    """What the examples start from."""
    monkeypatch.chdir(tmp_path)
    server, asked, kept = served["server"], served["asked"], served["kept"]
    yield {
        **NAMES,
        "server": server,
        "session": agui_notebook.connect(server.url, token=server.token),
        "asking": agui_notebook.connect(asked.url, token=asked.token),
        "here": agui_notebook.connect(kept.url, token=kept.token, thread_id="t1"),
        "get_ipython": shell,
    }
    chats.close()
    InteractiveShell.clear_instance()


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_has_an_example_that_runs(name: str, names: Globals) -> None:
    assert examples(NAMES[name])
    asyncio.run(run(NAMES[name], names))


@pytest.mark.parametrize("name", METHODS)
def test_a_public_method_has_an_example_that_runs(name: str, names: Globals) -> None:
    assert examples(METHODS[name])

    async def both() -> None:
        await run(NAMES[name.partition(".")[0]], names)
        await run(METHODS[name], names)
        if name.endswith((".probe", ".capabilities")):  # they connect on this very loop
            await names["session"].options.transport.aclose()

    asyncio.run(both())


def test_an_example_that_is_wrong_is_found(names: Globals) -> None:
    def liar() -> None:
        """Say so.

        >>> await session.run("hello")
        <RunResult success: 'hello'>
        """

    with pytest.raises(AssertionError, match="is not what it says"):
        asyncio.run(run(liar, names))
