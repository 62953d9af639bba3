// How a run ended, in more than a word: what went wrong and what to do about it, what was answered to
// its questions; its warnings, its tokens by model.
import { usageLines } from "../document/short_text.js";
import { button } from "../ui/buttons.js";
import { div, h, icon } from "../ui/dom.js";
import { trace } from "./trace.js";

/** @import { AnswerText, Context, Run, View, Warning } from "../types" */

const RETRY = "Retry sends the same messages again; what comes then stands in place of this answer.";

/** What went wrong, in words. @param {Run} run @returns {NonNullable<Run["error"]>} */
function faultOf({ status, error }) {
  if (error) return error;
  return {
    message:
      status === "error"
        ? "The run failed."
        : "The stream stopped before the run ended, so this answer may lack something.",
  };
}

/**
 * The answers to what a run asked, where they have arrived.
 * @param {Context["store"]} store @param {Run} run @returns {AnswerText[]}
 */
function answersTo({ document: { runs, interrupts } }, run) {
  const later = runs.slice(runs.indexOf(run) + 1);
  const again = later.findIndex((one) => one.interrupts?.length); // an id may be asked again
  const given = (again < 0 ? later : later.slice(0, again + 1)).flatMap((one) => one.answers ?? []);
  const waiting = again < 0 && runs.at(-1)?.status !== "running" ? interrupts.map(({ id }) => id) : [];
  return given.filter(({ interruptId }) => !waiting.includes(interruptId));
}

/** @param {AnswerText} answer */
function wordsOf({ said, changes = [] }) {
  if (!changes.length) return [said];
  const told = changes.map(({ name, before, after }) =>
    h("span", { class: "agui-change" }, `${name}: `, before && h("del", {}, before), " → ", after),
  );
  return ["Approved with changes", ...told];
}

/**
 * What was answered to the questions a run ended with.
 * @param {Context} context @param {Run} run @returns {View}
 */
function answers({ store }, run) {
  const given = answersTo(store, run);
  const lines = (run.interrupts ?? []).flatMap((one) => {
    const answer = given.findLast(({ interruptId }) => interruptId === one.id);
    if (!answer) return [];
    const mark = icon(answer.declined ? "cross" : "check");
    return h("li", {}, mark, h("span", {}, `${answer.asked} → `, h("strong", {}, ...wordsOf(answer))));
  });
  return {
    node: h("ul", { class: "agui-answered", "aria-label": "Your answers", hidden: !lines.length }, lines),
  };
}

/** Works once: the second click of a double click would be refused. @param {Context["send"]} send */
function retryButton(send) {
  const again = () => {
    retry.disabled = true;
    send({ kind: "retry" });
  };
  const retry = button("Retry", again, { kind: "plain", icon: "retry" });
  return retry;
}

/**
 * A run that did not simply end well, and how to try again.
 * @param {Context} context @param {Run} run @param {boolean} latest @returns {View}
 */
export function ending(context, run, latest) {
  if (run.status === "interrupt") return answers(context, run);
  const { store, send, enter } = context;
  const { message, code = "", advice, again = true } = faultOf(run);
  const retry =
    latest &&
    again &&
    !store.view.readonly &&
    !store.document.interrupts.length && // it has to be answered first, in its form
    retryButton(send);
  const onWire = store.view.agent.url && !store.view.readonly;
  const see = onWire && button("Show in network panel", () => enter("events", run.runId), { kind: "plain" });
  const words = h("div", {}, message, code && !message.startsWith(code) && h("code", {}, code));
  const after = div("agui-faint", advice || (retry && RETRY) || "");
  return {
    node: h(
      "div",
      { class: "agui-error", role: "group", "aria-label": "Error" },
      icon("warning"),
      div("agui-error-words", words, after, trace(context, run.error?.trace)),
      see,
      retry,
    ),
  };
}

/** @param {string} short @param {Warning[]} warnings @returns {View} */
export function warningList(short, warnings) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { message } of warnings) counts.set(message, (counts.get(message) ?? 0) + 1);
  const lines = [...counts].map(([message, count]) => (count > 1 ? `${message} (${count} times)` : message));
  const summary = h("summary", {}, icon("warning"), short);
  return { node: h("details", { class: "agui-warnings" }, summary, list(lines)) };
}

/** @param {Run} run */
function factsOf({ runId, startedAt, usage }) {
  const since = startedAt === undefined ? "" : `, started ${new Date(startedAt).toLocaleTimeString()}`;
  return [`Run ${runId}${since}`, ...usageLines(usage)];
}

/** What the line below a run is short for. @param {HTMLElement} node @param {HTMLElement} summary @param {Run} run */
export function fillFacts(node, summary, run) {
  const facts = factsOf(run);
  node.title = facts.join("\n");
  node.replaceChildren(summary, list(facts));
}

/** @param {string[]} lines */
function list(lines) {
  const items = lines.map((line) => h("li", {}, line));
  return h("ul", {}, items);
}
