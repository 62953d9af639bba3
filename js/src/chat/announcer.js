// Says to assistive technology what was finished: an answer, a question, a failure. Never tokens.
import { textOf } from "../document/short_text.js";
import { h } from "../ui/dom.js";

/** @import { Context, Run, Store } from "../types" */

const SPOKEN = 500; // characters of an answer; the rest is in the log

/** @returns {{ node: HTMLElement, say: (text: string) => void }} */
export function announcer() {
  const node = h("div", { class: "agui-off-screen", role: "status", "aria-live": "polite" });
  return { node, say: (text) => node.replaceChildren(h("p", {}, text)) };
}

/** @param {Store} store @param {Run} run */
function words({ document, view }, run) {
  const name = view.agent.name || "The agent";
  if (run.status === "error") return `${name} failed: ${run.error?.message ?? ""}`;
  if (run.status === "interrupt") return `${name} waits for your answer`;
  if (run.status === "cancelled") return "Stopped";
  if (run.status === "incomplete") return `The answer of ${name} was cut off`;
  const last = document.messages.findLast(
    ({ id, role, content }) => id === run.after || (role === "assistant" && textOf(content)),
  );
  const text = last?.id === run.after ? "" : textOf(last?.content); // it may have called tools only
  return text && `${name} answered: ${text.slice(0, SPOKEN)}${text.length > SPOKEN ? "…" : ""}`;
}

/** Announces each run that ends while the view is there. @param {Context} context */
export function announceRuns({ store, signal, announce }) {
  let running = store.document.runs.at(-1)?.status === "running";
  const listener = () => {
    const run = store.document.runs.at(-1);
    const now = run?.status === "running";
    if (running && run && !now) announce(words(store, run));
    running = now;
  };
  store.subscribe(["runs"], listener, signal);
}
