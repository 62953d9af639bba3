// A whole view, as its host shows it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { contextFor, find } from "../support/page.js";

/** @import { Message, Operation } from "../../src/types" */
/** @import { Told } from "../support/page.js" */

const { ConversationStore, emptyDocument } = await import("../../src/document/store.js");
const { chatView } = await import("../../src/chat/chat_view.js");

/** @type {Message} */
const user = { id: "u", role: "user", content: "Hello?" };

/** A whole view. @param {Told} [document] @param {object} [view] @param {object} [more]  of the context */
function whole(document = {}, view = {}, more = {}) {
  const store = new ConversationStore();
  const made = contextFor(store, more);
  store.surround({ agent: { name: "demo" }, agents: [{ name: "demo" }, { name: "other" }], ...view });
  store.replace({ ...emptyDocument(), ...document });
  store.connect("live");
  chatView(made.root, made.context, { get: () => 480, set() {}, watch() {} });
  made.frames.run();
  return { ...made, store };
}

/** A whole view in which somebody has just said `text`. @param {string} text @param {Told} [document] */
function say(text, document = {}) {
  const made = whole(document);
  const area = find(made.root, ".agui-message");
  area.value = text;
  area.dispatchEvent(new window.KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  made.frames.run();
  const turns = () =>
    [...made.root.querySelectorAll(".agui-user")].map((turn) => [
      find(turn, ".agui-user-text").textContent,
      turn.classList.contains("agui-sending"),
    ]);
  const ops = (/** @type {Operation[]} */ ...list) => (made.store.apply(list), made.frames.run());
  return { ...made, area, turns, ops };
}

test("what was sent is seen before the kernel answers, and once when it has", () => {
  const { turns, ops, root, sent, area } = say("hi");
  assert.deepEqual(sent, [{ kind: "send", text: "hi" }]);
  assert.deepEqual([turns(), area.value], [[["hi", true]], ""]);
  assert.equal(find(root, ".agui-welcome").hidden, true);
  assert.equal(find(root, '.agui-sending [aria-label="Edit and run again"]').hidden, true);
  ops(["set", ["messages", 0], { id: "u", role: "user", content: "hi" }]);
  assert.deepEqual(turns(), [["hi", false]]);
});

test("what was sent and came with a snapshot is seen once", () => {
  const { turns, store, frames } = say("hi");
  store.replace({ ...emptyDocument(), messages: [{ id: "u", role: "user", content: "hi" }] });
  frames.run();
  assert.deepEqual(turns(), [["hi", false]]);
});

test("a message that was refused is back in its field, before what was written since", () => {
  const { turns, ops, area, root } = say("hi", { messages: [user], warnings: [{ message: "old" }] });
  area.value = "more";
  const busy = "A turn is still going on.";
  ops(["set", ["warnings", 1], { message: "of a run", runId: "r" }]);
  assert.deepEqual(turns().at(-1), ["hi", true]);
  ops(["set", ["warnings", 2], { message: busy }]);
  assert.deepEqual([turns(), area.value], [[["Hello?", false]], "hi\nmore"]);
  assert.match(find(root, ".agui-notices").textContent, /still going on/);
});

test("a message that a dead kernel never took is back in its field", () => {
  const { turns, store, frames, area } = say("hi");
  store.connect("dead");
  frames.run();
  assert.deepEqual([turns(), area.value], [[], "hi"]);
});

test("keys pressed in the chat stay in it", () => {
  const { root } = whole();
  let leaked = 0;
  document.body.addEventListener("keydown", () => (leaked += 1));
  find(root, "textarea").dispatchEvent(new window.KeyboardEvent("keydown", { key: "b", bubbles: true }));
  assert.equal(leaked, 0);
  assert.equal(root.dataset.lmSuppressShortcuts, "true");
});

test("only a finished answer is announced, once", () => {
  const { store, root, frames } = whole({
    messages: [user],
    runs: [{ runId: "r", after: "u", status: "running" }],
  });
  const said = () => find(root, "[aria-live=polite]").textContent;
  store.apply([["set", ["messages", 1], { id: "a", role: "assistant", content: "Forty-two" }]]);
  frames.run();
  assert.equal(said(), "");
  store.apply([["set", ["runs", 0, "status"], "success"]]);
  assert.equal(said(), "demo answered: Forty-two");
  store.apply([["set", ["runs", 1], { runId: "s", after: "a", status: "running" }]]);
  store.apply([["set", ["runs", 1, "status"], "success"]]);
  assert.equal(said(), ""); // it called tools only; what was said before is not said again
});

test("the agent can be switched from the header, which asks how the others are", async () => {
  const menus = await import("../../src/details/menus/header_menus.js");
  const { root, sent, store } = whole({}, {}, { module: async () => menus });
  find(root, ".agui-agent").click();
  await new Promise((done) => setTimeout(done));
  store.surround({ agents: [{ name: "demo" }, { name: "other", status: "waiting" }] });
  const items = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[role=menuitemradio]")]);
  assert.deepEqual(
    items.map((one) => [one.textContent, one.getAttribute("aria-checked")]),
    [
      ["demo", "true"],
      ["otherWaiting for you", "false"],
    ],
  );
  items[1].click();
  assert.deepEqual(sent, [{ kind: "around" }, { kind: "use", agent: "other" }]);
});

test("a dead kernel says how to bring the chat back", () => {
  const { store, root, frames } = whole();
  store.connect("dead");
  frames.run();
  assert.match(find(root, ".agui-banner").textContent, /Run the cell again/);
  assert.equal(find(root, "textarea").disabled, true);
});

test("the header names the model that a run used, unless its name could be read as another", () => {
  const used = (/** @type {string} */ model) => {
    const run = { runId: "r", after: null, status: "success", steps: [], subagents: [], usage: [{ model }] };
    return find(whole({ runs: /** @type {any} */ ([run]) }).root, ".agui-model").textContent;
  };
  assert.equal(used("small-1"), "small-1");
  for (const name of ["sma\u202ell-1", "sm\u0430ll-1", "small\u200b-1", "small\n-1"])
    assert.equal(used(name), "");
});
