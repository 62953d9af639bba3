// The transcript in the notebook's file, for pages that were loaded again: JupyterLab knows an
// output by its display id only on the page that first showed it, so there we write it ourselves.
// Reaches through anywidget's model to the host's notebook, which no interface offers (seen in JupyterLab
// 4.6 with anywidget 0.11); where it cannot, nothing happens, and the browser tests of saved notebooks fail.

import { showsWidget } from "../ui/widget_outputs.js";

/** @import { Model, MimeBundle } from "../types" */

const OURS = /^<div class="agui-(?:companion|transcript)[ "]/;

/**
 * Puts ``bundle`` behind each output that shows ``model``, where a transcript stands.
 * @param {Model} model @param {MimeBundle} bundle
 */
export async function keepSaved(model, bundle) {
  const cells = model.widget_manager?.context?.model?.cells;
  for (let at = 0; at < (cells?.length ?? 0); at += 1) {
    const outputs = cells.get(at).outputs;
    for (let place = 1; place < (outputs?.length ?? 0); place += 1) {
      const before = outputs.get(place - 1).data;
      if (!(await showsWidget(model, before)) || !OURS.test(outputs.get(place)?.data["text/html"])) continue;
      outputs.set(place, { output_type: "display_data", data: bundle, metadata: {} });
    }
  }
}
