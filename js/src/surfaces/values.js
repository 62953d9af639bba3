// What the properties of a component come to: literals, paths into the data, functions of the basic
// catalogue. Pure. No pattern of an agent's is run: the function `regex` says yes, the agent checks again.
import { absolute, lookUp } from "./data_model.js";

/** @typedef {{ data: unknown, scope: string }} Place  scope: where relative paths begin */

const DEEPEST = 8;

/** @param {unknown} value */
export const text = (value) =>
  value === undefined || value === null
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

/** @param {unknown} value */
const isThere = (value) => text(value) !== "" && !(Array.isArray(value) && value.length === 0);

/** @param {any} args @param {number} size */
const isBetween = ({ min, max }, size) => !(size < (min ?? -Infinity)) && !(size > (max ?? Infinity));

/** @param {any} args @param {Intl.NumberFormatOptions} [more] */
function number({ value, decimals, grouping }, more) {
  const digits = Number.isInteger(decimals) ? Math.min(20, Math.max(0, decimals)) : undefined;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, ...more };
  return new Intl.NumberFormat(undefined, { useGrouping: grouping !== false, ...options }).format(
    Number(value),
  );
}

/** @param {any} args */
function currency(args) {
  try {
    return number(args, { style: "currency", currency: text(args.currency) });
  } catch {
    return `${number(args)} ${text(args.currency)}`;
  }
}

/** In the reader's own way: a pattern of the agent's is not followed. @param {any} args */
function date({ value, format }) {
  const moment = new Date(value);
  if (Number.isNaN(moment.getTime())) return text(value);
  const timed = /[hHm]/.test(text(format).replace(/'[^']*'/g, ""));
  return timed ? moment.toLocaleString() : moment.toLocaleDateString(undefined, { dateStyle: "medium" });
}

/** @type {Record<string, (args: any, place: Place) => unknown>} */
const FUNCTIONS = {
  required: ({ value }) => isThere(value),
  regex: () => true,
  email: ({ value }) => !isThere(value) || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text(value).slice(0, 320)),
  length: (args) => isBetween(args, text(args.value).length),
  numeric: (args) => text(args.value) !== "" && isBetween(args, Number(args.value)),
  and: ({ values }) => Array.isArray(values) && values.every(Boolean),
  or: ({ values }) => Array.isArray(values) && values.some(Boolean),
  not: ({ value }) => !value,
  formatNumber: (args) => number(args),
  formatCurrency: currency,
  formatDate: date,
  pluralize: (args) => args[new Intl.PluralRules().select(Number(args.value))] ?? args.other,
  formatString: ({ value }, { data, scope }) =>
    text(value).replace(/\$\{\s*([\w/~.-]*)\s*\}/g, (_, path) => text(lookUp(data, absolute(path, scope)))),
};

/** @param {any} value @param {Place} place @param {number} [depth] @returns {any} */
export function resolve(value, place, depth = 0) {
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) return undefined;
  if (Array.isArray(value)) return value.map((one) => resolve(one, place, depth + 1));
  if (typeof value.path === "string") return lookUp(place.data, absolute(value.path, place.scope));
  if (typeof value.call === "string") return call(value, place, depth);
  return value;
}

/** @param {any} value @param {Place} place @param {number} depth */
function call({ call: name, args }, place, depth) {
  if (!Object.hasOwn(FUNCTIONS, name)) return undefined;
  const given = typeof args === "object" && args !== null ? Object.entries(args) : [];
  return FUNCTIONS[name](
    Object.fromEntries(given.map(([key, one]) => [key, resolve(one, place, depth + 1)])),
    place,
  );
}

/** What an event is sent with. @param {any} context @param {Place} place @returns {Record<string, unknown>} */
export function contextOf(context, place) {
  const entries = typeof context === "object" && context !== null ? Object.entries(context) : [];
  return Object.fromEntries(entries.map(([key, one]) => [key, resolve(one, place) ?? null]));
}

/** The sentence of the first check that does not hold, or "". @param {any} checks @param {Place} place */
export function problemOf(checks, place) {
  if (!Array.isArray(checks)) return "";
  const wrong = checks.find((one) => !resolve(one?.condition ?? one, place));
  return wrong ? text(wrong.message) || "This is not what is wanted." : "";
}
