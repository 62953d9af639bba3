// The lines around a run: where it started, its steps, how it ended; what failed and what to do.
import { h, icon, setText } from "../dom.js";
import { spentText } from "../times.js";
import { usageLines, usageText } from "../values.js";
import { button } from "./buttons.js";

/** @import { Context, Row, RowView, Run, Step, Warning } from "../types" */

/** @param {Context} context @param {Row} row @returns {Run} */
const runOf = ({ store }, row) => store.document.runs[row.run ?? -1] ?? { runId: "", after: null, status: "incomplete" };

/** @param {number | undefined} at */
const clock = (at) => (at === undefined ? "" : `, ${new Date(at).toLocaleTimeString()}`);

/** @param {Context} context @returns {RowView} */
export function runStart(context) {
  const words = h("span", { class: "agui-run-words" });
  const node = h("div", { class: "agui-run agui-run-start" }, words);
  return {
    node,
    update(row) {
      const { runId, startedAt } = runOf(context, row);
      setText(words, `Run ${runId} started${clock(startedAt)}`);
      node.title = `Run ${runId} started${clock(startedAt)}`;
    },
  };
}

const OUTCOME = {
  running: "Working",
  success: "Done",
  interrupt: "Waiting for you",
  cancelled: "Stopped",
  error: "Failed",
  incomplete: "Cut off: the stream stopped without an end, so this answer may lack something",
};

/** What to do about an error, by the words it comes with. @type {[RegExp, string][]} */
const ADVICE = [
  [/\b401\b|\b403\b|unauthor|forbidden|api.?key|token/i, "The agent refused the credentials: check the token or key it was connected with."],
  [/\b404\b/, "The address answers, but there is no agent at this path: check the URL."],
  [/\b429\b|rate.?limit|quota/i, "The agent is asked too often: wait a moment, then retry."],
  [/refused|unreachable|connect|resolve|dns|network/i, "Check that the agent's server runs and that its address is right, then retry."],
  [/timed? ?out|timeout/i, "The agent took too long: retry, or connect with a longer timeout."],
  [/protocol|schema|malformed|not valid/i, "The agent sent something that AG-UI does not allow: the Events tab shows what."],
];

/** @param {string} message @param {string} code */
function adviceFor(message, code) {
  const found = ADVICE.find(([pattern]) => pattern.test(`${code} ${message}`));
  return `${found?.[1] ?? "Retry sends the same messages again."} What arrived before is kept.`;
}

/** @param {Context} context @param {Run} run @param {boolean} latest */
function errorBlock(context, run, latest) {
  const { message = "The run failed.", code = "" } = run.error ?? {};
  const retry = latest && !context.store.view.readonly && button("Retry", () => context.send({ kind: "retry" }), { kind: "plain", icon: "retry" });
  return h(
    "div",
    { class: "agui-error", role: "group", "aria-label": "Error" },
    icon("warning"),
    h("div", { class: "agui-error-words" }, h("div", {}, message, code && h("code", {}, code)), h("div", { class: "agui-faint" }, adviceFor(message, code))),
    retry,
  );
}

/** @param {Warning[]} warnings */
function warningList(warnings) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { message } of warnings) counts.set(message, (counts.get(message) ?? 0) + 1);
  const items = [...counts].map(([message, count]) => h("li", {}, count > 1 ? `${message} (${count} times)` : message));
  const label = `${warnings.length} warning${warnings.length > 1 ? "s" : ""}`;
  return h("details", { class: "agui-warnings" }, h("summary", {}, icon("warning"), label), h("ul", {}, items));
}

/** @param {Run} run */
function usageDetails(run) {
  const short = usageText(run.usage);
  if (!short) return null;
  const lines = usageLines(run.usage).map((line) => h("li", {}, line));
  return h("details", { class: "agui-usage" }, h("summary", { title: "Tokens" }, short), h("ul", {}, lines));
}

/** @implements {RowView} */
class RunEnd {
  #words = h("span", { class: "agui-run-words" });
  #more = h("span", { class: "agui-run-more" });
  #error = h("div");
  #shown = "";
  #row = /** @type {Row | null} */ (null);
  ticking = false;

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.line = h("div", { class: "agui-run agui-run-end" }, this.#words, this.#more);
    this.node = h("div", { class: "agui-run-place" }, this.#error, this.line);
  }

  /** @param {Row} row */
  update(row) {
    this.#row = row;
    const run = runOf(this.context, row);
    const { runs, warnings } = this.context.store.document;
    const latest = row.run === runs.length - 1;
    const mine = warnings.filter((one) => (one.runId === undefined ? latest : one.runId === run.runId));
    this.ticking = run.status === "running";
    this.line.dataset.status = run.status;
    this.line.title = `Run ${run.runId}`;
    this.tick(Date.now());
    const shown = JSON.stringify([run.status, run.error, run.usage, latest, mine.length, this.context.store.view.readonly]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#more.replaceChildren(...[usageDetails(run), mine.length ? warningList(mine) : null].filter((one) => one !== null));
    this.#error.replaceChildren(...(run.status === "error" ? [errorBlock(this.context, run, latest)] : []));
    if (latest && run.status === "incomplete" && !this.context.store.view.readonly) {
      this.#more.append(button("Retry", () => this.context.send({ kind: "retry" }), { icon: "retry" }));
    }
  }

  /** @param {number} now */
  tick(now) {
    if (!this.#row) return;
    const run = runOf(this.context, this.#row);
    const time = spentText(run, this.ticking ? now : undefined);
    const joint = run.status === "running" ? " " : run.status === "success" ? " in " : " after ";
    setText(this.#words, OUTCOME[run.status] + (time && joint + time));
  }
}

/** @param {Context} context @returns {RowView} */
export const runEnd = (context) => new RunEnd(context);

/** @param {Step} step */
function stepChip(step) {
  const mark = step.status === "running" ? h("span", { class: "agui-spinner" }) : icon(step.status === "done" ? "check" : "minus");
  const said = { running: "running", done: "done", abandoned: "not finished" }[step.status];
  return h("li", { class: "agui-step", "data-status": step.status }, mark, h("span", {}, step.stepName), h("span", { class: "agui-off-screen" }, said), h("span", { class: "agui-faint" }, spentText(step)));
}

/** The named phases of a run, or of one of its subagents, in one line. @param {Context} context @returns {RowView} */
export function steps(context) {
  const node = h("ol", { class: "agui-steps", "aria-label": "Steps" });
  return {
    node,
    update(row) {
      const mine = (runOf(context, row).steps ?? []).filter((step) => step.subagentRunId === row.subagent);
      node.replaceChildren(...mine.map(stepChip));
    },
  };
}
