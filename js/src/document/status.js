// What a conversation is doing right now, in one word. Pure.

/** @import { Store } from "../types" */
/** @typedef {"dead" | "loading" | "running" | "waiting" | "error" | "idle"} Status */

/** @param {Store} store @returns {Status} */
export function statusOf({ connection, document, view }) {
  if (connection === "dead" || connection === "loading") return connection;
  const last = document.runs.at(-1);
  // a turn goes on while tools of the notebook run between two runs, and before the agent answers
  if (view.running || last?.status === "running") return "running";
  if (document.interrupts.length) return "waiting";
  if (!last && view.agent?.problem) return "error";
  return last?.status === "error" || last?.status === "incomplete" ? "error" : "idle";
}

/** @type {Record<Status, string>} */
export const STATUS_WORDS = {
  dead: "Disconnected",
  loading: "Connecting",
  running: "Running",
  waiting: "Waiting for you",
  error: "Failed",
  idle: "Idle",
};
