"""The papers tell the truth: what they name exists, and their lists of files are kept.

Nothing here knows how things work; each failure names the row or file that is missing.
"""

from __future__ import annotations

import ast
import inspect
import io
import json
import re
import runpy
import tokenize
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import agui_notebook
from agui_notebook import errors
from agui_notebook.agents.adapters.detect import CLASSES, KNOWN, MODULES, SHAPES
from agui_notebook.jupyter.magics import completion, magics, options, subcommands
from agui_notebook.protocol import EVENTS
from agui_notebook.protocol.document.reducer import TABLE

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "agui_notebook"
ADAPTERS = PACKAGE / "agents" / "adapters"
PAPERS = (
    *("CONTRIBUTING.md", "DECISIONS.md", "PROTOCOL.md", "README.md", "SECURITY.md"),
    ".github/pull_request_template.md",
)
BUILT = {"node_modules", ".venv", ".lanes", "static", "__pycache__", ".git"}
ENDINGS = r"(?:py|js|mjs|ts|css|md|ipynb|jsonl?|toml|ya?ml|cfg)"
TICKED = re.compile(r"`([\w.-]+(?:/[\w.-]+)*/?)`")
LINKED = re.compile(r"\]\(([\w./-]+)\)")
MENTIONED = re.compile(rf"(?<![\w/.$*{{-])((?:[\w.-]+/)*[\w-]+\.{ENDINGS})\b(?!\()")
# what is written for a user, or belongs to somebody else
ELSEWHERE = {"hello.jsonl", "served.py", "server.py", "text/event-stream", "run_cases.py"}
# these only pass by: the log, session.stream() and the inspector have them, the document does not;
# chunks are other events by then
PASSING = {"RAW", "REASONING_START", "REASONING_END"}
CHUNKS = {name for name in EVENTS if name.endswith("_CHUNK")}
SHELVES = ("clients", "frameworks", "local")  # folders of adapters
SHARED = {"detect", "third_party", "thin", "haystack_asking"}
UNNAMED = {"asgi", "callables", "url"}  # adapters of no package


def files() -> list[Path]:
    """Every file of the project that somebody may name."""
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not BUILT.intersection(path.relative_to(ROOT).parts)
    ]


FILES = files()
NAMES = {f"/{path.relative_to(ROOT).as_posix()}" for path in FILES}


def is_there(told: str) -> bool:
    """Whether a path, or the end of one, is that of a file or folder of the project."""
    end = "/" + re.sub(r"^(\.\.?/)+", "", told).rstrip("/")
    folder = f"{end}/"
    return any(name.endswith(end) or folder in name for name in NAMES)


def paths_in(paper: str) -> set[str]:
    """The paths a paper names in backticks or links to."""
    ticked = {
        told for told in TICKED.findall(paper) if "/" in told or re.search(rf"\w\.{ENDINGS}$", told)
    }
    return {told for told in ticked | set(LINKED.findall(paper)) if "NAME" not in told}


def lost(paper: str) -> set[str]:
    return {told for told in paths_in(paper) - ELSEWHERE if not is_there(told)}


