// The transcript in the notebook's file, for pages that were loaded again: JupyterLab knows an
// output by its display id only on the page that first showed it, so there we write it ourselves.
// Reaches through anywidget's model to the host's notebook, which no interface offers (seen in JupyterLab
// 4.6 with anywidget 0.11); where it cannot, nothing happens, and the browser tests of saved notebooks fail.

/** @import { Model, MimeBundle } from "../types" */

const VIEW = "application/vnd.jupyter.widget-view+json";
const OURS = /^<div class="agui-(?:companion|transcript)[ "]/;

/** Whether the widget in an output is this one. @param {Model} model @param {string | undefined} id */
async function isSame(model, id) {
  if (!id) return false;
  try {
    const other = await model.widget_manager?.get_model(id);
    return other?.get("_key") === model.get("_key");
  } catch {
    return false; // a widget of another kernel's
  }
}

/**
 * Puts ``bundle`` behind each output that shows ``model``, where a transcript stands.
 * @param {Model} model @param {MimeBundle} bundle
 */
export async function keepSaved(model, bundle) {
  const cells = model.widget_manager?.context?.model?.cells;
  for (let at = 0; at < (cells?.length ?? 0); at += 1) {
    const outputs = cells.get(at).outputs;
    for (let place = 1; place < (outputs?.length ?? 0); place += 1) {
      const id = outputs.get(place - 1).data[VIEW]?.model_id;
      if (!(await isSame(model, id)) || !OURS.test(outputs.get(place)?.data["text/html"])) continue;
      outputs.set(place, { output_type: "display_data", data: bundle, metadata: {} });
    }
  }
}
