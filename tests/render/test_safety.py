"""Hostile text stays text in every rendering (C-TRUST-02): attacks, rendered by the real hosts."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from agui_notebook.markup import fence_text, inline, safe
from agui_notebook.markup.blocks import Block, blocks, spans
from agui_notebook.markup.inert import allowed
from agui_notebook.protocol import new_document
from agui_notebook.render.html import html
from agui_notebook.render.markdown import markdown

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<IMG SRC=x ONERROR=alert(1)//",
    "a <svg/onload=alert(1)> b",
    "<!--><script>alert(1)</script>",
    "<?php x ?><b>",
    "</code></pre><script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "\\`<script>alert(1)</script>`",
    "``<img src=x onerror=alert(1)>`",
    "` `` <img src=x onerror=alert(1)> ` ``",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x]( javascript&colon;alert(1))",
    "[x](java&#x09;script:alert(1))",
    "[x](java\\script:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[y]:\n javascript:alert(1)\n\n[y]",
    "> [y]: javascript:alert(1)\n\n[y]",
    "<javascript:alert(1)>",
    "![x](http://evil.example/p.png)",
    "![x][p]\n\n[p]: http://evil.example/p.png",
    "[![x](http://evil.example/p.png)](http://evil.example)",
    "```\n```\n<script>alert(1)</script>\n```",
    "````\n```\n<img src=x onerror=alert(1)>",
    "~~~\n```\n~~~\n<script>alert(1)</script>",
    "- ```\n\n```\n<img src=x onerror=alert(1)>\n```",
    "> ```\n\n```\n<img src=x onerror=alert(1)>\n```\n",
    "1. ~~~\n<img src=x onerror=alert(1)>\n\n~~~\n<b>",
    "    <script>alert(1)</script>",
    "\t```\n<img src=x onerror=alert(1)>",
    "```x onload=alert(1) <img src=x onerror=alert(1)>\n```",
    "$<img src=x onerror=alert(1)>$",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "<a href='javascript:alert(1)'>x</a>",
    "<svg/onload=alert(1)@evil.example>",
    "\\[x](<img src=x onerror=alert(1)>) [x]:<img src=x onerror=alert(1)>",
    "\\\\<img src=x onerror=alert(1)> \\\\![x](http://evil.example/p.png)",
    "- a\n  ```\n  <img src=x onerror=alert(1)>\n<img src=x onerror=alert(1)>\n  ```",
    "1. a\n\n       </code></pre><img src=x onerror=alert(1)>\n<img src=x onerror=alert(1)>",
    "<style>body{display:none}</style>",
    "<iframe src=//evil.example>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x](https://ok.example \"onmouseover=alert(1)\")",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
]  # fmt: skip
TAGS = {
    *("p", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a", "br", "hr", "div"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary", "h1", "h2", "h3", "del"),
    *("span", "s", "h4", "h5", "h6"),
}
ATTRIBUTES = {"href", "class", "rel", "title", "id", "style", "start"}


class Found(HTMLParser):
    """What a browser would make of a page: anything but plain formatting is a finding."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.findings: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        keys = {key for key, _ in attrs}
        addresses = [value or "" for key, value in attrs if key == "href"]
        if tag not in TAGS or not keys <= ATTRIBUTES or not all(map(harmless, addresses)):
            self.findings.append(f"<{tag} {attrs}>")

    def handle_comment(self, data: str) -> None:
        self.findings.append(f"<!--{data}-->")

    def handle_pi(self, data: str) -> None:
        self.findings.append(f"<?{data}>")


def harmless(address: str) -> bool:
    plain = re.sub(r"[\x00-\x20]", "", unescape(address)).lower()
    return plain.startswith(("http:", "https:", "mailto:", "#", "/")) or ":" not in plain


def as_shown(source: str) -> str:
    """What nbconvert makes of the Markdown; it lets raw HTML through, as trusted hosts do."""
    return str(markdown2html_mistune(source))


def asked(text: str, role: str = "assistant") -> dict[str, object]:
    return dict(new_document("t", [{"id": "m", "role": role, "content": text}]))


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("role", ["user", "assistant", "reasoning"])
def test_hostile_text_stays_text(attack: str, role: str) -> None:
    assert Found(html(asked(attack, role))).findings == []
    assert Found(as_shown(markdown(asked(attack, role)))).findings == []


