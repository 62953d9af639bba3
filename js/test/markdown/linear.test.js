// No text costs more than its length: twice the text is at most three times the work, for the parser and
// for the page. What the Python half makes of the same kinds is tests/render/test_linear.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Blocks } from "../../src/markdown/blocks.js";
import { toHtml } from "../support/html.js";
import { stream } from "../support/markdown.js";

const NOISE = 60; // ms of processor time, for the collector
const REPEATED = [
  [
    ">",
    "> ",
    "[",
    "](",
    "[a](",
    "![",
    "![a](",
    "[]()",
    "([",
    "[a]",
    "*",
    "*a ",
    "**a",
    "_a ",
    "_",
    "~",
    "~~a ",
  ],
  ["`", "` ", "`a``", "<", "<br>", "&", "&#", "&a;", "&lt;", "\\", "\\[", "\\(", "$", "$a ", "$$", "$$\n"],
  [
    "\\[\n",
    "]:",
    "[a]: b\n",
    "\n",
    "\n ",
    " ",
    "\t",
    "#",
    "# a\n",
    "=\n",
    "a\n=\n",
    "- ",
    "1. ",
    "\n- a",
    "|",
  ],
  ["|a|b|\n", "a|b\n-|-\n", "```\n", "~~~ ", "https://a.b ", "http://(", "www.", "](data:image/png;base64,"],
].flat();

/** @type {[string, (length: number) => string][]} */
const KINDS = [
  ...REPEATED.map(
    (mark) =>
      /** @type {[string, (length: number) => string]} */ ([mark, (n) => mark.repeat(n / mark.length)]),
  ),
  [
    "nested lists",
    (n) => Array.from({ length: n ** 0.5 }, (_, depth) => `${"  ".repeat(depth)}- a`).join("\n"),
  ],
  [
    "nested quotes",
    (n) => Array.from({ length: n ** 0.5 }, (_, depth) => `${"> ".repeat(depth)} a`).join("\n"),
  ],
  ["longer runs", (n) => Array.from({ length: (2 * n) ** 0.5 }, (_, run) => "`".repeat(run + 1)).join(" ")],
  ["a table of many rows", (n) => `|a|b|\n|-|-|\n${"|a|b|\n".repeat(n / 6)}`],
  [
    "a table that would be padded",
    (n) => `${"|a".repeat(n / 6)}\n${"|-".repeat(n / 6)}\n${"|a\n".repeat(n / 9)}`,
  ],
  ["a quotation that goes on", (n) => `${"> ".repeat(15)}a\n${"a\n".repeat(n / 2)}`],
  ["an address in brackets", (n) => `https://a.b${")!".repeat(n / 2)}`],
  ["a target without an end", (n) => `[a](${"a".repeat(n)}`],
  ["brackets in a target", (n) => `[a](${"(".repeat(n)}`],
  ["a title without an end", (n) => `[a](b "${"a".repeat(n)}`],
  ["a picture in itself", (n) => `![a](data:image/png;base64,${"a".repeat(n)})`],
];

const spent = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** @param {(text: string) => void} read @param {string} text */
function cost(read, text) {
  const since = spent();
  read(text);
  return spent() - since;
}

/** @param {(text: string) => void} read @param {number} length */
function assertLinear(read, length) {
  for (const [name, make] of KINDS) {
    const tries = () => cost(read, make(2 * length)) <= 3 * cost(read, make(length)) + NOISE;
    assert.ok(
      tries() || tries(),
      `${JSON.stringify(name)}: twice the text is more than three times the work`,
    );
  }
}

/** @param {string} text @param {(piece: string) => void} take */
function inPieces(text, take) {
  for (let at = 0; at < text.length; at += 500) take(text.slice(at, at + 500));
}

test("twice the text is no more than three times the work to read", () => {
  assertLinear((text) => {
    const blocks = new Blocks();
    inPieces(text, (piece) => blocks.feed(piece));
    blocks.end();
    if (!text.startsWith("|a|a")) toHtml([text]); // which pads every row
  }, 25_000);
});

test("twice the text is no more than three times the work to show", () => {
  assertLinear((text) => {
    const { say, end } = stream();
    inPieces(text, say);
    end();
  }, 4_000);
});
