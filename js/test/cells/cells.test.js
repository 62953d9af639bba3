// Cells as a host keeps them, and what the page makes of what it is asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import "../support/page.js";

/** @import { Model } from "../../src/types" */

const { Notebook, NO_NOTEBOOK } = await import("../../src/cells/notebook.js");
const { answerKernel } = await import("../../src/cells/requests.js");

const VIEW = "application/vnd.jupyter.widget-view+json";

/** @param {any[]} items */
const listOf = (items) => ({
  get length() {
    return items.length;
  },
  get: (/** @type {number} */ at) => items[at],
  toJSON: () => items,
});

/** @param {string} id @param {string} source @param {any[]} [outputs] */
function cell(id, source, outputs = []) {
  let text = source;
  const sharedModel = {
    getSource: () => text,
    setSource: (/** @type {string} */ next) => void (text = next),
  };
  return { id, type: "code", sharedModel, outputs: listOf(outputs) };
}

/** A model on a page with these cells, and what they say. @param {any[]} cells */
function page(cells) {
  let made = 0;
  const sharedModel = {
    insertCell: (/** @type {number} */ at, /** @type {any} */ given) =>
      void cells.splice(at, 0, cell(`new${(made += 1)}`, given.source)),
    deleteCell: (/** @type {number} */ at) => void cells.splice(at, 1),
  };
  const context = { model: { cells: listOf(cells), sharedModel, readOnly: false }, sessionContext: {} };
  const get_model = async (/** @type {string} */ id) => ({ get: () => id });
  const model = /** @type {any} */ ({ get: () => "chat", widget_manager: { context, get_model } });
  return { model, context, said: () => cells.map((one) => one.sharedModel.getSource()) };
}

const shown = (/** @type {string} */ id) => [{ data: { [VIEW]: { model_id: id } } }];

test("what is inserted stands below its chat, in order, and can be taken away while it is unchanged", async () => {
  const { model, said } = page([
    cell("a", "other", shown("x")),
    cell("b", "chat", shown("chat")),
    cell("c", "end"),
  ]);
  const notebook = new Notebook(model);
  const first = await notebook.insert("one");
  await notebook.insert("two");
  await notebook.insert("after a", "code", "a");
  assert.deepEqual(said(), ["other", "after a", "chat", "one", "two", "end"]);
  notebook.replace(first, "mine");
  assert.equal(notebook.remove(first, "one"), false);
  assert.equal(notebook.remove(first, "mine"), true);
  assert.deepEqual(said(), ["other", "after a", "chat", "two", "end"]);
});

test("a page without cells, a cell that is gone and a notebook for reading are sentences", async () => {
  assert.throws(() => new Notebook(/** @type {Model} */ (/** @type {any} */ ({}))), { message: NO_NOTEBOOK });
  const { model, context } = page([cell("a", "1")]);
  assert.throws(() => new Notebook(model).replace("z", ""), {
    message: "There is no cell z in this notebook.",
  });
  context.model.readOnly = true;
  await assert.rejects(new Notebook(model).insert("x"), {
    message: "This notebook is open for reading only.",
  });
});

test("the kernel is answered once, with outputs as text and what was cut of them", async () => {
  const long = "y".repeat(300_000);
  const outputs = [
    { output_type: "stream", name: "stdout", text: ["hi", "!"] },
    { output_type: "display_data", data: { "image/png": "AAAA", "text/plain": "<Figure>" } },
    { output_type: "error", ename: "E", evalue: "v", traceback: [] },
    { output_type: "stream", name: "stderr", text: long },
  ];
  const { model } = page([cell("a", "1 + 1", outputs)]);
  /** @type {any[]} */
  const replies = [];
  const ask = (/** @type {any} */ words) =>
    answerKernel(model, { kind: "cells", page: "p", rid: "r", ...words }, (rid, value) =>
      replies.push([rid, value]),
    );
  await ask({ do: "read", first: 1, last: 1 });
  await ask({ do: "replace", cell: "z", source: "" });
  await ask({ do: "stop" });
  const [[, { cells, count }], refused] = replies;
  assert.equal(count, 1);
  assert.deepEqual(cells[0].outputs.slice(0, 3), [
    { kind: "stdout", text: "hi!" },
    { kind: "image/png", text: "<Figure>" },
    { kind: "error", text: "E: v" },
  ]);
  assert.equal(cells[0].outputs[3].cut, long.length);
  assert.equal(cells[0].outputs[3].text.length + "hi!<Figure>E: v".length, 200_000);
  assert.deepEqual(refused, ["r", { error: "There is no cell z in this notebook." }]);
  assert.equal(replies.length, 2);
});
