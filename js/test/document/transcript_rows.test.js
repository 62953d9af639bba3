// Documents as rows of the transcript.
import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyDocument } from "../../src/document/store.js";
import { transcriptRows } from "../../src/document/transcript_rows.js";

/** @import { Conversation, Row } from "../../src/types" */

/** @param {string} id */
const user = (id) => ({ id, role: "user", content: "?" });
/** @param {string} id @param {object} [more] */
const answer = (id, more = {}) => ({ id, role: "assistant", content: "!", ...more });
/** @param {string} id */
const call = (id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
/** @param {string} runId @param {string | null} after @param {object} [more] */
const run = (runId, after, more = {}) => ({ runId, after, status: "success", ...more });

/** Keys, with children in brackets. @param {Row[]} rows @returns {string} */
const keys = (rows) =>
  rows.map((row) => (row.children ? `${row.key}[${keys(row.children)}]` : row.key)).join(" ");
/** @param {Partial<Record<keyof Conversation, any>>} document */
const laid = (document) => keys(transcriptRows({ ...emptyDocument(), ...document }));

test("runs stand around their messages, the next question behind them", () => {
  const document = {
    messages: [user("u1"), answer("a1"), user("u2"), answer("a2")],
    runs: [run("r1", "u1"), run("r2", "u2")],
  };
  assert.equal(laid(document), "message:u1 message:a1 end:r1 message:u2 message:a2 end:r2");
});

test("a run that brought nothing stands where it began", () => {
  assert.equal(
    laid({ messages: [user("u1")], runs: [run("r1", "u1"), run("r2", "u1")] }),
    "message:u1 end:r1 end:r2",
  );
});

test("a run whose place is gone stands after the one before", () => {
  const document = { messages: [user("u1"), answer("a1")], runs: [run("r1", "u1"), run("r2", "gone")] };
  assert.equal(laid(document), "message:u1 end:r1 message:a1 end:r2");
});

test("calls stand behind the text of their message, results in their calls", () => {
  const messages = [
    answer("a", { toolCalls: [call("c1"), call("c2")] }),
    { id: "t", role: "tool", toolCallId: "c1", content: "1" },
  ];
  assert.equal(laid({ messages }), "message:a call:c1 call:c2");
});

test("a result without its call is a row of its own", () => {
  assert.equal(laid({ messages: [{ id: "t", role: "tool", toolCallId: "c9", content: "1" }] }), "call:c9");
});

test("an answer without text shows while it may still get some", () => {
  const messages = [answer("a", { content: "" })];
  assert.equal(laid({ messages }), "");
  assert.equal(laid({ messages, items: { "message:a": { status: "open" } } }), "message:a");
});

test("subagents nest below what delegated to them, with their steps first", () => {
  const messages = [
    answer("a", { toolCalls: [call("c1")] }),
    answer("s1", { subagentRunId: "one" }),
    answer("s2", { subagentRunId: "two" }),
    answer("b"),
  ];
  const subagents = [
    { subagentRunId: "one", name: "One", status: "running", parentToolCallId: "c1" },
    { subagentRunId: "two", name: "Two", status: "running", parentSubagentRunId: "one" },
    { subagentRunId: "three", name: "Three", status: "running" },
  ];
  const steps = [
    { stepName: "x", status: "done" },
    { stepName: "y", status: "done", subagentRunId: "one" },
  ];
  assert.equal(
    laid({ messages, runs: [run("r", null, { subagents, steps })] }),
    "steps:0: message:a call:c1 subagent:0:one[steps:0:one message:s1 subagent:0:two[message:s2]] message:b subagent:0:three[] end:r",
  );
});

test("a delegation that goes on in the next run is one group, where it began", () => {
  const messages = [answer("m", { subagentRunId: "s" }), answer("n", { subagentRunId: "s" }), answer("a")];
  const subagents = [{ subagentRunId: "s", name: "S", status: "success" }];
  const steps = [{ stepName: "x", status: "done", subagentRunId: "s" }];
  const runs = [run("r1", null, { subagents }), run("r2", "m", { steps })];
  assert.equal(
    laid({ messages, runs }),
    "subagent:0:s[steps:1:s message:m message:n] end:r1 message:a end:r2",
  );
});

test("a tag without a subagent's start makes a group as well", () => {
  assert.equal(
    laid({ messages: [answer("s", { subagentRunId: "x" })], runs: [run("r", null)] }),
    "subagent:0:x[message:s] end:r",
  );
});

test("subagents that name each other as parents end in no circle", () => {
  const subagents = [
    { subagentRunId: "a", name: "A", status: "running", parentSubagentRunId: "b" },
    { subagentRunId: "b", name: "B", status: "running", parentSubagentRunId: "a" },
  ];
  assert.equal(laid({ runs: [run("r", null, { subagents })] }), "subagent:0:b[subagent:0:a[]] end:r");
});
