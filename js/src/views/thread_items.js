// What the thread's menu offers beside a new thread: the last turn once more, and the exports.
import { h } from "../dom.js";
import { exportItems } from "./export.js";

/** @import { Context } from "../types" */

/** @param {Context} context @returns {HTMLButtonElement[]} */
export function threadItems(context) {
  const again = h(
    "button",
    { class: "agui-menu-item", role: "menuitem", onclick: () => context.send({ kind: "retry" }) },
    "Run the last turn again",
  );
  return [...(context.store.view.readonly ? [] : [again]), ...exportItems(context)];
}
