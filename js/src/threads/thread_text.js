// A thread in words: when, how many messages. Pure.

/** @import { StoredThread } from "../types" */

const DAY = 86_400_000;

/** @param {number} ms @param {number} [now] */
export function whenText(ms, now = Date.now()) {
  const then = new Date(ms);
  const time = then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (ms >= midnight) return `today ${time}`;
  if (ms >= midnight - DAY) return `yesterday ${time}`;
  return then.toLocaleDateString([], { day: "numeric", month: "short", year: "numeric" });
}

/** @param {number} count @param {string} what */
export const countText = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** @param {StoredThread} thread @param {number} [now] */
export const threadText = ({ messages, changed }, now) =>
  `${countText(messages, "message")} · ${whenText(changed, now)}`;
