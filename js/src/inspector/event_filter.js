// Which raw events are shown: by family of type and by text, looked through in slices so that
// 50,000 of them never hold the page up. Pure: no DOM, no clock (it is passed in).

import { brief } from "../ui/format.js";

/** @typedef {{at: number, runId: string, event: Record<string, any>}} EventRecord */

/** @type {[string, RegExp][]} */
const FAMILY = [
  ["run", /^(RUN|STEP)_/],
  ["text", /^TEXT_/],
  ["reasoning", /^(REASONING|THINKING)_/],
  ["tool", /^TOOL_/],
  ["state", /^(STATE|MESSAGES)_/],
  ["activity", /^(ACTIVITY|SUBAGENT)_/],
];
export const FAMILIES = [...FAMILY.map(([name]) => name), "other"];
const TELLING = [
  "toolCallName",
  "stepName",
  "delta",
  "message",
  "name",
  "outcome",
  "content",
  "snapshot",
  "messages",
  "patch",
  "activityType",
  "value",
  "event",
  "result",
  "runId",
  "toolCallId",
  "messageId",
];
const SLICE = 500;

/** @param {unknown} type @returns {string} */
export const familyOf = (type) => FAMILY.find(([, pattern]) => pattern.test(String(type)))?.[0] ?? "other";

/**
 * What an event says, in short: the first of its telling fields.
 * @param {Record<string, any>} event @returns {string}
 */
export function summaryOf(event) {
  const key = TELLING.find((name) => event[name] !== undefined);
  const value = key === undefined ? "" : event[key];
  return typeof value === "string" ? value.slice(0, 200) : brief(value, 200);
}

/** The events of a session and the positions of those that pass. */
export class EventFilter {
  /** @type {EventRecord[]} */
  records = [];
  /** @type {number[]} positions in records, rising */
  passing = [];
  /** @type {Set<string>} families left out */
  hidden = new Set();
  text = "";
  /** @type {Record<string, number>} */
  counts = Object.fromEntries(FAMILIES.map((name) => [name, 0]));
  #next = 0;

  /**
   * Take a batch that begins at position ``from`` of ``total``. What is known already is passed
   * over; fewer in total than are held means that the session began anew.
   * @param {number} from @param {EventRecord[]} items @param {number} total
   * @returns {boolean} false: something before it is missing
   */
  add(from, items, total) {
    if (total < this.records.length) this.clear();
    if (from > this.records.length) return false;
    for (const item of items.slice(this.records.length - from)) {
      this.records.push(item);
      this.counts[familyOf(item.event.type)] += 1;
    }
    return true;
  }

  /** @returns {void} */
  clear() {
    this.records = [];
    for (const name of FAMILIES) this.counts[name] = 0;
    this.again();
  }

  /** Show a family, or leave it out. @param {string} name @returns {boolean} whether it is shown now */
  flip(name) {
    return this.hidden.delete(name) || !this.hidden.add(name);
  }

  /** Look through everything again, after the filter changed. @returns {void} */
  again() {
    this.passing = [];
    this.#next = 0;
  }

  /** @param {EventRecord} record @returns {boolean} */
  passes(record) {
    if (this.hidden.has(familyOf(record.event.type))) return false;
    return !this.text || (record.runId + JSON.stringify(record.event)).toLowerCase().includes(this.text);
  }

  /**
   * Go on looking until ``enough`` says so.
   * @param {() => boolean} enough @returns {boolean} whether every record has been looked at
   */
  work(enough) {
    while (this.#next < this.records.length) {
      const end = Math.min(this.records.length, this.#next + SLICE);
      for (; this.#next < end; this.#next += 1) {
        if (this.passes(this.records[this.#next])) this.passing.push(this.#next);
      }
      if (enough()) break;
    }
    return this.#next >= this.records.length;
  }
}
