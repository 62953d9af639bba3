// Whether an output of the notebook shows a given widget: by the model that it names.

/** @import { Model, MimeBundle } from "../types" */

const VIEW = "application/vnd.jupyter.widget-view+json";

/** @param {Model} model @param {MimeBundle | undefined} data  of the output @returns {Promise<boolean>} */
export async function showsWidget(model, data) {
  const id = data?.[VIEW]?.model_id;
  if (!id) return false;
  try {
    const other = await model.widget_manager?.get_model(id);
    return other?.get("_key") === model.get("_key");
  } catch {
    return false; // a widget of another kernel's
  }
}
