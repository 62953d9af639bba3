// What is wrong with a text that should be JSON: the comma where it is the comma.
import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf, isWords } from "../../src/inspector/json_fault.js";

test("what is blamed is what is wrong", () => {
  assert.deepEqual(
    [
      '{"a": 1}',
      "2",
      "four",
      '{"a": 1,}',
      "[1,\n 2,\n]",
      '{"a": 1\n "b": 2}',
      '{"a": x}',
      '{"a": "1, ]"',
    ].map(faultOf),
    [
      "",
      "",
      "Not valid JSON. Text stands in quotes.",
      "Not valid JSON: nothing follows the comma in line 1.",
      "Not valid JSON: nothing follows the comma in line 2.",
      "Not valid JSON: a comma is missing in line 2, or before it.",
      "Not valid JSON. Text and names stand in quotes.",
      "Not valid JSON: a comma is missing in line 1, or before it.",
    ],
  );
});

test("words are told from what was meant as JSON", () => {
  assert.deepEqual(["milk", " Öl und Brot", '"x', "{a", "[", "-"].map(isWords), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
