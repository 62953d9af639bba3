// Entries: fields with what a person has typed, and from them the value or what is wrong with it.
// Pure: no DOM, no reading of schemas beyond a field's bounds (schema.js makes the fields).
// A value that was there before stays as it was written until somebody changes it.

import { Exact, numberOf, readJson, writeJson } from "../../ui/json_text.js";
import { isIn } from "./patterns.js";
import { isObject, typesOf, words } from "./schema.js";

/** @import { Field, Kind, Schema } from "./schema.js" */
/**
 * @typedef {object} Entry        one field as filled in so far
 * @property {Field} field
 * @property {string} text        text, number, json
 * @property {number} pick        choice, variant: position of what is chosen, -1 for nothing
 * @property {number[]} picks     choices
 * @property {Entry[]} parts      object, list: one for each; variant: the chosen one
 * @property {string} problem     what is wrong, as a sentence; "" when nothing is
 * @property {string} start       the entry as it was before anyone typed
 * @property {boolean} kept       it holds what was there before, which is to stay; else what is new
 * @property {any} given          that
 */

/** @param {Field} field @param {unknown} value @returns {boolean} */
function fits(field, value) {
  if (field.kind === "object")
    return (
      isObject(value) && field.fields.every(([key, one]) => fits(one, value[key]) || value[key] === undefined)
    );
  if (field.kind === "list" || field.kind === "choices") return Array.isArray(value);
  if (field.kind === "number") return typeof value === "number" || value instanceof Exact;
  if (field.kind === "text") return typeof value === "string";
  return !field.options.length || position(field, value) >= 0;
}

/** @param {Field} field @param {unknown} value @returns {number} */
const position = (field, value) => field.options.findIndex((one) => words(one.value) === words(value));

/** @param {unknown} value @returns {string} */
const pretty = (value) => (value === undefined ? "" : writeJson(value, "  "));

/** @type {Record<Kind, (entry: Entry, value: any) => void>} */
const FILL = {
  text: (entry, value) => (entry.text = value === undefined || value === null ? "" : words(value)),
  number: (entry, value) => (entry.text = fits(entry.field, value) ? String(value) : ""),
  json: (entry, value) => (entry.text = pretty(value)),
  choice: (entry, value) => (entry.pick = value === undefined ? -1 : position(entry.field, value)),
  choices: (entry, value) =>
    (entry.picks = [value ?? []]
      .flat()
      .map((one) => position(entry.field, one))
      .filter((at) => at >= 0)),
  constant: () => {},
  object: (entry, value) =>
    (entry.parts = entry.field.fields.map(([key, one]) =>
      entryOf(one, isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined, entry.kept),
    )),
  list: (entry, value) =>
    (entry.parts = (Array.isArray(value) ? value : []).map((one) =>
      entryOf(entry.field.item(), one, entry.kept),
    )),
  variant: (entry, value) =>
    choose(
      entry,
      value === undefined
        ? 0
        : Math.max(
            0,
            entry.field.variants.findIndex((one) => fits(one, value)),
          ),
      value,
    ),
};

/** @param {Entry} entry @returns {string} */
const shape = (entry) => JSON.stringify(entry, ["text", "pick", "picks", "parts"]);

/**
 * A field filled with ``value``, else with its default, else empty. ``kept``: the value was there
 * before, or was not, and stays so unless somebody changes it.
 * @param {Field} field @param {unknown} [value] @param {boolean} [kept] @returns {Entry}
 */
export function entryOf(field, value, kept = false) {
  const given = kept || value !== undefined ? value : field.schema.default;
  /** @type {Entry} */
  const entry = { field, text: "", pick: -1, picks: [], parts: [], problem: "", start: "", kept, given };
  FILL[field.kind](entry, given);
  entry.start = shape(entry);
  return entry;
}

/**
 * Take another variant of a oneOf.
 * @param {Entry} entry @param {number} pick @param {unknown} [value] @returns {void}
 */
export function choose(entry, pick, value) {
  entry.pick = pick;
  entry.parts = [entryOf(entry.field.variants[pick], value, entry.kept && value !== undefined)];
}

/** Whether anyone has typed anything. @param {Entry} entry @returns {boolean} */
export const touched = (entry) => shape(entry) !== entry.start;

/** @param {unknown} limit @param {(limit: number) => boolean} broken @param {string} sentence @returns {string} */
const over = (limit, broken, sentence) =>
  typeof limit === "number" && broken(limit) ? `${sentence} ${limit}.` : "";

/** @type {Record<string, RegExp>} */
const FORMATS = {
  email: /^\S+@\S+$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
  date: /^\d{4}-\d\d-\d\d$/,
  "date-time": /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/,
};

/** @param {Schema} schema @param {string} text @returns {string} */
function textProblem(schema, text) {
  const form = Object.hasOwn(FORMATS, schema.format) ? FORMATS[schema.format] : null;
  return (
    over(schema.minLength, (least) => text.length < least, "Characters needed, at least") ||
    over(schema.maxLength, (most) => text.length > most, "Characters allowed, at most") ||
    (form && !form.test(text) ? `Not a valid ${schema.format}.` : "") ||
    (isIn(schema.pattern, text) === false ? `Has to match ${schema.pattern}` : "")
  );
}

