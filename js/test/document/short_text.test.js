import assert from "node:assert/strict";
import { test } from "node:test";
import { promptsOf } from "../../src/chat/prompt_history.js";
import { jsonOf, oneLine, textOf, usageLines, usageText } from "../../src/document/short_text.js";
import { statusOf } from "../../src/document/status.js";
import { emptyDocument } from "../../src/document/store.js";
import { durationText, spentText } from "../../src/ui/format.js";

test("values fit in one line", () => {
  assert.equal(
    oneLine({ city: "Paris", days: 3, more: [1, 2], deep: {} }),
    'city: "Paris", days: 3, more: [2], deep: {…}',
  );
  assert.equal(oneLine([1, "a", null]), '[1, "a", null]');
  assert.equal(oneLine("a\n b"), "a b");
  assert.ok(oneLine({ a: "x".repeat(500) }).length <= 121);
});

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
  assert.equal(usageText(usage), "1,210 in, 5 out");
  assert.deepEqual(usageLines(usage), ["m: input 1,200, output 5", "n: input 10, cached input 4"]);
  assert.equal(usageText([{ totalTokens: 7 }]), "7 tokens");
  assert.equal(usageText(undefined), "");
});

test("durations are short words", () => {
  assert.deepEqual([0, 9400, 12_300, 61_000].map(durationText), ["0.0 s", "9.4 s", "12 s", "1 min 1 s"]);
  assert.equal(spentText({ startedAt: 1000 }, 3000), "2.0 s");
  assert.equal(spentText({ startedAt: 1000 }), "");
  assert.equal(spentText(undefined, 5), "");
});

test("prompts come newest first, repeats once", () => {
  const messages = ["a", "b", "b", ""].map((content, at) => ({ id: `${at}`, role: "user", content }));
  assert.deepEqual(promptsOf(messages), ["b", "a"]);
});

test("the status is that of the last run, unless the kernel is away or somebody waits", () => {
  const store = (connection, more, view = {}) => ({
    connection,
    document: { ...emptyDocument(), ...more },
    view,
  });
  assert.equal(statusOf(store("dead", {})), "dead");
  assert.equal(statusOf(store("live", {})), "idle");
  assert.equal(statusOf(store("silent", { runs: [{ status: "running" }] })), "running");
  assert.equal(statusOf(store("live", { runs: [{ status: "interrupt" }], interrupts: [{}] })), "waiting");
  assert.equal(statusOf(store("live", { runs: [{ status: "incomplete" }] })), "error");
  const between = { runs: [{ status: "success" }] };
  assert.equal(statusOf(store("live", between, { running: true })), "running");
});
