"""Patterns of agents: what is matched, what is left unchecked, and never more than linear work."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agui_notebook.tools import compile_pattern

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "patterns.json"
CASES = json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]

atoms = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", r"\d", r"\w", "(a|b)", "(?:ab)", "(a*)*",
                         "(a|)", r"\b", "^", "$", "(b{0,2}a)+"])  # fmt: skip
counts = st.sampled_from(["", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?"])
patterns = st.lists(st.tuples(atoms, counts).map("".join), min_size=1, max_size=4).map("".join)


def work(pattern: str, text: str) -> int:
    """How many steps it takes to look for ``pattern`` in ``text``."""
    spent: list[int] = []
    compile_pattern(pattern).is_in(text, spent.append)
    return sum(spent)


def found(pattern: str, text: str) -> bool | None:
    return compile_pattern(pattern).is_in(text, lambda steps: None)


@pytest.mark.parametrize(("pattern", "text", "expected"), CASES)
def test_a_pattern_is_matched_as_the_browser_does_or_not_at_all(
    pattern: str, text: str, expected: bool | None
) -> None:
    assert found(pattern, text) is expected


@given(patterns, st.text(alphabet="ab1 ", max_size=6))
def test_what_is_checked_is_as_a_backtracking_engine_would_have_it(pattern: str, text: str) -> None:
    if found(pattern, text) is not None:
        assert found(pattern, text) is (re.search(pattern, text, re.ASCII) is not None)


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "(a*)*b", "^(a?){20}a{20}$"])
def test_twice_the_text_is_no_more_than_twice_the_work(pattern: str) -> None:
    assert work(pattern, "a" * 2_000 + "!") <= 2.1 * work(pattern, "a" * 1_000 + "!")


def test_the_work_of_a_match_can_be_broken_off() -> None:
    class Enough(Exception):
        pass

    def spend(steps: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        compile_pattern("^(a+)+$").is_in("aaa", spend)


def test_making_a_pattern_ready_is_work_too_and_has_an_end() -> None:
    assert compile_pattern("a{1000}").size > 1_000
    assert not compile_pattern("a{1500}b{1500}").is_checked
    assert not compile_pattern("a" * 1_001).is_checked
    assert not compile_pattern("(" * 40 + ")" * 40).is_checked
