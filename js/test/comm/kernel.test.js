// The browser's end of the comm: what is lost is noticed, what is sent is answered or told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Kernel } from "../../src/comm/kernel.js";

/** @import { Command, Conversation, Model, Report, Surroundings } from "../../src/types" */

/**
 * A kernel side over a model that only remembers.
 * @param {import("node:test").TestContext} context @param {Partial<Model>} [host]
 */
function made(context, host = {}) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const life = new AbortController();
  /** @type {Map<string, (...given: any[]) => void>} */
  const listeners = new Map();
  /** @type {Command[]} */
  const sent = [];
  /** @type {Model} */
  const model = {
    get: () => undefined,
    on: (name, listener) => void listeners.set(name, listener),
    off() {},
    send: (command) => void sent.push(command),
    ...host,
  };
  const kernel = new Kernel({ model, signal: life.signal, hash: "h", load: async () => {} });
  return { kernel, sent, listeners, life, tick: (/** @type {number} */ ms) => context.mock.timers.tick(ms) };
}

/** @type {Conversation} */
const empty = {
  threadId: "t",
  messages: [],
  state: 0,
  interrupts: [],
  questions: [],
  runs: [],
  items: {},
  outputs: {},
  warnings: [],
};
/** @param {number} seq @param {any} [state] @returns {Report} */
const snapshot = (seq, state = 0) => ({
  kind: "snapshot",
  seq,
  document: { ...structuredClone(empty), state },
  view: /** @type {Surroundings} */ ({ agent: { name: "a" } }),
});
/** @param {number} seq @param {any} value @returns {Report} */
const ops = (seq, value) => ({ kind: "ops", seq, ops: [["set", ["state"], value]], eventCount: seq });

test("a late view asks for a snapshot and drops what the snapshot holds", (context) => {
  const { kernel, sent } = made(context);
  kernel.receive(ops(4, "early"));
  kernel.start();
  assert.deepEqual(sent, [{ kind: "sync" }]);
  kernel.receive(snapshot(5, "five"));
  kernel.receive(ops(5, "old"));
  assert.equal(kernel.store.document.state, "five");
  kernel.receive(ops(6, "six"));
  assert.equal(kernel.store.document.state, "six");
  assert.equal(kernel.store.connection, "live");
});

test("a snapshot that came first needs no asking", (context) => {
  const { kernel, sent } = made(context);
  kernel.receive(snapshot(0));
  kernel.start();
  assert.deepEqual(sent, []);
});

test("a gap asks for a snapshot, again while none comes, and goes on after it", (context) => {
  const { kernel, sent, tick } = made(context);
  kernel.receive(snapshot(0));
  kernel.receive(ops(2, "lost one"));
  assert.equal(kernel.store.document.state, 0);
  tick(4000);
  tick(8000);
  const asked = { kind: "sync", lost: true };
  assert.deepEqual(sent, [asked, asked, asked]);
  kernel.receive(snapshot(3, "three"));
  kernel.receive(ops(4, "four"));
  tick(60_000);
  assert.equal(kernel.store.document.state, "four");
  assert.equal(sent.length, 3);
});

const RUNNING = { kind: "ops", seq: 1, ops: [["set", ["runs", 0], { runId: "r", status: "running" }]] };

test("while a run goes on in silence the page looks whether it missed anything", (context) => {
  const { kernel, sent, tick } = made(context);
  kernel.receive(snapshot(0));
  tick(60_000);
  assert.deepEqual(sent, [], "nobody waits for anything");
  kernel.receive(/** @type {Report} */ (RUNNING));
  tick(10_000);
  assert.deepEqual(sent, [{ kind: "look" }]);
  kernel.receive({ kind: "ops", seq: 2, ops: [] });
  tick(5000);
  assert.equal(kernel.store.connection, "live", "it answered, and no more is asked so soon");
  tick(5000);
  assert.deepEqual(sent, [{ kind: "look" }, { kind: "look" }]);
  kernel.receive({ kind: "ops", seq: 9, ops: [] });
  assert.deepEqual(sent.at(-1), { kind: "sync" }, "what a sleeping page missed is no fault of the host's");
  kernel.receive(snapshot(9, "awake"));
  assert.equal(kernel.store.document.state, "awake");
});

