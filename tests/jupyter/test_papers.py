"""What a notebook becomes: LaTeX, PDF, Markdown, a script, a book. The transcript is in each.

Pandoc and MyST come from packages, in a lane of their own; TeX only where the machine has it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import get_exporter
from support import lanes

pytestmark = [pytest.mark.lane, pytest.mark.slow, pytest.mark.timeout(300)]
ANSWER = "This is *paragraph* number {n} of an answer, about as long as agents make them. "
CELLS = (
    "%load_ext agui_notebook\nimport agui_notebook as agui\n"
    "def essay(text):\n    for n in range(60):\n"
    f"        yield {ANSWER!r}.format(n=n) * 3 + '\\n\\n'",
    "%agui demo",
    "%%agui\nWhat is the weather in Lisbon and Oslo?",
    "%%agui\nSend an email to the team",
    "%agui approve",
    "chat = agui.chat(essay, 'essay')\nchat",
    "answer = chat.ask('go')",
    "%agui use essay\n%agui messages",
)
# what a host writes where it has no widget
STRAY = re.compile(r"ChatWidget\(|HBox\(|VBox\(|model not found|&lt;agui_notebook")
# the chat, the answers below their cells and the question that was answered
SAID = ("Chat with demo", "made-up weather table", "send_email", "is on its way to", "number 59")


@pytest.fixture(scope="module")
def pandoc() -> Path:
    """The folder of pandoc; the lane also has MyST."""
    try:
        lane = lanes.ready(lanes.PAPERS)
    except lanes.Unavailable as why:
        pytest.skip(str(why))
    found = "import pypandoc; print(pypandoc.get_pandoc_path())"
    return Path(lanes.run([str(lane.python), "-c", found]).strip()).parent


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Run without a page, as papermill and books do."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    made.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("papers")
    environment = {
        **os.environ,
        "AGUI_STORE": "off",
        "PYTHONPATH": str(lanes.ROOT),
        "IPYTHONDIR": str(folder),
    }
    NotebookClient(made, timeout=60, kernel_name="python3").execute(env=environment)
    return made


def converted(notebook: Any, kind: str) -> str:
    text, _ = get_exporter(kind)().from_notebook_node(notebook)
    return re.sub(
        r'<script type="application/vnd.jupyter.widget-s.*?</script>', "", text, flags=re.S
    )


@pytest.mark.parametrize("kind", ["latex", "markdown", "html", "slides", "rst", "asciidoc"])
def test_the_transcript_is_in(
    notebook: Any, pandoc: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{pandoc}{os.pathsep}{os.environ['PATH']}")
    text = re.sub(r"\\_|\+\+_\+\+", "_", converted(notebook, kind))  # as LaTeX and AsciiDoc say it
    assert [words for words in SAID if words not in text] == []
    assert STRAY.findall(text) == []


def test_a_script_has_the_cells_and_nothing_of_the_answers(notebook: Any) -> None:
    text = converted(notebook, "script")
    assert "run_cell_magic('agui', '', 'Send an email to the team\\n')" in text
    assert "is on its way to" not in text


def test_a_long_transcript_says_on_paper_where_all_of_it_is(notebook: Any, pandoc: Path) -> None:
    (_, companion) = notebook.cells[5].outputs
    kept = companion.data["text/plain"]
    assert kept.startswith("Chat with essay. Run this cell again")
    assert kept.endswith("This is its beginning: %agui messages shows all of it.")
    assert "number 59" not in kept


def test_a_book_of_myst_has_it_as_a_page_and_for_latex(
    notebook: Any, pandoc: Path, tmp_path: Path
) -> None:
    nbformat.write(notebook, tmp_path / "index.ipynb")
    settings = 'extensions = ["myst_nb"]\nnb_execution_mode = "off"\n'
    (tmp_path / "conf.py").write_text(settings, encoding="utf-8")
    for kind in ("html", "latex"):
        build = [str(lanes.PAPERS.python), "-m", "sphinx", "-q", "-b", kind, ".", kind]
        lanes.run(build, cwd=tmp_path)
        (made,) = (*tmp_path.glob(f"{kind}/index.html"), *tmp_path.glob(f"{kind}/*.tex"))
        text = made.read_text(encoding="utf-8").replace("\\_", "_").replace("\\sphinxhyphen{}", "-")
        assert [words for words in SAID if words not in text] == [], kind
        assert STRAY.findall(text) == [], kind


# templates that need no network: MyST's own are fetched from its server
MYST = {
    "myst.yml": """version: 1
project:
  title: Talk
  exports: [{format: tex, template: ./paper, article: index.ipynb, output: out/talk.tex}]
site: {template: ./theme}
""",
    "paper/template.yml": "jtex: v1\ntitle: paper\nversion: 1.0.0\nkind: tex\n",
    "paper/template.tex": "\\documentclass{article}\\begin{document}[-CONTENT-]\\end{document}",
    "theme/template.yml": "myst: v1\ntitle: theme\nversion: 1.0.0\nkind: site\n",
}


def test_the_myst_document_engine_has_it_as_a_page_and_for_latex(
    notebook: Any, pandoc: Path, tmp_path: Path
) -> None:
    if not shutil.which("node"):
        pytest.skip("mystmd runs on node, which is not here")
    nbformat.write(notebook, tmp_path / "index.ipynb")
    for name, text in MYST.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    myst = str(lanes.PAPERS.python.with_name("myst"))
    lanes.run([myst, "build", "--site", "--tex", "--ci"], cwd=tmp_path)
    paper = (tmp_path / "out/talk.tex").read_text(encoding="utf-8").replace("\\_", "_")
    page = (tmp_path / "_build/site/content/index.json").read_text(encoding="utf-8")
    assert [words for words in SAID if words not in paper or words not in page] == []
    assert STRAY.findall(paper) == []


def test_a_pdf_has_it_where_there_is_tex(notebook: Any, pandoc: Path, tmp_path: Path) -> None:
    if not (shutil.which("xelatex") and shutil.which("pdftotext")):
        pytest.skip("a PDF is made by xelatex and read by pdftotext, and one of them is not here")
    nbformat.write(notebook, tmp_path / "talk.ipynb")
    environment = {**os.environ, "PATH": f"{pandoc}{os.pathsep}{os.environ['PATH']}"}
    jupyter = str(Path(sys.executable).with_name("jupyter"))
    convert = [jupyter, "nbconvert", "--to", "pdf", "talk.ipynb"]
    ran = subprocess.run(convert, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-2000:]
    text = lanes.run(["pdftotext", "talk.pdf", "-"], cwd=tmp_path)
    assert [words for words in SAID if words not in text] == []
