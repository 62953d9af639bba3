import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { contextFor } from "../support/page.js";

const { ConversationStore, emptyDocument } = await import("../../src/document/store.js");
const { transcript } = await import("../../src/chat/transcript.js");
const { composer } = await import("../../src/chat/composer.js");
const { frame } = await import("../../src/chat/chat_view.js");

/** A transcript on a page. */
function open(document = {}, more = {}) {
  const store = new ConversationStore();
  const made = contextFor(store, more);
  store.connect("live");
  store.replace(document);
  const view = transcript(made.context);
  made.root.append(view.node);
  made.frames.run();
  const ops = (...list) => (store.apply(list), made.frames.run());
  return { ...made, store, ops, log: view.log, text: () => view.log.querySelector(".agui-rows").textContent };
}

const user = { id: "u", role: "user", content: "Hello?" };

const GOLDEN = new URL("../../../tests/golden/", import.meta.url);
for (const name of readdirSync(GOLDEN).filter((one) => one.endsWith(".jsonl"))) {
  test(`${name} streamed looks like its document opened at the end`, () => {
    const lines = readFileSync(new URL(name, GOLDEN), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const { threadId, messages, state } = lines[0];
    const live = open({ ...emptyDocument(), threadId, messages, state });
    for (const { operations = [] } of lines.slice(1, -1)) live.ops(...operations);
    const streamed = live.text();
    assert.equal(streamed, open(lines.at(-1).document).text());
  });
}

test("an answer grows in its place", () => {
  const { ops, log } = open({ messages: [user], runs: [{ runId: "r", after: "u", status: "running" }] });
  ops(
    ["set", ["messages", 1], { id: "a", role: "assistant", content: "" }],
    ["set", ["items", "message:a"], { status: "open" }],
  );
  ops(["append", ["messages", 1, "content"], "One "]);
  const row = log.querySelector(".agui-answer");
  ops(["append", ["messages", 1, "content"], "two"]);
  assert.equal(log.querySelector(".agui-answer"), row);
  assert.match(row.textContent, /One two/);
});

test("a snapshot in the middle of an answer keeps its row and repeats nothing", () => {
  const messages = [user, { id: "a", role: "assistant", content: "One " }];
  const { ops, log, store, frames } = open({ messages, items: { "message:a": { status: "open" } } });
  const row = log.querySelector(".agui-answer");
  store.replace({
    ...emptyDocument(),
    messages: [user, { id: "a", role: "assistant", content: "One two" }],
    items: { "message:a": { status: "open" } },
  });
  frames.run();
  ops(["append", ["messages", 1, "content"], " three"]);
  assert.equal(log.querySelector(".agui-answer"), row);
  assert.equal(row.querySelector(".agui-md").textContent, "One two three");
});

test("an answer that was restated otherwise is shown as restated", () => {
  const { ops, log } = open({ messages: [{ id: "a", role: "assistant", content: "Wrong" }] });
  ops(["set", ["messages", 0, "content"], "Right"]);
  assert.equal(log.querySelector(".agui-md").textContent, "Right");
});

test("text behind a message that was closed is shown all the same", () => {
  const { ops, log } = open({ messages: [{ id: "a", role: "assistant", content: "One" }] });
  ops(["append", ["messages", 0, "content"], " two"]);
  assert.equal(log.querySelector(".agui-md").textContent, "One two");
});

test("a failed run says what to do and offers a retry", async () => {
  const run = {
    runId: "r",
    after: "u",
    status: "error",
    error: { message: "connection refused", code: "transport" },
  };
  const details = await import("../../src/details/run_outcome.js");
  const { log, sent } = open({ messages: [user], runs: [run] }, { module: async () => details });
  await new Promise((done) => setTimeout(done));
  assert.match(log.querySelector(".agui-error").textContent, /connection refused.*transport.*server runs/s);
  [...log.querySelectorAll("button")].find((one) => one.textContent === "Retry").click();
  assert.deepEqual(sent, [{ kind: "retry" }]);
});

test("a run that was cut off is not called done", () => {
  const { text } = open({
    messages: [user],
    runs: [{ runId: "r", after: "u", status: "incomplete", startedAt: 0, endedAt: 900 }],
  });
  assert.match(text(), /Cut off after 0\.9 s/);
  assert.doesNotMatch(text(), /Done/);
});

test("what stands is not moved when what follows is replaced", async () => {
  const more = [
    user,
    { id: "a", role: "assistant", content: "Long." },
    { id: "b", role: "user", content: "So?" },
  ];
  const { log, store, frames } = open({ messages: more });
  const moved = [];
  const watch = new window.MutationObserver((records) =>
    moved.push(...records.flatMap((one) => [...one.removedNodes])),
  );
  watch.observe(log, { childList: true, subtree: true });
  store.replace({
    ...store.document,
    messages: [...more.slice(0, 2), { id: "c", role: "user", content: "Now?" }],
  });
  frames.run();
  await new Promise((done) => setTimeout(done));
  assert.deepEqual(
    moved.map((node) => node.textContent),
    ["So?Show all"],
  );
});

test("an edited turn is sent with its id", async () => {
  const details = await import("../../src/details/turn_editor.js");
  const { log, sent } = open({ messages: [user] }, { module: async () => details });
  log.querySelector('[aria-label="Edit and run again"]').click();
  await new Promise((done) => setTimeout(done));
  log.querySelector("textarea").value = "Bye";
  [...log.querySelectorAll("button")].find((one) => one.textContent === "Run again").click();
  assert.deepEqual(sent, [{ kind: "edit", mid: "u", text: "Bye" }]);
});

test("a long history is drawn from its end, and whole a little later", () => {
  const messages = Array.from({ length: 200 }, (_, at) => ({
    id: `m${at}`,
    role: "user",
    content: `turn ${at}`,
  }));
  const store = new ConversationStore();
  const { context, frames, root } = contextFor(store);
  let first = 0;
  const { request } = frames;
  frames.request = (job) =>
    request(() => {
      const more = job();
      first ||= root.querySelectorAll(".agui-user").length;
      return more;
    });
  store.replace({ messages });
  root.append(transcript(context).node);
  frames.run();
  assert.equal(first, 30);
  const turns = [...root.querySelectorAll(".agui-user-text")].map((node) => node.textContent);
  assert.deepEqual(
    turns,
    messages.map((one) => one.content),
  );
});

test("names, ids and keys from an agent never become attributes that act", () => {
  const evil = '"><img src=x onerror=alert(1)>';
  const messages = [
    { id: evil, role: "user", content: evil },
    {
      id: "a",
      role: "assistant",
      name: evil,
      content: evil,
      toolCalls: [{ id: evil, type: "function", function: { name: evil, arguments: evil } }],
    },
    { id: "x", role: "activity", activityType: evil, content: { [evil]: evil } },
  ];
  const run = {
    runId: evil,
    after: null,
    status: "error",
    error: { message: evil, code: evil },
    steps: [{ stepName: evil, status: "done" }],
    subagents: [{ subagentRunId: evil, name: evil, status: "running" }],
  };
  const { log } = open({ messages, runs: [run], warnings: [{ message: evil }] });
  assert.deepEqual([...log.querySelectorAll("img, script, iframe")], []);
  assert.deepEqual(
    [...log.querySelectorAll("[id]")].filter((node) => !/^agui-[\w-]+$/.test(node.id)),
    [],
  );
  assert.deepEqual([...log.querySelectorAll("[name]")], []);
});

/** A composer on a page. */
function compose(document = {}, view = {}) {
  const store = new ConversationStore();
  const made = contextFor(store);
  store.surround({ agent: { name: "demo", suggestions: ["Try me"] }, ...view });
  store.connect("live");
  store.replace(document);
  const input = composer(made.context, () => {});
  made.root.append(input.node);
  const press = (key, more = {}) => {
    const event = new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
    input.area.dispatchEvent(event);
    made.frames.run();
    return event.defaultPrevented;
  };
  const write = (text) => ((input.area.value = text), input.area.dispatchEvent(new window.Event("input")));
  return { ...made, store, input, press, write };
}

test("Enter sends, Shift+Enter and a composing input method do not", () => {
  const { press, write, sent, input } = compose();
  write("hi");
  assert.equal(press("Enter", { shiftKey: true }), false);
  assert.equal(press("Enter", { isComposing: true }), false);
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
  input.chips.querySelector("button").click();
  assert.deepEqual(sent, [{ kind: "send", text: "Try me" }]);
  store.apply([["set", ["messages", 0], user]]);
  frames.run();
  assert.equal(input.chips.hidden, true);
});

test("a recording offers nothing that would change it", () => {
  const { input } = compose({}, { readonly: true });
  assert.equal(input.node.hidden, true);
});

/** A whole view. */
function whole(document = {}, view = {}) {
  const store = new ConversationStore();
  const made = contextFor(store);
  store.surround({ agent: { name: "demo" }, agents: [{ name: "demo" }, { name: "other" }], ...view });
  store.replace(document);
  store.connect("live");
  frame(made.root, made.context, { get: () => 480, set() {}, watch() {} });
  made.frames.run();
  return { ...made, store };
}

/** A whole view in which somebody has just said `text`. */
function said(text, document = {}) {
  const made = whole(document);
  const area = made.root.querySelector(".agui-message");
  area.value = text;
  area.dispatchEvent(new window.KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  made.frames.run();
  const turns = () =>
    [...made.root.querySelectorAll(".agui-user")].map((turn) => [
      turn.querySelector(".agui-user-text").textContent,
      turn.classList.contains("agui-sending"),
    ]);
  const ops = (...list) => (made.store.apply(list), made.frames.run());
  return { ...made, area, turns, ops };
}

test("what was sent is seen before the kernel answers, and once when it has", () => {
  const { turns, ops, root, sent, area } = said("hi");
  assert.deepEqual(sent, [{ kind: "send", text: "hi" }]);
  assert.deepEqual([turns(), area.value], [[["hi", true]], ""]);
  assert.equal(root.querySelector(".agui-welcome").hidden, true);
  assert.equal(root.querySelector('.agui-sending [aria-label="Edit and run again"]').hidden, true);
  ops(["set", ["messages", 0], { id: "u", role: "user", content: "hi" }]);
  assert.deepEqual(turns(), [["hi", false]]);
});

test("what was sent and came with a snapshot is seen once", () => {
  const { turns, store, frames } = said("hi");
  store.replace({ messages: [{ id: "u", role: "user", content: "hi" }] });
  frames.run();
  assert.deepEqual(turns(), [["hi", false]]);
});

test("a message that was refused is back in its field, before what was written since", () => {
  const { turns, ops, area, root } = said("hi", { messages: [user], warnings: [{ message: "old" }] });
  area.value = "more";
  const busy = "A turn is still going on.";
  ops(["set", ["warnings", 1], { message: "of a run", runId: "r" }]);
  assert.deepEqual(turns().at(-1), ["hi", true]);
  ops(["set", ["warnings", 2], { message: busy }]);
  assert.deepEqual([turns(), area.value], [[["Hello?", false]], "hi\nmore"]);
  assert.match(root.querySelector(".agui-notices").textContent, /still going on/);
});

test("a message that a dead kernel never took is back in its field", () => {
  const { turns, store, frames, area } = said("hi");
  store.connect("dead");
  frames.run();
  assert.deepEqual([turns(), area.value], [[], "hi"]);
});

test("keys pressed in the chat stay in it", () => {
  const { root } = whole();
  let leaked = 0;
  document.body.addEventListener("keydown", () => (leaked += 1));
  root
    .querySelector("textarea")
    .dispatchEvent(new window.KeyboardEvent("keydown", { key: "b", bubbles: true }));
  assert.equal(leaked, 0);
  assert.equal(root.dataset.lmSuppressShortcuts, "true");
});

test("only a finished answer is announced, once", () => {
  const { store, root, frames } = whole({
    messages: [user],
    runs: [{ runId: "r", after: "u", status: "running" }],
  });
  const said = () => root.querySelector("[aria-live=polite]").textContent;
  store.apply([["set", ["messages", 1], { id: "a", role: "assistant", content: "Forty-two" }]]);
  frames.run();
  assert.equal(said(), "");
  store.apply([["set", ["runs", 0, "status"], "success"]]);
  assert.equal(said(), "demo answered: Forty-two");
  store.apply([["set", ["runs", 1], { runId: "s", after: "a", status: "running" }]]);
  store.apply([["set", ["runs", 1, "status"], "success"]]);
  assert.equal(said(), ""); // it called tools only; what was said before is not said again
});

test("the agent can be switched from the header", () => {
  const { root, sent } = whole();
  root.querySelector(".agui-agent").click();
  const items = [...root.querySelectorAll("[role=menuitemradio]")];
  assert.deepEqual(
    items.map((one) => [one.textContent, one.getAttribute("aria-checked")]),
    [
      ["demo", "true"],
      ["other", "false"],
    ],
  );
  items[1].click();
  assert.deepEqual(sent, [{ kind: "use", agent: "other" }]);
});

test("a dead kernel says how to bring the chat back", () => {
  const { store, root, frames } = whole();
  store.connect("dead");
  frames.run();
  assert.match(root.querySelector(".agui-banner").textContent, /Run the cell again/);
  assert.equal(root.querySelector("textarea").disabled, true);
});
