// What the user was asked about a call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { askedAbout } from "../../src/document/asked.js";
import { emptyDocument } from "../../src/document/store.js";

/** @param {boolean} declined */
const asked = (declined) => {
  const answers = [{ interruptId: "i", asked: "Pay?", said: "", declined }];
  const runs = [
    { runId: "a", endedAt: 1_000, interrupts: [{ id: "i", toolCallId: "c" }] },
    { runId: "b", startedAt: 61_000, answers },
  ];
  return { ...emptyDocument(), runs: /** @type {any[]} */ (runs) };
};

test("a call that was declined is denied, and the time of thinking is not the call's", () => {
  assert.deepEqual(askedAbout(asked(true), "c"), { denied: true, waited: 60_000 });
  assert.deepEqual(askedAbout(asked(false), "c"), { denied: false, waited: 60_000 });
});

test("another call, or one that nobody was asked about, has nothing of it", () => {
  assert.deepEqual(askedAbout(asked(true), "d"), { denied: false, waited: 0 });
  const waiting = { ...asked(true), runs: asked(true).runs.slice(0, 1) };
  assert.deepEqual(askedAbout(waiting, "c"), { denied: false, waited: 0 });
});
