// What went over the wire as rows: requests, frames, and runs of deltas folded into one; and which of
// them pass a filter of words ("type:text tool:search >200ms is:refused boom"). Pure: no DOM, no clock.

import { brief, durationText } from "../ui/format.js";
import { familyOf, summaryOf } from "./event_filter.js";

/** @import { WireFact, WireItem } from "../types" */
/**
 * @typedef {object} WireRow
 * @property {"request" | "frame" | "fold"} kind
 * @property {WireItem} item  of a fold its first
 * @property {number} at
 * @property {number} gap  ms since the row before, of a request what it took
 * @property {string} type
 * @property {string} verdict  of a fold the worst of its frames, of a request "failed" or ""
 * @property {Record<string, any> | null} event
 * @property {string} tool
 * @property {WireRow} [fold]  the row that this one is folded into
 * @property {number} size  bytes, of a fold those of its frames
 * @property {number} count  frames of a fold
 * @property {string} text  what the frames of a fold make together, from its beginning
 * @property {boolean} open
 */

const SLICE = 500;
const PREVIEW = 200;
const WORST = ["taken", "passed over", "mended", "refused"];
const DELTAS = /^(TEXT_MESSAGE|REASONING_MESSAGE|THINKING_TEXT_MESSAGE|TOOL_CALL)_(CONTENT|ARGS|CHUNK)$/;
const TIME = /^([<>])([\d.]+)(ms|s)?$/;

