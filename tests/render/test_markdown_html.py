"""Markdown as HTML: the widget's structure, nothing but our tags, and addresses from our list."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from agui_notebook.markup import DEEPEST, MOST_BRACKETS, MOST_CELLS, format_markdown

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


SUITES = ("commonmark", "gfm")
HTML = json.loads((GOLDEN.parent / "raw_html.json").read_text(encoding="utf-8"))
RAW = HTML["sections"]
SCHEMES = "no link leads to another scheme than http, https and mailto"
LINKS = "GFM's bare links, where CommonMark has none"
IMAGES = "an image is a link to it, its address where it has no words, and words within a link"
MAIL = "an address without a mark is text, as in the widget"
DEVIATIONS = {
    **dict.fromkeys(HTML["examples"], HTML["why"]),
    "Links 500": SCHEMES,
    "Links 517": IMAGES,
    "Links 531": IMAGES,
    "Images 581": IMAGES,
    "Autolinks 596": SCHEMES,
    "Autolinks 598": SCHEMES,
    "Autolinks 599": SCHEMES,
    "Autolinks 601": SCHEMES,
    "Autolinks 602": LINKS,
    "Autolinks 608": LINKS,
    "Autolinks 611": LINKS,
    "Autolinks (extension) 628": SCHEMES,
    "Autolinks (extension) 629": MAIL,
    "Autolinks (extension) 630": MAIL,
    "Autolinks (extension) 631": MAIL,
}


def structure(page: str) -> str:
    """Tags without attributes, characters as they are, no line ends between tags."""
    page = re.sub(r"<span>(.)</span>", r"\1", page)
    page = re.sub(r"</?(thead|tbody)>", "", page)
    page = re.sub(r"\n+(?=<)|(?<=>)\n+", "", without_attributes(page).replace("&lt;", "\x01"))
    return unescape(page).strip()


def as_ours(page: str) -> str:
    """A specification's page with lower headings, links for images and signs for boxes."""
    page = re.sub(r"<(/?)h(\d)", lambda found: f"<{found[1]}h{min(6, int(found[2]) + 2)}", page)
    page = re.sub(r'<img[^>]*? alt="([^"]*)"[^>]*>', r"<a>\1</a>", page)
    page = re.sub(r"<input checked[^>]*>", "\u2611", page)
    return structure(re.sub(r"<input[^>]*>", "\u2610", page))


@pytest.mark.parametrize("suite", SUITES)
def test_every_example_of_the_specifications_has_its_structure_but_those_named(suite: str) -> None:
    examples = json.loads((GOLDEN.parent / f"{suite}.json").read_text(encoding="utf-8"))["examples"]
    for section, number, source, expected in examples:
        same = structure(format_markdown(source)) == as_ours(expected)
        named = f"{section} {number}" in DEVIATIONS or section in RAW
        assert same != named or section in RAW, f"{section} {number}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Pay $1.50 or $2.75", "<p>Pay <span>$</span>1.50 or <span>$</span>2.75</p>"),
        ("$x_a$ and \\(b_c*d*e\\)", "<p>$x_a$ and $b_c*d*e$</p>"),
        ("t\n\n$$\na\n- b\n= c\n$$\nw", "<p>t</p><div>$$a\n- b\n= c$$</div><p>w</p>"),
        ("> \\[\n> x_1 * y*\n> \\]", "<blockquote><div>$$x_1 * y*$$</div></blockquote>"),
        ("\\begin{a}\nx_1 & b_1\n\\end{a}", "<div>\\begin{a}\nx_1 &amp; b_1\n\\end{a}</div>"),
        ("```math\nx<y\n```", "<div>$$x&lt;y$$</div>"),
        ("$\\href{javascript:x}{y}$", "<p>$\\text href{javascript:x}{y}$</p>"),
        ("\\\\(a\\\\) \\\\begin", "<p><span>\\</span>(a\\) <span>\\</span>begin</p>"),
        ("see \\[1\\]", "<p>see [1]</p>"),
        ("**“是”**的", "<p><strong>“是”</strong>的</p>"),
        ("이것은**(강조)**입니다", "<p>이것은<strong>(강조)</strong>입니다</p>"),
        ("- [x] a\n- [ ] b", "<ul><li>\u2611 a</li><li>\u2610 b</li></ul>"),
        ("a[^1]\n\n[^1]: b\n[^2]: c",
         "<p>a<sup>1</sup></p><p><sup>1</sup>: b</p><p><sup>2</sup>: c</p>"),
        ("> [!NOTE]\n> a", "<blockquote><p><strong>NOTE</strong><br>a</p></blockquote>"),
        ("> [!NOTE] a", "<blockquote><p>[!NOTE] a</p></blockquote>"),
        ("a<br>b \\<br>", "<p>a<br>b &lt;br&gt;</p>"),
        ("~5 to ~6", "<p>~5 to ~6</p>"),
        ("[a]: https://b.c", ""),
    ],
)  # fmt: skip
def test_what_the_widget_reads_besides_is_read_here_too(source: str, expected: str) -> None:
    assert format_markdown(source) == expected


def test_a_bare_address_ends_before_what_belongs_to_the_sentence() -> None:
    pages = [format_markdown(f"({url}).") for url in ("https://a.b/c_(d)", "www.a.b")]
    assert [re.findall(r'href="([^"]*)"', page) for page in pages] == [
        ["https://a.b/c_(d)"],
        ["http://www.a.b"],
    ]
    assert "https://a.b/c</a>。d" in format_markdown("https://a.b/c。d")
