// A JSON value as a tree that opens, by keyboard as well. Used wherever JSON is shown; what may be
// done to a row (editing, in the state tab) is handed in. Which rows there are: json_rows.js.

import { h, icon, setText } from "./dom.js";
import { newFolds, rowsOf, toggle } from "./json_rows.js";
import { visible } from "./visible.js";

/** @import { Row } from "./json_rows.js" */
/**
 * @typedef {object} TreeOptions
 * @property {number} [open]     levels open at first
 * @property {string} [label]    the tree's name
 * @property {(row: Row) => HTMLElement[]} [actions]  buttons of a row
 * @property {(row: Row, key: string) => boolean} [onkey]  true: the key was taken
 * @property {(guest: Element) => void} [onlost]  takes what others put into a row that is gone
 * @property {boolean} [flash]   mark rows that change
 */
/**
 * @typedef {{row: Row, item: HTMLElement, text: HTMLElement, mark: string, parts: number}} Drawn  parts: how many children are ours
 */
/**
 * @typedef {{node: HTMLElement, update(value: unknown): void, focus(pointer?: string): void, item(pointer: string): HTMLElement | undefined}} Tree
 */

/** What of a row decides how its element is built. @param {Row} row */
const frameOf = (row) =>
  [row.level, row.key, row.kind, row.open, row.kind === "boolean" && row.text].join("\u0000"); // a switch

/** @param {Row} row @param {TreeOptions} options @returns {Drawn} */
function drawRow(row, options) {
  const text = h("span", { class: `agui-tree-value agui-json-${row.kind}` }, visible(row.text));
  const twisty = h(
    "span",
    { class: "agui-twisty", "aria-hidden": "true" },
    row.open === null ? null : icon("chevron"),
  );
  const named = row.key !== "" || row.path.length > 0;
  const item = h(
    "div",
    {
      class: "agui-tree-row",
      role: "treeitem",
      tabindex: "-1",
      "aria-level": row.level,
      "aria-expanded": row.open === null ? null : String(row.open),
      "data-pointer": row.pointer,
    },
    twisty,
    row.kind !== "more" && named
      ? h("span", { class: "agui-tree-key" }, visible(row.key), h("span", { class: "agui-tree-colon" }, ": "))
      : null,
    text,
    options.actions ? h("span", { class: "agui-tree-actions" }, options.actions(row)) : null,
  );
  item.style.setProperty("--agui-level", String(row.level - 1));
  return { row, item, text, mark: "", parts: item.childElementCount };
}

/** What others put into a row, as an editor. @param {Drawn} drawn */
const guestsOf = ({ item, parts }) => [...item.children].slice(parts);

/** @param {Row} row @param {boolean} flash @returns {string} what must differ for a row to count as changed */
const markOf = (row, flash) => (flash && row.open === false ? JSON.stringify(row.value) : row.text);

/** @type {Record<string, (at: number, rows: Drawn[]) => number>} */
const MOVES = {
  ArrowDown: (at, rows) => Math.min(rows.length - 1, at + 1),
  ArrowUp: (at) => Math.max(0, at - 1),
  Home: () => 0,
  End: (_, rows) => rows.length - 1,
  ArrowLeft: (at, rows) => rows.findLastIndex((one, i) => i < at && one.row.level < rows[at].row.level),
  ArrowRight: (at, rows) => (rows[at].row.open ? at + 1 : at),
};

class JsonTree {
  /** @type {Map<string, Drawn>} */
  #drawn = new Map();
  /** @type {Drawn[]} */
  #order = [];
  #active = 0;
  /** @type {unknown} */
  #value;

  /** @param {TreeOptions} options */
  constructor(options) {
    this.options = options;
    this.folds = newFolds(options.open);
    this.node = h("div", {
      class: "agui-tree",
      role: "tree",
      "aria-label": options.label ?? "JSON",
      onclick: (/** @type {Event} */ event) => this.#click(event),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      onfocusin: (/** @type {Event} */ event) => this.#activate(this.#at(event)),
    });
  }

  /** @param {unknown} value */
  update(value) {
    const first = this.#value === undefined;
    this.#value = value;
    this.#draw(Boolean(this.options.flash) && !first);
  }

