// A tab whose view comes with the inspector module, when it is first entered.

import { h } from "../dom.js";
import { button } from "./buttons.js";

/** @import { Context, View } from "../types" */

/** @param {Context} context @param {"state" | "events"} name @returns {View} */
export function inspectorTab(context, name) {
  const node = h("div", { class: "agui-tab" });
  let shown = false;
  /** @type {View | undefined} */
  let view;
  const load = async () => {
    node.replaceChildren(h("p", { class: "agui-empty", role: "status" }, "Loading…"));
    try {
      const module = await context.module("inspector");
      view = /** @type {View} */ (module[name](context));
      node.replaceChildren(h("style", {}, module.styles), view.node);
      if (shown) view.show?.();
    } catch {
      node.replaceChildren(h("p", { class: "agui-empty" }, "The kernel did not send this view. ", button("Try again", load, { kind: "plain" })));
    }
  };
  load();
  return {
    node,
    show() {
      shown = true;
      view?.show?.();
    },
    hide() {
      shown = false;
      view?.hide?.();
    },
  };
}
