// Where the user writes: what each key does, and when.
import assert from "node:assert/strict";
import { test } from "node:test";
import { contextFor, find } from "../support/page.js";

/** @import { Message } from "../../src/types" */
/** @import { Told } from "../support/page.js" */

const { ConversationStore, emptyDocument } = await import("../../src/document/store.js");
const { composer } = await import("../../src/chat/composer.js");

/** @type {Message} */
const user = { id: "u", role: "user", content: "Hello?" };

/** A composer on a page. @param {Told} [document] @param {object} [view] */
function compose(document = {}, view = {}) {
  const store = new ConversationStore();
  const made = contextFor(store);
  store.surround({ agent: { name: "demo", suggestions: ["Try me"] }, ...view });
  store.connect("live");
  store.replace({ ...emptyDocument(), ...document });
  const input = composer(made.context, () => {});
  made.root.append(input.node);
  const press = (/** @type {string} */ key, more = {}) => {
    const event = new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
    input.area.dispatchEvent(event);
    made.frames.run();
    return event.defaultPrevented;
  };
  const write = (/** @type {string} */ text) => (
    (input.area.value = text),
    input.area.dispatchEvent(new window.Event("input"))
  );
  return { ...made, store, input, press, write };
}

test("Enter sends, Shift+Enter and a composing input method do not", () => {
  const { press, write, sent, input } = compose();
  write("hi");
  assert.equal(press("Enter", { shiftKey: true }), false);
  assert.equal(press("Enter", { isComposing: true }), false);
  assert.equal(press("Enter", { keyCode: 229 }), false, "Safari's, behind the end of the composition");
  assert.deepEqual(sent, []);
  assert.equal(press("Enter"), true);
  assert.deepEqual(sent, [{ kind: "send", text: "hi" }]);
  assert.equal(input.area.value, "");
});

test("while a run goes on Stop stands where Send was, and Escape stops", () => {
  const { press, write, sent, input } = compose({ runs: [{ runId: "r", after: null, status: "running" }] });
  assert.deepEqual([input.send.hidden, input.stop.hidden], [true, false]);
  write("next");
  press("Enter");
  assert.deepEqual(sent, []);
  press("Escape");
  assert.deepEqual(sent, [{ kind: "stop" }]);
  assert.equal(input.area.value, "next");
});

test("Escape answers nothing when the agent waits", () => {
  const { press, sent } = compose({
    runs: [{ runId: "r", after: null, status: "interrupt" }],
    interrupts: [{ id: "i", reason: "x" }],
  });
  press("Escape");
  assert.deepEqual(sent, []);
});

test("arrow-up goes back through the prompts, arrow-down to the draft", () => {
  const messages = ["one", "two"].map((content, at) => ({ id: `${at}`, role: "user", content }));
  const { press, input } = compose({ messages });
  press("ArrowUp");
  assert.equal(input.area.value, "two");
  press("ArrowUp");
  press("ArrowUp");
  assert.equal(input.area.value, "one");
  press("ArrowDown");
  press("ArrowDown");
  assert.equal(input.area.value, "");
});

test("suggestions show while the thread is empty, and send themselves", () => {
  const { input, sent, store, frames } = compose();
  find(input.chips, "button").click();
  find(input.chips, "button").click();
  assert.deepEqual(sent, [{ kind: "send", text: "Try me" }]);
  store.apply([["set", ["messages", 0], user]]);
  frames.run();
  assert.equal(input.chips.hidden, true);
});

test("suggestions not yet used are a button away after the first turn", () => {
  const suggestions = ["Hello?", ...Array.from({ length: 8 }, (_, at) => `Try ${at}`)];
  const { input, sent, frames, store } = compose({}, { agent: { name: "demo", suggestions } });
  const offered = () => (input.chips.hidden ? [] : [...input.chips.children].map((chip) => chip.textContent));
  assert.deepEqual(offered(), suggestions.slice(0, 6));
  assert.equal(input.ideas.hidden, true);
  store.apply([["set", ["messages", 0], user]]);
  frames.run();
  assert.deepEqual([offered(), input.ideas.hidden], [[], false]);
  input.ideas.click();
  assert.deepEqual(offered(), suggestions.slice(1), "all that are left");
  find(input.chips, "button").click();
  frames.run();
  assert.deepEqual([sent, offered()], [[{ kind: "send", text: "Try 0" }], []]);
});

test("Enter while a question waits points at it and sends nothing", () => {
  const { press, write, sent, root, input } = compose({
    runs: [{ runId: "r", after: null, status: "interrupt" }],
    interrupts: [{ id: "i", reason: "x" }],
  });
  const question = document.createElement("section");
  question.className = "agui-interrupts";
  let looked = 0;
  question.addEventListener("agui-look", () => (looked += 1));
  root.append(question);
  write("yes");
  press("Enter");
  assert.deepEqual([looked, sent, input.area.value], [1, [], "yes"]);
});

test("a recording offers nothing that would change it", () => {
  const { input } = compose({}, { readonly: true });
  assert.equal(input.node.hidden, true);
});
