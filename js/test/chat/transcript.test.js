// The log: rows in step with the document, whatever comes in whichever order.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { contextFor, find } from "../support/page.js";

/** @import { Context, Message, Operation } from "../../src/types" */
/** @import { Told } from "../support/page.js" */

const { ConversationStore, emptyDocument } = await import("../../src/document/store.js");
const { transcript } = await import("../../src/chat/transcript.js");

/** What comes with the details, without their styles. */
const rows = Object.assign(
  {},
  ...(await Promise.all(
    [
      "activity",
      "attachments",
      "instructions",
      "reasoning",
      "run_outcome",
      "steps",
      "subagent",
      "tool_call",
    ].map((name) => import(`../../src/details/${name}.js`)),
  )),
);
const module = async () => rows;
const arrived = () => new Promise((done) => setTimeout(done));

/** A transcript on a page. @param {Told} [document] @param {Partial<Context>} [more] */
function open(document = {}, more = {}) {
  const store = new ConversationStore();
  const made = contextFor(store, more);
  store.connect("live");
  store.replace({ ...emptyDocument(), ...document });
  const view = transcript(made.context);
  made.root.append(view.node);
  made.frames.run();
  const ops = (/** @type {Operation[]} */ ...list) => (store.apply(list), made.frames.run());
  return { ...made, store, ops, log: view.log, text: () => find(view.log, ".agui-rows").textContent };
}

/** @type {Message} */
const user = { id: "u", role: "user", content: "Hello?" };

