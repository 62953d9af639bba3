// What the user's Python drew where there is no other row: a place in the shared state.
import { h } from "../ui/dom.js";
import { output } from "./output.js";

/** @import { Context, Row, RowView, View } from "../types" */

/** @param {Context} context @returns {RowView} */
export function drawn(context) {
  const node = h("div", { class: "agui-drawn" });
  const shown = drawing(context, node);
  return { node, update: (/** @type {Row} */ row) => void shown(row.key) };
}

/**
 * Keeps in `node` what was drawn under a key, if anything was.
 * @param {Context} context @param {HTMLElement} node @returns {(key: string) => boolean} whether there is anything
 */
export function drawing(context, node) {
  /** @type {View | null} */
  let view = null;
  return (key) => {
    const bundle = context.store.document.outputs[key];
    const any = bundle !== undefined && [bundle].flat().length > 0;
    if (!any) node.replaceChildren();
    else if (view?.node.parentNode === node) view.update?.(bundle);
    else node.replaceChildren((view = output(context, bundle)).node);
    return any;
  };
}
