// The transcript in the notebook's file, through a host that has one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keepSaved } from "../../src/details/saved_transcript.js";

/** @import { Model } from "../../src/types" */

/** @param {string} id */
const view = (id) => ({ data: { "application/vnd.jupyter.widget-view+json": { model_id: id } } });
/** @param {string} text */
const html = (text) => ({ data: { "text/html": text } });
const transcript = html('<div class="agui-companion">old</div>');

/** The model of a widget, and what its host lets be seen. @param {object} more @returns {Model} */
const host = (more) => ({ get: () => "key", send() {}, on() {}, off() {}, ...more });

/**
 * A notebook with these cells (null: no code), and the model of the widget "mine" in it.
 * @param {(any[] | null)[]} cells
 */
function notebook(...cells) {
  const wrap = (/** @type {any[]} */ outputs) => ({
    get length() {
      return outputs.length;
    },
    get: (/** @type {number} */ at) => outputs[at],
    set: (/** @type {number} */ at, /** @type {any} */ value) => (outputs[at] = value),
  });
  /** @type {Record<string, string>} */
  const keys = { mine: "key", other: "another" };
  const cellAt = (/** @type {number} */ at) => {
    const outputs = cells[at];
    return { outputs: outputs && wrap(outputs) };
  };
  const model = host({
    widget_manager: {
      context: {
        model: { cells: { length: cells.length, get: cellAt } },
      },
      get_model: async (/** @type {string} */ id) => {
        if (!(id in keys)) throw new Error("gone");
        return { get: () => keys[id] };
      },
    },
  });
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
  /** @type {any[]} */ (before[2])[2] = saved;
  assert.deepEqual(cells, before);
});

test("a host that shows no notebook is left alone", async () => {
  await keepSaved(host({}), {});
  await keepSaved(host({ widget_manager: {} }), {});
});
