// A run as bars on a time line: steps, subagents, tools, the model's messages. Pure: no DOM, no clock.

import { callOf } from "../document/item_keys.js";

/**
 * @typedef {{kind: "step" | "subagent" | "tool" | "reasoning" | "answer", label: string, from: number, to: number, status: string}} Bar
 */
/**
 * @typedef {{from: number, to: number, bars: Bar[], tools: number}} Bars  times in ms since the epoch; ``tools``: ms during which any tool ran
 */

/** @param {any} document @returns {Map<string, string>} */
function toolNames(document) {
  const names = new Map();
  for (const message of document.messages)
    for (const call of message.toolCalls ?? []) names.set(call.id, call.function?.name ?? "");
  return names;
}

/** @param {any} document @returns {[string, string, string][]} item key, kind, label */
function itemsOf(document) {
  const roles = new Map(document.messages.map((/** @type {any} */ one) => [one.id, one.role]));
  const names = toolNames(document);
  return Object.keys(document.items).flatMap((key) => {
    const id = key.slice(key.indexOf(":") + 1);
    if (callOf(key) !== undefined) return [[key, "tool", names.get(id) || id]];
    if (roles.get(id) === "reasoning") return [[key, "reasoning", "Reasoning"]];
    return roles.get(id) === "assistant" ? [[key, "answer", "Answer"]] : [];
  });
}

/** @param {[number, number][]} spans @returns {number} length of their union */
export function union(spans) {
  let end = -Infinity;
  let total = 0;
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return total;
}

/**
 * The bars of one run, by start; what is unfinished lasts until the run's end, or until ``now``.
 * @param {any} document @param {any} run @param {number} now @returns {Bars}
 */
export function barsOf(document, run, now) {
  const from = run.startedAt ?? now;
  const to = Math.max(from, run.endedAt ?? now);
  /** @param {any} one @param {Bar["kind"]} kind @param {string} label @returns {Bar[]} */
  const bar = (one, kind, label) =>
    typeof one.startedAt !== "number" || one.startedAt < from || one.startedAt > to
      ? []
      : [
          {
            kind,
            label,
            from: one.startedAt,
            to: Math.min(to, Math.max(one.startedAt, one.endedAt ?? to)),
            status: String(one.status),
          },
        ];
  const bars = [
    ...run.steps.flatMap((/** @type {any} */ step) => bar(step, "step", step.stepName)),
    ...run.subagents.flatMap((/** @type {any} */ one) => bar(one, "subagent", one.name)),
    ...itemsOf(document).flatMap(([key, kind, label]) =>
      bar(document.items[key], /** @type {Bar["kind"]} */ (kind), label),
    ),
  ].sort((a, b) => a.from - b.from || b.to - a.to);
  return {
    from,
    to,
    bars,
    tools: union(bars.filter((one) => one.kind === "tool").map((one) => [one.from, one.to])),
  };
}