test("a kernel that answers no look is called silent, and is looked for less and less often", (context) => {
  const { kernel, sent, tick } = made(context);
  kernel.receive(snapshot(0));
  kernel.receive(/** @type {Report} */ (RUNNING));
  tick(10_000);
  tick(5000);
  assert.equal(kernel.store.connection, "silent");
  tick(14_999);
  assert.equal(sent.length, 1);
  tick(1);
  assert.equal(sent.length, 2);
});

test("Stop is answered by the number of what was missed, and asked again where it was lost", (context) => {
  const { kernel, sent, tick } = made(context);
  kernel.receive(snapshot(0));
  kernel.receive(/** @type {Report} */ (RUNNING));
  kernel.send({ kind: "stop" });
  tick(10_000);
  assert.deepEqual(sent, [{ kind: "stop" }, { kind: "stop" }]);
  kernel.receive({ kind: "view", seq: 7, view: /** @type {any} */ ({ running: false }) });
  assert.deepEqual(sent.at(-1), { kind: "sync" });
  kernel.receive(snapshot(7));
  assert.deepEqual(kernel.store.document.runs, []);
});

test("a page that comes back looks, and one whose kernel was shut down says so at once", (context) => {
  /** @type {Map<string, (...given: any[]) => void>} */
  const told = new Map();
  const signal = (/** @type {string} */ name) => ({
    connect: (/** @type {() => void} */ slot) => told.set(name, slot),
    disconnect: () => told.delete(name),
  });
  const host = { disposed: signal("disposed"), connectionStatusChanged: signal("socket") };
  const { kernel, sent, life } = made(context, { widget_manager: { kernel: host } });
  kernel.receive(snapshot(0));
  told.get("socket")?.(host, "connecting");
  assert.deepEqual(sent, []);
  told.get("socket")?.(host, "connected");
  assert.deepEqual(sent, [{ kind: "look" }]);
  told.get("disposed")?.();
  assert.equal(kernel.store.connection, "dead");
  life.abort();
  assert.deepEqual([...told], []);
});

test("an operation that does not fit asks for a snapshot", (context) => {
  context.mock.method(console, "warn", () => {});
  const { kernel, sent } = made(context);
  kernel.receive(snapshot(0));
  kernel.receive({ kind: "ops", seq: 1, ops: [["append", ["messages", 7, "content"], "x"]] });
  assert.deepEqual(sent, [{ kind: "sync", lost: true }]);
});

test("a kernel that says nothing after a command is called silent, and live at its next word", (context) => {
  const { kernel, tick } = made(context);
  kernel.receive(snapshot(0));
  kernel.send({ kind: "send", text: "hi" });
  tick(5000);
  assert.equal(kernel.store.connection, "silent");
  kernel.receive(ops(1, 1));
  assert.equal(kernel.store.connection, "live");
});

test("after a restart nothing is sent any more", (context) => {
  const { kernel, sent, listeners } = made(context);
  kernel.receive(snapshot(0));
  listeners.get("comm_live_update")?.();
  kernel.send({ kind: "stop" });
  assert.equal(kernel.store.connection, "dead");
  assert.deepEqual(sent, []);
});

test("reports that are not of the document go to those who listen for their kind", (context) => {
  const { kernel } = made(context);
  const life = new AbortController();
  /** @type {any[]} */
  const heard = [];
  kernel.on("notice", ({ text }) => heard.push(text), life.signal);
  kernel.receive({ kind: "notice", level: "info", text: "one" });
  life.abort();
  kernel.receive({ kind: "notice", level: "info", text: "two" });
  assert.deepEqual(heard, ["one"]);
});