/** The event in a frame's text; null for none. @param {string} text @returns {Record<string, any> | null} */
export function eventIn(text) {
  const lines = text.split("\n").filter((line) => line.startsWith("data:"));
  try {
    const value = JSON.parse(lines.map((line) => line.slice(5)).join("\n"));
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/** @param {string} verdict @param {string} other */
const worse = (verdict, other) => (WORST.indexOf(other) > WORST.indexOf(verdict) ? other : verdict);

/** What deltas must share to be one. @param {WireRow} row */
function streamOf({ type, event, item }) {
  if (!event || !DELTAS.test(type) || item.verdict !== "taken") return "";
  return `${item.runId}\0${type}\0${event.messageId ?? event.toolCallId ?? ""}`;
}

/** One condition of a filter. @param {string} word @returns {(row: WireRow) => boolean} */
function condition(word) {
  if (word.length > 1 && word.startsWith("-")) {
    const not = condition(word.slice(1));
    return (row) => !not(row);
  }
  const time = TIME.exec(word);
  if (time) {
    const ms = Number(time[2]) * (time[3] === "s" ? 1000 : 1);
    return ({ gap }) => (time[1] === ">" ? gap > ms : gap < ms);
  }
  const [, key, value] = /^(type|tool|is):(.*)$/.exec(word) ?? [];
  if (key === "type") return ({ type }) => type.toLowerCase().includes(value);
  if (key === "tool") return ({ tool }) => tool.toLowerCase().includes(value);
  if (key === "is") return ({ verdict }) => verdict.startsWith(value);
  return ({ item }) =>
    `${item.runId} ${item.text ?? item.body} ${item.why ?? ""}`.toLowerCase().includes(word);
}

/** @param {string} words @returns {(row: WireRow) => boolean} */
export function filterOf(words) {
  const all = words.toLowerCase().split(/\s+/).filter(Boolean).map(condition);
  return (row) => all.every((one) => one(row));
}

/** The family whose chip shows a row. @param {WireRow} row */
export const chipOf = (row) => (row.kind === "request" ? "request" : familyOf(row.type));

export class WireRows {
  /** @type {WireRow[]} */
  records = [];
  /** @type {number[]} positions in records, rising */
  passing = [];
  /** @type {Set<string>} chips that are clicked; none: everything is shown */
  only = new Set();
  /** @type {Map<string, WireFact>} */
  facts = new Map();
  told = 0; // items of the kernel
  frames = 0;
  faults = 0;
  #filter = filterOf("");
  #next = 0;
  /** @type {Map<string, string>} */
  #tools = new Map();
  /** @type {Map<string, WireRow>} by run */
  #requests = new Map();
  /** @type {Map<string, number>} by run: pieces of texts and arguments */
  #pieces = new Map();

  set text(/** @type {string} */ words) {
    this.#filter = filterOf(words);
  }

  clear() {
    this.records = [];
    this.facts.clear();
    this.#tools.clear();
    this.#requests.clear();
    this.#pieces.clear();
    this.told = this.frames = this.faults = 0;
    this.again();
  }

  again() {
    this.passing = [];
    this.#next = 0;
  }

  /**
   * @param {number} from @param {WireItem[]} items @param {WireFact[]} facts
   * @returns {boolean} false: something before it is missing
   */
  add(from, items, facts) {
    if (from === 0) this.clear();
    if (from !== this.told) return from < this.told;
    this.told += items.length;
    for (const fact of facts) this.facts.set(fact.runId, fact);
    for (const item of items) this.#push(this.#row(item));
    for (const { runId, fault } of facts) {
      const row = this.#requests.get(runId);
      if (row) row.verdict = fault ? "failed" : "";
    }
    return true;
  }

  /**
   * Where it went wrong in a run: what was refused or told of a failure, else the request; -1: it is not here.
   * @param {string} runId
   */
  placeOfFault(runId) {
    const isFault = (/** @type {WireRow} */ { item, verdict, type }) =>
      item.runId === runId && (verdict === "refused" || type === "RUN_ERROR");
    const at = this.records.findLastIndex(isFault);
    return at < 0 ? this.#placeOfRequest(runId) : at;
  }

  /**
   * The first row of a run that has this of something, else its request; -1: it is not here.
   * @param {string} runId @param {[string, string]} [found]  a member of the event, or "place", and its value
   */
  placeOf(runId, [name, value] = ["", ""]) {
    const has = (/** @type {WireRow} */ { item, event }) =>
      item.runId === runId && (name === "place" ? item.place : event?.[name]) === value;
    const at = name ? this.records.findIndex(has) : -1;
    return at < 0 ? this.#placeOfRequest(runId) : at;
  }

  /** @param {string} runId */
  #placeOfRequest(runId) {
    const request = this.#requests.get(runId);
    return request ? this.records.indexOf(request) : -1;
  }

  /** When a run said the first of something, in ms since the epoch. @param {string} runId */
  firstToken(runId) {
    const began = this.#requests.get(runId)?.at;
    const token = this.facts.get(runId)?.token;
    return began === undefined || token == null ? undefined : began + token;
  }

  /** @param {string} runId */
  piecesOf(runId) {
    return this.#pieces.get(runId) ?? 0;
  }

  /** @param {WireItem} item @returns {WireRow} */
  #row(item) {
    const before = this.records.at(-1);
    const event = item.kind === "frame" ? eventIn(item.text ?? "") : null;
    const id = String(event?.toolCallId ?? "");
    if (event?.toolCallName) this.#tools.set(id, String(event.toolCallName));
    return {
      kind: item.kind,
      item,
      at: item.at,
      gap: before && item.kind === "frame" ? item.at - before.at : 0,
      type: item.kind === "request" ? "REQUEST" : item.type || String(event?.type ?? ""),
      verdict: item.verdict ?? "",
      event,
      tool: this.#tools.get(id) ?? "",
      size: item.size,
      count: 1,
      text: "",
      open: false,
    };
  }

  /** @param {WireRow} row */
  #push(row) {
    if (row.kind === "frame") this.frames += 1;
    else this.#requests.set(row.item.runId, row);
    if (row.verdict === "refused") this.faults += 1;
    const last = this.records.at(-1);
    const stream = streamOf(row);
    if (stream) this.#pieces.set(row.item.runId, this.piecesOf(row.item.runId) + 1);
    const goesOn = stream && last && streamOf(last) === stream;
    if (goesOn) row.fold = last.fold ?? this.#beginFold(last);
    if (row.fold) grow(row.fold, row);
    this.records.push(row);
  }

  /** A row for several, in the place of the first, which then follows. @param {WireRow} first */
  #beginFold(first) {
    /** @type {WireRow} */
    const fold = { ...first, kind: "fold", size: 0, count: 0, text: "" };
    this.records[this.records.length - 1] = fold;
    first.fold = fold;
    grow(fold, first);
    this.records.push(first);
    return fold;
  }

  /** @param {number} position */
  flipFold(position) {
    this.records[position].open = !this.records[position].open;
    this.again();
  }

  /** @param {WireRow} row */
  passes(row) {
    if (row.fold && !row.fold.open) return false;
    const verdict = row.verdict === "failed" ? "refused" : row.verdict;
    if (this.only.size && !this.only.has(chipOf(row)) && !this.only.has(verdict)) return false;
    return this.#filter(row);
  }

  /** Go on looking until ``enough`` says so. @param {() => boolean} enough @returns {boolean} whether all was looked at */
  work(enough) {
    while (this.#next < this.records.length) {
      const end = Math.min(this.records.length, this.#next + SLICE);
      for (; this.#next < end; this.#next += 1)
        if (this.passes(this.records[this.#next])) this.passing.push(this.#next);
      if (enough()) break;
    }
    return this.#next >= this.records.length;
  }

  /** What a row says in short. @param {WireRow} row @returns {string} */
  summary(row) {
    if (row.kind === "request") return requestSummary(this.facts.get(row.item.runId));
    if (row.kind === "fold")
      return `${chipOf(row)} × ${row.count}, '${row.text}${row.text.length >= PREVIEW ? "…" : ""}'`;
    const said = row.event ? summaryOf(row.event) : brief(row.item.text ?? "", PREVIEW);
    return row.item.why ? `${row.item.why} ${said}` : said;
  }
}

/** @param {WireRow} fold @param {WireRow} row */
function grow(fold, row) {
  fold.count += 1;
  fold.size += row.size;
  fold.verdict = worse(fold.verdict, row.verdict);
  if (fold.text.length < PREVIEW) fold.text = (fold.text + String(row.event?.delta ?? "")).slice(0, PREVIEW);
}

/** @param {WireFact | undefined} fact */
function requestSummary(fact) {
  if (!fact) return "sent";
  const times = [
    ["headers", fact.headers],
    ["first event", fact.first],
    ["first token", fact.token],
    ["end", fact.end],
  ].filter(([, ms]) => ms != null);
  const said = times.map(([name, ms]) => `${name} ${durationText(Number(ms), 1)}`).join(", ");
  return `${fact.method} ${fact.url} ${fact.status ?? ""} · ${said}${fact.fault ? ` · ${fact.fault}` : ""}`;
}
