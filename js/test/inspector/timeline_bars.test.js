// Runs as nested bars on a time line, two of them over each other, and how fast they were.
import assert from "node:assert/strict";
import { test } from "node:test";
import { barsOf, overlaid, speedText, union } from "../../src/inspector/timeline_bars.js";

const call = (/** @type {string} */ id, /** @type {string} */ name) => ({
  id,
  function: { name, arguments: "{}" },
});

const run = {
  runId: "r",
  status: "success",
  startedAt: 1000,
  endedAt: 2000,
  steps: [{ stepName: "plan", status: "done", startedAt: 1050, endedAt: 1800 }],
  subagents: [
    {
      subagentRunId: "s",
      name: "helper",
      status: "success",
      parentToolCallId: "c",
      startedAt: 1310,
      endedAt: 1690,
    },
  ],
};
const document = {
  messages: [
    { id: "u", role: "user", content: "hi" },
    { id: "r", role: "reasoning", content: "" },
    { id: "a", role: "assistant", content: "", toolCalls: [call("c", "delegate")] },
    { id: "b", role: "assistant", subagentRunId: "s", content: "", toolCalls: [call("d", "query")] },
    { id: "e", role: "assistant", content: "" },
    { id: "later", role: "assistant", content: "" },
  ],
  interrupts: [],
  runs: [run],
  items: {
    "message:u": { status: "done", startedAt: 1000 },
    "message:r": { status: "done", startedAt: 1100, endedAt: 1200 },
    "message:a": { status: "done", startedAt: 1200, endedAt: 1250 },
    "call:c": { status: "done", startedAt: 1300, endedAt: 1700 },
    "message:b": { status: "done", startedAt: 1320, endedAt: 1350 },
    "call:d": { status: "done", startedAt: 1360, endedAt: 1400 },
    "message:e": { status: "open", startedAt: 1850 },
    "message:later": { status: "done", startedAt: 9000, endedAt: 9100 },
  },
};

/** @param {{ bars: any[] }} all */
const outline = ({ bars }) => bars.map(({ depth, kind, label, from, to }) => [depth, kind, label, from, to]);

test("a run's bars are its own, each below what it is in, with the model's time told apart", () => {
  const all = barsOf(document, run, 5000);
  assert.deepEqual(outline(all), [
    [0, "run", "Run", 1000, 2000],
    [1, "model", "Model", 1000, 2000],
    [1, "step", "plan", 1050, 1800],
    [2, "reasoning", "Reasoning", 1100, 1200],
    [2, "answer", "Answer", 1200, 1250],
    [2, "tool", "delegate", 1300, 1700],
    [3, "subagent", "helper", 1310, 1690],
    [4, "answer", "Answer", 1320, 1350],
    [4, "tool", "query", 1360, 1400],
    [1, "answer", "Answer", 1850, 2000],
  ]);
  assert.deepEqual([all.from, all.to, all.end, all.tools], [1000, 2000, 2000, 400]);
  assert.deepEqual(all.bars[1].parts, [
    [1000, 1300],
    [1700, 2000],
  ]);
  assert.deepEqual(all.bars[5].found, ["place", "call:c"]);
});

test("what waits for the user, and a tool that runs here, stand behind the run", () => {
  const asking = { ...run, status: "interrupt", steps: [], subagents: [] };
  const next = { ...run, runId: "n", startedAt: 9000, endedAt: 9500 };
  const items = { "call:c": { status: "done", by: "notebook", startedAt: 8000, endedAt: 8400 } };
  const asked = { ...document, runs: [asking, next], items };
  const all = barsOf(asked, asking, 20_000);
  assert.deepEqual(outline(all), [
    [0, "run", "Run", 1000, 2000],
    [1, "tool", "delegate", 8000, 8400],
    [1, "waiting", "Waiting for you", 2000, 8000],
  ]);
  assert.equal(all.end, 8400);
});

test("a wait that lasts does not push the run into a corner, and ends where nobody is asked any more", () => {
  const asking = { ...run, status: "interrupt" };
  const asked = { ...document, runs: [asking], interrupts: [{ id: "i", reason: "ask" }] };
  const all = barsOf(asked, asking, 100_000);
  assert.deepEqual([all.end, all.bars.at(-1)?.to], [2250, 100_000]);
  assert.equal(barsOf({ ...asked, interrupts: [] }, asking, 100_000).end, 2000);
});

test("a running run lasts until now", () => {
  assert.equal(
    barsOf({ ...document, runs: [] }, { startedAt: 1000, steps: [], subagents: [] }, 1500).to,
    1500,
  );
});

test("subagents that stand below each other are drawn once", () => {
  const circle = ["x", "y"].map((id, at) => ({
    subagentRunId: id,
    name: id,
    parentSubagentRunId: at ? "x" : "y",
    status: "success",
    startedAt: 1100,
    endedAt: 1200,
  }));
  const all = barsOf({ ...document, items: {} }, { ...run, steps: [], subagents: circle }, 5000);
  assert.deepEqual(
    all.bars.map(({ label, depth }) => [label, depth]),
    [
      ["Run", 0],
      ["x", 1],
      ["y", 2],
    ],
  );
});

test("two runs lie over each other by what they did", () => {
  const other = { ...run, steps: [{ ...run.steps[0], stepName: "check" }] };
  const pairs = overlaid(barsOf(document, run, 5000), barsOf(document, other, 5000));
  const named = pairs.map(([mine, its]) => [mine?.label, its?.label]);
  assert.deepEqual(named.slice(0, 4), [
    ["Run", "Run"],
    ["Model", "Model"],
    ["plan", undefined],
    ["Reasoning", "Reasoning"],
  ]);
  assert.deepEqual(named.at(-1), [undefined, "check"]);
});

test("the speed is that of the counted tokens, else of the pieces that came", () => {
  const usage = [{ outputTokens: 30 }, { outputTokens: 10 }, {}];
  assert.equal(speedText({ usage }, 1000, 3000, 7), "20 tokens/s");
  assert.equal(speedText({}, 1000, 3000, 7), "3.5 pieces/s");
  assert.equal(speedText({}, 1000, 1000, 7), "");
  assert.equal(speedText({}, 1000, 3000, 0), "");
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
