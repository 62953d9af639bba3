// JSON whose numbers stay as they are written.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Exact, numberOf, readJson, writeJson } from "../../src/ui/json_text.js";

test("what is read is written as it stood, numbers to the last digit", () => {
  const texts = [
    '{"n":9007199254740993,"m":[1.10,1e400,-0.5,12345678901234567890]}',
    '{"s":"a\\"b: 9007199254740993","k 1.10":true,"z":null}',
    '{"__proto__":{"n":1.0},"\\u0000":"x"}',
    "[]",
    "{}",
    "9007199254740993",
    '"1.10"',
  ];
  for (const text of texts) assert.equal(writeJson(readJson(text)), text);
});

test("a number that a double says as well is a plain number", () => {
  assert.deepEqual(readJson('{"a":1,"b":[0.5,-2]}'), { a: 1, b: [0.5, -2] });
  assert.deepEqual(readJson("9007199254740993"), new Exact("9007199254740993"));
  assert.deepEqual([numberOf("1.10"), numberOf("0x10"), numberOf("7")], [new Exact("1.10"), 16, 7]);
});

test("a text that looks like a mark of ours stays a text", () => {
  const text = '"\\u0000n12"';
  assert.equal(readJson(text), "\0n12");
  assert.equal(writeJson(readJson(text)), text);
});

test("what is no JSON, or names one thing twice, is told", () => {
  for (const text of ["", "{", "{a:1}", "01", "NaN", '{"to":"a","to":"b"}', '[{"x":1,"x":1}]'])
    assert.throws(() => readJson(text), SyntaxError);
});

test("with an indent, one member stands on a line", () => {
  assert.equal(writeJson({ a: [1, {}], b: {} }, "  "), '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": {}\n}');
});
