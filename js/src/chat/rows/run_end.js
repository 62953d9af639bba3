// The line below a run: how it goes or ended, for how long, its tokens and warnings; below it what
// failed and what to do, which comes with the details (placeholders.js).
import { usageText } from "../../document/short_text.js";
import { runOf } from "../../document/transcript_rows.js";
import { div, h, setText, span } from "../../ui/dom.js";
import { spentText } from "../../ui/format.js";
import { ending, usageDetails, warningList } from "../placeholders.js";
import { runTitle } from "./run_start.js";

/** @import { Context, Row, RowView, Run } from "../../types" */

/** What is said, and what joins it to the time. @type {Record<Run["status"] | "asked" | "called", string[]>} */
const OUTCOME = {
  running: ["Working", " "],
  success: ["Done", " in "],
  interrupt: ["Waiting for you"],
  cancelled: ["Stopped"],
  error: ["Failed"],
  incomplete: ["Cut off"],
  asked: ["Asked you"],
  called: ["Called tools", " in "],
};

/** @param {Run} run */
const leftCalls = ({ status, pendingToolCallIds }) => status === "success" && pendingToolCallIds?.length;

/** @implements {RowView} */
class RunEnd {
  #words = span("agui-run-words");
  #more = span("agui-run-more");
  #ending = h("div");
  #line = div("agui-run agui-run-end", this.#words, this.#more);
  #shown = "";
  /** @type {Run | null} */
  #run = null;
  node = h("div", {}, this.#line, this.#ending);
  ticking = false;
  #answered = false; // an interrupt that a later run went on from

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
  }

  /** @param {Row} row */
  update(row) {
    const run = (this.#run = runOf(this.context, row));
    const { runs, warnings } = this.context.store.document;
    const latest = row.run === runs.length - 1;
    const mine = warnings.filter((one) => (one.runId === undefined ? latest : one.runId === run.runId));
    this.ticking = run.status === "running";
    this.#answered = run.status === "interrupt" && !latest;
    this.#line.dataset.status = run.status;
    this.#line.title = runTitle(run);
    this.tick(Date.now());
    const shown = JSON.stringify([
      run.status,
      run.error,
      run.usage,
      latest,
      this.#answered && [runs.length, runs.at(-1)?.status], // a later run may carry another answer
      mine.length,
      this.context.store.view.readonly,
    ]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const usage = usageText(run.usage);
    this.#more.replaceChildren();
    if (usage) this.#more.append(usageDetails(this.context, usage, run.usage));
    if (mine.length) this.#more.append(warningList(this.context, mine).node);
    this.#ending.replaceChildren();
    const bad = run.status === "error" || run.status === "incomplete";
    if (bad || this.#answered || (run.status === "cancelled" && latest))
      this.#ending.append(ending(this.context, run, latest).node);
  }

  /** @param {number} now */
  tick(now) {
    const run = this.#run;
    if (!run) return;
    if (this.ticking && this.context.store.connection === "dead") {
      this.ticking = false;
      return setText(this.#words, "Cut off by a kernel restart");
    }
    const time = spentText(run, this.ticking ? now : undefined);
    const [word, join = " after "] =
      OUTCOME[this.#answered ? "asked" : leftCalls(run) ? "called" : run.status];
    setText(this.#words, time ? word + join + time : word);
  }
}

/** @param {Context} context @returns {RowView} */
export const runEnd = (context) => new RunEnd(context);
