// The table of events: draws only the rows in sight, one of which is selected. Which records pass is
// the filter's business (event_filter.js), what is done with a selected one its owner's.

import { h, mintId } from "../ui/dom.js";
import { clockText, durationText } from "../ui/format.js";
import { atEnd, scrollTarget, visibleRows } from "../ui/virtual_rows.js";
import { familyOf, summaryOf } from "./event_filter.js";

/**
 * @typedef {{ records: any[], passing: number[] }} Rows
 */
/**
 * @typedef {{ label?: string, summary?(position: number): string, onscroll(): void, onselect(position: number, open: boolean): void, oncopy(position: number): void, isOpen(): boolean }} Owner
 */

const ROW = 26; // px, as in the style sheet
const COLUMNS = ["Time", "After", "Type", "Run", "What it says"];

/**
 * Position of ``value`` in a rising list, or where it would stand.
 * @param {number[]} list @param {number} value
 */
function positionIn(list, value) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @type {Record<string, (at: number, page: number, last: number) => number>} */
const MOVES = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at, page) => at + page,
  PageUp: (at, page) => at - page,
  Home: () => 0,
  End: (_at, _page, last) => last,
};

/** @param {string} name @param {string} type */
const typeCell = (name, type) =>
  h(
    "span",
    { role: "gridcell", class: "agui-event-type", title: type },
    h("span", { class: `agui-family-dot agui-family-${name}` }),
    type,
  );

/** @param {string} text @param {string} [title] */
const cell = (text, title = "") => h("span", { role: "gridcell", title: title || null }, text);

const heads = () => {
  const names = COLUMNS.map((name) => h("span", { role: "columnheader" }, name));
  const row = h("div", { role: "row", class: "agui-grid-row" }, names);
  return h("div", { role: "rowgroup", class: "agui-grid-head" }, row);
};

export class EventGrid {
  /** @type {Map<number, HTMLElement>} drawn rows by position in the filter's records */
  #rows = new Map();
  #selected = -1;
  /** @type {Map<string, number>} run id -> its number */
  #runs = new Map();
  #id = mintId();
  #body = h("div", { class: "agui-grid-rows", role: "rowgroup" });

  /** @param {Rows} filter @param {Owner} owner */
  constructor(filter, owner) {
    this.filter = filter;
    this.owner = owner;
    const listeners = {
      onscroll: () => owner.onscroll(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      onclick: (/** @type {Event} */ event) => this.#click(event),
    };
    const named = { "aria-label": owner.label ?? "Events", "aria-colcount": COLUMNS.length };
    const what = { class: "agui-grid", role: "grid", tabindex: "0", ...named, ...listeners };
    this.node = h("div", what, heads(), this.#body);
  }

  /** @param {string} runId */
  number(runId) {
    if (!this.#runs.has(runId)) this.#runs.set(runId, this.#runs.size + 1);
  }

  forget() {
    this.#rows.clear();
    this.#runs.clear();
    this.select(-1, false);
  }

  /** Draw anew what is in sight: rows may say something else by now. */
  redraw() {
    this.#rows.clear();
  }

  toTop() {
    this.node.scrollTop = 0;
  }

  /** Runs ``grow``, and stays at the end where it stood there. @param {() => void} grow */
  follow(grow) {
    const { scrollTop, clientHeight, scrollHeight } = this.node;
    const follows = scrollTop > 0 && atEnd(scrollTop, clientHeight, scrollHeight);
    grow();
    const count = this.filter.passing.length;
    this.#body.style.height = `${count * ROW}px`;
    this.node.setAttribute("aria-rowcount", `${count + 1}`);
    if (follows) this.node.scrollTop = this.node.scrollHeight;
    this.#window();
  }

  #window() {
    const { passing } = this.filter;
    const { from, to } = visibleRows(this.node.scrollTop, this.node.clientHeight, ROW, passing.length);
    const before = this.#rows;
    this.#rows = new Map();
    for (let at = from; at < to; at += 1) {
      const row = before.get(passing[at]) ?? this.#row(passing[at]);
      row.style.top = `${at * ROW}px`;
      row.setAttribute("aria-rowindex", `${at + 2}`);
      this.#rows.set(passing[at], row);
    }
    const wanted = [...this.#rows.values()];
    const { children } = this.#body;
    if (wanted.length !== children.length || wanted.some((row, at) => children[at] !== row))
      this.#body.replaceChildren(...wanted);
  }

  /** @param {number} position @returns {HTMLElement} */
  #row(position) {
    const record = this.filter.records[position];
    const { at, event, verdict = "" } = record;
    const runId = record.runId ?? record.item.runId;
    const before = this.filter.records[position - 1];
    const type = String(record.type ?? event.type);
    return h(
      "div",
      {
        role: "row",
        id: `${this.#id}-${position}`,
        class: `agui-grid-row ${type.endsWith("_ERROR") || /^(refused|failed)$/.test(verdict) ? "agui-row-error" : ""}`,
        "data-verdict": verdict || null,
        "aria-selected": `${position === this.#selected}`,
        "data-position": position,
      },
      cell(clockText(at)),
      cell(before ? `+${durationText(at - before.at, 1)}` : ""),
      typeCell(familyOf(type), type),
      cell(`${this.#runs.get(runId) ?? ""}`, runId),
      cell(this.owner.summary?.(position) ?? summaryOf(event)),
    );
  }

  /** @param {Event} event */
  #click(event) {
    const row = /** @type {HTMLElement | null} */ (
      /** @type {Element} */ (event.target).closest("[data-position]")
    );
    if (row) this.select(Number(row.dataset.position), true);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const last = this.filter.passing.length - 1;
    const { key } = event;
    const open = this.owner.isOpen();
    if ((event.ctrlKey || event.metaKey) && key === "c" && !String(getSelection()))
      this.owner.oncopy(this.#selected);
    else if (key === "Enter") this.select(this.#selected, !open);
    else if (key === "Escape" && open) this.select(this.#selected, false);
    else if (Object.hasOwn(MOVES, key) && last >= 0) this.#move(key, last);
    else return;
    event.preventDefault();
  }

  /** @param {string} key @param {number} last */
  #move(key, last) {
    const { passing } = this.filter;
    const page = Math.max(1, Math.floor(this.node.clientHeight / ROW) - 2);
    const now = this.#selected < 0 ? -1 : positionIn(passing, this.#selected);
    const at = Math.max(0, Math.min(last, MOVES[key](now, page, last)));
    this.select(passing[at], this.owner.isOpen());
  }

  /** @param {number} position @param {boolean} open */
  select(position, open) {
    this.#rows.get(this.#selected)?.setAttribute("aria-selected", "false");
    this.#selected = position;
    this.owner.onselect(position, open && position >= 0); // may leave less room for the table
    if (position >= 0) this.#intoSight(position);
    this.#window();
    const row = this.#rows.get(position);
    row?.setAttribute("aria-selected", "true");
    if (row) this.node.setAttribute("aria-activedescendant", row.id);
    else this.node.removeAttribute("aria-activedescendant");
  }

  /** @param {number} position */
  #intoSight(position) {
    const { scrollTop, clientHeight } = this.node;
    const at = positionIn(this.filter.passing, position);
    // the head of the table covers one row at the top
    this.node.scrollTop = scrollTarget(at, scrollTop, clientHeight - ROW, ROW);
  }
}
