// The line below a run: for how long it went, its tokens, its warnings, and a word where it did not
// simply end well. What failed and what to do comes below it, with the details (placeholders.js).
import { usageText } from "../../document/short_text.js";
import { runOf } from "../../document/transcript_rows.js";
import { iconButton } from "../../ui/buttons.js";
import { div, h, setText } from "../../ui/dom.js";
import { spentText } from "../../ui/format.js";
import { ending, runFacts, warningList } from "../placeholders.js";

/** @import { Context, Row, RowView, Run } from "../../types" */

/** @type {Record<Run["status"] | "asked" | "called", string>} */
const OUTCOME = {
  running: "Working",
  success: "",
  interrupt: "Waiting for you",
  cancelled: "Stopped",
  error: "Failed",
  incomplete: "Cut off",
  left: "Left",
  asked: "Asked you",
  called: "Called tools",
};

/** @param {Run} run */
const leftCalls = ({ status, pendingToolCallIds }) => status === "success" && pendingToolCallIds?.length;

/** @implements {RowView} */
class RunEnd {
  #words = h("summary");
  #warnings = div("agui-run-more");
  #ending = h("div");
  #again;
  #line;
  #shown = "";
  #run = /** @type {Run} */ ({});
  node;
  ticking = false;
  #answered = false; // an interrupt that a later run went on from

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.#again = iconButton("Try again", "retry", () => {
      this.#again.hidden = true; // for the second click of two, too
      context.send({ kind: "retry" });
    });
    this.#line = div(
      "agui-run",
      this.#again,
      runFacts(context, this.#words, () => this.#run),
      this.#warnings,
    );
    this.node = h("div", {}, this.#line, this.#ending);
  }

  /** @param {Row} row */
  update(row) {
    const run = (this.#run = runOf(this.context, row));
    const { runs, warnings } = this.context.store.document;
    const latest = row.run === runs.length - 1;
    const mine = warnings.filter((one) => (one.runId === undefined ? latest : one.runId === run.runId));
    this.ticking = run.status === "running";
    this.#answered = run.status === "interrupt" && !latest;
    this.#line.dataset.status = this.#answered ? "asked" : run.status; // no longer waits
    this.#offer(run.status, latest);
    this.tick(Date.now());
    const shown = JSON.stringify([
      run.status,
      run.error,
      latest,
      this.#answered && [runs.length, runs.at(-1)?.status], // a later run may carry another answer
      mine.length,
      this.context.store.view.readonly,
    ]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#warnings.replaceChildren(...(mine.length ? [warningList(this.context, mine).node] : []));
    this.#ending.replaceChildren();
    const bad = run.status === "error" || run.status === "incomplete";
    if (bad || this.#answered) this.#ending.append(ending(this.context, run, latest).node);
  }

  /** What went wrong has a button of its own, with words. @param {Run["status"]} status @param {boolean} latest */
  #offer(status, latest) {
    const { view, document, sent } = this.context.store;
    const settled = status === "success" || status === "cancelled";
    this.#again.hidden =
      !settled ||
      !latest ||
      view.readonly ||
      view.running === true ||
      document.interrupts.length + sent.length > 0;
    const word = status === "cancelled" ? "Retry" : "Try again";
    if (this.#again.title === word) return;
    this.#again.title = word;
    this.#again.setAttribute("aria-label", word);
    this.#again.append(status === "cancelled" ? word : "");
  }

  /** @param {number} now */
  tick(now) {
    const run = this.#run;
    if (this.ticking && this.context.store.connection === "dead") {
      this.ticking = false;
      return setText(this.#words, "Cut off by a kernel restart");
    }
    const word = OUTCOME[this.#answered ? "asked" : leftCalls(run) ? "called" : run.status];
    const time = word === OUTCOME.interrupt ? "" : spentText(run, this.ticking ? now : undefined);
    const said = [word, time, usageText(run.usage)].filter(Boolean);
    setText(this.#words, said.join(" · ") || "Done");
  }
}

/** @param {Context} context @returns {RowView} */
export const runEnd = (context) => new RunEnd(context);
