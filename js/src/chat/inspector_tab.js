// A tab whose view comes with the inspector module, when it is first entered.

import { button } from "../ui/buttons.js";
import { h } from "../ui/dom.js";

/** @import { Context, View } from "../types" */

/** @param {Context} context @param {"state" | "events"} name @returns {View} */
export function inspectorTab(context, name) {
  const node = h("div", { class: "agui-tab" });
  let shown = false;
  /** @type {View | undefined} */
  let view;
  const say = (/** @type {string} */ text, /** @type {HTMLElement[]} */ ...more) =>
    node.replaceChildren(h("p", { class: "agui-empty", role: "status" }, text, more));
  const load = async () => {
    say("Loading…");
    try {
      const { [name]: make } = await context.module("inspector");
      view = /** @type {View} */ (make(context));
      node.replaceChildren(view.node);
      if (shown) view.show?.();
    } catch {
      say("The kernel did not send this view. ", button("Try again", load, { kind: "plain" }));
    }
  };
  const turn = (/** @type {boolean} */ on) => {
    shown = on;
    view?.[on ? "show" : "hide"]?.();
  };
  load();
  return { node, show: () => turn(true), hide: () => turn(false) };
}
