// The events tab: every raw event in a table (event_grid.js), one of them opened as JSON, and the
// run's timeline instead of the table. Asks the kernel for events only while it is shown. What
// passes the filter: event_filter.js.

import { button, faint, iconButton, press, space, toolbar } from "../ui/buttons.js";
import { copyText } from "../ui/clipboard.js";
import { h, setText } from "../ui/dom.js";
import { labelOf } from "../ui/format.js";
import { jsonTree } from "../ui/json_tree.js";
import { EventFilter, FAMILIES } from "./event_filter.js";
import { EventGrid } from "./event_grid.js";
import { timeline } from "./timeline.js";

/** @import { Context, View } from "../types" */

const SLICE = 6; // ms of looking through events in one frame

/**
 * How many views of a chat look at its events; the kernel is told when the last one stops.
 * @type {WeakMap<object, number>}
 */
const looking = new WeakMap();

/** @param {object} store @param {1 | -1} change @returns {number} */
function look(store, change) {
  const count = Math.max(0, (looking.get(store) ?? 0) + change);
  looking.set(store, count);
  return count;
}

class EventsTab {
  filter = new EventFilter();
  search = h("input", {
    type: "search",
    class: "agui-input",
    placeholder: "Search",
    "aria-label": "Search events",
    oninput: () => this.#refilter(),
  });
  count = h("span", { class: "agui-faint", role: "status" });
  timelineButton = button("Timeline", () => this.#flip(), { pressed: false });
  /** @type {HTMLElement[]} what the timeline has no use for */
  #ofTable = [];
  #shown = false;
  #asked = false;

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.draw = this.draw.bind(this);
    const wake = () => context.frames.request(this.draw);
    this.empty = h("p", { class: "agui-empty" });
    this.detail = h("section", { class: "agui-event-detail", hidden: true });
    this.grid = new EventGrid(this.filter, {
      onscroll: wake,
      onselect: (position, open) => this.#open(position, open),
      oncopy: (position) => this.#copy(position),
      isOpen: () => !this.detail.hidden,
    });
    this.split = h("div", { class: "agui-events-split" }, this.grid.node, this.empty, this.detail);
    this.timeline = timeline(context);
    this.timeline.node.hidden = true;
    const [tools, filters] = this.#controls();
    this.node = h("div", { class: "agui-events" }, tools, filters, this.split, this.timeline.node);
    const sizes = new ResizeObserver(wake);
    sizes.observe(this.grid.node);
    context.signal.addEventListener("abort", () => sizes.disconnect());
  }

  #controls() {
    const copyAll = button("Copy all", () => this.#copyAll(), { icon: "copy" });
    const filters = h(
      "div",
      { class: "agui-toolbar agui-filters", role: "group", "aria-label": "Kinds of events" },
      FAMILIES.map((name) => this.#chip(name)),
    );
    this.#ofTable = [this.split, filters, this.search, this.count, copyAll];
    return [toolbar(this.search, this.count, space(), copyAll, this.timelineButton), filters];
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
    if (total < this.filter.records.length) {
      this.filter.clear();
      this.grid.forget();
    }
    if (!this.filter.add(from, items, total)) this.open();
    for (const { runId } of items) this.grid.number(runId);
    this.context.frames.request(this.draw);
  }

  #refilter() {
    this.filter.text = this.search.value.trim().toLowerCase();
    this.filter.again();
    this.grid.toTop();
    this.context.frames.request(this.draw);
  }

  /** @returns {boolean} whether there is more to look through */
  draw() {
    if (!this.#shown) return false;
    const end = performance.now() + SLICE;
    let done = false;
    this.grid.follow(() => {
      done = this.filter.work(() => performance.now() > end);
      this.#tell(this.filter.passing.length, done);
    });
    return !done;
  }

  /** @param {number} count @param {boolean} done */
  #tell(count, done) {
    const all = this.filter.records.length;
    const [shown, total] = [count, all].map((one) => one.toLocaleString("en"));
    setText(this.count, count === all ? `${total} events` : `${shown} of ${total} events`);
    const none = this.#asked
      ? "Loading events…"
      : "No events yet. Every event of a run appears here as it was sent.";
    const why = !all ? none : done && !count ? "No event matches." : "";
    setText(this.empty, why);
    this.empty.hidden = !why;
    this.grid.node.hidden = Boolean(why);
  }

  /** @param {number} position @param {boolean} open */
  #open(position, open) {
    this.detail.hidden = !open;
    if (!open) return;
    const { event } = this.filter.records[position];
    const name = `Event ${position + 1}`;
    const close = () => {
      this.grid.select(position, false);
      this.grid.node.focus();
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
    this.context.notice(
      done ? `${what} copied.` : "This page may not use the clipboard.",
      done ? "info" : "error",
    );
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
    for (const one of this.#ofTable) one.hidden = on;
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
