// Markdown cut anywhere: what stands on the page in the end is what the whole gives. Every example of
// both suites and seeded texts; as many of those as AGUI_TEXTS says (100); the fuzz stage, named alone, draws 10,000.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pick, random, several } from "../support/fuzz.js";
import { drawn } from "../support/markdown.js";

const TEXTS = Number(process.env.AGUI_TEXTS ?? 100);
const MARKS = [
  [..."*_`~[]()<>!#-+|\\\n\n \t&;:/.1$^"],
  ["word", "```", "$$", "~~", "**", "](", "\\[", "\\]", "\\(", "\\)", "\\begin{a}", "\\end{a}"],
  ["https://a.b", "www.", "<br>", "&ouml;", "[a]: ", "[x] ", "---", "===", "| - |", "> ", "1. ", "\n- "],
  ["\n> ", "    ", "\u2028", "\u0000", "\ud800", "😀", "“", "是", "[^1]", "[^1]: ", "> [!NOTE]\n"],
  ["](data:image/png;base64,", "x".repeat(300), "long words and ".repeat(30)],
].flat();

/** @param {string} text @param {() => number} size @returns {string[]} */
function cut(text, size) {
  const pieces = [];
  for (let at = 0; at < text.length; at += pieces[pieces.length - 1].length)
    pieces.push(text.slice(at, at + size()));
  return pieces;
}

/** @param {string} text @param {string} name */
function assertSameInPieces(text, name) {
  const next = random(text.length);
  const whole = drawn([text]).innerHTML;
  for (const size of [() => 1, () => 2, () => 3, () => 1 + Math.floor(next() * 12)])
    assert.equal(drawn(cut(text, size)).innerHTML, whole, `${name}: ${JSON.stringify(text)}`);
}

for (const suite of ["commonmark", "gfm"])
  test(`every example of ${suite}.json in pieces gives the page of the whole`, () => {
    const from = new URL(`../../../tests/golden/${suite}.json`, import.meta.url);
    for (const [section, number, source] of JSON.parse(readFileSync(from, "utf-8")).examples)
      assertSameInPieces(source, `${section} ${number}`);
  });

test(`${TEXTS} texts of marks and words in pieces give the page of the whole`, () => {
  for (let seed = 1; seed <= TEXTS; seed += 1) {
    const next = random(seed * 7919);
    assertSameInPieces(several(next, 40, () => pick(next, MARKS)).join(""), `seed ${seed}`);
  }
});
