// The browser's end of the comm: what is lost is noticed, what is sent is answered or told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Kernel } from "../../src/comm/kernel.js";

/** @import { Command, Conversation, Model, Report, Surroundings } from "../../src/types" */

/** A kernel side over a model that only remembers. @param {import("node:test").TestContext} context */
function made(context) {
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
  document: { ...empty, state },
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
  assert.deepEqual(sent, [{ kind: "sync" }, { kind: "sync" }, { kind: "sync" }]);
  kernel.receive(snapshot(3, "three"));
  kernel.receive(ops(4, "four"));
  tick(60_000);
  assert.equal(kernel.store.document.state, "four");
  assert.equal(sent.length, 3);
});

test("an operation that does not fit asks for a snapshot", (context) => {
  context.mock.method(console, "warn", () => {});
  const { kernel, sent } = made(context);
  kernel.receive(snapshot(0));
  kernel.receive({ kind: "ops", seq: 1, ops: [["append", ["messages", 7, "content"], "x"]] });
  assert.deepEqual(sent, [{ kind: "sync" }]);
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
