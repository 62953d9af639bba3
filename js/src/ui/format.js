// Values in words: durations, times of day, sizes, JSON in one line. Pure; what is said with them, and
// what an AG-UI message looks like (document/short_text.js), is not known here.

const ROOM = 121; // characters of a text in one line, its ellipsis among them
const MEMBERS = 8;

/** @param {string} text @param {number} [room] */
export const clip = (text, room = ROOM) => (text.length > room ? `${text.slice(0, room - 1)}…` : text);

/** @param {any} value @returns {string} */
function member(value) {
  if (typeof value === "string") return JSON.stringify(value.slice(0, ROOM));
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? `[${value.length}]` : "{…}";
}

/** A value in one line: `city: "Paris", days: 3`. @param {any} value */
export function oneLine(value) {
  if (Array.isArray(value)) {
    const more = value.length > MEMBERS ? ", …" : "";
    return clip(`[${value.slice(0, MEMBERS).map(member).join(", ")}${more}]`);
  }
  if (typeof value === "string") return clip(value.slice(0, ROOM + 1).replace(/\s+/g, " "));
  if (typeof value !== "object" || value === null) return String(value);
  const fields = Object.entries(value).slice(0, MEMBERS);
  return clip(fields.map(([key, field]) => `${key}: ${member(field)}`).join(", "));
}

/**
 * A value as JSON with what is in it, in at most ``room`` characters, at a cost that does not grow
 * with its size.
 * @param {any} value @param {number} [room] @returns {string}
 */
export function brief(value, room = 80) {
  if (typeof value === "string") return clip(JSON.stringify(value.slice(0, room)), room);
  if (typeof value !== "object" || value === null) return String(value ?? null);
  const keys = Array.isArray(value) ? null : Object.keys(value);
  const parts = [];
  let left = room - 2;
  for (let at = 0; at < (keys ?? value).length; at += 1) {
    if (left < 4) {
      parts.push("…");
      break;
    }
    const name = keys ? clip(keys[at], 24) + ": " : "";
    const part = name + brief(value[keys ? keys[at] : at], Math.min(left, 40));
    parts.push(part);
    left -= part.length + 2;
  }
  return keys ? `{${parts.join(", ")}}` : `[${parts.join(", ")}]`;
}

/** "3 tools", and "" for none. @param {number} count @param {string} noun */
export const many = (count, noun) => (count ? `${count} ${noun}${count > 1 ? "s" : ""}` : "");

/**
 * How long something took: in ms, in tenths of a second from one of them on, in seconds from ten of
 * them on, and where things are compared (``finest`` 1) from sixty. What still goes, in nothing below seconds.
 * @param {number} ms @param {1 | 100 | 1000} [finest]
 */
export function durationText(ms, finest = 100) {
  const seconds = Math.max(0, ms) / 1000;
  if (finest < 1000) {
    if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
    if (seconds < (finest < 100 ? 59.95 : 9.95)) return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * Of what started and perhaps ended; "" where that is not known, and in the first second of what goes.
 * @param {{ startedAt?: number, endedAt?: number } | undefined} it @param {number} [now]
 */
export function spentText(it, now) {
  if (it?.startedAt === undefined) return "";
  if (it.endedAt !== undefined) return durationText(it.endedAt - it.startedAt);
  const spent = (now ?? 0) - it.startedAt;
  return spent < 1000 ? "" : durationText(spent, 1000);
}

/** Local time of day. @param {number} ms @returns {string} */
export const clockText = (ms) =>
  new Date(ms).toTimeString().slice(0, 8) + "." + String(ms % 1000).padStart(3, "0");

/**
 * "maxRetries" and "max_retries" -> "Max retries".
 * @param {string} key @returns {string}
 */
export function labelOf(key) {
  const spaced = key
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[_-]+/g, " ")
    .trim();
  return spaced
    ? spaced[0].toUpperCase() + spaced.slice(1).replace(/ [A-Z](?=[a-z])/g, (l) => l.toLowerCase())
    : key;
}
