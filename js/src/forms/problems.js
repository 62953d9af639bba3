// What is wrong with one value under its schema, as a sentence; "" when nothing is. Pure: no DOM, and
// nothing of how values are filled in (form_values.js).

import { Exact } from "../ui/json_text.js";
import { isIn } from "./patterns.js";
import { typesOf } from "./schema.js";

/** @import { Entry, Work } from "./form_values.js" */
/** @import { Schema } from "./schema.js" */

/** @param {unknown} limit @param {(limit: number) => boolean} broken @param {string} sentence @returns {string} */
export const over = (limit, broken, sentence) =>
  typeof limit === "number" && broken(limit) ? `${sentence} ${limit}.` : "";

/** @type {Record<string, RegExp>} */
const FORMATS = {
  email: /^\S+@\S+$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
  date: /^\d{4}-\d\d-\d\d$/,
  "date-time": /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/,
};

/** What is wrong with a text; notes whether its pattern was looked for. @param {Entry} entry @param {Work} work @returns {string} */
export function textProblem(entry, work) {
  const { text } = entry;
  const { schema } = entry.field;
  const matches = isIn(schema.pattern, text, work);
  entry.unchecked = typeof schema.pattern === "string" && matches === null;
  const form = Object.hasOwn(FORMATS, schema.format) ? FORMATS[schema.format] : null;
  return (
    over(schema.minLength, (least) => text.length < least, "Characters needed, at least") ||
    over(schema.maxLength, (most) => text.length > most, "Characters allowed, at most") ||
    (form && !form.test(text) ? `Not a valid ${schema.format}.` : "") ||
    (matches === false ? `Has to match ${schema.pattern}` : "")
  );
}

/** @param {Schema} schema @param {number} value @returns {string} */
export function numberProblem(schema, value) {
  if (!Number.isFinite(value)) return "Enter a number.";
  if (typesOf(schema).includes("integer") && !Number.isInteger(value)) return "Enter a whole number.";
  return (
    over(schema.minimum, (least) => value < least, "At least") ||
    over(schema.maximum, (most) => value > most, "At most") ||
    over(schema.exclusiveMinimum, (least) => value <= least, "More than") ||
    over(schema.exclusiveMaximum, (most) => value >= most, "Less than") ||
    over(
      schema.multipleOf,
      (unit) => Math.abs(value / unit - Math.round(value / unit)) > 1e-9,
      "A multiple of",
    )
  );
}

/** @param {Schema} schema @param {unknown} value @returns {boolean} */
export function isOfType(schema, value) {
  const number = value instanceof Exact ? Number(value.text) : value;
  const is = Array.isArray(value) ? "array" : value === null ? "null" : typeof number;
  const types = typesOf(schema);
  return (
    !types.length ||
    types.includes(is) ||
    (is === "number" && Number.isInteger(number) && types.includes("integer"))
  );
}
