"""Lays out the pages of the documentation site from the repository, and builds or serves it.

    python scripts/docs_site.py [--lite]
    python scripts/docs_site.py --only-serve

One fact in one place: pages are the files of the repository, the API reference its docstrings.
``--lite`` adds "Try it now", JupyterLite with the tutorials in it. Needs the extra ``docs``.
"""

from __future__ import annotations

import ast
import http.server
import json
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import lite_site
import site_links

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".lanes" / "docs"
PAGES, SITE = HOME / "pages", HOME / "site"
# files of the repository and the pages they become
FILES = {
    "README.md": "index.md",
    "docs/guides/evaluating.md": "guides/evaluating.md",
    "docs/guides/checking.md": "guides/checking.md",
    "docs/guides/drawing.md": "guides/drawing.md",
    "docs/guides/surfaces.md": "guides/surfaces.md",
    "docs/guides/apps.md": "guides/apps.md",
    "docs/guides/notebook_agent.md": "guides/notebook_agent.md",
    "docs/guides/background_agents.md": "guides/background_agents.md",
    "docs/guides/data.md": "guides/data.md",
    "docs/guides/dojo.md": "guides/dojo.md",
    "docs/guides/hosts.md": "guides/hosts.md",
    "docs/guides/deployment.md": "guides/deployment.md",
    "SECURITY.md": "guides/security.md",
    "docs/tolerance.md": "guides/tolerance.md",
    "docs/agents.md": "agents.md",
    "PROTOCOL.md": "protocol.md",
    "docs/reports.md": "reports.md",
    "docs/architecture.md": "architecture.md",
    "docs/how_fast.md": "how_fast.md",
    "CONTRIBUTING.md": "contributing.md",
    "DECISIONS.md": "decisions.md",
    "CHANGELOG.md": "changelog.md",
}
PROJECT = ("architecture", "how_fast", "contributing", "decisions", "changelog")
# tutorials that begin with a server of their own, or packages that no page has, are read here only
NOT_IN_A_PAGE = ("02_", "03_")
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
TRY = """# Try it now

<a class="md-button" href="lite/lab/index.html">Open JupyterLite</a>

Python, the widget and the tutorials run in the page itself; nothing is installed or sent.
"""  # plain HTML: the strict check of links knows pages only, and this is made after them
RECIPES = "guides/recipes.md"  # a part of the README, which is too long to find it in
RECIPE_HEADING = "## Five recipes\n"
BEFORE_RECIPES = """# Five recipes

Each begins where the [start page](../index.md) ends: installed, and a notebook open in JupyterLab.
`http://127.0.0.1:9480/v1` stands for whatever speaks OpenAI's Chat Completions: a model of yours
on this machine, or a provider's address with `token=`.
"""
LITE_CELL = "%pip install -q agui_notebook"


def lay_out() -> None:
    """Write every page, and the plan of the site."""
    shutil.rmtree(PAGES, ignore_errors=True)
    for name, page in FILES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        write(page, links_mended(text, name, page))
    write(RECIPES, recipes((ROOT / "README.md").read_text(encoding="utf-8")))
    for name in ("site.css", "site.js"):
        shutil.copy(ROOT / "docs" / name, PAGES)
    shutil.copytree(ROOT / "notebooks" / "images", PAGES / "notebooks" / "images")
    tutorials = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    for notebook in tutorials:
        write(f"notebooks/{notebook.name}", read_notebook(notebook))
    names = public_names()
    write("api.md", reference(names))
    plan = {"INHERIT": str(ROOT / "mkdocs.yml"), "nav": nav(tutorials)}
    (HOME / "mkdocs.yml").write_text(json.dumps(plan), encoding="utf-8")


def recipes(readme: str) -> str:
    """The README's recipes as a page of their own."""
    part = readme.partition(RECIPE_HEADING)[2].partition("\n## ")[0]
    return BEFORE_RECIPES + links_mended(part, "README.md", RECIPES).replace("\n### ", "\n## ")


def read_notebook(path: Path) -> str:
    """A tutorial with its outputs; its links lead to the pages that the builder makes."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            mended = links_mended("".join(cell["source"]), f"notebooks/{path.name}", "notebooks/x")
            cell["source"] = re.sub(r"(\]\([^)\s]*?)\.(?:ipynb|md)([)#])", r"\1.html\2", mended)
    return json.dumps(notebook)


def nav(tutorials: list[Path]) -> list[object]:
    """The site's table of contents."""
    guides = [page for page in FILES.values() if page.startswith("guides/")]
    return [
        {"Start": "index.md"},
        {"Tutorials": [{title(path): f"notebooks/{path.name}"} for path in tutorials]},
        {"Guides": [RECIPES, *guides]},
        {"Reference": ["api.md", "agents.md", "protocol.md", "reports.md"]},
        {"Project": [f"{name}.md" for name in PROJECT]},
    ]


