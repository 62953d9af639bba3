// The events tab: every raw event as a row of a table that draws only what is visible, one of them
// opened as JSON, and the run's timeline instead of the table. Asks the kernel for events only
// while it is shown. What passes the filter: ../event_filter.js.

import { copyText } from "../clipboard.js";
import { h, icon, mintId, setText } from "../dom.js";
import {
  clockText,
  EventFilter,
  FAMILIES,
  familyOf,
  spanText,
  summaryOf,
} from "../event_filter.js";
import { labelOf } from "../schema.js";
import { atEnd, scrolledTo, visibleRows } from "../window.js";
import { jsonTree } from "./json_tree.js";
import { timeline } from "./timeline.js";

/** @import { Context, View } from "../types" */

const ROW = 26; // px, as in the style sheet
const SLICE = 6; // ms of looking through events in one frame
const COLUMNS = ["Time", "After", "Type", "Run", "What it says"];

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
    this.search = h("input", {
      type: "search",
      class: "agui-input",
      placeholder: "Search",
      "aria-label": "Search events",
      oninput: () => this.#refilter(),
    });
    this.chips = FAMILIES.map((name) => this.#chip(name));
    this.timelineButton = h(
      "button",
      {
        type: "button",
        class: "agui-button agui-quiet",
        "aria-pressed": "false",
        onclick: () => this.#flip(),
      },
      "Timeline",
    );
    this.count = h("span", { class: "agui-faint agui-event-count", role: "status" });
    const copyAll = h(
      "button",
      { type: "button", class: "agui-button agui-quiet", onclick: () => this.#copyAll() },
      icon("copy"),
      "Copy all",
    );
    this.rows = h("div", { class: "agui-grid-rows", role: "rowgroup" });
    this.empty = h("p", { class: "agui-empty" });
    const heads = COLUMNS.map((name) => h("span", { role: "columnheader" }, name));
    this.grid = h(
      "div",
      {
        class: "agui-grid",
        role: "grid",
        tabindex: "0",
        "aria-label": "Events",
        "aria-colcount": COLUMNS.length,
        onscroll: () => context.frames.request(this.draw),
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
        onclick: (/** @type {Event} */ event) => this.#click(event),
      },
      h(
        "div",
        { role: "rowgroup", class: "agui-grid-head" },
        h("div", { role: "row", class: "agui-grid-row" }, heads),
      ),
      this.rows,
    );
    this.detail = h("section", { class: "agui-event-detail", hidden: true });
    this.split = h("div", { class: "agui-events-split" }, this.grid, this.empty, this.detail);
    this.timeline = timeline(context);
    this.timeline.node.hidden = true;
    this.filters = h(
      "div",
      { class: "agui-event-filters" },
      this.search,
      h("div", { class: "agui-chips", role: "group", "aria-label": "Kinds of events" }, this.chips),
      this.count,
      copyAll,
    );
    this.node = h(
      "div",
      { class: "agui-events" },
      h(
        "div",
        { class: "agui-toolbar" },
        this.filters,
        h("span", { class: "agui-space" }),
        this.timelineButton,
      ),
      this.split,
      this.timeline.node,
    );
    if (typeof ResizeObserver === "function") {
      const sizes = new ResizeObserver(() => context.frames.request(this.draw));
      sizes.observe(this.grid);
      context.signal.addEventListener("abort", () => sizes.disconnect());
    }
  }

  /** @param {string} name */
  #chip(name) {
    const chip = h(
      "button",
      {
        type: "button",
        class: `agui-chip agui-family-${name}`,
        "aria-pressed": "true",
        onclick: () => press(),
      },
      h("span", { class: "agui-dot", "aria-hidden": "true" }),
      labelOf(name),
    );
    const press = () => {
      const hide = !this.filter.hidden.has(name);
      if (hide) this.filter.hidden.add(name);
      else this.filter.hidden.delete(name);
      chip.setAttribute("aria-pressed", String(!hide));
      this.#refilter();
    };
    return chip;
  }

  show() {
    this.#shown = true;
    this.open();
    if (!this.timeline.node.hidden) this.timeline.show?.();
    this.context.frames.request(this.draw);
  }

  hide() {
    this.#shown = false;
    this.context.send({ kind: "events_close" });
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
    for (const { runId } of items)
      if (!this.#runs.has(runId)) this.#runs.set(runId, this.#runs.size + 1);
    this.context.frames.request(this.draw);
  }

  #forget() {
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
    const followed =
      atEnd(this.grid.scrollTop, this.grid.clientHeight, this.grid.scrollHeight) &&
      this.grid.scrollTop > 0;
    const done = this.filter.work(() => performance.now() > end);
    const count = this.filter.passing.length;
    this.rows.style.height = `${count * ROW}px`;
    this.grid.setAttribute("aria-rowcount", String(count + 1));
    if (followed) this.grid.scrollTop = this.grid.scrollHeight;
    this.#window();
    this.#tell(count, done);
    return !done;
  }

  /** @param {number} count @param {boolean} done */
  #tell(count, done) {
    const all = this.filter.records.length;
    setText(
      this.count,
      count === all
        ? `${all.toLocaleString("en")} events`
        : `${count.toLocaleString("en")} of ${all.toLocaleString("en")} events`,
    );
    const why =
      this.#asked && !all
        ? "Loading events…"
        : !all
          ? "No events yet. Every event of a run appears here as it was sent."
          : done && !count
            ? "No event matches."
            : "";
    setText(this.empty, why);
    this.empty.hidden = !why;
    this.grid.hidden = Boolean(why);
    FAMILIES.forEach(
      (name, at) =>
        (this.chips[at].title = `${this.filter.counts[name].toLocaleString("en")} events`),
    );
  }

  #window() {
    const { passing } = this.filter;
    const { from, to } = visibleRows(
      this.grid.scrollTop,
      this.grid.clientHeight,
      ROW,
      passing.length,
    );
    const before = this.#rows;
    this.#rows = new Map();
    for (let at = from; at < to; at += 1)
      this.#rows.set(
        passing[at],
        this.#placed(before.get(passing[at]) ?? this.#row(passing[at]), at),
      );
    const wanted = [...this.#rows.values()];
    const same =
      wanted.length === this.rows.children.length &&
      wanted.every((row, at) => this.rows.children[at] === row);
    if (!same) this.rows.replaceChildren(...wanted);
  }

  /** @param {HTMLElement} row @param {number} at @returns {HTMLElement} */
  #placed(row, at) {
    row.style.top = `${at * ROW}px`;
    row.setAttribute("aria-rowindex", String(at + 2));
    return row;
  }

  /** @param {number} position @returns {HTMLElement} */
  #row(position) {
    const { at, runId, event } = this.filter.records[position];
    const before = this.filter.records[position - 1];
    const type = String(event.type);
    const cells = [
      clockText(at),
      before ? `+${spanText(at - before.at)}` : "",
      h("span", { class: "agui-dot", "aria-hidden": "true" }),
      this.#runs.get(runId) ?? "",
      summaryOf(event),
    ];
    const [time, delta, dot, run, summary] = cells;
    return h(
      "div",
      {
        role: "row",
        id: `${this.#id}-${position}`,
        class: `agui-grid-row agui-family-${familyOf(type)}${type.endsWith("_ERROR") ? " agui-row-error" : ""}`,
        "aria-selected": String(position === this.#selected),
        "data-position": position,
      },
      h("span", { role: "gridcell" }, time),
      h("span", { role: "gridcell", class: "agui-faint" }, delta),
      h("span", { role: "gridcell", class: "agui-event-type", title: type }, dot, type),
      h("span", { role: "gridcell", class: "agui-faint", title: runId }, run),
      h("span", { role: "gridcell", class: "agui-event-says" }, summary),
    );
  }

  /** @param {Event} event */
  #click(event) {
    const row = /** @type {HTMLElement | null} */ (
      /** @type {Element} */ (event.target).closest("[data-position]")
    );
    if (row) this.#select(Number(row.dataset.position), true);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { passing } = this.filter;
    const last = passing.length - 1;
    if ((event.ctrlKey || event.metaKey) && event.key === "c" && this.#selected >= 0)
      this.#copy(this.#selected);
    else if (event.key === "Enter" && this.#selected >= 0)
      this.#select(this.#selected, this.detail.hidden === true);
    else if (event.key === "Escape" && !this.detail.hidden) this.#select(this.#selected, false);
    else if (Object.hasOwn(MOVES, event.key) && last >= 0) this.#move(event.key, last);
    else return;
    event.preventDefault();
  }

  /** @param {string} key @param {number} last */
  #move(key, last) {
    const { passing } = this.filter;
    const page = Math.max(1, Math.floor(this.grid.clientHeight / ROW) - 2);
    const now = this.#selected < 0 ? -1 : positionIn(passing, this.#selected);
    const at = Math.max(0, Math.min(last, MOVES[key](now, page, last)));
    // the head of the table covers one row at the top
    this.grid.scrollTop = scrolledTo(at, this.grid.scrollTop, this.grid.clientHeight - ROW, ROW);
    this.#select(passing[at], !this.detail.hidden);
  }

  /** @param {number} position @param {boolean} open */
  #select(position, open) {
    this.#rows.get(this.#selected)?.setAttribute("aria-selected", "false");
    this.#selected = position;
    this.#window();
    const row = this.#rows.get(position);
    row?.setAttribute("aria-selected", "true");
    if (row) this.grid.setAttribute("aria-activedescendant", row.id);
    else this.grid.removeAttribute("aria-activedescendant");
    this.detail.hidden = !open || position < 0;
    if (!this.detail.hidden) this.#showDetail(position);
  }

  /** @param {number} position */
  #showDetail(position) {
    const { event } = this.filter.records[position];
    const name = `Event ${position + 1}`;
    this.detail.setAttribute("aria-label", name);
    this.detail.replaceChildren(
      h(
        "div",
        { class: "agui-toolbar" },
        h("span", { class: "agui-faint" }, name),
        h("code", {}, String(event.type)),
        h("span", { class: "agui-space" }),
        h(
          "button",
          { type: "button", class: "agui-button agui-quiet", onclick: () => this.#copy(position) },
          icon("copy"),
          "Copy",
        ),
        h(
          "button",
          {
            type: "button",
            class: "agui-icon-button",
            "aria-label": "Close",
            onclick: () => (this.#select(position, false), this.grid.focus()),
          },
          icon("cross"),
        ),
      ),
      jsonTree(event, { label: name, open: 3 }).node,
    );
  }

  /** @param {string} text @param {string} what */
  async #put(text, what) {
    const done = await copyText(text);
    this.context.notice(
      done ? `${what} copied.` : "This page may not use the clipboard.",
      done ? "info" : "error",
    );
  }

  /** @param {number} position */
  #copy(position) {
    return this.#put(JSON.stringify(this.filter.records[position].event, null, 2), "Event");
  }

  #copyAll() {
    const { passing, records } = this.filter;
    return this.#put(
      passing.map((at) => JSON.stringify(records[at].event)).join("\n"),
      `${passing.length} events`,
    );
  }

  #flip() {
    const on = this.timeline.node.hidden;
    this.timelineButton.setAttribute("aria-pressed", String(on));
    this.timeline.node.hidden = !on;
    this.split.hidden = this.filters.hidden = on;
    if (on) this.timeline.show?.();
    else this.timeline.hide?.();
    this.context.frames.request(this.draw);
  }
}

/** @param {Context} context @returns {View} */
export function eventsTab(context) {
  const tab = new EventsTab(context);
  context.on("events", (report) => tab.take(report), context.signal);
  // a snapshot means that the connection began anew, so the kernel has forgotten who is looking
  context.store.subscribe(["threadId"], () => tab.open(), context.signal);
  return { node: tab.node, show: () => tab.show(), hide: () => tab.hide() };
}
