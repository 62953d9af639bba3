// Markdown as HTML (support/html.js), held to the reference renderings.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { toHtml } from "../support/html.js";

/** What is written, and what it is; CommonMark and GFM, then our formulas. @type {[string, string, string][]} */
const CASES = [
  [
    "emphasis",
    "a *b* **c** ***d*** ~~e~~ _f_",
    "<p>a <em>b</em> <strong>c</strong> <em><strong>d</strong></em> <del>e</del> <em>f</em></p>\n",
  ],
  ["names with underscores", "snake_case_name and 2 * 3 * 4", "<p>snake_case_name and 2 * 3 * 4</p>\n"],
  [
    "bold beside words that are not set apart",
    "**“是”**的 이것은**(강조)**입니다 a**“b”**c",
    "<p><strong>“是”</strong>的 이것은<strong>(강조)</strong>입니다 a**“b”**c</p>\n",
  ],
  ["about is no stroke", "~5 to ~6, ~~7~~", "<p>~5 to ~6, <del>7</del></p>\n"],
  [
    "URLs that end before what belongs to the sentence",
    "https://a.b/c。d https://a.b/c（d） “https://a.b/c” https://a.b/c…",
    '<p><a href="https://a.b/c">https://a.b/c</a>。d <a href="https://a.b/c">https://a.b/c</a>（d） “<a href="https://a.b/c">https://a.b/c</a>” <a href="https://a.b/c">https://a.b/c</a>…</p>\n',
  ],
  ["spaces in a target", "[a](<https://b.c/d e>)", '<p><a href="https://b.c/d%20e">a</a></p>\n'],
  [
    "definitions above a heading",
    "[a]: https://b.c\nd [a]\n===\n\n[e]: https://f.g\n===\n[e]",
    '<h1>d <a href="https://b.c">a</a></h1>\n<p>===\n<a href="https://f.g">e</a></p>\n',
  ],
  ["unclosed marks", "**open and `open", "<p>**open and `open</p>\n"],
  ["code spans", "`` a ` b `` and `<b>`", "<p><code>a ` b</code> and <code>&lt;b&gt;</code></p>\n"],
  [
    "raw HTML is text",
    "<script>alert(1)</script>\n\n<div onclick=x>",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n<p>&lt;div onclick=x&gt;</p>\n",
  ],
  [
    "links",
    "[a](https://b.c 'd') <https://e.f> https://g.h/i_(j). www.k.l",
    '<p><a href="https://b.c" title="d">a</a> <a href="https://e.f">https://e.f</a> <a href="https://g.h/i_(j)">https://g.h/i_(j)</a>. <a href="http://www.k.l">www.k.l</a></p>\n',
  ],
  [
    "reference links, defined later",
    '[a][1] and [one]\n\n[1]: https://b.c\n[One]: <https://d.e> "f"',
    '<p><a href="https://b.c">a</a> and <a href="https://d.e" title="f">one</a></p>\n',
  ],
  ["images", "![a *b*](https://c.d/e.png)", '<p><img src="https://c.d/e.png" alt="a b" /></p>\n'],
  ["headings", "# A #\n\nB\n---\n\nC\n===", "<h1>A</h1>\n<h2>B</h2>\n<h1>C</h1>\n"],
  [
    "fences",
    "```py x\n# a\n\n```\n~~~\n```\n~~~",
    '<pre><code class="language-py"># a\n\n</code></pre>\n<pre><code>```\n</code></pre>\n',
  ],
  ["an unclosed fence", "```\na", "<pre><code>a\n</code></pre>\n"],
  [
    "nested lists",
    "- a\n  1. b\n  2. c\n- d",
    "<ul>\n<li>a\n<ol>\n<li>b\n</li>\n<li>c\n</li>\n</ol>\n</li>\n<li>d\n</li>\n</ul>\n",
  ],
  ["loose lists", "- a\n\n- b", "<ul>\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ul>\n"],
  ["a list after a line", "a\n- b", "<p>a</p>\n<ul>\n<li>b\n</li>\n</ul>\n"],
  [
    "quotes",
    "> a\nb\n> > c",
    "<blockquote>\n<p>a\nb</p>\n<blockquote>\n<p>c</p>\n</blockquote>\n</blockquote>\n",
  ],
  [
    "tables",
    "a | b\n--|:-:\n1 \\| 2 | `x`\n\nend",
    "<table><tr><td>a</td><td>b</td></tr><tr><td>1 | 2</td><td><code>x</code></td></tr></table>\n<p>end</p>\n",
  ],
  [
    "a table below a line",
    "x\n| a |\n|---|\n| 1 |",
    "<p>x</p>\n<table><tr><td>a</td></tr><tr><td>1</td></tr></table>\n",
  ],
  ["entities", "&lt; &amp;copy; &#65; &nope;", "<p>&lt; &amp;copy; A &amp;nope;</p>\n"],
  ["hard breaks", "a  \nb\\\nc\nd", "<p>a<br />\nb<br />\nc\nd</p>\n"],
  [
    "a break in a table's cell",
    "a | b\n--|--\n1<br>2 | 3<BR />`<br>`\n\n<br x>",
    "<table><tr><td>a</td><td>b</td></tr><tr><td>1<br />\n2</td><td>3<br />\n<code>&lt;br&gt;</code></td></tr></table>\n<p>&lt;br x&gt;</p>\n",
  ],
  [
    "formulas",
    "$x^2$ and \\(y\\) cost $5 and $6, $$z$$",
    "<p><math>x^2</math> and <math>y</math> cost $5 and $6, <math display>z</math></p>\n",
  ],
  [
    "a price before a formula",
    "$5 for $x$, $6.50 or \\$7 for $\\$y$",
    "<p>$5 for <math>x</math>, $6.50 or $7 for <math>\\$y</math></p>\n",
  ],
  [
    "formula blocks",
    "$$\na\nb\n$$\n\\[\nc\n\\]\n$$ d $$",
    "<math display>a\nb</math>\n<math display>c</math>\n<math display>d</math>\n",
  ],
  ["CRLF", "a\r\n\r\n- b\r\n", "<p>a</p>\n<ul>\n<li>b\n</li>\n</ul>\n"],
];

