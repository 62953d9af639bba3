// The one word for what a conversation is doing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { statusOf } from "../../src/document/status.js";
import { emptyDocument } from "../../src/document/store.js";

test("the status is that of the last run, unless the kernel is away or somebody waits", () => {
  /** @param {string} connection @param {object} more @param {object} [view] @returns {any} */
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
