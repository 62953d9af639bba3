// Which raw events pass the filter, and how they are looked through.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventFilter, familyOf, summaryOf } from "../../src/inspector/event_filter.js";

/** @param {string} type @param {any} [rest] */
const record = (type, rest = {}) => ({ at: 0, runId: "r", event: { type, ...rest } });
const always = () => true;
const never = () => false;

test("every type belongs to a family, an unknown one to the others", () => {
  assert.deepEqual(
    [
      "RUN_ERROR",
      "TEXT_MESSAGE_CONTENT",
      "TOOL_CALL_ARGS",
      "THINKING_START",
      "MESSAGES_SNAPSHOT",
      "SUBAGENT_ERROR",
      "CUSTOM",
      undefined,
    ].map(familyOf),
    ["run", "text", "tool", "reasoning", "state", "activity", "other", "other"],
  );
});

test("a summary is the event's telling field", () => {
  assert.equal(summaryOf({ type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta: "Hi" }), "Hi");
  assert.equal(summaryOf({ type: "STATE_DELTA", delta: [{ op: "add" }] }), '[{op: "add"}]');
  assert.equal(summaryOf({ type: "TEXT_MESSAGE_END", messageId: "m" }), "m");
  assert.equal(summaryOf({ type: "X" }), "");
});

test("families and text narrow what passes, and new events are looked at alone", () => {
  const filter = new EventFilter();
  filter.add(
    0,
    [
      record("TEXT_MESSAGE_CONTENT", { delta: "Paris" }),
      record("TOOL_CALL_START", { toolCallName: "paris_weather" }),
      record("RAW"),
    ],
    3,
  );
  filter.work(never);
  assert.deepEqual(filter.passing, [0, 1, 2]);
  filter.text = "paris";
  filter.hidden.add("text");
  filter.again();
  filter.work(never);
  assert.deepEqual(filter.passing, [1]);
  filter.add(3, [record("TOOL_CALL_END", { toolCallId: "paris" })], 4);
  assert.equal(filter.work(never), true);
  assert.deepEqual([filter.passing, filter.counts.tool], [[1, 3], 2]);
});

test("a batch that leaves a gap is not taken, what is known is passed over", () => {
  const filter = new EventFilter();
  assert.equal(filter.add(5, [record("RAW")], 6), false);
  assert.equal(filter.add(0, [record("RAW"), record("RAW")], 2), true);
  filter.add(1, [record("RAW"), record("CUSTOM")], 3);
  assert.deepEqual(
    filter.records.map((one) => one.event.type),
    ["RAW", "RAW", "CUSTOM"],
  );
  assert.equal(filter.counts.other, 3);
});

test("fewer events than are held mean that the session began anew", () => {
  const filter = new EventFilter();
  filter.add(0, [record("RAW"), record("RAW")], 2);
  filter.add(0, [record("CUSTOM")], 1);
  assert.deepEqual([filter.records.map((one) => one.event.type), filter.counts.other], [["CUSTOM"], 1]);
});

test("50,000 events are looked through in slices", () => {
  const filter = new EventFilter();
  filter.add(
    0,
    Array.from({ length: 50_000 }, (_, at) => record("TEXT_MESSAGE_CONTENT", { delta: `word ${at}` })),
    50_000,
  );
  filter.text = "word 49999";
  let slices = 1;
  while (!filter.work(always)) slices += 1;
  assert.deepEqual([filter.passing, slices], [[49_999], 100]);
});