def remarks(text: str) -> Iterator[str]:
    """The comments and docstrings of a Python file."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def stale(text: str) -> set[str]:
    told = {name for remark in remarks(text) for name in MENTIONED.findall(remark)}
    made = {name for name in told if name.startswith("results/")}  # what a benchmark writes
    return {name for name in told - ELSEWHERE - made if not is_there(name)}


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def table_below(heading: str) -> str:
    """A section of the README, in small letters."""
    return read("README.md").split(f"## {heading}")[1].split("\n## ")[0].lower()


# --- what is named exists -----------------------------------------------------------------------


@pytest.mark.parametrize("paper", PAPERS)
def test_every_file_that_a_paper_names_exists(paper: str) -> None:
    assert lost(read(paper)) == set()


def test_a_planted_file_that_is_not_there_is_caught() -> None:
    paper = "see `protocol/order.py`, `order.py`, [it](tests/golden) and `protocol/disorder.py`"
    assert lost(paper) == {"protocol/disorder.py"}
    assert stale("# see order.py and disorder.py\n") == {"disorder.py"}


def test_comments_speak_of_files_that_are_there() -> None:
    sources = [path for path in FILES if path.suffix == ".py"]
    found = {path.relative_to(ROOT).as_posix(): stale(path.read_text("utf-8")) for path in sources}
    assert {name: names for name, names in found.items() if names} == {}


def test_the_stages_that_are_explained_are_those_there_are() -> None:
    stages = set(runpy.run_path(str(ROOT / "dev.py"))["STAGES"])
    section = read("CONTRIBUTING.md").split("## Run one stage")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)) == stages


def test_every_room_of_the_package_is_explained() -> None:
    tree = read("CONTRIBUTING.md").split("\nagui_notebook/\n")[1].split("\njs/")[0]
    told = {line.split()[0].rstrip("/") for line in tree.splitlines()}
    rooms = {path.name for path in PACKAGE.iterdir() if not path.name.startswith("_")}
    assert told == rooms - {"static", "py.typed"}


def test_every_decision_has_a_number_a_date_a_status_and_a_way_out() -> None:
    heads = re.split(r"^## ", read("DECISIONS.md"), flags=re.MULTILINE)[1:]
    assert [int(head.split(".")[0]) for head in heads] == list(range(1, len(heads) + 1))
    form = re.compile(r"\d+\. .+\n\n\*\d{4}-\d\d, [a-z].*\.\* .+ \*What would change it:\* .+\.\n")
    assert [head.splitlines()[0] for head in heads if not form.match(head)] == []


# --- an event type ------------------------------------------------------------------------------


def test_every_event_changes_the_document_or_is_known_to_pass_by() -> None:
    assert set(EVENTS) - set(TABLE) == PASSING | CHUNKS
    assert set(TABLE) <= set(EVENTS)


def test_every_event_has_a_family_in_the_inspector() -> None:
    source = read("js/src/inspector/event_filter.js")
    families = re.findall(r'\["\w+", /(\^.+?)/\]', source)
    assert len(families) > 4
    alone = {name for name in EVENTS if not any(re.match(one, name) for one in families)}
    assert alone == {"RAW", "CUSTOM"}


def test_every_event_stands_in_a_golden_stream() -> None:
    lines = [
        json.loads(line)
        for path in (ROOT / "tests" / "golden").glob("*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    sent = {line["event"].get("type") for line in lines if isinstance(line.get("event"), dict)}
    assert set(EVENTS) - sent == set()


# --- a chat client ------------------------------------------------------------------------------


def adapters_in_use() -> set[str]:
    shapes = {adapter for _, adapter in SHAPES}
    return {*CLASSES.values(), *MODULES.values(), *shapes}


def families() -> set[str]:
    """Adapters by the file or folder they live in; some folders hold many families."""
    return {family_of(adapter) for adapter in adapters_in_use()} - UNNAMED


def family_of(adapter: str) -> str:
    first, _, rest = adapter.partition(".")
    return rest if first in SHELVES else first


def plain_words(text: str) -> str:
    return re.sub(r"[-_ ]", "", text.lower())


def test_every_adapter_that_a_table_names_is_there_and_every_one_there_is_named() -> None:
    shelves = [ADAPTERS / name for name in SHELVES]
    known = {
        path.stem if path.is_file() else path.name
        for folder in (ADAPTERS, *shelves)
        for path in folder.iterdir()
        if not path.name.startswith("_") and path not in shelves and path.stem not in SHARED
    }
    assert families() | UNNAMED == known
    assert [
        name for name in adapters_in_use() if not is_there(f"{name.replace('.', '/')}.py")
    ] == []


@pytest.mark.parametrize("family", sorted(families()))
def test_an_adapter_is_known_to_the_reader_and_to_a_test_beside_the_real_package(
    family: str,
) -> None:
    words = plain_words(family)
    assert words in plain_words(table_below("What can be wrapped"))
    assert words in plain_words(KNOWN)
    real = ROOT / "tests" / "adapters" / "real"
    modules = {path.name for path in real.glob(f"test_{family}*.py")}
    assert modules
    # each kind runs the cases that all share, or says why it cannot
    assert any("packages: ClassVar" in (real / name).read_text("utf-8") for name in modules)
    lanes = read("tests/support/lanes.py")
    assert [name for name in modules if name not in lanes] == []


# --- a word after %agui -------------------------------------------------------------------------


WORDS = sorted(word for word in subcommands.WORDS if word)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_in_the_help_and_the_readme_and_completes(word: str) -> None:
    help_text = magics.AguiMagics.agui.__doc__ or ""
    assert re.search(rf"\b{word}\b", help_text)
    assert re.search(rf"`{word}\b", table_below("Words after `%agui`"))
    assert completion.candidates(f"%agui {word[:-1]}", {}) is not None
    assert word in (completion.candidates(f"%agui {word[:-1]}", {}) or ("", []))[1]


def test_only_words_there_are_have_rows_elsewhere() -> None:
    assert {*options.RAW, *options.TURNS, *completion.FILES} <= set(WORDS)


# --- an error -----------------------------------------------------------------------------------


def classes(module: ModuleType) -> dict[str, type]:
    return {
        name: found
        for name, found in vars(module).items()
        if inspect.isclass(found) and found.__module__ == module.__name__
    }


@pytest.mark.parametrize("name", sorted(classes(errors)))
def test_an_error_is_public_stands_in_the_tree_and_is_explained(name: str) -> None:
    found = classes(errors)[name]
    assert issubclass(found, errors.AGUIError)
    assert name in agui_notebook.__all__
    assert re.search(rf"^[ +|-]*{name} {{2,}}\w", errors.__doc__ or "", re.MULTILINE)
    assert found.__doc__
    assert name in read("notebooks/10_errors_and_troubleshooting.ipynb")


def test_errors_are_defined_nowhere_else() -> None:
    raised = re.compile(r"^class (\w+)\((?:\w+, )*AGUIError", re.MULTILINE)
    elsewhere = {
        path.relative_to(ROOT).as_posix(): names
        for path in PACKAGE.rglob("*.py")
        if path.name != "errors.py" and (names := raised.findall(path.read_text("utf-8")))
    }
    assert elsewhere == {}
