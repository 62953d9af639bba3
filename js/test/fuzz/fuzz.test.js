// Random input for what draws an agent's material: nothing throws, nothing takes long, no text is lost.
// Seeded; AGUI_FUZZ_SECONDS (1) for each.
import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "../../src/document/operations.js";
import { toHtml } from "../support/html.js";

const SECONDS = Number(process.env.AGUI_FUZZ_SECONDS ?? 1);
const LONGEST = 500; // ms that one small input may take, on a machine with much else to do

/** Numbers from 0 to 1, the same for the same seed. @param {number} seed */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @template T @param {() => number} next @param {readonly T[]} choices @returns {T} */
const pick = (next, choices) => /** @type {T} */ (choices[Math.floor(next() * choices.length)]);

/** Call `check` with new randomness until the time is up. @param {(next: () => number) => void} check */
function fuzz(check) {
  const end = Date.now() + SECONDS * 1000;
  for (let seed = 1; Date.now() < end; seed++) {
    const since = performance.now();
    try {
      check(random(seed));
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
    assert.ok(performance.now() - since < LONGEST, `seed ${seed} took too long`);
  }
}

const MARKS = [
  ..."*_`~[]()<>!#-+|\\\n\n \t&;:/.1$",
  "word",
  "```",
  "$$",
  "](",
  "https://a.b",
  "javascript:",
  "\u2028",
];
MARKS.push(
  "<script>",
  "<img src=x onerror=1>",
  "\u202e",
  "\u0000",
  "\ud800",
  "😀",
  "| - |",
  "> ",
  "1. ",
  "[a]: ",
);

test("no Markdown breaks or becomes code", () => {
  fuzz((next) => {
    const written = Array.from({ length: Math.floor(next() * 120) }, () => pick(next, MARKS)).join("");
    const html = toHtml([written]);
    assert.doesNotMatch(html, /<script|<iframe|<img src=x/i);
  });
});

test("no operation reaches beyond its document", () => {
  const keys = ["a", "b", 0, 1, "0", "-", "__proto__", "constructor", "prototype", "length", "toString"];
  fuzz((next) => {
    /** @type {any} */
    const document = { a: { b: [1, "x"] }, b: "text" };
    for (let count = 0; count < 8; count++) {
      const path = Array.from({ length: 1 + Math.floor(next() * 4) }, () => pick(next, keys));
      const value = pick(next, [1, "x", null, {}, [], { a: { b: 1 } }]);
      try {
        apply(document, /** @type {any} */ ([pick(next, ["set", "append"]), path, value]));
      } catch (error) {
        assert.ok(error instanceof RangeError || error instanceof TypeError);
      }
    }
    assert.equal(/** @type {any} */ ({}).a, undefined);
    assert.equal(/** @type {any} */ ([]).b, undefined);
  });
});
