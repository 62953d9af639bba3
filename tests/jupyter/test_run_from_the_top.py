"""Notebooks run without a browser, the store on: the same each time, and nothing is restored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter, MarkdownExporter
from support.page import timeless

from agui_notebook.client import Store

pytestmark = [pytest.mark.kernel, pytest.mark.slow, pytest.mark.timeout(240)]

CELLS = (
    "%load_ext agui_notebook\n%agui demo",
    "%%agui --as r\nHello",
    "r.text, len(r.messages)",
    "%agui messages",
)
WIDGET = "application/vnd.jupyter.widget-view+json"
NO_CHAT = ("ChatWidget(", "model not found")


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook that was never run, and a store of its own."""
    monkeypatch.setenv("AGUI_STORE", str(tmp_path / "threads.sqlite"))
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in CELLS])
    made.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    path = tmp_path / "talk.ipynb"
    nbformat.write(made, path)
    return path


def by_nbclient(source: Path, target: Path) -> None:
    made = nbformat.read(source, 4)
    NotebookClient(made, timeout=60).execute()
    nbformat.write(made, target)


def by_papermill(source: Path, target: Path) -> None:
    papermill.execute_notebook(source, target, progress_bar=False)


def shown(path: Path) -> Any:
    """The outputs without what names a widget or a place, and without how long a turn took."""
    cells = nbformat.read(path, 4).cells
    outputs = [dict(output.get("data", output)) for cell in cells for output in cell.outputs]
    kept = [{key: each[key] for key in each if key != WIDGET} for each in outputs]
    return json.loads(timeless(json.dumps(kept)))


@pytest.mark.parametrize("run", [by_nbclient, by_papermill])
def test_the_second_run_shows_what_the_first_did(
    source: Path, run: Callable[[Path, Path], None]
) -> None:
    targets = [source.with_name(f"{number}.ipynb") for number in range(2)]
    for target in targets:
        run(source, target)
    first, second = map(shown, targets)
    assert first == second
    store = Store(os.environ["AGUI_STORE"])
    assert [thread.messages for thread in store.threads()] == [2, 2]
    store.close()


def test_nbval_finds_no_difference_twice(source: Path) -> None:
    made = nbformat.read(source, 4)
    for cell in made.cells[:2]:  # nbval knows nothing of outputs that grow
        cell.metadata["tags"] = ["nbval-ignore-output"]
    nbformat.write(made, source)
    by_nbclient(source, source)
    run = [sys.executable, "-m", "pytest", "-q", "--nbval", "-p", "no:cacheprovider", str(source)]
    for _ in range(2):
        ran = subprocess.run(run, cwd=source.parent, capture_output=True, text=True)
        assert f"{len(CELLS)} passed" in ran.stdout, ran.stdout


def test_nothing_stands_above_the_transcript_wherever_it_is_shown(source: Path) -> None:
    by_nbclient(source, source)
    made = nbformat.read(source, 4)
    markdown, _ = MarkdownExporter().from_notebook_node(made)
    page, _ = HTMLExporter().from_notebook_node(made)
    body = page.partition("<body")[2].partition('<script type="application/vnd.jupyter.widget-s')[0]
    bundles = [output["data"] for cell in made.cells for output in cell.outputs if WIDGET
               in output.get("data", {})]  # fmt: skip
    assert [bundle["text/plain"] for bundle in bundles] == [""]  # GitHub shows nothing else of it
    for text in (markdown, body):
        assert [word for word in NO_CHAT if word in text] == []
        assert text.count("Chat with demo. Run this cell again") == 1