const GOLDEN = new URL("../../../tests/golden/", import.meta.url);
for (const name of readdirSync(GOLDEN).filter((one) => one.endsWith(".jsonl"))) {
  test(`${name} streamed looks like its document opened at the end`, async () => {
    const lines = readFileSync(new URL(name, GOLDEN), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const { threadId, messages, state } = lines[0];
    const live = open({ ...emptyDocument(), threadId, messages, state }, { module });
    for (const { operations = [] } of lines.slice(1, -1)) {
      live.ops(...operations);
      await Promise.resolve(); // the details come between two of them
    }
    const opened = open(lines.at(-1).document, { module });
    await arrived();
    live.frames.run();
    opened.frames.run();
    assert.equal(live.text(), opened.text());
  });
}

test("an answer grows in its place", () => {
  const { ops, log } = open({ messages: [user], runs: [{ runId: "r", after: "u", status: "running" }] });
  ops(
    ["set", ["messages", 1], { id: "a", role: "assistant", content: "" }],
    ["set", ["items", "message:a"], { status: "open" }],
  );
  ops(["append", ["messages", 1, "content"], "One "]);
  const row = find(log, ".agui-answer");
  ops(["append", ["messages", 1, "content"], "two"]);
  assert.equal(log.querySelector(".agui-answer"), row);
  assert.match(row.textContent, /One two/);
});

test("words of refusal are marked, beside the name where there is one", () => {
  const said = { id: "a", role: "assistant", content: "I cannot.", metadata: { refusal: "refusal" } };
  const shown = (/** @type {object} */ more) =>
    find(open({ messages: [user, { ...said, ...more }] }).log, ".agui-who");
  assert.deepEqual(
    [{}, { name: "bot" }, { name: "bot", metadata: {} }, { metadata: {} }].map((more) => {
      const { textContent, hidden } = shown(more);
      return [textContent, hidden];
    }),
    [
      ["Refused", false],
      ["bot: Refused", false],
      ["bot", false],
      ["", true],
    ],
  );
});

test("a snapshot in the middle of an answer keeps its row and repeats nothing", () => {
  const messages = [user, { id: "a", role: "assistant", content: "One " }];
  const { ops, log, store, frames } = open({ messages, items: { "message:a": { status: "open" } } });
  const row = find(log, ".agui-answer");
  store.replace({
    ...emptyDocument(),
    messages: [user, { id: "a", role: "assistant", content: "One two" }],
    items: { "message:a": { status: "open" } },
  });
  frames.run();
  ops(["append", ["messages", 1, "content"], " three"]);
  assert.equal(log.querySelector(".agui-answer"), row);
  assert.equal(find(row, ".agui-md").textContent, "One two three");
});

test("an answer that was restated otherwise is shown as restated", () => {
  const { ops, log } = open({ messages: [{ id: "a", role: "assistant", content: "Wrong" }] });
  ops(["set", ["messages", 0, "content"], "Right"]);
  assert.equal(find(log, ".agui-md").textContent, "Right");
});

test("text behind a message that was closed is shown all the same", () => {
  const { ops, log } = open({ messages: [{ id: "a", role: "assistant", content: "One" }] });
  ops(["append", ["messages", 0, "content"], " two"]);
  assert.equal(find(log, ".agui-md").textContent, "One two");
});

test("a failed run says what to do and offers a retry", async () => {
  const run = {
    runId: "r",
    after: "u",
    status: "error",
    error: { message: "connection refused", code: "transport", advice: "See whether the server runs." },
  };
  const details = await import("../../src/details/run_outcome.js");
  const { log, sent } = open({ messages: [user], runs: [run] }, { module: async () => details });
  await new Promise((done) => setTimeout(done));
  assert.match(find(log, ".agui-error").textContent, /connection refused.*transport.*server runs/s);
  [...log.querySelectorAll("button")].find((one) => one.textContent === "Retry")?.click();
  assert.deepEqual(sent, [{ kind: "retry" }]);
});

test("a run that was cut off is not called done", () => {
  const { text } = open({
    messages: [user],
    runs: [{ runId: "r", after: "u", status: "incomplete", startedAt: 0, endedAt: 900 }],
  });
  assert.match(text(), /Cut off · 900 ms/);
  assert.doesNotMatch(text(), /Done/);
});

test("what stands is not moved when what follows is replaced", async () => {
  /** @type {Message[]} */
  const more = [
    user,
    { id: "a", role: "assistant", content: "Long." },
    { id: "b", role: "user", content: "So?" },
  ];
  const { log, store, frames } = open({ messages: more });
  /** @type {Node[]} */
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
  find(log, '[aria-label="Edit and run again"]').click();
  await new Promise((done) => setTimeout(done));
  find(log, "textarea").value = "Bye";
  [...log.querySelectorAll("button")].find((one) => one.textContent === "Run again")?.click();
  assert.deepEqual(sent, [{ kind: "edit", mid: "u", text: "Bye" }]);
});

test("a long history is drawn from its end, and whole a little later", () => {
  const messages = Array.from({ length: 200 }, (_, at) => ({
    id: `m${at}`,
    role: /** @type {const} */ ("user"),
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
  store.replace({ ...emptyDocument(), messages });
  root.append(transcript(context).node);
  frames.run();
  assert.equal(first, 30);
  const turns = [...root.querySelectorAll(".agui-user-text")].map((node) => node.textContent);
  assert.deepEqual(
    turns,
    messages.map((one) => one.content),
  );
});

test("names, ids and keys from an agent never become attributes that act", async () => {
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
  const { log } = open({ messages, runs: [run], warnings: [{ message: evil }] }, { module });
  await arrived();
  assert.deepEqual([...log.querySelectorAll("img, script, iframe")], []);
  assert.deepEqual(
    [...log.querySelectorAll("[id]")].filter((node) => !/^agui-[\w-]+$/.test(node.id)),
    [],
  );
  assert.deepEqual([...log.querySelectorAll("[name]")], []);
});

/**
 * How many messages are looked at while an answer at the end of `count` of them grows.
 * @param {number} count @param {(at: number) => Operation[]} pieces
 */
async function looks(count, pieces) {
  let seen = 0;
  const counted = (/** @type {Message} */ message) => {
    const { role } = message;
    return Object.defineProperty(message, "role", { enumerable: true, get: () => ((seen += 1), role) });
  };
  const messages = Array.from({ length: count }, (_, at) => counted({ ...user, id: `m${at}` }));
  const call = { id: "c", type: /** @type {const} */ ("function"), function: { name: "f", arguments: "" } };
  const answer = counted({ id: "a", role: "assistant", content: "Once", toolCalls: [call] });
  const items = { "call:c": { status: "open" } };
  const made = open({ ...emptyDocument(), messages: [...messages, answer], items }, { module });
  await arrived();
  seen = 0;
  for (const piece of pieces(count)) made.ops(piece);
  return { seen, text: made.text() };
}

test("while text or arguments arrive, a frame costs the same however long the thread is", async () => {
  const ten = (/** @type {Operation} */ operation) => Array.from({ length: 10 }, () => operation);
  const content = (/** @type {number} */ at) => ten(["append", ["messages", at, "content"], " more"]);
  const input = (/** @type {number} */ at) =>
    ten(["append", ["messages", at, "toolCalls", 0, "function", "arguments"], "7"]);
  for (const pieces of [content, input]) {
    const [short, long] = [await looks(3, pieces), await looks(600, pieces)];
    assert.ok(long.seen <= 20, `${long.seen} messages looked at`); // the one that grows, each time
    assert.equal(long.seen, short.seen);
  }
  assert.match((await looks(3, content)).text, /Once( more){10}/);
  assert.match((await looks(3, input)).text, /7{10}/);
});

test("a flood of rows is drawn from its end, and then all of it", () => {
  const { store, frames, log } = open({ messages: [user] });
  /** @type {Operation[]} */
  const flood = Array.from({ length: 1000 }, (_, at) => [
    "set",
    ["messages", at + 1],
    { id: `m${at}`, role: "assistant", content: `answer ${at}` },
  ]);
  store.apply(flood);
  const drawn = () => log.querySelectorAll(".agui-answer").length;
  frames.step();
  assert.ok(drawn() <= 30, `${drawn()} rows in one frame`);
  frames.run();
  assert.equal(drawn(), 1000);
  assert.match(find(log, ".agui-rows").textContent, /^.*answer 0answer 1.*answer 999$/s);
});
