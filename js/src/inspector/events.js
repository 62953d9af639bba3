// The events tab: every raw event in a table (event_grid.js), one of them opened as JSON, and the
// run's timeline instead of the table. Asks the kernel for events only while it is shown. What
// passes the filter: event_filter.js.

import { button, press, space, toolbar } from "../ui/buttons.js";
import { h, setText } from "../ui/dom.js";
import { labelOf } from "../ui/format.js";
import { jsonTree } from "../ui/json_tree.js";
import { EventFilter, FAMILIES } from "./event_filter.js";
import { GridView } from "./grid_view.js";
import { network } from "./network.js";
import { timeline } from "./timeline.js";

/** @import { Context, View } from "../types" */

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

/** @extends {GridView<EventFilter>} */
class EventsTab extends GridView {
  timelineButton = button("Timeline", () => this.#flip("timeline"), { pressed: false });
  networkButton = button("Network", () => this.#flip("network"), { pressed: false });
  /** @type {"" | "timeline" | "network"} what stands in the table's place */
  #instead = "";
  /** @type {HTMLElement[]} what the timeline has no use for */
  #ofTable = [];
  #asked = false;

  /** @param {Context} context */
  constructor(context) {
    super(context, new EventFilter(), {
      label: "Events",
      search: "Search events",
      placeholder: "Search",
      onselect: (position, open) => this.#open(position, open),
      oncopy: (position) => this.#copy(position),
      tell: (done) => this.#tell(done),
    });
    this.network = network(context);
    const { rows } = this.network;
    this.timeline = timeline(context, { rows, reach: (find) => this.reach(find) });
    context.on("wire", this.timeline.wake, context.signal);
    this.timeline.node.hidden = this.network.node.hidden = true;
    const [tools, filters] = this.#controls();
    this.node = h(
      "div",
      { class: "agui-events" },
      tools,
      filters,
      this.split,
      this.timeline.node,
      this.network.node,
    );
    const sizes = new ResizeObserver(this.wake);
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
    return [
      toolbar(this.search, this.count, space(), copyAll, this.networkButton, this.timelineButton),
      filters,
    ];
  }

  /** @param {string} name */
  #chip(name) {
    const flip = () => {
      const shown = this.rows.flip(name);
      press(chip, shown);
      this.refilter();
    };
    const chip = button(labelOf(name), flip, { kind: "filter", pressed: true });
    chip.prepend(h("span", { class: `agui-family-dot agui-family-${name}` }));
    return chip;
  }

  /** @param {string} [runId]  whose fault is to be shown */
  show(runId) {
    if (this.turn(true)) look(this.context.store, 1);
    this.ask();
    if (runId) this.reach(() => this.network.rows.placeOfFault(runId));
    else this.#turnInstead();
  }

  /** Open a row of the network panel. @param {() => number} find */
  reach(find) {
    this.#put("network");
    this.network.reach(find);
  }

  hide() {
    if (!this.turn(false)) return;
    if (!look(this.context.store, -1)) this.context.send({ kind: "events_close" });
    this.timeline.hide?.();
    this.network.watch(false);
    this.network.listen(false);
  }

  ask() {
    if (!this.isShown) return;
    this.#asked = true;
    this.context.send({ kind: "events_open", from: this.rows.records.length });
  }

  /** @param {{from: number, total: number, items: import("../types").EventRecord[]}} report */
  take({ from, total, items }) {
    if (!this.isShown) return;
    this.#asked = false;
    if (total < this.rows.records.length) {
      this.rows.clear();
      this.grid.forget();
    }
    if (!this.rows.add(from, items, total)) this.ask();
    for (const { runId } of items) this.grid.number(runId);
    this.wake();
  }

  /** @param {boolean} done */
  #tell(done) {
    const [count, all] = [this.rows.passing.length, this.rows.records.length];
    const [shown, total] = [count, all].map((one) => one.toLocaleString("en"));
    setText(this.count, count === all ? `${total} events` : `${shown} of ${total} events`);
    const none = this.#asked
      ? "Loading events…"
      : "No events yet. Every event of a run appears here as it was sent.";
    return !all ? none : done && !count ? "No event matches." : "";
  }

  /** @param {number} position @param {boolean} open */
  #open(position, open) {
    this.detail.hidden = !open;
    if (!open) return;
    const { event } = this.rows.records[position];
    const name = `Event ${position + 1}`;
    const copy = button("Copy", () => this.#copy(position), { icon: "copy" });
    const tree = jsonTree(event, { label: name, open: 3 }).node;
    this.fill(position, name, [h("code", {}, String(event.type)), space(), copy], [tree]);
  }

  /** @param {number} position */
  #copy(position) {
    const record = this.rows.records[position];
    if (record) this.copy(JSON.stringify(record.event, null, 2), "Event copied.");
  }

  #copyAll() {
    const { passing, records } = this.rows;
    this.copy(
      passing.map((at) => JSON.stringify(records[at].event)).join("\n"),
      `${passing.length} events copied.`,
    );
  }

  /** @param {"timeline" | "network"} name */
  #flip(name) {
    this.#put(this.#instead === name ? "" : name);
  }

  /** @param {"" | "timeline" | "network"} name */
  #put(name) {
    this.#instead = name;
    press(this.timelineButton, this.#instead === "timeline");
    press(this.networkButton, this.#instead === "network");
    this.timeline.node.hidden = this.#instead !== "timeline";
    this.network.node.hidden = this.#instead !== "network";
    for (const one of this.#ofTable) one.hidden = Boolean(this.#instead);
    this.#turnInstead();
  }

  #turnInstead() {
    if (this.timeline.node.hidden) this.timeline.hide?.();
    else this.timeline.show?.();
    this.network.watch(!this.network.node.hidden);
    this.network.listen(!this.timeline.node.hidden);
    this.wake();
  }
}

/** @param {Context} context @returns {View} */
export function eventsTab(context) {
  const tab = new EventsTab(context);
  context.signal.addEventListener("abort", () => tab.hide());
  context.on("events", (report) => tab.take(report), context.signal);
  // a snapshot means that the connection began anew, so the kernel has forgotten who is looking
  context.store.subscribe(["threadId"], () => tab.ask(), context.signal);
  return { node: tab.node, show: (runId) => tab.show(runId), hide: () => tab.hide() };
}
