// Arithmetic of long lists.
import assert from "node:assert/strict";
import { test } from "node:test";
import { atEnd, scrollTarget, visibleRows } from "../../src/ui/virtual_rows.js";

test("only what is visible and a little more is drawn", () => {
  assert.deepEqual(visibleRows(0, 300, 30, 50_000, 2), { from: 0, to: 12 });
  assert.deepEqual(visibleRows(600_000, 300, 30, 50_000, 2), { from: 19_998, to: 20_012 });
  assert.deepEqual(visibleRows(9e9, 300, 30, 10, 2), { from: 8, to: 10 });
  assert.deepEqual(visibleRows(0, 300, 30, 0, 2), { from: 0, to: 0 });
});

test("a row is brought into view by the shortest way", () => {
  assert.deepEqual(
    [scrollTarget(0, 90, 300, 30), scrollTarget(5, 90, 300, 30), scrollTarget(20, 90, 300, 30)],
    [0, 90, 330],
  );
});

test("the end is the end within a few pixels", () => {
  assert.deepEqual([atEnd(698, 300, 1000), atEnd(600, 300, 1000)], [true, false]);
});
