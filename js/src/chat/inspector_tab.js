// A tab whose view comes with the inspector module, when it is first entered.

import { button } from "../ui/buttons.js";
import { h } from "../ui/dom.js";

/** @import { Context, View } from "../types" */

/** @param {Context} context @param {"state" | "events"} name @returns {View} */
export function inspectorTab(context, name) {
  const node = h("div", { class: "agui-tab" });
  /** @type {{ place?: any } | false} */
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
      if (shown) view.show?.(shown.place);
    } catch {
      say("The kernel did not send this view. ", button("Try again", load, { kind: "plain" }));
    }
  };
  load();
  return {
    node,
    show(place) {
      shown = { place };
      view?.show?.(place);
    },
    hide() {
      shown = false;
      view?.hide?.();
    },
  };
}