for (const [name, source, html] of CASES)
  test(`Markdown: ${name}`, () => assert.equal(toHtml([source]), html));

const ALL = CASES.map(([, source]) => source).join("\n\n");

/** @param {string} text @param {number} size @returns {string[]} */
const pieces = (text, size) => text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];

test("a text cut anywhere gives what the whole gives", () => {
  const whole = toHtml([ALL]);
  assert.equal(toHtml([...ALL]), whole);
  for (const size of [2, 3, 7, 64]) assert.equal(toHtml(pieces(ALL, size)), whole);
});

test("a paragraph longer than a segment is cut the same however it arrives", () => {
  const text = "word *emphasis* `code` [x](https://y.z) $5 ".repeat(600) + "**open " + "more ".repeat(2000);
  assert.equal(toHtml(pieces(text, 97)), toHtml([text]));
});

/** As the golden cases have it: no attributes, headings below those of the page around. @param {string} page */
const bare = (page) =>
  page
    .replace(/<table>\n?<tr>.*?<\/tr>/gs, (head) => head.replaceAll("td>", "th>"))
    .replace(/<\/?(thead|tbody)>|\n(?=<)|(?<=>)\n|\n(?=$)/g, "")
    .replace(/(<\/?h)(\d)/g, (_, tag, level) => tag + (Number(level) + 2))
    .replace(/\n<\/code>/g, "</code>")
    .replace(/<(\w+)[^>]*>/g, "<$1>");

test("what is made of an answer is what the page without a kernel shows of it", () => {
  const golden = new URL("../../../tests/golden/markdown.json", import.meta.url);
  /** @type {[string, string][]} */
  const cases = JSON.parse(readFileSync(golden, "utf-8")).cases;
  for (const [source, expected] of cases) assert.equal(bare(toHtml([source])), expected);
});
