// Names in the menu of variables: which are meant by a few letters, and in which order.
import assert from "node:assert/strict";
import test from "node:test";
import { matching } from "../../src/data/fuzzy.js";

/** @type {[string][]} */
const NAMES = [["frame"], ["sales_2026"], ["unsaleable"], ["text"], ["SALES"], ["s_a_l"]];

test("a beginning comes before a word within, that before a part, and scattered letters last", () => {
  assert.deepEqual(matching(NAMES, "sal").flat(), ["SALES", "sales_2026", "unsaleable", "s_a_l"]);
  assert.deepEqual(matching(NAMES, "2026").flat(), ["sales_2026"]);
});

test("nothing typed leaves all in their order, letters that are not there leave none", () => {
  assert.deepEqual(matching(NAMES, ""), NAMES);
  assert.deepEqual(matching(NAMES, "xyz"), []);
});
