// What went over the wire as a table: requests and frames with their verdicts, folded, filtered, opened
// and copied. Asks the kernel for it only while it is shown. Which rows there are: wire_rows.js.

import { button, faint, press, space, toolbar } from "../ui/buttons.js";
import { saveText } from "../ui/clipboard.js";
import { h, setText } from "../ui/dom.js";
import { labelOf } from "../ui/format.js";
import { jsonTree } from "../ui/json_tree.js";
import { FAMILIES } from "./event_filter.js";
import { GridView } from "./grid_view.js";
import { asCurl, asPython } from "./wire_copy.js";
import { WireRows } from "./wire_rows.js";

/** @import { Context, Lead, Report } from "../types" */
/** @import { WireRow } from "./wire_rows.js" */

const CHIPS = ["refused", "mended", "passed over", "request", ...FAMILIES];
const LIT = 2000; // ms
const FILES = { html: "text/html", jsonl: "application/x-ndjson" };

/** @extends {GridView<WireRows>} */
class NetworkView extends GridView {
  #saving = false;
  #heard = false; // somebody else wants to know what comes
  /** @type {(() => number) | null} of a row that is to be opened once it is here */
  #wanted = null;
  #reached = -1; // where that is, by what has come
  /** @type {HTMLElement[]} */
  #chips;