def title(notebook: Path) -> str:
    """What stands above a tutorial."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "".join(cells[0]["source"]).partition("\n")[0].lstrip("# ")


def write(page: str, text: str) -> None:
    """One page of the site."""
    path = PAGES / page
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def links_mended(text: str, name: str, page: str) -> str:
    """Links to files that are pages lead there; those to other files become their words."""
    here, up = Path(name).parent, "../" * page.count("/")

    def mend(found: re.Match[str]) -> str:
        mark, words, target = found.groups()
        if re.match(r"[a-z]+:|#", target):
            return found[0]
        path, _, anchor = target.partition("#")
        known = FILES.get(str((ROOT / here / path).resolve().relative_to(ROOT)))
        if known:
            return f"{mark}[{words}]({up}{known}{'#' + anchor if anchor else ''})"
        kept = page.startswith("notebooks/") and path.endswith((".ipynb", ".png"))
        return found[0] if kept else words

    mended = LINK.sub(mend, text)
    return mended.replace('srcset="notebooks/', f'srcset="{up}notebooks/')


def public_names() -> dict[str, list[str]]:
    """The dotted paths of all public names, by kind."""
    tree = ast.parse((ROOT / "agui_notebook" / "__init__.py").read_text(encoding="utf-8"))
    homes: dict[str, str] = next(
        ast.literal_eval(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and node.value is not None
        and "_HOMES" in ast.unparse(node)[:8]
    )
    kinds: dict[str, list[str]] = {"Functions": [], "Classes": [], "Errors": []}
    for name, home in sorted(homes.items()):
        if name.endswith("ipython_extension"):
            continue
        module, _, attribute = home.partition(":")
        path = f"agui_notebook.{module}.{attribute or name}"
        is_error = module == "errors"
        kind = "Errors" if is_error else "Classes" if name[0].isupper() else "Functions"
        kinds[kind].append(path)
    return kinds


def reference(names: dict[str, list[str]]) -> str:
    """The API reference: one entry for each public name, from its docstring."""
    parts = ["# API reference", "Everything is imported from `agui_notebook` itself."]
    for kind, paths in names.items():
        parts += [
            f"## {kind}",
            *(f"::: {path}\n    options: {{heading_level: 3}}" for path in paths),
        ]
    return "\n\n".join(parts) + "\n"


def add_lite() -> None:
    """JupyterLite with the tutorials that can run in a page, each with a cell that installs us."""
    work = HOME / "lite"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        if not path.name.startswith(NOT_IN_A_PAGE):
            (work / path.name).write_text(with_install(path), encoding="utf-8")
    lite_site.build(SITE / "lite", [work])


def with_install(path: Path) -> str:
    """A tutorial for Pyodide: installed first, and saved outputs left out."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    made = {"cell_type": "code", "id": "install", "metadata": {}, "source": LITE_CELL}
    notebook["cells"].insert(0, {**made, "outputs": [], "execution_count": None})
    kernel = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
    notebook["metadata"]["kernelspec"] = kernel
    return json.dumps(notebook)


def build(*, lite: bool) -> None:
    """The site in .lanes/docs/site. Raises SystemExit when a link leads nowhere."""
    lay_out()
    if lite:
        write("lite.md", TRY)
        plan = json.loads((HOME / "mkdocs.yml").read_text(encoding="utf-8"))
        plan["nav"].insert(1, {"Try it now": "lite.md"})
        (HOME / "mkdocs.yml").write_text(json.dumps(plan), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(HOME / "mkdocs.yml")]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit("the site has faults; the lines above name them")
    if lite:
        add_lite()
    if dead := site_links.dead_links(SITE, apart="lite"):
        sys.exit("links that lead nowhere:\n" + "\n".join(dead))


def serve(port: int = 8000) -> None:
    """The built site at http://127.0.0.1:8000/ until Ctrl+C."""
    serving = partial(http.server.SimpleHTTPRequestHandler, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), serving) as server:
        print(f"the site is at http://127.0.0.1:{port}/ until Ctrl+C")
        server.serve_forever()


def main(*words: str) -> None:
    """Build or serve, as the command line says."""
    if "--only-serve" in words:
        serve()
        return
    try:
        build(lite="--lite" in words)
    except lite_site.Unavailable as why:
        sys.exit(str(why))


if __name__ == "__main__":
    main(*sys.argv[1:])
