// What is a formula: the widget tells it as the Python half does (tests/markup/test_formulas.py), from
// the same texts. How a formula is drawn is not looked at here.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readSpans } from "../../src/markdown/inline.js";
import { toHtml } from "../support/html.js";

const golden = new URL("../../../tests/golden/formulas.json", import.meta.url);
/** @type {[string, [string, boolean][]][]} */
const cases = JSON.parse(readFileSync(golden, "utf-8")).cases;

for (const [text, expected] of cases) {
  test(`formulas in ${JSON.stringify(text)}`, () => {
    const found = readSpans(text, new Map()).flatMap((span) =>
      span.type === "math" ? [[span.text, span.display]] : [],
    );
    assert.deepEqual(found, expected);
  });
}

/** @type {[string, string, string][]} */
const BLOCKS = [
  ["words behind", "$$\na\n$$ where\n\nb", "<math display>a</math>\n<p>where</p>\n<p>b</p>\n"],
  ["a fence of TeX", "```math\na\n```", "<math display>a</math>\n"],
  [
    "an environment",
    "\\begin{align}\na\n\\end{align}",
    "<math display>\\begin{align}\na\n\\end{align}</math>\n",
  ],
  ["a number in brackets", "\\[1\\]", "<p>[1]</p>\n"],
];
for (const [name, source, expected] of BLOCKS) {
  test(`formulas of their own: ${name}`, () => {
    assert.equal(toHtml([source]), expected);
    assert.equal(toHtml([...source]), expected);
  });
}