  /** @param {Context} context */
  constructor(context) {
    const rows = new WireRows();
    super(context, rows, {
      label: "Network",
      search: "Filter rows",
      placeholder: "type: tool: is: >200ms text",
      summary: (position) => rows.summary(rows.records[position]),
      onselect: (position, open) => this.#open(position, open),
      tell: (done) => this.#tell(done),
      oncopy: (position) => this.#copy(rows.records[position]?.item.text ?? ""),
    });
    this.count.classList.add("agui-count-fixed");
    const save = button("Save bug report", () => this.#save(), { kind: "plain" });
    this.#chips = CHIPS.map((name) => this.#chip(name));
    const forget = () => (this.#wanted = null);
    const filters = { class: "agui-toolbar agui-filters", role: "group", "aria-label": "Kinds of rows" };
    this.node = h(
      "div",
      { class: "agui-network", onpointerdown: forget, onkeydown: forget },
      toolbar(this.search, this.count, space(), save),
      h("div", filters, this.#chips),
      this.split,
    );
  }

  /** @param {string} name */
  #chip(name) {
    const { only } = this.rows;
    const flip = () => {
      const on = !only.delete(name) && Boolean(only.add(name));
      press(chip, on);
      this.refilter();
    };
    const chip = button(labelOf(name), flip, { kind: "filter", pressed: false });
    chip.classList.add("agui-only");
    return chip;
  }

  /** @param {boolean} shown */
  watch(shown) {
    if (this.turn(shown)) this.#turned(this.#heard);
    this.wake();
  }

  /** Take what comes although it is not shown. @param {boolean} heard */
  listen(heard) {
    if (heard === this.#heard) return;
    this.#heard = heard;
    this.#turned(this.isShown);
  }

  /** @param {boolean} goesOn  it is asked for already, or still */
  #turned(goesOn) {
    if (goesOn) return;
    if (this.isShown || this.#heard) this.ask();
    else this.context.send({ kind: "wire_close" });
  }

  /** Open a row as soon as it is here. @param {() => number} find  -1: not yet */
  reach(find) {
    this.#wanted = find;
    this.#reached = -1;
    this.search.value = "";
    this.rows.only.clear();
    for (const chip of this.#chips) press(chip, false);
    this.refilter();
  }

  draw() {
    const isMore = super.draw();
    const at = isMore || !this.#wanted ? -1 : this.#wanted();
    if (at < 0 || at === this.#reached) return isMore;
    this.#reached = at;
    this.grid.select(at, true);
    this.grid.node.focus({ preventScroll: true });
    return isMore;
  }

  ask() {
    if (this.isShown || this.#heard) this.context.send({ kind: "wire_open", from: this.rows.told });
  }

  /** @param {Extract<Report, {kind: "wire"}>} report */
  take({ from, items, facts }) {
    if (!this.isShown && !this.#heard) return;
    if (from === 0) this.grid.forget();
    if (!this.rows.add(from, items, facts)) this.ask();
    for (const { runId } of items) this.grid.number(runId);
    this.grid.redraw();
    this.wake();
  }

  /** @param {boolean} done */
  #tell(done) {
    const { frames, faults, passing, told } = this.rows;
    const refused = faults ? `, ${faults} refused` : "";
    setText(this.count, `${frames.toLocaleString("en").padStart(7, "\u2007")} frames${refused}`);
    if (!done || passing.length) return "";
    return told ? "No row matches." : "Nothing was sent yet. Requests and frames appear here as they come.";
  }

  /** @param {number} position @param {boolean} open */
  #open(position, open) {
    this.detail.hidden = !open;
    const row = this.rows.records[position];
    if (!open || !row) return;
    const name = row.kind === "request" ? "Request" : row.kind === "fold" ? "Frames" : "Frame";
    const { place, runId } = row.item;
    const go = () => this.context.enter("chat", leadTo([place ?? "", `end:${runId}`]));
    const head = [
      h("code", {}, row.type),
      space(),
      button("Show in chat", go),
      ...this.#deeds(row, position),
    ];
    this.fill(position, name, head, this.#parts(row));
  }

  /** @param {WireRow} row @param {number} position */
  #deeds(row, position) {
    if (row.kind === "fold") {
      const flip = () => {
        this.rows.flipFold(position);
        this.grid.select(position, true);
        this.wake();
      };
      return [button(row.open ? "Fold" : "Unfold", flip, {})];
    }
    const fact = this.rows.facts.get(row.item.runId);
    if (row.kind === "frame" || !fact)
      return [button("Copy", () => this.#copy(row.item.text ?? ""), { icon: "copy" })];
    return [
      button("Copy as curl", () => this.#copy(asCurl(fact, row.item)), { icon: "copy" }),
      button("Copy as Python", () => this.#copy(asPython(fact, row.item)), { icon: "copy" }),
    ];
  }

  /** @param {WireRow} row @returns {Node[]} */
  #parts(row) {
    const { item, event } = row;
    if (row.kind === "request") return this.#request(row);
    const parts = [faint(`${row.verdict}, ${row.size.toLocaleString("en")} bytes`)];
    if (item.why) parts.push(h("p", { class: "agui-why" }, item.why));
    if (row.kind === "fold") return [...parts, h("pre", { class: "agui-raw" }, row.text)];
    const raw = h("pre", { class: "agui-raw" }, item.text ?? "");
    return event ? [...parts, jsonTree(event, { label: "Event", open: 3 }).node, raw] : [...parts, raw];
  }

  /** @param {WireRow} row */
  #request(row) {
    const { item } = row;
    const fact = this.rows.facts.get(item.runId);
    /** @param {string[][]} pairs */
    const lines = (pairs) => h("pre", { class: "agui-raw" }, pairs.map((pair) => pair.join(": ")).join("\n"));
    /** @param {string} title @param {Node} node */
    const part = (title, node) => h("details", {}, h("summary", {}, title), node);
    return [
      h("p", {}, this.rows.summary(row)),
      part("Headers sent", lines(fact?.sent ?? [])),
      part("Headers received", lines(fact?.received ?? [])),
      part("Body", h("pre", { class: "agui-raw" }, item.body ?? "")),
    ];
  }

  /** @param {string} text */
  #copy(text) {
    return this.copy(text, "Copied.");
  }

  #save() {
    this.#saving = true;
    this.context.send({ kind: "bug_report" });
  }

  /** @param {string} name @param {string} text */
  save(name, text) {
    const kind = name.endsWith(".html") ? "html" : "jsonl";
    if (this.#saving) saveText(name, text, FILES[kind]);
    if (kind === "jsonl") this.#saving = false;
  }
}

/** Shows the first of these rows that there is, lit up for a moment. @param {string[]} keys @returns {Lead} */
const leadTo = (keys) => (find, end) => {
  const row = keys.map(find).find((one) => one?.isConnected);
  if (!row) return;
  end.leave();
  row.scrollIntoView({ block: "nearest" });
  row.animate({ backgroundColor: ["#fa08", "#fa00"] }, LIT);
  end.scroller.focus({ preventScroll: true });
};

/** @param {Context} context */
export function network(context) {
  const view = new NetworkView(context);
  const { signal, store } = context;
  signal.addEventListener("abort", () => (view.watch(false), view.listen(false)));
  context.on("wire", (report) => view.take(report), signal);
  context.on(
    "exported",
    ({ format, name, text }) => void (format === "bug" && view.save(name, text)),
    signal,
  );
  store.subscribe(["threadId"], () => view.ask(), signal);
  return view;
}
