"""Thoughts at the beginning of an answer are told apart wherever its pieces are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agui_notebook.agents.models.leading_thought import LeadingThought

TEXTS = st.lists(st.sampled_from(["<think>", "</think>", "<", "</", "th", "\n", "a ", ">"])).map(
    "".join
)


def told_apart(*pieces: str) -> tuple[str, str]:
    """Thoughts and words of an answer that came in these pieces."""
    reader = LeadingThought()
    found = [part for piece in pieces for part in reader.split(piece)] + [reader.rest()]
    return "".join(t for is_it, t in found if is_it), "".join(t for is_it, t in found if not is_it)


@pytest.mark.parametrize(
    ("text", "thought", "words"),
    [
        ("<think>a < b</think>\n\nHi <think>", "a < b", "\n\nHi <think>"),
        (" \n<think>cut", "cut", ""),
        ("<think></think>Hi", "", "Hi"),
        ("<thinking> is a tag", "", "<thinking> is a tag"),
        ("a</think>b", "", "a</think>b"),
        ("<thi", "", "<thi"),
    ],
)
def test_only_what_an_answer_begins_with_is_a_thought(text: str, thought: str, words: str) -> None:
    assert told_apart(text) == told_apart(*text) == (thought, words)


@given(TEXTS, st.data())
def test_pieces_make_no_difference_and_no_word_is_lost(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    whole = told_apart(text)
    assert told_apart(text[:at], text[at:]) == told_apart(*text) == whole
    assert sum(part.count("a ") for part in whole) == text.count("a ")
