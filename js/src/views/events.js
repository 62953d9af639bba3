// The events tab: every raw event as a row of a table that draws only what is visible, one of them
// opened as JSON, and the run's timeline instead of the table. Asks the kernel for events only
// while it is shown. What passes the filter: ../event_filter.js.

import { copyText } from "../clipboard.js";
import { h, mintId, setText } from "../dom.js";
import { clockText, EventFilter, FAMILIES, familyOf, spanText, summaryOf } from "../event_filter.js";
import { labelOf } from "../schema.js";
import { atEnd, scrolledTo, visibleRows } from "../window.js";
import { button, faint, iconButton, press, space, toolbar } from "./buttons.js";
import { jsonTree } from "./json_tree.js";
import { timeline } from "./timeline.js";

/** @import { Context, View } from "../types" */

const ROW = 26; // px, as in the style sheet
const SLICE = 6; // ms of looking through events in one frame
const COLUMNS = ["Time", "After", "Type", "Run", "What it says"];

/** How many views of a chat look at its events; the kernel is told when the last one stops. @type {WeakMap<object, number>} */
const looking = new WeakMap();

/** @param {object} store @param {1 | -1} change @returns {number} */
function look(store, change) {
  const count = Math.max(0, (looking.get(store) ?? 0) + change);
  looking.set(store, count);
  return count;
}

/** Position of ``value`` in a rising list, or where it would stand. @param {number[]} list @param {number} value */
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
const dotted = (name, type) =>
  h(
    "span",
    { role: "gridcell", class: "agui-event-type", title: type },
    h("span", { class: `agui-family-dot agui-family-${name}` }),
    type,
  );

