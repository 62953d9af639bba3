// Document -> the rows of the transcript, in order and nested: runs around their messages, calls
// behind the message that made them, subagents below their parent; and what each stands for. Pure; the
// page is not known here.

import { callKey, isDrawn, messageKey } from "./item_keys.js";

/** @import { Conversation, Message, Row, Run, Store, Subagent } from "../types" */

/** @param {any} content */
const isEmpty = (content) => content === undefined || content === null || content === "";

/**
 * A message without text shows only while text may still come, or if it is all there is.
 * @param {Conversation} document @param {Message} message
 */
function hasText({ items }, message) {
  if (!isEmpty(message.content)) return true;
  return items[messageKey(message.id)]?.status === "open" && !message.toolCalls?.length;
}

/**
 * @param {Conversation} document @param {number} at @param {Set<string>} calls  ids of all calls @returns {Row[]}
 */
function messageRows(document, at, calls) {
  const message = document.messages[at];
  const key = messageKey(message.id);
  if (message.role === "tool") {
    const id = message.toolCallId ?? message.id;
    return calls.has(id) ? [] : [{ key: callKey(id), kind: "call", at }]; // answers a call that is not here
  }
  if (message.role === "user") return [{ key, kind: "user", at }];
  if (message.role === "activity") return [{ key, kind: "activity", at }];
  if (message.role === "system" || message.role === "developer") return [{ key, kind: "note", at }];
  /** @type {Row[]} */
  const rows = hasText(document, message)
    ? [{ key, kind: message.role === "reasoning" ? "reasoning" : "answer", at }]
    : [];
  (message.toolCalls ?? []).forEach((call, index) =>
    rows.push({ key: callKey(call.id), kind: "call", at, call: index }),
  );
  return rows;
}

/** One run's rows, and where each subagent's go. */
class RunRows {
  /** @type {Row[]} */
  rows = [];
  /** @type {Map<string, Row>} */
  #groups = new Map();
  /** @type {Set<string>} whose parents are being looked for */
  #placing = new Set();

  /** @param {Run | undefined} run @param {number} index */
  constructor(run, index) {
    this.run = run;
    this.index = index;
  }

  /** @param {Row} row @param {string | undefined} owner @param {number} run  the run it came in */
  add(row, owner, run) {
    (owner === undefined ? this.rows : this.#group(owner)).push({ ...row, run });
  }

  /** @param {string} id @returns {Row[]} */
  #group(id) {
    const known = this.#groups.get(id);
    if (known?.children) return known.children;
    const told = this.run?.subagents?.find((one) => one.subagentRunId === id);
    /** @type {Row[]} */
    const children = [];
    const row = /** @type {Row} */ ({
      key: `subagent:${this.index}:${id}`,
      kind: "subagent",
      run: this.index,
      subagent: id,
      children,
    });
    this.#groups.set(id, row);
    const parent = told?.parentSubagentRunId;
    this.#placing.add(id);
    const circle = parent !== undefined && this.#placing.has(parent);
    place(row, told, parent === undefined || circle ? this.rows : this.#group(parent));
    this.#placing.delete(id);
    return children;
  }

  /** Subagents that sent nothing (yet), and the steps of each. @param {Map<string, RunRows>} homes */
  finish(homes) {
    for (const { subagentRunId } of this.run?.subagents ?? []) this.#group(subagentRunId);
    const owners = new Set((this.run?.steps ?? []).map((step) => step.subagentRunId));
    for (const owner of owners) {
      const row = /** @type {Row} */ ({
        key: `steps:${this.index}:${owner ?? ""}`,
        kind: "steps",
        run: this.index,
        subagent: owner,
      });
      (owner === undefined ? this.rows : (homes.get(owner) ?? this).#group(owner)).unshift(row);
    }
  }
}

/**
 * Behind the call or the message that delegated, else at the end.
 * @param {Row} row @param {Subagent | undefined} told @param {Row[]} around
 */
function place(row, told, around) {
  const keys = [callKey(told?.parentToolCallId), messageKey(told?.parentMessageId)];
  let at = around.findIndex((one) => keys.includes(one.key));
  if (at < 0) return void around.push(row);
  for (at += 1; around[at]?.kind === "subagent";) at += 1;
  around.splice(at, 0, row);
}

/**
 * Where in the messages a run starts and ends: [start, end).
 * @param {Conversation} document @returns {[number, number][]}
 */
function extents({ messages, runs }) {
  const places = new Map(messages.map((message, at) => [message.id, at]));
  let least = 0;
  const starts = runs.map(({ after }) => {
    const known = after === null ? 0 : (places.get(after) ?? -1) + 1;
    return (least = Math.max(least, known));
  });
  return starts.map((start, index) => {
    let end = starts[index + 1] ?? messages.length;
    while (end > start && messages[end - 1].role === "user") end -= 1;
    return [start, end];
  });
}

/** @param {Conversation} document @returns {Row[]} */
const drawnRows = ({ outputs }) =>
  Object.keys(outputs)
    .filter((key) => isDrawn(key) && [outputs[key]].flat().length)
    .map((key) => ({ key, kind: "drawn" }));

/** @param {Conversation} document @returns {Row[]} */
export function transcriptRows(document) {
  const calls = new Set(
    document.messages.flatMap((message) => (message.toolCalls ?? []).map((call) => call.id)),
  );
  /** @type {Row[]} */
  const rows = [];
  let at = 0;
  /** @type {Map<string, RunRows>} where a delegation is drawn: in the run that began it, also when it goes on */
  const homes = new Map();
  /** @param {number} end @param {RunRows} into */
  const take = (end, into) => {
    for (; at < end; at += 1) {
      const { subagentRunId: owner } = document.messages[at];
      const home = owner === undefined || into.run === undefined ? into : (homes.get(owner) ?? into);
      for (const row of messageRows(document, at, calls)) home.add(row, owner, into.index);
    }
  };
  const outside = () => new RunRows(undefined, -1);
  extents(document).forEach(([start, end], index) => {
    const before = outside();
    take(start, before);
    const inside = new RunRows(document.runs[index], index);
    for (const one of inside.run?.subagents ?? []) homes.set(one.subagentRunId, inside);
    take(end, inside);
    inside.finish(homes);
    const { runId } = document.runs[index];
    rows.push(...before.rows, ...inside.rows, { key: `end:${runId}`, kind: "end", run: index });
  });
  const after = outside();
  take(document.messages.length, after);
  return [...rows, ...after.rows, ...drawnRows(document)];
}

/** @param {{ store: Store }} where @param {Row} row @returns {Message} */
export const messageOf = ({ store }, row) =>
  store.document.messages[row.at ?? -1] ??
  store.sent.find(({ id }) => id === row.key) ?? { id: "", role: "assistant" };

/** @param {{ store: Store }} where @param {Row} row @returns {Run} */
export const runOf = ({ store }, row) =>
  store.document.runs[row.run ?? -1] ?? { runId: "", after: null, status: "incomplete" };
