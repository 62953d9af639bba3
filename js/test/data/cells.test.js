// What of a table is shown in words, and what is copied of it.
import assert from "node:assert/strict";
import test from "node:test";
import { cellText, csvOf, sizeOf } from "../../src/data/cells.js";

/** @type {import("../../src/data/cells.js").Table} */
const TABLE = {
  columns: [
    { name: "", index: true, number: true, decimals: -1 },
    { name: 'the "city"' },
    { name: "degrees\nmean", number: true, decimals: 2 },
  ],
  rows: [
    ["0", "Lisbon, PT", "21.123456789"],
    ["1", null, "NaN"],
  ],
  count: 2000,
  width: 2,
  cut: 1,
};

test("numbers are shown with their column's digits, and anything else as it is", () => {
  const column = { name: "x", number: true, decimals: 2 };
  assert.deepEqual(
    ["21.129", "3.0", "NaN", "inf", "", null].map((value) => cellText(value, column)),
    ["21.13", "3.00", "NaN", "inf", "", "None"],
  );
  assert.equal(
    cellText("12345678901234567890", { name: "n", number: true, decimals: -1 }),
    "12345678901234567890",
  );
});

test("CSV has every row that came with all its digits, quoted where it must be", () => {
  assert.equal(csvOf(TABLE), ',"the ""city""",degrees mean\n0,"Lisbon, PT",21.123456789\n1,,NaN\n');
});

test("what of a table is not here is said", () => {
  assert.equal(sizeOf(TABLE), "2,000 rows × 2 columns, the first 2 rows are here, 1 cell shortened");
  assert.equal(
    sizeOf({ ...TABLE, count: 2, width: 3, cut: 0 }),
    "2 rows × 3 columns, the first 2 columns are here",
  );
  assert.equal(
    sizeOf({ columns: [{ name: "a" }], rows: [["1"]], count: 1, width: 1, cut: 0 }),
    "1 row × 1 column",
  );
});
