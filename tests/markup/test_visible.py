"""What cannot be seen or looks like something else: the same marks here and in the widget."""

from __future__ import annotations

import json
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from agui_notebook.markup.visible import visible

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "visible.json"
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\u202a-\u202e\u2066-\u2069\u200b-\u200c\U000e0000-\U000e0fff]"
)


def test_what_would_hide_or_fake_a_text_is_marked_as_it_is_in_the_widget() -> None:
    cases = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert [visible(text) for text, _ in cases] == [shown for _, shown in cases]


@given(st.text())
def test_nothing_unseen_is_left_and_what_is_marked_stays_so(text: str) -> None:
    shown = visible(text)
    assert not UNSEEN.search(shown)
    # a mark is ASCII beside its neighbours, so that one of them may be a look-alike now
    assert visible(shown).count("‹U+") >= shown.count("‹U+")


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_plain_ascii_is_left_as_it_is(text: str) -> None:
    assert visible(text) == text
