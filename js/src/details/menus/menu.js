// A button's list of actions: arrows move, Escape and a click elsewhere close. What the actions are is
// its owner's business.
import { h, icon, mintId } from "../../ui/dom.js";

/**
 * @param {string} label @param {() => void} onclick
 * @param {{ chosen?: boolean, keys?: string, note?: Node }} [more]  keys: what does the same
 */
export const menuItem = (label, onclick, { chosen, keys, note } = {}) =>
  h(
    "button",
    {
      class: "agui-menu-item",
      role: chosen === undefined ? "menuitem" : "menuitemradio",
      "aria-checked": chosen === undefined ? null : String(chosen),
      "aria-keyshortcuts": keys,
      onclick,
    },
    chosen ? icon("check") : null,
    h("span", {}, label),
    note ?? (keys ? h("kbd", { class: "agui-menu-note", "aria-hidden": "true" }, keys) : null),
  );

export const menuLine = () => h("hr", { class: "agui-menu-line" });

const MOVES = /** @type {Record<string, (at: number, count: number) => number>} */ ({
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_at, count) => count - 1,
});

export class Menu {
  #fresh = false;

  /** @param {HTMLElement} node @param {HTMLButtonElement} button  in it @param {() => HTMLElement[]} items */
  constructor(node, button, items) {
    const id = mintId();
    this.node = node;
    this.button = button;
    this.items = items;
    this.list = h("div", {
      class: "agui-menu",
      role: "menu",
      id,
      "aria-label": button.dataset.menu,
      hidden: true,
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      onclick: () => this.close(),
    });
    button.setAttribute("aria-controls", id);
    node.append(this.list);
    // closing belongs to losing the focus: that covers Tab, a click elsewhere and another window
    node.addEventListener("focusout", ({ relatedTarget }) => {
      if (this.#fresh || (relatedTarget instanceof Node && node.contains(relatedTarget))) return;
      this.close(false);
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const items = /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("button")]);
    const at = items.findIndex((item) => item === event.target);
    if (event.key === "Escape") this.close();
    else if (MOVES[event.key]) items[MOVES[event.key](at, items.length)]?.focus();
    else return;
    event.preventDefault();
  }

  toggle() {
    if (this.list.hidden) this.open();
    else this.close();
  }

  open() {
    this.list.replaceChildren(...this.items());
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.list.querySelector("button")?.focus();
  }

  /** The same places as before: who stands on one stays there. */
  refresh() {
    const { activeElement } = /** @type {Document | ShadowRoot} */ (this.list.getRootNode());
    const at = [...this.list.children].findIndex((item) => item === activeElement);
    const items = this.items();
    this.#fresh = true; // what goes loses the focus, which closes nothing
    this.list.replaceChildren(...items);
    items[at]?.focus();
    this.#fresh = false;
  }

  close(back = true) {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (back) this.button.focus();
  }
}
