// Names and values that look like others: every row and form of the page shows them with marks.
// What is marked is ui/visible.js's, and so is that it is the same in Python.
import assert from "node:assert/strict";
import { test } from "node:test";
import { contextFor } from "../support/page.js";

/** @import { Row } from "../../src/types" */

const { ConversationStore } = await import("../../src/document/store.js");
const { toolCall } = await import("../../src/details/tool_call.js");
const { subagent } = await import("../../src/details/subagent.js");
const { steps } = await import("../../src/details/steps.js");
const { activity } = await import("../../src/details/activity.js");
const { callView } = await import("../../src/forms/arguments.js");
const { schemaForm } = await import("../../src/forms/schema_form.js");
const { entryOf } = await import("../../src/forms/form_values.js");
const { fieldOf } = await import("../../src/forms/schema.js");
const { jsonTree } = await import("../../src/ui/json_tree.js");
const { h } = await import("../../src/ui/dom.js");

const ALIKE = "p\u0430ypal\u200b\u2066\u{e0041}"; // a letter that is another, and three that hide
const LETTERS = /[\u0430\u200b\u2066\u{e0041}]/u;
const args = JSON.stringify({ [ALIKE]: ALIKE });

const run = {
  runId: "r",
  status: "success",
  after: null,
  steps: [{ stepName: ALIKE, status: "done" }],
  subagents: [{ subagentRunId: "s", name: ALIKE, status: "success" }],
};
const document = {
  messages: [
    { id: "a", role: "assistant", toolCalls: [{ id: "c", function: { name: ALIKE, arguments: args } }] },
    {
      id: "b",
      role: "assistant",
      toolCalls: [{ id: "d", function: { name: "f", arguments: `${ALIKE} no JSON` } }],
    },
    { id: "m", role: "activity", activityType: ALIKE, content: { [ALIKE]: ALIKE } },
  ],
  runs: [run],
};

/** @param {any} told */
function context(told) {
  const store = new ConversationStore();
  Object.assign(store.document, told);
  return contextFor(store).context;
}

/** A row of the transcript, opened. @param {(context: any, rows: any) => any} make @param {Partial<Row>} row */
function opened(make, row) {
  const view = make(context(document), h("div"));
  view.update({ key: "", kind: "call", run: 0, ...row });
  view.fold?.toggle(true);
  view.update({ key: "", kind: "call", run: 0, ...row });
  return view.node;
}

const schema = {
  title: ALIKE,
  type: "object",
  properties: {
    [ALIKE]: { type: "string", description: ALIKE },
    b: { type: "string", title: ALIKE },
    c: { enum: [ALIKE, "x"] },
    d: { oneOf: [{ const: 1, title: ALIKE }, { const: 2 }] },
  },
};

/** @type {Record<string, () => HTMLElement>} */
const OUTLETS = {
  "a call": () => opened(toolCall, { key: "call:c", at: 0, call: 0 }),
  "a call of no JSON": () => opened(toolCall, { key: "call:d", at: 1, call: 0 }),
  "a subagent": () => opened(subagent, { subagent: "s" }),
  steps: () => opened(steps, {}),
  "an activity": () => opened(activity, { key: "message:m", kind: "activity", at: 2 }),
  "arguments to approve": () => callView({ name: ALIKE, args, edits: null }, () => {}).node,
  "a form": () => schemaForm(entryOf(fieldOf(schema)), "Answer").node,
  "a tree": () => jsonTree({ [ALIKE]: ALIKE }, { open: 2 }).node,
};

for (const [name, draw] of Object.entries(OUTLETS))
  test(`${name} shows what looks like another with marks`, () => {
    const node = draw();
    assert.match(node.textContent ?? "", /U\+0430/);
    assert.doesNotMatch(node.textContent ?? "", LETTERS);
    for (const one of node.querySelectorAll("[aria-label], [title]"))
      for (const said of ["aria-label", "title"]) assert.doesNotMatch(one.getAttribute(said) ?? "", LETTERS);
  });
