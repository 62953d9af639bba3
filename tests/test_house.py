"""The house rules, measured: storeys, sizes, annotations, docstrings, public names, budgets.

Nothing here knows what the package does; each failure says which place breaks which rule.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import re
import shutil
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import agui_notebook

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "agui_notebook"
LONGEST_FUNCTION = 40
LONGEST_FILE = 300
DEEP_IMPORTS = 150  # by tests, from inside of storeys: may fall, never rise
GENERATED = ("agui_notebook/types.py",)  # nobody reads it from top to bottom
PUBLIC = {
    *("Agent", "Answer", "Emitter", "Tool", "demo_agent", "draw", "export", "record"),
    "describe",
    "notebook_tools",
    *("AGUIError", "HTTPStatusError", "IncompleteRun", "InterruptPending", "InvalidInput"),
    *("ProtocolError", "RunFailed", "ServerError", "ToolFailed", "TransportError"),
    *("UnsupportedAgent", "Append", "ChatWidget", "Interrupt", "LocalServer", "RunResult"),
    *("Edit", "Resume", "Retry", "Say", "prices"),
    *(
        "Case",
        "ReportChange",
        "Comparison",
        "Report",
        "Grade",
        "checks",
        "compare",
        "compare_async",
    ),
    *("evaluate", "evaluate_async", "check", "check_async", "ServerCheck"),
    *("Session", "Set", "Timeout", "chat", "connect", "create_app", "replay", "serve", "tool"),
    *("load_ipython_extension", "unload_ipython_extension", "__version__"),
}
ROOTS = (
    *("agents", "client", "evaluation", "markup", "protocol", "render"),
    *("server", "tools", "wire"),
)
TYPE_NAME = re.compile(r"_?[A-Z]\w*[a-z]\w*")
IRREGULAR = """
    beaten become been begun bent bitten blown born borne bought bound bred broken brought built
    burnt cast caught chosen clung come crept dealt done drawn driven drunk dug eaten fallen fed
    felt flown forbidden forgotten fought found frozen given gone got gotten ground grown had heard
    held hidden hung kept knelt known laid lain leant leapt learnt led left lent lit lost made
    meant met mistaken mown paid proven ridden risen rung said sat sawn seen sent sewn shaken
    shone shot shown shrunk slept slid sold sought spelt spent spilt spoken spun stolen stood
    struck stuck stung sung sunk swept sworn swum swung taken taught thrown told torn
    unbound understood undone unheard unknown unread unsaid unseen unsent untold withdrawn withheld
    woken won worn wound woven written overridden overwritten redone remade rewritten
"""  # without those that are the verb's first form too: read, run, put, set, cut
PARTICLES = "as at away back behind by down for from in into off on out over since to up with"
NO_PARTICIPLES = """
    beginning embed exceed feed heading mapping need nothing proceed reasoning seed speed spelling
    string warning
"""  # nouns and verbs that only end like one
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


@pytest.mark.parametrize("storey", ROOTS)
def test_a_storeys_root_names_what_others_may_rely_on(storey: str) -> None:
    root = importlib.import_module(f"agui_notebook.{storey}")
    tree = ast.parse((PACKAGE / storey / "__init__.py").read_text())
    typed = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for alias in node.names
    }
    assert sorted(typed) == sorted(root.__all__)
    assert [name for name in root.__all__ if getattr(root, name, None) is None] == []
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = root.nonsense


def test_tests_know_little_of_what_is_inside_a_storey() -> None:
    deep = [
        f"{path.relative_to(ROOT)}: {node.module}"
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and is_deep(node)
    ]
    assert len(deep) <= DEEP_IMPORTS, deep


def is_deep(node: ast.ImportFrom) -> bool:
    """Whether an import reaches for more than a storey's root offers, or for a module of ours."""
    package, _, inside = (node.module or "").partition(".")
    if package != "agui_notebook":
        return False
    folder = PACKAGE / inside.replace(".", "/")
    modules = {path.stem for path in folder.iterdir()} if folder.is_dir() else set[str]()
    names = {alias.name for alias in node.names}
    return bool(names & modules) or (bool(inside) and inside not in ROOTS)


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
    read = [source for source in SOURCES if source.name not in GENERATED]
    lengths = {source.name: code_lines(source) for source in read}
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