class EventsTab {
  filter = new EventFilter();
  /** @type {Map<number, HTMLElement>} drawn rows by position in the filter's records */
  #rows = new Map();
  #selected = -1;
  #shown = false;
  #asked = false;
  /** @type {Map<string, number>} run id -> its number */
  #runs = new Map();
  #id = mintId();

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.draw = this.draw.bind(this);
    const wake = () => context.frames.request(this.draw);
    this.search = h("input", {
      type: "search",
      class: "agui-input",
      placeholder: "Search",
      "aria-label": "Search events",
      oninput: () => this.#refilter(),
    });
    this.chips = FAMILIES.map((name) => this.#chip(name));
    this.timelineButton = button("Timeline", () => this.#flip(), { pressed: false });
    this.count = h("span", { class: "agui-faint", role: "status" });
    this.copyAll = button("Copy all", () => this.#copyAll(), { icon: "copy" });
    this.rows = h("div", { class: "agui-grid-rows", role: "rowgroup" });
    this.empty = h("p", { class: "agui-empty" });
    const heads = COLUMNS.map((name) => h("span", { role: "columnheader" }, name));
    const onkeydown = (/** @type {KeyboardEvent} */ event) => this.#key(event);
    const onclick = (/** @type {Event} */ event) => this.#click(event);
    this.grid = h(
      "div",
      {
        class: "agui-grid",
        role: "grid",
        tabindex: "0",
        "aria-label": "Events",
        "aria-colcount": COLUMNS.length,
        onscroll: wake,
        onkeydown,
        onclick,
      },
      h("div", { role: "rowgroup", class: "agui-grid-head" }, h("div", { role: "row", class: "agui-grid-row" }, heads)),
      this.rows,
    );
    this.detail = h("section", { class: "agui-event-detail", hidden: true });
    this.split = h("div", { class: "agui-events-split" }, this.grid, this.empty, this.detail);
    this.timeline = timeline(context);
    this.timeline.node.hidden = true;
    this.filters = h(
      "div",
      { class: "agui-toolbar agui-filters", role: "group", "aria-label": "Kinds of events" },
      this.chips,
    );
    this.node = h(
      "div",
      { class: "agui-events" },
      toolbar(this.search, this.count, space(), this.copyAll, this.timelineButton),
      this.filters,
      this.split,
      this.timeline.node,
    );
    const sizes = new ResizeObserver(wake);
    sizes.observe(this.grid);
    context.signal.addEventListener("abort", () => sizes.disconnect());
  }

  /** @param {string} name */
  #chip(name) {
    const flip = () => {
      const shown = this.filter.flip(name);
      press(chip, shown);
      this.#refilter();
    };
    const chip = button(labelOf(name), flip, { kind: "filter", pressed: true });
    chip.prepend(h("span", { class: `agui-family-dot agui-family-${name}` }));
    return chip;
  }

  show() {
    if (!this.#shown) look(this.context.store, 1);
    this.#shown = true;
    this.open();
    this.#turnTimeline();
  }

  hide() {
    if (!this.#shown) return;
    this.#shown = false;
    if (!look(this.context.store, -1)) this.context.send({ kind: "events_close" });
    this.timeline.hide?.();
  }

  open() {
    if (!this.#shown) return;
    this.#asked = true;
    this.context.send({ kind: "events_open", from: this.filter.records.length });
  }

  /** @param {{from: number, total: number, items: import("../types").EventRecord[]}} report */
  take({ from, total, items }) {
    if (!this.#shown) return;
    this.#asked = false;
    if (total < this.filter.records.length) this.#forget();
    if (!this.filter.add(from, items, total)) this.open();
    for (const { runId } of items) if (!this.#runs.has(runId)) this.#runs.set(runId, this.#runs.size + 1);
    this.context.frames.request(this.draw);
  }

  #forget() {
    this.filter.clear();
    this.#rows.clear();
    this.#runs.clear();
    this.#select(-1, false);
  }

  #refilter() {
    this.filter.text = this.search.value.trim().toLowerCase();
    this.filter.again();
    this.grid.scrollTop = 0;
    this.context.frames.request(this.draw);
  }

  /** @returns {boolean} whether there is more to look through */
  draw() {
    if (!this.#shown) return false;
    const end = performance.now() + SLICE;
    const { scrollTop, clientHeight, scrollHeight } = this.grid;
    const follows = scrollTop > 0 && atEnd(scrollTop, clientHeight, scrollHeight);
    const done = this.filter.work(() => performance.now() > end);
    const count = this.filter.passing.length;
    this.#tell(count, done);
    this.rows.style.height = `${count * ROW}px`;
    this.grid.setAttribute("aria-rowcount", `${count + 1}`);
    if (follows) this.grid.scrollTop = this.grid.scrollHeight;
    this.#window();
    return !done;
  }

  /** @param {number} count @param {boolean} done */
  #tell(count, done) {
    const all = this.filter.records.length;
    const [shown, total] = [count, all].map((one) => one.toLocaleString("en"));
    setText(this.count, count === all ? `${total} events` : `${shown} of ${total} events`);
    const none = this.#asked ? "Loading events…" : "No events yet. Every event of a run appears here as it was sent.";
    const why = !all ? none : done && !count ? "No event matches." : "";
    setText(this.empty, why);
    this.empty.hidden = !why;
    this.grid.hidden = Boolean(why);
  }

  #window() {
    const { passing } = this.filter;
    const { from, to } = visibleRows(this.grid.scrollTop, this.grid.clientHeight, ROW, passing.length);
    const before = this.#rows;
    this.#rows = new Map();
    for (let at = from; at < to; at += 1) {
      const row = before.get(passing[at]) ?? this.#row(passing[at]);
      row.style.top = `${at * ROW}px`;
      row.setAttribute("aria-rowindex", `${at + 2}`);
      this.#rows.set(passing[at], row);
    }
    const wanted = [...this.#rows.values()];
    const { children } = this.rows;
    if (wanted.length !== children.length || wanted.some((row, at) => children[at] !== row))
      this.rows.replaceChildren(...wanted);
  }

  /** @param {number} position @returns {HTMLElement} */
  #row(position) {
    const { at, runId, event } = this.filter.records[position];
    const before = this.filter.records[position - 1];
    const type = String(event.type);
    const cell = (/** @type {string} */ text, title = "") =>
      h("span", { role: "gridcell", title: title || null }, text);
    return h(
      "div",
      {
        role: "row",
        id: `${this.#id}-${position}`,
        class: `agui-grid-row ${type.endsWith("_ERROR") ? "agui-row-error" : ""}`,
        "aria-selected": `${position === this.#selected}`,
        "data-position": position,
      },
      cell(clockText(at)),
      cell(before ? `+${spanText(at - before.at)}` : ""),
      dotted(familyOf(type), type),
      cell(`${this.#runs.get(runId) ?? ""}`, runId),
      cell(summaryOf(event)),
    );
  }

  /** @param {Event} event */
  #click(event) {
    const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-position]"));
    if (row) this.#select(Number(row.dataset.position), true);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const last = this.filter.passing.length - 1;
    const { key } = event;
    if ((event.ctrlKey || event.metaKey) && key === "c" && !String(getSelection())) this.#copy(this.#selected);
    else if (key === "Enter") this.#select(this.#selected, this.detail.hidden !== false);
    else if (key === "Escape" && !this.detail.hidden) this.#select(this.#selected, false);
    else if (Object.hasOwn(MOVES, key) && last >= 0) this.#move(key, last);
    else return;
    event.preventDefault();
  }

  /** @param {string} key @param {number} last */
  #move(key, last) {
    const { passing } = this.filter;
    const page = Math.max(1, Math.floor(this.grid.clientHeight / ROW) - 2);
    const now = this.#selected < 0 ? -1 : positionIn(passing, this.#selected);
    const at = Math.max(0, Math.min(last, MOVES[key](now, page, last)));
    this.#select(passing[at], !this.detail.hidden);
  }

