// JSON as the rows of a tree.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newFolds, replaceAt, rowsOf, toggle } from "../../src/ui/json_rows.js";

/** @param {any} value @param {any} [folds] */
const drawn = (value, folds = newFolds()) =>
  rowsOf(value, folds).map(
    (row) =>
      `${"  ".repeat(row.level - 1)}${row.open === null ? "" : row.open ? "- " : "+ "}${row.key}=${row.text}`,
  );

test("the first level and small things in it are open", () => {
  assert.deepEqual(drawn({ a: 1, b: { c: [1, 2] }, d: "x" }), ["a=1", "- b=1 key", "  + c=[1, 2]", 'd="x"']);
});

test("a value without members is one row", () => {
  assert.deepEqual(
    [3, null, "x", [], {}, undefined].map((value) => drawn(value)),
    [["=3"], ["=null"], ['="x"'], ["=[]"], ["={}"], ["=null"]],
  );
});

test("folding is remembered by path", () => {
  const folds = newFolds();
  toggle(rowsOf({ "a/b": { c: 1 } }, folds)[0], folds);
  assert.deepEqual(drawn({ "a/b": { c: 2 } }, folds), ["+ a/b={c: 2}"]);
});

test("a long list is shown a page at a time", () => {
  const folds = newFolds();
  const list = Array.from({ length: 250 }, (_, at) => at);
  const rows = rowsOf(list, folds);
  assert.deepEqual([rows.length, rows[100].text], [101, "150 more"]);
  toggle(rows[100], folds);
  assert.equal(rowsOf(list, folds).length, 201);
});

test("a value is replaceAt, added and removed without touching the original", () => {
  const value = { a: [1, { b: 2 }], c: 3 };
  assert.deepEqual(replaceAt(value, ["a", 1, "b"], 5), { a: [1, { b: 5 }], c: 3 });
  assert.deepEqual(replaceAt(value, ["a", 0], undefined), { a: [{ b: 2 }], c: 3 });
  assert.deepEqual(replaceAt(value, ["a", 2], "new"), { a: [1, { b: 2 }, "new"], c: 3 });
  assert.deepEqual(Object.keys(replaceAt(value, ["d"], 4)), ["a", "c", "d"]);
  assert.deepEqual(replaceAt(value, ["c"], undefined), { a: [1, { b: 2 }] });
  assert.deepEqual(replaceAt(value, [], 1), 1);
  assert.deepEqual(value, { a: [1, { b: 2 }], c: 3 });
});

test("a long text opens to its end", () => {
  const folds = newFolds();
  const value = { sql: `${"x".repeat(3000)} DROP TABLE` };
  const [closed] = rowsOf(value, folds);
  assert.deepEqual([closed.open, closed.text.length, closed.text.at(-1)], [false, 2000, "…"]);
  toggle(closed, folds);
  const [open, ...more] = rowsOf(value, folds);
  assert.deepEqual([open.open, open.text, more], [true, `"${value.sql}"`, []]);
});