/** @param {Schema} schema @param {number} value @returns {string} */
function numberProblem(schema, value) {
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
function isOfType(schema, value) {
  const number = value instanceof Exact ? Number(value.text) : value;
  const is = Array.isArray(value) ? "array" : value === null ? "null" : typeof number;
  const types = typesOf(schema);
  return (
    !types.length ||
    types.includes(is) ||
    (is === "number" && Number.isInteger(number) && types.includes("integer"))
  );
}

/** @param {Entry} entry @returns {unknown} */
function jsonValue(entry) {
  try {
    const value = readJson(entry.text);
    if (!isOfType(entry.field.schema, value))
      entry.problem = `Enter JSON of type ${typesOf(entry.field.schema).join(" or ")}.`;
    return value;
  } catch {
    entry.problem = "Not valid JSON.";
    return undefined;
  }
}

/** @param {Entry} entry @param {number} count @returns {void} */
function countProblem(entry, count) {
  if (!count && !entry.field.required) return; // left out
  const { minItems, maxItems } = entry.field.schema;
  entry.problem =
    over(minItems, (least) => count < least, "Entries needed, at least") ||
    over(maxItems, (most) => count > most, "Entries allowed, at most");
}

/** @param {Entry} entry @returns {Record<string, unknown>} */
function objectValue(entry) {
  /** @type {[string, unknown][]} */
  const pairs = entry.parts.map((part, at) => [entry.field.fields[at][0], valueOf(part)]);
  // what the schema does not name stays as well
  const before = entry.kept && isObject(entry.given) ? Object.entries(entry.given) : [];
  return Object.fromEntries([...new Map([...before, ...pairs])].filter(([, value]) => value !== undefined));
}

/** @type {Record<Kind, (entry: Entry) => unknown>} */
const READ = {
  constant: ({ field }) => field.options[0]?.value,
  choice: ({ field, pick }) => field.options[pick]?.value,
  choices(entry) {
    countProblem(entry, entry.picks.length);
    const chosen = entry.field.options.filter((_, at) => entry.picks.includes(at)).map((one) => one.value);
    return chosen.length || entry.field.required ? chosen : undefined;
  },
  text(entry) {
    if (!entry.text && !(entry.kept && typeof entry.given === "string")) return undefined;
    entry.problem = textProblem(entry.field.schema, entry.text);
    return entry.text;
  },
  number(entry) {
    if (!entry.text.trim()) return undefined;
    entry.problem = numberProblem(entry.field.schema, Number(entry.text));
    return numberOf(entry.text.trim());
  },
  json: (entry) => (entry.text.trim() ? jsonValue(entry) : undefined),
  object: (entry) => (entry.field.required || touched(entry) ? objectValue(entry) : undefined),
  list(entry) {
    countProblem(entry, entry.parts.length);
    const values = entry.parts.map(valueOf);
    return values.length || entry.field.required ? values : undefined;
  },
  variant: (entry) => (entry.field.required || touched(entry) ? valueOf(entry.parts[0]) : undefined),
};

/** @param {Entry} entry @returns {void} */
function forgive(entry) {
  entry.problem = "";
  entry.parts.forEach(forgive);
}

/**
 * What has been filled in, undefined where nothing was; leaves each entry's problem in it.
 * @param {Entry} entry @returns {unknown}
 */
export function valueOf(entry) {
  const { required, nullable, kind } = entry.field;
  forgive(entry);
  if (entry.kept && !touched(entry)) return entry.given; // as it stood
  const value = READ[kind](entry);
  if (value !== undefined || entry.problem) return value;
  if (required && nullable) return null;
  if (required && kind !== "constant") entry.problem = entry.field.options.length ? "Choose one." : "Needed.";
  return undefined;
}

/** A part that was changed has to have a value: what is there cannot be taken away. @param {Entry} part */
function changedValue(part) {
  const value = valueOf(part);
  if (value === undefined && part.given !== undefined) part.problem ||= "Needed.";
  return value;
}

/** @param {Entry} entry @returns {Record<string, any>} */
function changedMembers(entry) {
  const value = valueOf(entry);
  const { given } = entry;
  if (!isObject(value) || !isObject(given)) return {};
  if (Object.keys(given).some((key) => !Object.hasOwn(value, key)))
    entry.problem = "No argument can be left out.";
  const same = (/** @type {string} */ key) =>
    Object.hasOwn(given, key) && writeJson(given[key]) === writeJson(value[key]);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !same(key)));
}

/**
 * Of an object that was there before: the members that were changed, and no others.
 * @param {Entry} entry @returns {Record<string, any>}
 */
export function changesOf(entry) {
  forgive(entry);
  if (!touched(entry)) return {};
  if (entry.field.kind !== "object") return changedMembers(entry);
  const changes = entry.parts.flatMap((part, at) => {
    if (!touched(part)) return [];
    const value = changedValue(part);
    return value === undefined ? [] : [[entry.field.fields[at][0], value]];
  });
  return Object.fromEntries(changes);
}

/**
 * The first entry that something is wrong with, in the order they are shown.
 * @param {Entry} entry @returns {Entry | undefined}
 */
export function firstProblem(entry) {
  if (entry.problem) return entry;
  for (const part of entry.parts) {
    const found = firstProblem(part);
    if (found) return found;
  }
  return undefined;
}