  /** @param {number} position @param {boolean} open */
  #select(position, open) {
    this.#rows.get(this.#selected)?.setAttribute("aria-selected", "false");
    this.#selected = position;
    this.detail.hidden = !open || position < 0;
    if (!this.detail.hidden) this.#showDetail(position);
    // the head of the table covers one row at the top
    if (position >= 0)
      this.grid.scrollTop = scrolledTo(
        positionIn(this.filter.passing, position),
        this.grid.scrollTop,
        this.grid.clientHeight - ROW,
        ROW,
      );
    this.#window();
    const row = this.#rows.get(position);
    row?.setAttribute("aria-selected", "true");
    if (row) this.grid.setAttribute("aria-activedescendant", row.id);
    else this.grid.removeAttribute("aria-activedescendant");
  }

  /** @param {number} position */
  #showDetail(position) {
    const { event } = this.filter.records[position];
    const name = `Event ${position + 1}`;
    const close = () => {
      this.#select(position, false);
      this.grid.focus();
    };
    this.detail.setAttribute("aria-label", name);
    this.detail.replaceChildren(
      toolbar(
        faint(name),
        h("code", {}, String(event.type)),
        space(),
        button("Copy", () => this.#copy(position), { icon: "copy" }),
        iconButton("Close", "cross", close),
      ),
      jsonTree(event, { label: name, open: 3 }).node,
    );
  }

  /** @param {string} text @param {string} what */
  async #put(text, what) {
    const done = await copyText(text);
    this.context.notice(done ? `${what} copied.` : "This page may not use the clipboard.", done ? "info" : "error");
  }

  /** @param {number} position */
  #copy(position) {
    const record = this.filter.records[position];
    if (record) this.#put(JSON.stringify(record.event, null, 2), "Event");
  }

  #copyAll() {
    const { passing, records } = this.filter;
    this.#put(passing.map((at) => JSON.stringify(records[at].event)).join("\n"), `${passing.length} events`);
  }

  #flip() {
    const on = this.timeline.node.hidden === true;
    press(this.timelineButton, on);
    this.timeline.node.hidden = !on;
    this.split.hidden = this.filters.hidden = this.search.hidden = this.count.hidden = this.copyAll.hidden = on;
    this.#turnTimeline();
  }

  #turnTimeline() {
    if (this.timeline.node.hidden) this.timeline.hide?.();
    else this.timeline.show?.();
    this.context.frames.request(this.draw);
  }
}

/** @param {Context} context @returns {View} */
export function eventsTab(context) {
  const tab = new EventsTab(context);
  context.signal.addEventListener("abort", () => tab.hide());
  context.on("events", (report) => tab.take(report), context.signal);
  // a snapshot means that the connection began anew, so the kernel has forgotten who is looking
  context.store.subscribe(["threadId"], () => tab.open(), context.signal);
  return { node: tab.node, show: () => tab.show(), hide: () => tab.hide() };
}
