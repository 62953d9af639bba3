// What was sent and is not in the document yet.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pending } from "../../src/document/pending.js";
import { emptyDocument } from "../../src/document/store.js";

/** @import { Conversation } from "../../src/types" */

/** @param {any[]} [texts] @param {object} [more] @returns {Conversation} */
const document = (texts = [], more = {}) => ({
  ...emptyDocument(),
  threadId: "t",
  messages: texts.map((content, at) => ({ id: `m${at}`, role: "user", content })),
  warnings: [],
  ...more,
});

/**
 * Messages sent one after the other into a thread; what is still out, and what was given back.
 * @param {any[]} texts
 */
function out(texts, before = document()) {
  const sending = new Pending();
  /** @type {[any, string][]} */
  const back = [];
  for (const text of texts) sending.add(before, text, (why) => back.push([text, why]));
  return { sending, back, left: () => sending.all.map((one) => one.message.content) };
}

test("the same words said twice come twice", () => {
  const { sending, left } = out(["go on", "go on"], document(["go on"]));
  sending.look(document(["go on"]));
  assert.deepEqual(left(), ["go on", "go on"]);
  sending.look(document(["go on", "go on"]));
  assert.deepEqual(left(), ["go on"]);
  sending.look(document(["go on", "go on", "go on"]));
  assert.deepEqual(left(), []);
});

test("of two, the one that did not come is the one refused", () => {
  const { sending, left, back } = out(["first", "second"]);
  sending.look(document(["first"], { warnings: [{ message: "busy" }] }));
  assert.deepEqual([left(), back], [[], [["second", "busy"]]]);
});

test("one refusal refuses one", () => {
  const { sending, left, back } = out(["first", "second"]);
  sending.look(document([], { warnings: [{ message: "busy" }] }));
  sending.look(document([], { warnings: [{ message: "busy" }] }));
  assert.deepEqual([left(), back], [["second"], [["first", "busy"]]]);
});

test("words with a file are not the words alone", () => {
  const parts = [{ type: "text", text: "look" }, { type: "image" }];
  const { sending, left } = out([parts]);
  sending.look(document(["look"]));
  assert.equal(left().length, 1);
  sending.look(document(["look", parts]));
  assert.equal(left().length, 0);
});

test("another thread has nothing to wait for", () => {
  const { sending, left, back } = out(["hi"]);
  sending.look(document([], { threadId: "other" }));
  assert.deepEqual([left(), back], [[], []]);
});

test("without a kernel all is given back, the last first, so that it can be put in front", () => {
  const { sending, left, back } = out(["one", "two"]);
  sending.giveUp();
  assert.deepEqual([left(), back.map(([text]) => text)], [[], ["two", "one"]]);
});
