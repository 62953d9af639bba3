// Patterns of agents: the same texts as tests/tools/test_patterns.py, and no pattern takes long.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isIn } from "../../src/forms/patterns.js";

const { cases } = JSON.parse(
  readFileSync(new URL("../../../tests/golden/patterns.json", import.meta.url), "utf8"),
);

test("a pattern occurs in a text, does not, or is not checked, as the kernel has it", () => {
  const found = cases.map((/** @type {[string, string, unknown]} */ [pattern, text]) => [
    pattern,
    text,
    isIn(pattern, text),
  ]);
  assert.deepEqual(found, cases);
});

test("patterns that make other engines try without end take no longer than harmless ones", () => {
  const text = `${"a".repeat(2000)}!`;
  const spent = (/** @type {string} */ pattern) => {
    const begun = performance.now();
    isIn(pattern, text);
    return performance.now() - begun;
  };
  spent("^[a]+$");
  const harmless = Math.max(spent("^[a]+$"), spent("^[a]+$"), 1);
  for (const pattern of ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$"])
    assert.ok(spent(pattern) < 60 * harmless, pattern);
});

test("a pattern takes no more steps than are left for it, and then it is not checked", () => {
  const text = `${"a".repeat(300)}!`;
  assert.equal(isIn("^(a|a)*$", text), false);
  const work = { left: 1000 };
  assert.equal(isIn("^(a|a)*$", text, work), null);
  assert.equal(isIn("^a$", "a", work), null, "what is left is for all fields together");
  assert.equal(isIn(`^(${"a?".repeat(300)})*b$`, "a".repeat(4000)), null);
});
