// The transcript in the notebook's file, through a host that has one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keepSaved } from "../../src/details/saved_transcript.js";

const view = (id) => ({ data: { "application/vnd.jupyter.widget-view+json": { model_id: id } } });
const html = (text) => ({ data: { "text/html": text } });
const transcript = html('<div class="agui-companion">old</div>');

/** A notebook with these cells (null: no code), and the model of the widget "mine" in it. */
function notebook(...cells) {
  const wrap = (outputs) => ({
    get length() {
      return outputs.length;
    },
    get: (at) => outputs[at],
    set: (at, value) => (outputs[at] = value),
  });
  const keys = { mine: "key", other: "another" };
  const model = {
    get: () => "key",
    widget_manager: {
      context: {
        model: { cells: { length: cells.length, get: (at) => ({ outputs: cells[at] && wrap(cells[at]) }) } },
      },
      get_model: async (id) => {
        if (!(id in keys)) throw new Error("gone");
        return { get: () => keys[id] };
      },
    },
  };
  return { cells, model };
}

test("the transcript behind the widget is written anew, and nothing else", async () => {
  const bundle = { "text/html": "new" };
  const saved = { output_type: "display_data", data: bundle, metadata: {} };
  const { cells, model } = notebook(
    null,
    [view("other"), transcript, view("gone"), transcript],
    [html("x"), view("mine"), transcript, html("y")],
    [view("mine"), html("somebody's own <div class='agui-companion'>")],
  );
  const before = structuredClone(cells);
  await keepSaved(model, bundle);
  before[2][2] = saved;
  assert.deepEqual(cells, before);
});

test("a host that shows no notebook is left alone", async () => {
  await keepSaved({ get: () => "key" }, {});
  await keepSaved({ get: () => "key", widget_manager: {} }, {});
});
