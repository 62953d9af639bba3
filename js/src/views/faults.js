// What went wrong with a run, and what to do about it; its warnings.
import { advice } from "../advice.js";
import { div, h, icon } from "../dom.js";
import { button } from "./buttons.js";
import { opening } from "./opening.js";

/** @import { Context, Run, View, Warning } from "../types" */

/** @param {Context} context @param {NonNullable<Run["error"]>} error @param {boolean} latest @returns {View} */
export function fault({ store, send }, { message, code = "" }, latest) {
  const retry =
    latest &&
    !store.view.readonly &&
    button("Retry", () => send({ kind: "retry" }), { kind: "plain", icon: "retry" });
  const words = h("div", {}, message, code && !message.startsWith(code) && h("code", {}, code));
  const after = div("agui-faint", advice(`${code} ${message}`));
  return {
    node: h(
      "div",
      { class: "agui-error", role: "group", "aria-label": "Error" },
      icon("warning"),
      div("agui-error-words", words, after),
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
  return { node: opening("agui-warnings", [icon("warning"), short], lines) };
}
