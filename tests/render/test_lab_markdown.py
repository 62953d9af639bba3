"""JupyterLab shows an answer made harmless as it shows the answer, but for what is named.

The renderer is the one of the JupyterLab that is installed, taken out of its pages.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from agui_notebook.markup import safe

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
STATIC = Path(sys.prefix) / "share" / "jupyter" / "lab" / "static"
IMAGES = "an image would be fetched: it is a link with its words"
SCHEMES = "no link leads to another scheme than http, https and mailto"
NAMES = "the name of a language is letters, digits and _+#.-"
MARKED = "marked is not of CommonMark's opinion, by which we find where code begins and ends"
FORMULA = "an escaped bracket begins a formula, also in an address"
LESS = "a sign that would begin a tag is written as an entity"
DEVIATIONS = {
    "Tabs 2": MARKED,
    "Tabs 6": MARKED,
    "Entity and numeric character references 34": NAMES,
    "Fenced code blocks 133": MARKED,
    "Fenced code blocks 144": NAMES,
    "Block quotes 237": MARKED,
    "Lists 324": MARKED,
    "Code spans 346": LESS,
    "Links 493": LESS,
    "Links 495": FORMULA,
    "Links 498": FORMULA,
    "Links 517": IMAGES,
    "Links 520": IMAGES,
    "Links 531": IMAGES,
    "Autolinks 596": SCHEMES,
    "Autolinks 598": SCHEMES,
    "Autolinks 599": SCHEMES,
    "Autolinks 601": SCHEMES,
    "Autolinks (extension) 627": LESS,
}


@cache
def examples() -> dict[str, str]:
    """Every example of both specifications by its name; an image is by design another thing."""
    suites = (
        json.loads((GOLDEN / f"{name}.json").read_text("utf-8")) for name in ("commonmark", "gfm")
    )
    every = [each for suite in suites for each in suite["examples"]]
    return {f"{section} {number}": source for section, number, source, _ in every}


@cache
def renderers() -> list[Path]:
    chunks = [path for path in STATIC.glob("*.js") if path.stat().st_size < 200_000]
    return [path for path in chunks if "gfm:!0,hooks:null" in path.read_text("utf-8")]


@cache
def pages(renderer: Path, texts: tuple[str, ...]) -> list[tuple[str, bool]]:
    script = str(Path(__file__).with_name("lab_markdown.cjs"))
    command = [str(shutil.which("node")), script, str(renderer)]
    done = subprocess.run(
        command, input=json.dumps(texts).encode(), capture_output=True, check=True
    )
    return [(as_seen(page), has_html) for page, has_html in json.loads(done.stdout)]


def as_seen(page: str) -> str:
    """Without what a reader does not see: how characters are escaped, line ends between tags."""
    page = page.replace("<span>&#36;</span>", "$").replace("&lt;", "\x01").replace("&#60;", "\x01")
    return re.sub(r"\n+(?=<)|(?<=>)\n+", "", unescape(page)).strip()


def differing(renderer: Path) -> set[str]:
    """Examples without raw HTML that are not shown as they were written."""
    named = examples()
    plain = pages(renderer, tuple(named.values()))
    inert = pages(renderer, tuple(map(safe, named.values())))
    shown = zip(named, plain, inert, strict=True)
    return {name for name, (one, raw), (other, _) in shown if not raw and one != other}


pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="this machine has no node")


@pytest.mark.parametrize("renderer", renderers() or [None], ids=lambda path: path and path.name)
def test_lab_shows_an_answer_as_it_was_written_but_for_what_is_named(renderer: Path | None) -> None:
    assert renderer, "JupyterLab has its renderer elsewhere now"
    found = differing(renderer)
    images = {name for name in found if name.startswith("Images ")}
    assert found - images == set(DEVIATIONS)


def test_prices_and_tables_of_prices_are_no_formulas() -> None:
    written = (
        "Pay $1.50 for kale, and she makes $2.75 more.",
        "| a | b |\n|---|---|\n| kale | $1.50 |\n| peas | $2.75 |",
        "**是**的 <https://example.com/docs> <me@example.com> [a](<b c>) \\<b> \\![c](d)",
    )
    for renderer in renderers():
        inert, plain = pages(renderer, tuple(map(safe, written))), pages(renderer, written)
        assert [page for page, _ in inert] == [page for page, _ in plain]
