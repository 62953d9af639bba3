"""The house rules, measured: storeys, sizes, annotations, docstrings, public names, budgets.

Nothing here knows what the package does; each failure says which place breaks which rule.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import agui_notebook

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "agui_notebook"
LONGEST_FUNCTION = 40
LONGEST_FILE = 300
PUBLIC = {
    *("AGUIError", "HTTPStatusError", "IncompleteRun", "InterruptPending", "InvalidInput"),
    *("ProtocolError", "RunFailed", "ServerError", "ToolFailed", "TransportError"),
    *("UnsupportedAgent", "Append", "ChatWidget", "Interrupt", "LocalServer", "RunResult"),
    *("Session", "Set", "Timeout", "chat", "connect", "create_app", "replay", "serve", "tool"),
    *("load_ipython_extension", "unload_ipython_extension", "__version__"),
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source(NamedTuple):
    """One Python file of the package, read and parsed."""

    name: str
    text: str
    tree: ast.Module

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


def sources() -> list[Source]:
    paths = sorted(PACKAGE.rglob("*.py"))
    texts = [(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths]
    return [Source(name, text, ast.parse(text)) for name, text in texts]


SOURCES = sources()


def documented(node: Function | ast.ClassDef | ast.Module) -> bool:
    return ast.get_docstring(node) is not None


def body_lines(function: Function) -> int:
    """Lines of the body without its docstring."""
    body = function.body[1:] if documented(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def exempt(source: Source, function: Function) -> bool:
    """Whether ``# long: why`` stands between the def and its body."""
    head = source.text.splitlines()[function.lineno - 1 : function.body[0].lineno]
    return any(re.search(r"# long: \w", line) for line in head)


def code_lines(source: Source) -> int:
    """Lines that are neither blank, nor comment, nor docstring."""
    dropped: set[int] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, Function | ast.ClassDef | ast.Module) and documented(node):
            first = node.body[0]
            dropped.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    lines = enumerate(source.text.splitlines(), 1)
    return sum(
        1
        for number, line in lines
        if number not in dropped and line.strip() and not line.strip().startswith("#")
    )


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    run = "from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-c", run, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_between_storeys_only_go_down() -> None:
    said = lint_imports(ROOT)
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize(
    ("where", "planted"),
    [
        ("client/__init__.py", "import agui_notebook.jupyter"),
        ("protocol/__init__.py", "import asyncio"),
        ("server/__init__.py", "import IPython"),
        ("server/__init__.py", "import agui_notebook.client"),
        ("client/__init__.py", "import agui_notebook.agents"),
        ("cellar/__init__.py", ""),
    ],
)
def test_a_planted_breach_of_the_storeys_is_found(tmp_path: Path, where: str, planted: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(PACKAGE, tmp_path / "agui_notebook")
    path = tmp_path / "agui_notebook" / where
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{planted}\n")
    assert lint_imports(tmp_path).returncode == 1


def test_the_public_names_are_these() -> None:
    assert set(agui_notebook.__all__) == PUBLIC
    assert sorted(agui_notebook.__all__) == list(agui_notebook.__all__)


@pytest.mark.parametrize("name", sorted(PUBLIC - {"__version__"}))
def test_a_public_name_and_its_methods_say_what_they_are_for(name: str) -> None:
    thing = getattr(agui_notebook, name)
    assert inspect.getdoc(thing)
    if not inspect.isclass(thing):
        return
    methods = {
        key: value
        for key, value in vars(thing).items()
        if not key.startswith("_") and (inspect.isroutine(value) or isinstance(value, property))
    }
    assert [key for key, value in methods.items() if not inspect.getdoc(value)] == []


def test_every_file_opens_by_saying_what_lives_there() -> None:
    assert [source.name for source in SOURCES if not documented(source.tree)] == []


def test_no_function_is_long_without_a_reason_beside_it() -> None:
    assert [
        f"{source.name}: {function.name} has {body_lines(function)} lines"
        for source in SOURCES
        for function in source.functions()
        if body_lines(function) > LONGEST_FUNCTION and not exempt(source, function)
    ] == []


def test_functions_are_short_as_a_rule() -> None:
    lengths = sorted(body_lines(f) for source in SOURCES for f in source.functions())
    assert statistics.median(lengths) <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 30


def test_no_file_is_too_long_to_read() -> None:
    lengths = {source.name: code_lines(source) for source in SOURCES}
    assert {name: count for name, count in lengths.items() if count > LONGEST_FILE} == {}


def test_everything_is_annotated() -> None:
    assert [
        f"{source.name}: {function.name}"
        for source in SOURCES
        for function in source.functions()
        if function.returns is None or unannotated(function)
    ] == []


def unannotated(function: Function) -> list[str]:
    args = function.args
    named = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
    return [arg.arg for arg in named if arg and arg.annotation is None and arg.arg not in OWN]


OWN = ("self", "cls")


def test_a_type_error_is_ignored_only_by_name() -> None:
    bare = re.compile(r"#\s*type:\s*ignore(?!\[)|#\s*noqa(?!:)")
    assert [source.name for source in SOURCES if bare.search(source.text)] == []


def test_what_every_chat_loads_stays_within_its_budget() -> None:
    base = [PACKAGE / "static" / name for name in ("loader.js", "widget.js")]
    assert all(map(Path.is_file, base)), "not built yet: `cd js && npm ci && npm run build`"
    loader, widget = (built.stat().st_size for built in base)
    assert loader <= 2_000
    assert loader + widget <= 80_000


def tracked() -> list[Path]:
    said = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if said.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name.decode() for name in said.stdout.split(b"\0") if name]
    return [path for path in paths if path.is_file()]


def test_the_project_names_no_machine_and_no_package_registry() -> None:
    machine = "|".join(("/wo" + "rk/", "/ro" + "ot/", "/home/[a-z]", "/Users/[A-Za-z]"))
    hosts = "|".join((r"pypi\." + "org", r"pythonhosted\." + "org", r"npmjs\." + r"(org|com)"))
    foreign = re.compile(f"(?:{machine}|{hosts})".encode())
    assert {
        path.relative_to(ROOT).as_posix(): found[0].decode()
        for path in tracked()
        if (found := foreign.search(path.read_bytes()))
    } == {}


def test_the_changelog_opens_with_the_version_of_the_package() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == agui_notebook.__version__
