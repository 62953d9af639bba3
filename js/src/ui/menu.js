// A button with a list of actions: arrows move, Escape and a click elsewhere close. What the actions
// are is its owner's business.
import { div, h, icon, mintId } from "./dom.js";

/** @typedef {Parameters<typeof icon>[0]} IconName */

/** @param {string} label @param {() => void} onclick @param {boolean} [chosen] */
export const menuItem = (label, onclick, chosen) =>
  h(
    "button",
    {
      class: "agui-menu-item",
      role: chosen === undefined ? "menuitem" : "menuitemradio",
      "aria-checked": chosen === undefined ? null : String(chosen),
      onclick,
    },
    chosen ? icon("check") : null,
    label,
  );

const MOVES = /** @type {Record<string, (at: number, count: number) => number>} */ ({
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_at, count) => count - 1,
});

export class Menu {
  /** @param {{ label: string, face: (Node | string)[], items: () => HTMLElement[], kind?: string }} options */
  constructor({ label, face, items, kind = "agui-icon-button" }) {
    const id = mintId();
    this.items = items;
    this.list = h("div", {
      class: "agui-menu",
      role: "menu",
      id,
      "aria-label": label,
      hidden: true,
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      onclick: () => this.close(),
    });
    this.button = h(
      "button",
      {
        class: kind,
        "aria-label": label,
        title: label,
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        "aria-controls": id,
        onclick: () => (this.list.hidden ? this.open() : this.close()),
      },
      ...face,
    );
    this.button.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      this.open();
    });
    this.node = div("agui-menu-place", this.button, this.list);
    // closing belongs to losing the focus: that covers Tab, a click elsewhere and another window
    this.node.addEventListener("focusout", ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.node.contains(relatedTarget))) this.close(false);
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

  open() {
    this.list.replaceChildren(...this.items());
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.list.querySelector("button")?.focus();
  }

  close(back = true) {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (back) this.button.focus();
  }
}
