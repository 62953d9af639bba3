"""What is a formula, told the same by both halves; and that a host is told no other story.

The texts are in tests/golden/formulas.json; js/test/markdown/formulas.test.js reads the same.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agui_notebook.markup import pieces, safe

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "formulas.json"
CASES = json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_what_is_a_formula_is_told_as_the_widget_tells_it(
    text: str, expected: list[list[object]]
) -> None:
    found = [[piece.text, piece.display] for piece in pieces(text) if piece.formula]
    assert found == expected


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_only_formulas_have_dollars_left_for_a_host(
    text: str, expected: list[list[object]]
) -> None:
    dollars = sum(4 if display else 2 for _, display in expected)
    assert safe(text).count("$") == dollars


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("it is \\(\\pi r^2\\)", "it is $\\pi r^2$"),
        ("\\[\na\n\\]", "$$a$$"),
        ("```math\na < b\n```", "$$\na < b\n$$"),
        ("```math\n$a\n```", "```math\n$a\n```"),
        ("$a<b$", "$a< b$"),
        ("see <https://example.com/docs>", "see <https://example.com/docs>"),
        ("[a](https://b.c/?d=$e) $1", "[a](https://b.c/?d=&#36;e) <span>&#36;</span>1"),
    ],
)
def test_what_need_not_be_disarmed_keeps_its_meaning(text: str, written: str) -> None:
    assert safe(text) == written
