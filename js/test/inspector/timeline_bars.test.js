// Runs as bars on a time line.
import assert from "node:assert/strict";
import { test } from "node:test";
import { barsOf, union } from "../../src/inspector/timeline_bars.js";

const document = {
  messages: [
    { id: "u", role: "user", content: "hi" },
    { id: "r", role: "reasoning", content: "" },
    {
      id: "a",
      role: "assistant",
      content: "",
      toolCalls: [{ id: "c", function: { name: "query", arguments: "{}" } }],
    },
  ],
  items: {
    "message:u": { status: "done", startedAt: 1000 },
    "message:r": { status: "done", startedAt: 1100, endedAt: 1200 },
    "message:a": { status: "done", startedAt: 1200, endedAt: 1900 },
    "call:c": { status: "done", startedAt: 1300, endedAt: 1700 },
    "call:other": { status: "done", startedAt: 9000, endedAt: 9100 },
  },
};

test("a run's bars are its own, by start, named as people know them", () => {
  const run = {
    startedAt: 1000,
    endedAt: 2000,
    steps: [{ stepName: "plan", status: "done", startedAt: 1000, endedAt: 1250 }],
    subagents: [{ name: "helper", status: "running", startedAt: 1800 }],
  };
  assert.deepEqual(barsOf(document, run, 5000), {
    from: 1000,
    to: 2000,
    tools: 400,
    bars: [
      { kind: "step", label: "plan", from: 1000, to: 1250, status: "done" },
      { kind: "reasoning", label: "Reasoning", from: 1100, to: 1200, status: "done" },
      { kind: "answer", label: "Answer", from: 1200, to: 1900, status: "done" },
      { kind: "tool", label: "query", from: 1300, to: 1700, status: "done" },
      { kind: "subagent", label: "helper", from: 1800, to: 2000, status: "running" },
    ],
  });
});

test("a running run lasts until now", () => {
  assert.equal(barsOf(document, { startedAt: 1000, steps: [], subagents: [] }, 1500).to, 1500);
});

test("overlapping spans count once", () => {
  assert.equal(
    union([
      [0, 10],
      [5, 15],
      [20, 30],
      [22, 23],
    ]),
    25,
  );
});
