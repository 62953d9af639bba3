// A run as nested bars on a time line: the run, its steps, subagents, tools, the model's time and
// messages, and what was waited for behind it; and two of them over each other. Pure: no DOM, no clock.

import { callKey, callOf } from "../document/item_keys.js";

/**
 * @typedef {"run" | "step" | "subagent" | "tool" | "model" | "reasoning" | "answer" | "waiting"} Kind
 * @typedef {object} Bar  times in ms since the epoch
 * @property {Kind} kind
 * @property {string} label
 * @property {number} from
 * @property {number} to
 * @property {string} status
 * @property {number} depth
 * @property {[string, string]} [found]  what a row of the network panel has of it: a member, its value
 * @property {[number, number][]} [parts]  where it does not last from its beginning to its end
 */
/**
 * @typedef {Bar & { owner?: string, id?: string, under?: string }} Entry
 *   owner: the subagent it is of; id: of a subagent; under: the call that began it
 * @typedef {{from: number, to: number, end: number, bars: Bar[], tools: number}} Bars
 *   ``to``: of the run; ``end``: of what came behind it; ``tools``: ms during which any tool ran in the run
 */

const WAIT = 0.25; // of a run's length: as much of a wait for the user is drawn to scale

/** @param {[number, number][]} spans @returns {[number, number][]} those that touch joined, by start */
function joined(spans) {
  /** @type {[number, number][]} */
  const whole = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = whole.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else whole.push([from, to]);
  }
  return whole;
}

/** @param {[number, number][]} spans @returns {number} length of their union */
export const union = (spans) => joined(spans).reduce((sum, [from, to]) => sum + to - from, 0);

/** What is left of a time. @param {number} from @param {number} to @param {[number, number][]} without */
function rest(from, to, without) {
  /** @type {[number, number][]} */
  const left = [];
  let at = from;
  for (const [start, end] of joined(without)) {
    if (start > at) left.push([at, start]);
    at = Math.max(at, end);
  }
  return at < to ? [...left, /** @type {[number, number]} */ ([at, to])] : left;
}

/** Messages and calls as they are known: key, kind, label, owner. @param {any} document @returns {[string, Kind, string, string?][]} */
function itemsOf({ messages }) {
  return messages.flatMap((/** @type {any} */ { id, role, toolCalls = [], subagentRunId }) => {
    /** @type {[string, Kind, string, string?][]} */
    const found = [];
    if (role === "reasoning") found.push([`message:${id}`, "reasoning", "Reasoning", subagentRunId]);
    if (role === "assistant") found.push([`message:${id}`, "answer", "Answer", subagentRunId]);
    for (const call of toolCalls)
      found.push([callKey(call.id), "tool", call.function?.name || call.id, subagentRunId]);
    return found;
  });
}

/**
 * All that began in a run or behind it, flat.
 * @param {any} document @param {any} run @param {[number, number, number]} times  start and end of the run, the next one's start
 * @returns {Entry[]}
 */
function entriesOf(document, run, [from, to, next]) {
  /** @param {any} one @param {Kind} kind @param {string} label @param {Partial<Entry>} more @returns {Entry[]} */
  const entry = (one, kind, label, more) => {
    const start = one?.startedAt;
    if (typeof start !== "number" || start < from || start > (kind === "tool" ? next : to)) return [];
    const end = Math.max(start, Math.min(one.endedAt ?? to, start > to ? next : to));
    return [{ kind, label, from: start, to: end, status: String(one.status), depth: 1, ...more }];
  };
  return [
    ...(run.steps ?? []).flatMap((/** @type {any} */ one) =>
      entry(one, "step", one.stepName, { owner: one.subagentRunId, found: ["stepName", one.stepName] }),
    ),
    ...(run.subagents ?? []).flatMap((/** @type {any} */ one) =>
      entry(one, "subagent", one.name, {
        id: one.subagentRunId,
        owner: one.parentSubagentRunId,
        under: one.parentToolCallId,
        found: ["subagentRunId", one.subagentRunId],
      }),
    ),
    ...itemsOf(document).flatMap(([key, kind, label, owner]) =>
      entry(document.items[key], kind, label, { owner, found: ["place", key] }),
    ),
  ].sort((a, b) => a.from - b.from || b.to - a.to);
}

/** What each entry stands below; undefined: the run. @param {Entry[]} all @returns {Map<Entry, Entry | undefined>} */
function parentsOf(all) {
  const calls = new Map(all.map((entry) => [callOf(entry.found?.[1] ?? ""), entry]));
  const agents = new Map(all.flatMap((entry) => (entry.id === undefined ? [] : [[entry.id, entry]])));
  /** @type {Entry[]} those that began so far */
  const steps = [];
  return new Map(
    all.map((entry) => {
      const step = steps.findLast(({ owner, to }) => owner === entry.owner && entry.from < to);
      if (entry.kind === "step") steps.push(entry);
      const call = entry.under === undefined ? undefined : calls.get(entry.under);
      return [entry, call ?? step ?? agents.get(entry.owner ?? "")];
    }),
  );
}

