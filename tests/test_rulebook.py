"""PROTOCOL.md is complete: what is cited is defined, and what is defined is cited.

Nothing here judges whether a rule is kept: tests/protocol and tests/conformance do.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RULEBOOK = "PROTOCOL.md"
RULE = re.compile(r"\b[BCPTV]-[A-Z]+-\d{2}\b")
# "C-LIFE-01 to C-LIFE-04" cites all four, "C-TOOL-02, -03" both
RANGE = re.compile(r"\b([BCPTV]-[A-Z]+-)(\d{2}) to \1(\d{2})\b")
SHORT = re.compile(r"\b([BCPTV]-[A-Z]+-)\d{2}, -(\d{2})\b")
ROW = re.compile(r"^\| ([BCPTV]-[A-Z]+-\d{2}) \| ([\w ]+) \| (.+) \| (.+) \|$", re.MULTILINE)
LEVELS = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "schema", "violation", "implied"}
READ = {".py", ".js", ".ts", ".json", ".jsonl", ".ipynb", ".md", ".toml", ".css", ".html"}


def texts() -> dict[str, str]:
    """Every text of the project by its path, without the rulebook."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    names = {name.decode() for name in listed.stdout.split(b"\0")} - {RULEBOOK}
    paths = [ROOT / name for name in sorted(names) if Path(name).suffix in READ]
    return {p.relative_to(ROOT).as_posix(): p.read_text("utf-8") for p in paths if p.is_file()}


def cited(text: str) -> set[str]:
    spans = [
        f"{page}{number:02}"
        for page, first, last in RANGE.findall(text)
        for number in range(int(first), int(last) + 1)
    ]
    return {*RULE.findall(text), *spans, *(page + number for page, number in SHORT.findall(text))}


def named(text: str) -> set[str]:
    """The ids that stand in ``text`` letter by letter; those within a range may have gaps."""
    return {*RULE.findall(text), *(page + number for page, number in SHORT.findall(text))}


def defined(rulebook: str) -> set[str]:
    return {row[0] for row in ROW.findall(rulebook)}


def unknown(rulebook: str, found: dict[str, str]) -> dict[str, set[str]]:
    """The ids a text cites that the rulebook does not define, by path."""
    known = defined(rulebook)
    return {path: lost for path, text in found.items() if (lost := named(text) - known)}


def unused(rulebook: str, found: dict[str, str]) -> set[str]:
    """The ids the rulebook defines and neither code nor test cites; other pages do not count."""
    sources = (text for path, text in found.items() if not path.endswith(".md"))
    return defined(rulebook) - set().union(*map(cited, sources))


@pytest.fixture(scope="module")
def rulebook() -> str:
    return (ROOT / RULEBOOK).read_text("utf-8")


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return texts()


def test_every_rule_that_is_cited_is_defined(rulebook: str, found: dict[str, str]) -> None:
    assert unknown(rulebook, found) == {}


def test_every_rule_that_is_defined_is_cited(rulebook: str, found: dict[str, str]) -> None:
    assert unused(rulebook, found) == set()


def test_a_planted_unknown_rule_is_caught(rulebook: str, found: dict[str, str]) -> None:
    planted = "C-PLANT" + "-01"
    said = {**found, "planted.js": f"// as {planted} says"}
    assert unknown(rulebook, said) == {"planted.js": {planted}}


def test_a_planted_unused_rule_is_caught(rulebook: str, found: dict[str, str]) -> None:
    planted = "C-PLANT" + "-01"
    row = f"| {planted} | MUST | Nobody cites this. | `protocol/order.py` |\n"
    said = {**found, "README.md": f"see {planted}"}
    assert unused(f"{rulebook}{row}", said) == {planted}


def test_a_range_and_a_short_form_cite_each_of_theirs() -> None:
    one, two, three = ("C-PLANT" + f"-0{number}" for number in (1, 2, 3))
    assert cited(f"see {one} to {three}") == {one, two, three}
    assert cited(f"see {one}, -02") == {one, two}


def test_a_rule_is_defined_once(rulebook: str) -> None:
    rows = Counter(row[0] for row in ROW.findall(rulebook))
    assert {rule: count for rule, count in rows.items() if count > 1} == {}


def test_every_row_is_one_sentence_with_a_level_and_a_keeper(rulebook: str) -> None:
    lines = [line for line in rulebook.splitlines() if RULE.match(line[2:])]
    assert [line for line in lines if not ROW.match(line)] == []
    assert {row[1] for row in ROW.findall(rulebook)} <= LEVELS
    assert [row[0] for row in ROW.findall(rulebook) if not row[2].endswith(".")] == []
    assert [row[0] for row in ROW.findall(rulebook) if "`" not in row[3]] == []
