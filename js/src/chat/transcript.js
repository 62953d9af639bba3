// The scrolling log: keeps rows in step with the document, touching only those that changed. Which
// rows there are: document/transcript_rows.js. What each looks like: rows.js.
import { transcriptRows } from "../document/transcript_rows.js";
import { div, h, icon } from "../ui/dom.js";
import { putBefore, takeOff } from "../ui/row_pages.js";
import { stickToEnd } from "../ui/stick_to_end.js";
import { questions } from "./placeholders.js";
import { ROWS } from "./rows/rows.js";
import { callKey, isDrawn, isMessageKey, messageKey } from "../document/item_keys.js";

/** @import { Context, Operation, Row, RowView } from "../types" */

const FIRST = 30; // rows drawn at once when a chat opens, from the end
const FLOOD = 200;
const MORE = 20; // rows added above per frame

/** @param {Row | undefined} before @param {Row} now */
const moved = (before, now) => before?.at !== now.at || before?.call !== now.call || before?.run !== now.run;

/** A name for each row's view; ids may repeat on the wire. @param {Row[]} rows @param {Map<Row, string>} [keys] */
function keysOf(rows, keys = new Map(), taken = new Set()) {
  for (const row of rows.toReversed()) {
    const key = taken.has(row.key) ? `${row.key}#${keys.size}` : row.key;
    keys.set(row, key);
    taken.add(key);
    keysOf(row.children ?? [], keys, taken);
  }
  return keys;
}