/** In the order of a tree, each below what it is in. @param {Entry[]} all @returns {Bar[]} */
function nested(all) {
  /** @type {Map<Entry | undefined, Entry[]>} */
  const children = new Map();
  for (const [entry, parent] of parentsOf(all)) {
    const known = children.get(parent);
    if (known) known.push(entry);
    else children.set(parent, [entry]);
  }
  const placed = new Set();
  /** @param {Entry[]} entries @param {number} depth @returns {Bar[]} */
  const below = (entries, depth) =>
    entries.flatMap((entry) => {
      if (placed.has(entry)) return [];
      placed.add(entry);
      const { owner: _, id: __, under: ___, ...bar } = entry;
      return [{ ...bar, depth }, ...below(children.get(entry) ?? [], depth + 1)];
    });
  return [...below(children.get(undefined) ?? [], 1), ...below(all, 1)]; // whose parents are a circle
}

/** Behind a run that asked: until the next one, or as long as nobody answered. @param {any} document @param {any} run @param {Bars} all @param {number} until @returns {Bar[]} */
function waitingFor(document, run, { to, bars }, until) {
  const asked = run.status === "interrupt" || run.askedHere?.length;
  const isLast = document.runs?.at(-1) === run;
  if (!asked || (isLast && !document.interrupts?.length)) return [];
  const went = bars.filter(({ kind, from }) => kind === "tool" && from > to).map(({ from }) => from);
  const end = Math.max(to, Math.min(until, ...went));
  const status = isLast ? "running" : "done";
  return [{ kind: "waiting", label: "Waiting for you", from: to, to: end, status, depth: 1 }];
}

/**
 * The bars of one run, the run first; what is unfinished lasts until the run's end, or until ``now``.
 * @param {any} document @param {any} run @param {number} now @returns {Bars}
 */
export function barsOf(document, run, now) {
  const from = run.startedAt ?? now;
  const to = Math.max(from, run.endedAt ?? now);
  const next = document.runs?.[document.runs.indexOf(run) + 1]?.startedAt;
  const until = Math.max(to, next ?? now);
  const bars = nested(entriesOf(document, run, [from, to, until]));
  /** @type {[number, number][]} */
  const tools = bars
    .filter(({ kind, from: start }) => kind === "tool" && start < to)
    .map((one) => [one.from, Math.min(to, one.to)]);
  const model = rest(from, to, tools);
  /** @type {Bar} */
  const whole = { kind: "run", label: "Run", from, to, status: String(run.status), depth: 0 };
  /** @type {Bar[]} */
  const thought = tools.length
    ? [{ kind: "model", label: "Model", from, to, status: "", depth: 1, parts: model }]
    : [];
  const all = { from, to, end: to, bars: [whole, ...thought, ...bars], tools: union(tools) };
  const waited = waitingFor(document, run, all, until);
  const ends = bars.map((one) => one.to);
  const cut = waited.map((one) => Math.min(one.to, to + (to - from) * WAIT));
  return { ...all, end: Math.max(to, ...ends, ...cut), bars: [...all.bars, ...waited] };
}

/**
 * Two runs over each other: each bar of the first with the one of the second that does the same, and what
 * only the second has behind them.
 * @param {Bars} one @param {Bars} other @returns {[Bar | undefined, Bar | undefined][]}
 */
export function overlaid(one, other) {
  const left = [...other.bars];
  const pairs = one.bars.map((bar) => {
    const at = left.findIndex(({ kind, label }) => kind === bar.kind && label === bar.label);
    return /** @type {[Bar, Bar | undefined]} */ ([bar, at < 0 ? undefined : left.splice(at, 1)[0]]);
  });
  return [...pairs, ...left.map((bar) => /** @type {[undefined, Bar]} */ ([undefined, bar]))];
}

/**
 * Tokens a second from the first one on, as the model counted them, else the pieces that came; "" for neither.
 * @param {any} run @param {number} first @param {number} end @param {number} pieces
 */
export function speedText(run, first, end, pieces) {
  const seconds = (end - first) / 1000;
  const tokens = (run.usage ?? []).reduce(
    (/** @type {number} */ sum, /** @type {any} */ { outputTokens = 0 }) => sum + outputTokens,
    0,
  );
  if (seconds <= 0 || !(tokens || pieces)) return "";
  const rate = (tokens || pieces) / seconds;
  return `${rate < 9.5 ? rate.toFixed(1) : Math.round(rate).toLocaleString("en")} ${tokens ? "tokens" : "pieces"}/s`;
}
