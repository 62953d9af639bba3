"""What is left in a notebook that ran without a browser: small, readable, alive on request."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter, MarkdownExporter

pytestmark = pytest.mark.kernel

ROOT = Path(__file__).resolve().parent.parent.parent
ANSWER = "This is *paragraph* number {n} of an answer, about as long as agents make them. "
SETUP = f"""
%load_ext agui_notebook
import agui_notebook as agui

def essay(text):
    for n in range(int(text)):
        yield {ANSWER!r}.format(n=n) * 3 + "\\n\\n"

def shout(text):
    return text.upper() + " <script>alert(1)</script>"
"""
CHAT = """
chat = agui.chat(essay, name="essay{n}")
chat
"""
RUN = """
for size in (20, 20, 20):
    await chat.run(str(size))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("jupyter")
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }


def notebook(*cells: str) -> Any:
    """A notebook of code cells, as nbformat has it."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    return made


@pytest.fixture(scope="module")
def executed(environment: dict[str, str]) -> Any:
    """Five chats of three turns each, and a cell of %%agui."""
    cells = [SETUP]
    for number in range(5):
        cells += [CHAT.format(n=number), RUN]
    made = notebook(*cells, "%agui serve shout", "%%agui --as r\nhello", "r.outcome")
    NotebookClient(made, timeout=60, kernel_name="python3").execute(env=environment)
    return made


def size(made: Any) -> int:
    return len(nbformat.writes(made).encode())


def outputs(made: Any, cell: int) -> list[Any]:
    return list(made.cells[cell].outputs)


def test_five_chats_add_little_to_their_transcripts(executed: Any) -> None:
    paragraphs = "".join(f"{ANSWER.format(n=n) * 3}\n\n" for n in range(20))
    transcripts = 5 * 3 * len(paragraphs)
    assert transcripts > 70_000
    assert size(executed) <= 1.5 * transcripts + 60_000


def test_each_transcript_is_whole_beside_its_widget(executed: Any) -> None:
    widget, companion = outputs(executed, 1)
    assert "application/vnd.jupyter.widget-view+json" in widget.data
    page = companion.data["text/html"]
    assert page.startswith('<div class="agui-companion agui-saved"><style>')
    assert "<p><em>Chat with essay0. Run this cell again" in page
    assert page.count("number 19 of an answer") == 9
    assert companion.data["text/plain"].startswith("Chat with essay0. Run this cell again")


def test_a_cell_ends_as_markdown_without_a_widget(executed: Any) -> None:
    (answer,) = outputs(executed, -2)
    data = {kind: text.rpartition("\n\n")[0] for kind, text in answer.data.items()}
    assert data == {
        "text/markdown": "HELLO &lt;script>alert(1)&lt;/script>",
        "text/plain": "HELLO <script>alert(1)</script>",
    }
    assert outputs(executed, -1)[0].data["text/plain"] == "'success'"


def test_a_page_made_of_it_shows_the_transcript_and_runs_nothing_of_the_agents(
    executed: Any,
) -> None:
    page, _ = HTMLExporter().from_notebook_node(executed)
    assert page.count("number 19 of an answer") >= 45
    assert "HELLO &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)</script>" not in re.sub(r"<pre>.*?</pre>", "", page, flags=re.S)


def test_markdown_made_of_it_shows_the_transcript(executed: Any) -> None:
    text, _ = MarkdownExporter().from_notebook_node(executed)
    assert text.count("number 19 of an answer") >= 45


def test_papermill_fails_where_the_agent_fails_and_keeps_what_came(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import papermill as pm

    for key in ("PYTHONPATH", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(key, environment[key])
    source, target = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    cells = [SETUP, "%agui demo", "%%agui\nHello", "%%agui\nFail halfway, please", "print('never')"]
    nbformat.write(notebook(*cells), source)
    with pytest.raises(pm.PapermillExecutionError, match="asked it to"):
        pm.execute_notebook(str(source), str(target), progress_bar=False)
    cells = [cell for cell in nbformat.read(target, 4).cells if cell.cell_type == "code"]
    said = json.dumps([cell.get("outputs", []) for cell in cells])  # type: ignore[attr-defined]
    assert "text/markdown" in said
    assert "I begin to answer, and everything looks fine" in said
    assert "never" not in said
