// One delegation: a line with its name, state and duration, and below it everything it sent, which its
// place in the transcript (chat/placeholders.js) keeps for it.
import { Disclosure } from "../ui/disclosure.js";
import { oneLine, spentText } from "../ui/format.js";
import { visible } from "../ui/visible.js";

/** @import { Context, Row, RowView, Subagent } from "../types" */
/** @import { State } from "../ui/disclosure.js" */

/** @type {Record<Subagent["status"], State>} */
const STATE = { running: "running", success: "done", suspended: "waiting", error: "error", abandoned: "off" };

/** @implements {RowView} */
class SubagentRow {
  /** @type {Row} */
  #row = { key: "", kind: "subagent" };
  ticking = false;

  /** @param {Context} context @param {HTMLElement} rows  of what it sent */
  constructor(context, rows) {
    this.context = context;
    this.fold = new Disclosure({ kind: "subagent", open: true });
    this.fold.body.append(rows);
    this.node = this.fold.node;
  }

  /** @returns {Subagent | undefined} */
  get #told() {
    const run = this.context.store.document.runs[this.#row.run ?? -1];
    return run?.subagents?.find((one) => one.subagentRunId === this.#row.subagent);
  }

  /** @param {Row} row */
  update(row) {
    this.#row = row;
    const told = this.#told;
    let status = told?.status ?? "success"; // a tag alone tells nothing of an end
    if (status === "suspended" && !this.context.store.document.interrupts.length) status = "success";
    this.ticking = status === "running";
    const result = told?.result === undefined ? "" : `→ ${oneLine(told.result)}`;
    const detail =
      status === "error" ? (told?.message ?? "") : [told?.description, result].filter(Boolean).join(" ");
    this.fold.say({
      state: STATE[status],
      title: visible(told?.name ?? `Subagent ${row.subagent}`),
      detail,
      side: this.#time(),
    });
  }

  #time() {
    return spentText(this.#told, this.ticking ? Date.now() : undefined);
  }

  tick() {
    this.fold.time(this.#time());
  }
}

/** @param {Context} context @param {HTMLElement} rows @returns {RowView} */
export const subagent = (context, rows) => new SubagentRow(context, rows);
