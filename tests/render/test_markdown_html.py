"""Markdown as HTML: the widget's structure, nothing but our tags, and addresses from our list."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from agui_notebook.markup.markdown_html import DEEPEST, MOST_BRACKETS, MOST_CELLS, format_markdown

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "markdown.json"


def without_attributes(page: str) -> str:
    return re.sub(r"<(\w+)[^>]*>", r"<\1>", page)


@pytest.mark.parametrize(
    ("source", "expected"), json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]
)
def test_markdown_has_the_structure_that_the_widget_gives_it(source: str, expected: str) -> None:
    assert without_attributes(format_markdown(source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[a](https://b.c?d=1&e=2)",
         '<p><a href="https://b.c?d=1&amp;e=2" rel="noopener noreferrer">a</a></p>'),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>"),
        ("[a](//evil.example)", "<p>[a](//evil.example)</p>"),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>"),
        ("[a][b]\n\n[b]: vbscript:x", "<p>[a][b]</p><p>[b]: vbscript:x</p>"),
    ],
)  # fmt: skip
def test_a_link_leads_only_where_links_may_lead(source: str, expected: str) -> None:
    assert format_markdown(source) == expected


def test_an_image_is_a_link_to_it_and_within_a_link_only_words() -> None:
    link = '<a href="{}" rel="noopener noreferrer">{}</a>'
    assert format_markdown("![a](https://b.c)") == f"<p>{link.format('https://b.c', 'a')}</p>"
    assert format_markdown("![](https://b.c)") == (
        f"<p>{link.format('https://b.c', 'https://b.c')}</p>"
    )
    assert format_markdown("[![a](https://b.c)](https://d.e)") == (
        f"<p>{link.format('https://d.e', 'a')}</p>"
    )


def test_a_list_that_goes_on_goes_on_counting() -> None:
    assert format_markdown("3. a\n4. b") == '<ol start="3"><li>a</li><li>b</li></ol>'


def test_a_table_that_is_mostly_padding_stays_as_it_was_written() -> None:
    columns, rows = 200, MOST_CELLS // 200
    source = "|a" * columns + "\n" + "|-" * columns + "\n" + "|a\n" * rows
    assert "<td>" not in format_markdown(source)
    assert "<td>" in format_markdown("|a|b|\n|-|-|\n" + "|c|d|\n" * 100)


@pytest.mark.parametrize("mark", ["> ", "- ", "1. ", ">"])
@pytest.mark.parametrize("depth", [1, 5, DEEPEST - 1, DEEPEST, DEEPEST + 1, 60, 5_000])
def test_no_depth_of_nesting_loses_a_word(mark: str, depth: int) -> None:
    assert "word" in format_markdown(mark * depth + "word")
    nested = "\n".join("  " * level + "- a" for level in range(min(depth, 200)))
    assert "word" in format_markdown(nested + "word")


def test_text_without_an_end_to_its_quotation_keeps_every_line() -> None:
    assert format_markdown("> " * 15 + "a\n" + "word\n" * 5_000).count("word") == 5_000


def test_brackets_beyond_the_limit_are_text_and_what_stands_before_is_read() -> None:
    read = format_markdown("*a*\n\n" + "[" * (MOST_BRACKETS + 1) + " *b*")
    assert read == f"<p><em>a</em></p><p>{'[' * (MOST_BRACKETS + 1)} *b*</p>"
