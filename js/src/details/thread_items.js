// What the thread's menu offers beside a new thread: the last turn once more, and the exports.
import { h } from "../ui/dom.js";
import { exportItems } from "./export.js";

/** @import { Context } from "../types" */

/** @param {Context} context @returns {HTMLButtonElement[]} */
export function threadItems(context) {
  const run = () => {
    if (context.store.document.interrupts.length) context.notice("Answer the request first.", "error");
    else context.send({ kind: "retry" });
  };
  const again = h(
    "button",
    { class: "agui-menu-item", role: "menuitem", onclick: run },
    "Run the last turn again",
  );
  return [...(context.store.view.readonly ? [] : [again]), ...exportItems(context)];
}
