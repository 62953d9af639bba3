// The two operations, on the streams that the Python half recorded.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { apply, touches, valueAt } from "../../src/document/operations.js";
import { emptyDocument } from "../../src/document/store.js";

const GOLDEN = new URL("../../../tests/golden/", import.meta.url);

for (const name of readdirSync(GOLDEN).filter((one) => one.endsWith(".jsonl"))) {
  test(`the operations of ${name} lead to its document`, () => {
    const lines = readFileSync(new URL(name, GOLDEN), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const { threadId, messages, state } = lines[0];
    const document = { ...emptyDocument(), threadId, messages, state };
    for (const { operations = [] } of lines.slice(1))
      for (const one of operations) apply(document, structuredClone(one));
    assert.deepEqual(document, lines.at(-1).document);
  });
}

test("a set at a list's end adds, one behind it is refused", () => {
  const document = { list: [1] };
  apply(document, ["set", ["list", 1], 2]);
  assert.deepEqual(document, { list: [1, 2] });
  assert.throws(() => apply(document, ["set", ["list", 3], 4]), RangeError);
  assert.throws(() => apply(document, ["set", ["list", "length"], 0]), RangeError);
});

test("an append where there is no text is refused, so that a lost operation shows", () => {
  assert.throws(() => apply({ a: 1 }, ["append", ["a"], "x"]), RangeError);
  assert.throws(() => apply({}, ["append", ["a", "b"], "x"]), RangeError);
});

test("keys that name the prototype are plain data", () => {
  const document = { state: {} };
  apply(document, ["set", ["state", "__proto__"], { polluted: true }]);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
  assert.deepEqual(valueAt(document, ["state", "__proto__"]), { polluted: true });
  assert.throws(() => apply(document, ["set", ["constructor", "prototype", "x"], 1]), RangeError);
});

test("two paths touch where one leads to or through the other", () => {
  assert.equal(touches(["a"], ["a", 0]), true);
  assert.equal(touches(["a", 0], []), true);
  assert.equal(touches(["a", 0], ["a", 1]), false);
});
