// When a question can no longer be answered, and how that is said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deadline, expiryText } from "../../src/forms/expiry.js";

test("what cannot be read as a time never expires", () => {
  assert.deepEqual(["soon", undefined, null, 5].map(deadline), [Infinity, Infinity, Infinity, Infinity]);
  assert.equal(deadline("2026-11-22T10:00:00Z"), Date.UTC(2026, 10, 22, 10));
});

test("the time left is told roughly, and its end as a time of day", () => {
  const now = 1_000_000_000_000;
  const said = [1500, 45_000, 90_000, 7_300_000, 4 * 86_400_000].map((left) => expiryText(now + left, now));
  assert.deepEqual(said, [
    "Expires in 2 s",
    "Expires in 45 s",
    "Expires in 1 min 30 s",
    "Expires in 2 h",
    "Expires in 4 days",
  ]);
  assert.match(expiryText(now, now), /^Expired at \d\d:\d\d\. It can only be abandoned\.$/);
  assert.equal(expiryText(Infinity, now), "");
});
