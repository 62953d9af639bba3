// Values in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, durationText, labelOf, oneLine, spentText } from "../../src/ui/format.js";

test("values fit in one line", () => {
  assert.equal(
    oneLine({ city: "Paris", days: 3, more: [1, 2], deep: {} }),
    'city: "Paris", days: 3, more: [2], deep: {…}',
  );
  assert.equal(oneLine([1, "a", null]), '[1, "a", null]');
  assert.equal(oneLine("a\n b"), "a b");
  assert.ok(oneLine({ a: "x".repeat(500) }).length <= 121);
});

test("a brief costs and takes no more than its room", () => {
  const huge = Array.from({ length: 1e6 }, () => "x".repeat(50));
  const spent = (/** @type {(value: unknown) => string} */ write) => {
    const before = performance.now();
    const written = write(huge);
    return [written.length, performance.now() - before];
  };
  const [length, took] = spent((value) => brief(value));
  assert.ok(length < 100);
  assert.ok(took < spent(JSON.stringify)[1] / 5);
  assert.equal(brief({ name: "Ada", tags: ["a", "b"] }), '{name: "Ada", tags: ["a", "b"]}');
});

test("durations are short words", () => {
  assert.deepEqual(
    [0, 40, 999.6, 1000, 9400, 12_300, 61_000].map((ms) => durationText(ms)),
    ["0 ms", "40 ms", "1.0 s", "1.0 s", "9.4 s", "12 s", "1 min 1 s"],
  );
  assert.equal(spentText({ startedAt: 1000, endedAt: 3000 }), "2.0 s");
  assert.equal(spentText({ startedAt: 1000 }, 3200), "2 s");
  assert.equal(spentText({ startedAt: 1000 }, 1900), "");
  assert.equal(spentText({ startedAt: 1000 }), "");
  assert.equal(spentText(undefined, 5), "");
});

test("where things are compared, durations are told to the millisecond", () => {
  assert.deepEqual(
    [3, 999, 1500, 59_999, 61_000].map((ms) => durationText(ms, 1)),
    ["3 ms", "999 ms", "1.5 s", "1 min 0 s", "1 min 1 s"],
  );
});

test("a countdown is told in seconds", () => {
  assert.deepEqual(
    [1000, 9000, 59_000, 60_000].map((ms) => durationText(ms, 1000)),
    ["1 s", "9 s", "59 s", "1 min 0 s"],
  );
});

test("a key reads as words", () => {
  assert.deepEqual(["max_retries", "maxRetries", "URL", "x", ""].map(labelOf), [
    "Max retries",
    "Max retries",
    "URL",
    "X",
    "",
  ]);
});
