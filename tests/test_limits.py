"""The limits: each is in SECURITY.md with its number, and none is there that is gone."""

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