class Transcript {
  /** @type {Map<string, RowView>} */
  #views = new Map();
  /** @type {Map<string, Row>} where each was when it was drawn */
  #places = new Map();
  /** @type {Set<string>} */
  #dirty = new Set();
  #structure = true;
  #count = 0; // rows there were
  #hidden = 0; // how many rows at the top are not drawn yet
  /** @type {ReturnType<typeof setInterval> | 0} */
  #timer = 0;
  #list = div("agui-rows");

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    const asked = questions(context).node;
    const inner = div("agui-column", this.#list, asked);
    // the log reads finished answers aloud through the frame's live region, not every token
    this.log = h(
      "div",
      { class: "agui-log", role: "log", "aria-live": "off", "aria-label": "Conversation", tabindex: "0" },
      inner,
    );
    this.jump = h(
      "button",
      { class: "agui-jump", hidden: true, onclick: () => this.latest() },
      icon("down"),
      "Jump to latest",
    );
    this.node = div("agui-transcript", this.log, this.jump);
    this.end = stickToEnd(this.log, inner, (pinned) => (this.jump.hidden = pinned), context.signal);
    context.store.subscribe([], (operation) => this.#note(operation), context.signal);
    context.store.watch("view", () => this.#all(), context.signal);
    context.signal.addEventListener("abort", () => clearInterval(this.#timer));
    this.log.addEventListener("agui-ticks", () => this.#tickWhileNeeded());
    this.#all();
  }

  latest() {
    this.end.latest();
  }

  /** Where a row stands, and who keeps to the end, for whoever leads there. @param {import("../types").Lead} [lead] */
  show(lead) {
    lead?.((key) => this.#views.get(key)?.node, this.end);
  }

  #all() {
    this.#structure = true;
    for (const key of this.#views.keys()) this.#dirty.add(key);
    this.context.frames.request(this.#draw);
  }

  /** @param {Operation} operation */
  #note(operation) {
    const [, path] = operation;
    const top = path[0];
    if (top === undefined) return this.#all();
    if (top === "messages") {
      if (this.#noteMessage(operation)) return;
    } else if (top === "items") {
      this.#dirty.add(String(path[1]));
      this.#structure = true; // a message without text is a row only while it is open
    } else if (top === "outputs") this.#noteOutput(String(path[1]));
    else if (top === "runs" || top === "warnings" || top === "interrupts") this.#noteRuns();
    else return;
    if (path.length === 1) return this.#all();
    this.context.frames.request(this.#draw);
  }

  /** @param {Operation} operation @returns {boolean} whether nothing is left to draw */
  #noteMessage([word, path, value]) {
    const message = this.context.store.document.messages[Number(path[1])];
    const view = this.#views.get(messageKey(message?.id));
    const grown = word === "append" && path[2] === "content" && path.length === 3;
    if (grown && view?.append) return (view.append(value), true);
    if (word === "set" || (grown && !view)) this.#structure = true;
    if (!message) return false;
    this.#dirty.add(messageKey(message.id));
    if (message.role === "tool") this.#dirty.add(callKey(message.toolCallId));
    for (const call of message.toolCalls ?? []) this.#dirty.add(callKey(call.id));
    return false;
  }

  /** @param {string} place  a call's id, or the key of what else was drawn */
  #noteOutput(place) {
    this.#dirty.add(callKey(place)).add(place);
    this.#structure ||= isDrawn(place);
  }

  #noteRuns() {
    this.#structure = true;
    for (const [key, { kind }] of this.#places)
      if (kind === "activity" || !isMessageKey(key)) this.#dirty.add(key);
  }

  #draw = () => {
    if (!this.#structure && !this.#hidden) return this.#refresh();
    const { document, sent } = this.context.store;
    const rows = transcriptRows(document);
    for (const { id } of sent) rows.push({ key: id, kind: "user" });
    // so does a flood: what came at once is drawn from its end, the rest a few rows a frame
    const opening = rows.length - this.#count > (this.#count && FLOOD);
    this.#count = rows.length;
    const most = opening ? Infinity : this.#hidden - (this.#structure ? 0 : MORE);
    this.#hidden = Math.max(0, Math.min(most, rows.length - FIRST));
    const shown = rows.slice(this.#hidden);
    const keys = keysOf(shown);
    this.#forget(new Set(keys.values())); // first: what stands must not be moved past what goes
    this.#place(this.#list, shown, keys);
    this.#dirty.clear();
    this.#structure = false;
    this.#tickWhileNeeded();
    return this.#hidden > 0;
  };

  /** No row came, went or moved: what is shown anew costs what has changed, however long the thread is. */
  #refresh() {
    for (const key of this.#dirty) {
      const row = this.#places.get(key);
      if (row) this.#views.get(key)?.update(row);
    }
    this.#dirty.clear();
  }

  /**
   * Brings the rows in step, from the end: what is in view is drawn first.
   * @param {HTMLElement} parent @param {Row[]} rows @param {Map<Row, string>} keys
   */
  #place(parent, rows, keys) {
    let next = /** @type {HTMLElement | null} */ (null);
    let kind = ""; // of what stands below
    for (const row of rows.toReversed()) {
      const key = keys.get(row) ?? "";
      const node = this.#row(key, row);
      putBefore(parent, node, next);
      if (row.kind === "answer") node.classList.toggle("agui-last", kind === "end"); // of its run
      next = node;
      kind = row.kind;
      const { body } = /** @type {RowView} */ (this.#views.get(key));
      if (body) this.#place(body, row.children ?? [], keys);
    }
  }

  /** @param {Set<string>} kept */
  #forget(kept) {
    for (const [key, { node }] of this.#views) {
      if (kept.has(key)) continue;
      this.#views.delete(key);
      this.#places.delete(key);
      takeOff(node);
    }
  }

  /** @param {string} key @param {Row} row */
  #row(key, row) {
    let view = this.#views.get(key);
    if (!view) {
      view = ROWS[row.kind](this.context, row);
      view.node.classList.add("agui-row");
      this.#views.set(key, view);
      view.update(row);
    } else if (this.#dirty.has(key) || moved(this.#places.get(key), row)) {
      view.update(row);
    }
    this.#places.set(key, row);
    return view.node;
  }

  #tickWhileNeeded() {
    const needed = [...this.#views.values()].some((view) => view.ticking);
    if (needed && !this.#timer) this.#timer = setInterval(() => this.#tick(), 1000);
    if (needed || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  #tick() {
    const now = Date.now();
    for (const view of this.#views.values()) if (view.ticking) view.tick?.(now);
  }
}

/** @param {Context} context */
export const transcript = (context) => new Transcript(context);