  /** @param {boolean} flash */
  #draw(flash) {
    const before = this.#drawn;
    const { activeElement } = /** @type {Document | ShadowRoot} */ (this.node.getRootNode());
    const focused = this.node.contains(activeElement) && /** @type {HTMLElement} */ (activeElement);
    this.#drawn = new Map();
    this.#order = rowsOf(this.#value, this.folds).map((row) =>
      this.#keep(before.get(row.pointer), row, flash),
    );
    for (const one of this.#order) this.#drawn.set(one.row.pointer, one);
    for (const [pointer, one] of before) this.#leave(one, this.#drawn.get(pointer));
    this.#order.forEach(({ item }, at) => {
      if (this.node.children[at] !== item) this.node.insertBefore(item, this.node.children[at] ?? null);
    });
    this.#activate(Math.min(this.#active, this.#order.length - 1));
    // moving it took that away, or it was drawn anew
    if (focused)
      (focused.isConnected ? focused : this.#order[this.#active]?.item)?.focus({ preventScroll: true });
  }

  /** @param {Drawn} old @param {Drawn | undefined} now */
  #leave(old, now) {
    if (now?.item === old.item) return;
    for (const guest of guestsOf(old))
      if (now) now.item.append(guest);
      else this.options.onlost?.(guest);
    old.item.remove();
  }

  /** @param {Drawn | undefined} old @param {Row} row @param {boolean} flash @returns {Drawn} */
  #keep(old, row, flash) {
    const mark = markOf(row, Boolean(this.options.flash));
    const same = old && frameOf(old.row) === frameOf(row);
    const one = same ? old : drawRow(row, this.options);
    one.row = row;
    if (same) setText(one.text, visible(row.text));
    one.item.setAttribute("aria-posinset", String(row.position));
    one.item.setAttribute("aria-setsize", String(row.siblings));
    const folded = old && old.row.open !== row.open;
    if (flash && !folded && old?.mark !== mark) one.item.classList.add("agui-flash");
    one.mark = mark;
    return one;
  }

  /** @param {Event} event @returns {number} */
  #at(event) {
    const item = /** @type {Element} */ (event.target).closest("[role=treeitem]");
    return this.#order.findIndex((one) => one.item === item);
  }

  /** @param {number} at */
  #activate(at) {
    if (at < 0) return;
    this.#order[this.#active]?.item.setAttribute("tabindex", "-1");
    this.#active = at;
    this.#order[at].item.setAttribute("tabindex", "0");
  }

  /** @param {Event} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    const at = this.#at(event);
    if (at < 0 || target.closest("button, input, textarea") || String(getSelection())) return;
    this.#toggle(at);
    this.focus();
  }

  /** @param {number} at */
  #toggle(at) {
    toggle(this.#order[at].row, this.folds);
    this.#active = at;
    this.#draw(false);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const at = this.#order.findIndex((one) => one.item === event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.#moved(at, event.key) && !this.options.onkey?.(this.#order[at].row, event.key)) return;
    event.preventDefault();
  }

  /** @param {number} at @param {string} key @returns {boolean} */
  #moved(at, key) {
    const { open, kind } = this.#order[at].row;
    const folds = (key === "ArrowRight" && open === false) || (key === "ArrowLeft" && open === true);
    if (folds || ((key === "Enter" || key === " ") && (open !== null || kind === "more"))) this.#toggle(at);
    else if (Object.hasOwn(MOVES, key)) this.#activate(MOVES[key](at, this.#order));
    else return false;
    this.focus();
    return true;
  }

  /** @param {string} [pointer] */
  focus(pointer) {
    if (pointer !== undefined) this.#activate(this.#order.findIndex((one) => one.row.pointer === pointer));
    this.#order[this.#active]?.item.focus();
  }

  /** @param {string} pointer */
  item(pointer) {
    return this.#drawn.get(pointer)?.item;
  }
}

/**
 * @param {unknown} value @param {TreeOptions} [options] @returns {Tree}
 */
export function jsonTree(value, options = {}) {
  const tree = new JsonTree(options);
  tree.node.addEventListener("animationend", (event) =>
    /** @type {Element} */ (event.target).classList.remove("agui-flash"),
  );
  tree.update(value);
  return tree;
}
