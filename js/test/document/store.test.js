// Who is told of which changes of the document.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConversationStore, emptyDocument } from "../../src/document/store.js";

test("a listener hears of what is at, above or below its path, until its signal ends", () => {
  const store = new ConversationStore();
  const life = new AbortController();
  /** @type {any[]} */
  const heard = [];
  store.subscribe(["messages", 0], ([word, path]) => heard.push(`${word} ${path.join("/")}`), life.signal);
  store.replace({ ...emptyDocument(), messages: [{ id: "a", role: "assistant", content: "" }] });
  store.apply([
    ["append", ["messages", 0, "content"], "x"],
    ["set", ["messages", 1], {}],
    ["set", ["messages"], []],
    ["set", ["state"], 1],
  ]);
  life.abort();
  store.replace(emptyDocument());
  assert.deepEqual(heard, ["set ", "append messages/0/content", "set messages"]);
});

test("a listener that throws does not stop the others", (context) => {
  context.mock.method(console, "error", () => {});
  const store = new ConversationStore();
  const { signal } = new AbortController();
  let heard = 0;
  store.subscribe(
    [],
    () => {
      throw new Error("mine");
    },
    signal,
  );
  store.subscribe([], () => (heard += 1), signal);
  store.apply([["set", ["state"], 1]]);
  assert.equal(heard, 1);
});

test("what surrounds the conversation is told once per change", () => {
  const store = new ConversationStore();
  const { signal } = new AbortController();
  /** @type {any[]} */
  const heard = [];
  for (const topic of /** @type {const} */ (["view", "connection", "events"]))
    store.watch(topic, () => heard.push(topic), signal);
  store.surround({ readonly: true });
  store.count(3);
  store.connect("live");
  store.connect("live");
  assert.deepEqual(heard, ["view", "events", "events", "connection"]);
  assert.equal(store.view.eventCount, 3);
});