def type_names(source: Source) -> Iterator[str]:
    """The names of a file's classes, and of the type aliases at its top."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
    for statement in source.tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else ()
        for target in (statement.target,) if isinstance(statement, ast.AnnAssign) else targets:
            if isinstance(target, ast.Name) and TYPE_NAME.fullmatch(target.id):
                yield target.id


def doubled_types(files: list[Source]) -> list[str]:
    homes: dict[str, list[str]] = {}
    for source in files:
        for name in type_names(source):
            homes.setdefault(name, []).append(source.name)
    return [f"{name}: {', '.join(where)}" for name, where in homes.items() if len(where) > 1]


def test_no_folder_holds_more_than_eighteen_files() -> None:
    counts = Counter(path.parent for path in (ROOT / "agui_notebook").rglob("*.py"))
    assert {folder: count for folder, count in counts.items() if count > 18} == {}


def test_a_class_or_type_alias_has_its_name_for_itself() -> None:
    assert doubled_types(SOURCES) == []


@pytest.mark.parametrize(
    "planted",
    [
        "class Session: ...",
        "class Outer:\n    class Session: ...",
        "Session = dict[str, Any]",
        "Session: TypeAlias = 'dict[str, Any]'",
    ],
)
def test_a_second_owner_of_a_type_name_is_found(planted: str) -> None:
    found = doubled_types([*SOURCES, planted_source(planted)])
    assert found == ["Session: agui_notebook/client/session.py, planted.py"]


def is_participle(name: str) -> bool:
    """Whether a name is nothing but a participle, as ``said`` or ``held_by``.

    Before a noun it is an adjective: ``offered_tools`` is a good name.
    """
    first, *rest = name.strip("_").lower().split("_")
    regular = re.fullmatch(r"[a-z]{2,}(ed|ing)", first) and first not in NO_PARTICIPLES.split()
    return bool(
        (regular or first in IRREGULAR.split()) and (not rest or rest[0] in PARTICLES.split())
    )


def is_predicate(function: Function) -> bool:
    returns = ast.unparse(function.returns) if function.returns else ""
    return returns == "bool" or bool(re.match(r"Type(Guard|Is)\[", returns))


def misnamed(source: Source) -> list[str]:
    return [
        f"{source.name}: {function.name}"
        for function in source.functions()
        if is_participle(function.name) and not is_predicate(function)
    ]


def test_functions_are_verbs_or_nouns_and_only_predicates_are_participles() -> None:
    assert [name for source in SOURCES for name in misnamed(source)] == []


@pytest.mark.parametrize(
    "name",
    ["copied", "_closed", "saying", "said", "_found", "told", "held_by", "broken_off", "wound_up"],
)
def test_a_participle_that_is_no_predicate_is_found(name: str) -> None:
    for template in ("def {}() -> str: ...", "class A:\n    async def {}(self) -> None: ..."):
        breach = planted_source(template.format(name))
        assert misnamed(breach) == [f"planted.py: {name}"]
    assert misnamed(planted_source(f"def {name}(a: int) -> bool: ...")) == []
    assert misnamed(planted_source(f"def {name}(a: Any) -> TypeGuard[int]: ...")) == []


@pytest.mark.parametrize(
    "name", ["copy", "feed", "read", "run", "reasoning", "_heading", "offered_tools", "sort_by"]
)
def test_a_verb_or_a_noun_is_a_good_name(name: str) -> None:
    assert misnamed(planted_source(f"def {name}() -> str: ...")) == []


def planted_source(text: str) -> Source:
    return Source("planted.py", text, ast.parse(text))


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
