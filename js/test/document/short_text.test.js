// Messages and token counts in short.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonOf, textOf, usageLines, usageText } from "../../src/document/short_text.js";

test("only JSON is read as JSON", () => {
  assert.deepEqual(jsonOf(' {"a": 1}'), { a: 1 });
  for (const text of ["", "now", "{a", "nullish"]) assert.equal(jsonOf(text), undefined);
});

test("a message's text is its string or its text parts", () => {
  assert.equal(textOf("a"), "a");
  assert.equal(textOf([{ type: "text", text: "a" }, { type: "image" }, { type: "text", text: "b" }]), "ab");
  assert.equal(textOf(undefined), "");
});

test("usage is summed over models, and told for each", () => {
  const usage = [
    { model: "m", inputTokens: 1200, outputTokens: 5 },
    { model: "n", inputTokens: 10, cachedInputTokens: 4 },
  ];
  assert.equal(usageText(usage), "1,215 tokens");
  assert.deepEqual(usageLines(usage), ["m: input 1,200, output 5", "n: input 10, cached input 4"]);
  assert.equal(usageText([{ totalTokens: 7 }]), "7 tokens");
  assert.equal(usageText(undefined), "");
});