def test_the_judge_of_these_tests_sees_an_attack() -> None:
    assert Found(as_shown(ATTACKS[0])).findings
    assert Found(as_shown("[x](javascript:alert(1))")).findings


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_names_arguments_and_results_stay_text(attack: str) -> None:
    function = {"name": attack, "arguments": attack}
    calls = [{"id": attack, "type": "function", "function": function}]
    document = new_document("t", [
        {"id": "a", "role": "assistant", "toolCalls": calls},
        {"id": "r", "role": "tool", "toolCallId": attack, "content": attack},
        {"id": "p", "role": "activity", "activityType": attack, "content": {attack: attack}},
    ])  # fmt: skip
    document["interrupts"] = [{"id": attack, "reason": attack, "message": attack}]
    error = {"message": attack, "code": attack}
    asked = {"id": attack, "reason": attack, "message": attack}
    given = {"interruptId": attack, "status": "resolved", "payload": {attack: attack}}
    document["runs"] = [
        {"runId": "q", "after": None, "status": "interrupt", "interrupts": [asked]},
        {"runId": "r", "after": None, "status": "error", "error": error, "resume": [given]},
    ]
    assert Found(html(document, agent=attack)).findings == []
    assert Found(as_shown(markdown(document, agent=attack))).findings == []


pieces = st.sampled_from(["`", "``", "```", "~~~", "\n", "\n\n", "> ", "- ", "\\", "<b onx=1>", "x",
                          "[a](javascript:x)", "<!--", "]", "](", "$", "    ", "&lt;"])  # fmt: skip


@settings(max_examples=3000)
@given(st.lists(pieces, max_size=14).map("".join))
def test_no_mixture_of_marks_lets_markup_through(source: str) -> None:
    assert Found(as_shown(safe(source))).findings == []
    assert Found(html(asked(source))).findings == []


@given(st.text(alphabet="`\n~ x>-", max_size=60))
def test_blocks_keep_every_word(source: str) -> None:
    words = "".join(block.text for block in blocks(source))
    assert words.count("x") + sum(b.language.count("x") for b in blocks(source)) <= source.count(
        "x"
    )


def test_code_is_shown_as_it_is() -> None:
    assert (
        safe("See:\n```html\n<b>&lt;</b>\n```\nend") == "See:\n\n```html\n<b>&lt;</b>\n```\n\nend"
    )
    assert "<b>" in unescape(as_shown(safe("use `<b>` here")))
    assert safe("plain `code` stays") == "plain `code` stays"


def test_code_in_a_list_or_quotation_stays_where_it_is() -> None:
    source = "- a\n  ```py\n  x = [1]\n\n  <b>\n  ```\n  c\n> ```\n> y\n\nd\n\n    <e>"
    assert list(blocks(source)) == [
        Block(False, "- a"),
        Block(True, "x = [1]\n\n<b>", "py", "  "),
        Block(False, "  c"),
        Block(True, "y", "", "> "),
        Block(False, "\nd\n"),
        Block(True, "<e>"),
        Block(False, ""),
    ]
    shown = safe(source)
    assert '  <pre><code class="language-py">x &#61; &#91;1&#93;&#10;&#10;&#60;b&#62;' in shown
    assert Found(as_shown(shown)).findings == []
    assert unescape(as_shown(shown)).count("<b>\n</code></pre>") == 1
    assert shown.endswith("d\n\n```\n<e>\n```")


def test_bold_beside_cjk_is_bold_for_every_host() -> None:
    assert safe("**“是”**的 a **b** 이것은**(강조)**입니다 是**b**是") == (
        "<strong>“是”</strong>的 a **b** 이것은<strong>(강조)</strong>입니다 是**b**是"
    )


def test_a_footnote_is_no_link_and_not_lost() -> None:
    shown = safe("a[^1] `[^1]` [^2](b)\n\n[^1]: c\n[^n-2]: d [e][^1]")
    assert shown == (
        "a<sup>1</sup> <code>&#91;&#94;1&#93;</code> [^2](b)\n\n"
        "<sup>1</sup>: c\n\n<sup>n-2</sup>: d [e]<sup>1</sup>"
    )
    assert Found(as_shown(shown.replace("sup>", "b>"))).findings == ["<b []>"] * 4


def test_a_diagram_is_shown_as_source() -> None:
    assert safe("```mermaid\ngraph TD\n```") == "```\ngraph TD\n```"


def test_a_fence_is_longer_than_any_run_of_ticks_within() -> None:
    assert fence_text("a ```` b") == "`````\na ```` b\n`````"


def test_code_within_a_line_stays_on_its_line() -> None:
    assert inline("a\nb") == "`a b`"
    assert inline("a`b") == "<code>a&#96;b</code>"


def test_spans_pair_runs_of_equal_length() -> None:
    assert [text for ticks, text in spans("a `b` ``c ` d`` \\`e` f`") if ticks] == [
        "b",
        "c ` d",
        " f",
    ]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.b/c", True),
        ("HTTP://a.b", True),
        ("mailto:a@b.c", True),
        ("#part", True),
        ("./file.txt", True),
        ("file.txt", True),
        ("//evil.example", False),
        ("javascript:x", False),
        ("file:///etc/passwd", False),
    ],
)
def test_links_lead_to_web_mail_or_this_page(address: str, expected: bool) -> None:
    assert allowed(address) is expected


def test_a_hostile_paragraph_of_backticks_takes_no_longer_than_any_other() -> None:
    source = " ".join("`" * n for n in range(1, 1_200))
    assert sum(len(text) for _, text in spans(source)) == len(source)
