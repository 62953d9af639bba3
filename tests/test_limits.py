"""SECURITY.md: each limit with its number, each promise with its tests, and none that is gone."""

from __future__ import annotations

import re
from pathlib import Path

from agui_notebook import limits

SECURITY = Path(__file__).resolve().parent.parent / "SECURITY.md"
NUMBERS = {name: value for name, value in vars(limits).items() if name.isupper()}


def told(text: str) -> dict[str, float]:
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([\d,.]+) \| \S", text, re.MULTILINE)
    return {name: float(number.replace(",", "")) for name, number in rows}


def test_every_limit_is_told_with_its_number() -> None:
    assert told(SECURITY.read_text("utf-8")) == NUMBERS


def test_a_limit_that_is_told_wrongly_is_found() -> None:
    text = SECURITY.read_text("utf-8").replace("| 50,000,000 |", "| 5 |")
    assert told(text) != NUMBERS


def test_every_limit_is_read_where_it_acts() -> None:
    package = Path(limits.__file__).parent
    sources = "".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    assert [name for name in NUMBERS if f"limits.{name}" not in sources] == []


def test_every_promise_names_its_tests() -> None:
    promises = [row for row in SECURITY.read_text("utf-8").splitlines() if row.startswith("- **")]
    named = [re.findall(r"`(tests/[\w/]+\.py)`", promise) for promise in promises]
    assert len(promises) >= 11
    assert [promise for promise, tests in zip(promises, named, strict=True) if not tests] == []
    assert [
        test for tests in named for test in tests if not (SECURITY.parent / test).exists()
    ] == []
