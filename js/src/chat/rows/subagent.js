// One delegation: a line with its name, state and duration, and below it everything it sent.
import { Disclosure } from "../../ui/disclosure.js";
import { div } from "../../ui/dom.js";
import { oneLine, spentText } from "../../ui/format.js";

/** @import { Context, Row, RowView, Subagent } from "../../types" */
/** @import { State } from "../../ui/disclosure.js" */

/** @type {Record<Subagent["status"], State>} */
const STATE = { running: "running", success: "done", suspended: "waiting", error: "error", abandoned: "off" };

/** @implements {RowView} */
class SubagentRow {
  #row;
  ticking = false;

  /** @param {Context} context @param {Row} row */
  constructor(context, row) {
    this.context = context;
    this.#row = row;
    this.fold = new Disclosure({ kind: "subagent", open: true });
    this.body = div("agui-nest");
    this.fold.body.append(this.body);
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
      title: told?.name ?? `Subagent ${row.subagent}`,
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

/** @param {Context} context @param {Row} row @returns {RowView} */
export const subagent = (context, row) => new SubagentRow(context, row);
