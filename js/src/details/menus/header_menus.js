// The two menus of the header: the agents one can switch to and how each is, and what is done with the
// thread. Each is made when its button is first pressed (chat/placeholders.js).
import { STATUS_WORDS } from "../../document/status.js";
import { h } from "../../ui/dom.js";
import { Menu, menuItem } from "./menu.js";
import { threadItems } from "./thread_items.js";

/** @import { Context } from "../../types" */

/** @type {WeakMap<HTMLElement, Menu>} */
const made = new WeakMap();

/** @param {Context} context */
function agentItems({ store, send }) {
  const { agent, agents } = store.view;
  return agents.map(({ name, status = "idle" }) => {
    const dot = h("span", { class: "agui-status", "data-status": status, "aria-hidden": "true" });
    const note = h("span", { class: "agui-menu-note" }, status === "idle" ? "" : STATUS_WORDS[status], dot);
    return menuItem(name, () => send({ kind: "use", agent: name }), { chosen: name === agent.name, note });
  });
}

/** @type {Record<string, (context: Context, button: HTMLButtonElement) => Menu["items"]>} */
const ITEMS = {
  "Switch agent": (context) => () => agentItems(context),
  "Thread menu": threadItems,
};

/** @param {Context} context @param {HTMLElement} node @param {HTMLButtonElement} button  in it */
export function toggleMenu(context, node, button) {
  const menu = made.get(node) ?? new Menu(node, button, ITEMS[button.dataset.menu ?? ""](context, button));
  if (!made.has(node)) {
    made.set(node, menu);
    const again = () => menu.list.hidden || menu.refresh();
    context.store.watch("view", again, context.signal);
  }
  if (menu.list.hidden && button.dataset.menu === "Switch agent") context.send({ kind: "around" });
  menu.toggle();
}
