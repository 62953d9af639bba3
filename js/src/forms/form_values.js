// Entries: fields with what a person has typed, and from them the value or what is wrong with it.
// Pure: no DOM, no reading of schemas beyond a field's bounds (schema.js makes the fields).
// A value that was there before stays as it was written until somebody changes it.

import { Exact, numberOf, readJson, writeJson } from "../ui/json_text.js";
import { isIn } from "./patterns.js";
import { isOfType, numberProblem, over, textProblem } from "./problems.js";
import { bounded, isObject, STEPS, TooComplicated, typesOf, words } from "./schema.js";

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
 * @property {boolean} unchecked  it has a pattern that is not looked for here
 */
/** @typedef {{left: number}} Work  how many steps, or entries, are still allowed */

const MOST_ENTRIES = 1000; // that a value an agent gave may fill at once

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

/** @param {Field} field @returns {(value: unknown) => number} */
function positions(field) {
  /** @type {[string, number][]} */
  const pairs = field.options.map((one, at) => [words(one.value), at]);
  const known = new Map(pairs.reverse()); // of two that read the same the first
  return (value) => known.get(words(value)) ?? -1;
}

/** @param {Field} field @param {unknown} value @returns {number} */
const position = (field, value) => positions(field)(value);

/** @param {unknown} value @returns {string} */
const pretty = (value) => (value === undefined ? "" : writeJson(value, "  "));

/** @type {Record<Kind, (entry: Entry, value: any, room: Work) => void>} */
const FILL = {
  text: (entry, value) => (entry.text = value === undefined || value === null ? "" : words(value)),
  number: (entry, value) => (entry.text = fits(entry.field, value) ? String(value) : ""),
  json: (entry, value) => (entry.text = pretty(value)),
  choice: (entry, value) => (entry.pick = value === undefined ? -1 : position(entry.field, value)),
  choices: (entry, value) =>
    (entry.picks = [value ?? []]
      .flat()
      .map(positions(entry.field))
      .filter((at) => at >= 0)),
  constant: () => {},
  object: (entry, value, room) =>
    (entry.parts = entry.field.fields.map(([key, one]) =>
      fill(one, isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined, entry.kept, room),
    )),
  list: (entry, value, room) =>
    (entry.parts = (Array.isArray(value) ? value : []).map((one) =>
      fill(entry.field.item(), one, entry.kept, room),
    )),
  variant: (entry, value, room) =>
    choose(
      entry,
      value === undefined
        ? 0
        : Math.max(
            0,
            entry.field.variants.findIndex((one) => fits(one, value)),
          ),
      value,
      room,
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
  return bounded(
    () => fill(field, value, kept, { left: MOST_ENTRIES }),
    ({ description }) => {
      /** @type {Field} */
      const plain = { ...field, kind: "json", options: [], fields: [], description };
      return fill(plain, value, kept, { left: 1 });
    },
  );
}

/** @param {Field} field @param {unknown} value @param {boolean} kept @param {Work} room @returns {Entry} */
function fill(field, value, kept, room) {
  room.left -= 1;
  if (room.left < 0) throw new TooComplicated();
  const given = kept || value !== undefined ? value : field.schema.default;
  const unchecked = isUnread(field.schema);
  const parts = { picks: [], parts: [] };
  /** @type {Entry} */
  const entry = { field, text: "", pick: -1, ...parts, problem: "", start: "", kept, given, unchecked };
  FILL[field.kind](entry, given, room);
  entry.start = shape(entry);
  return entry;
}

/** Whether it has a pattern that is never looked for here. @param {Schema} schema */
const isUnread = ({ pattern, patternProperties }) =>
  patternProperties !== undefined || (typeof pattern === "string" && isIn(pattern, "") === null);

/**
 * Take another variant of a oneOf.
 * @param {Entry} entry @param {number} pick @param {unknown} [value] @param {Work} [room] @returns {void}
 */
export function choose(entry, pick, value, room = { left: MOST_ENTRIES }) {
  entry.pick = pick;
  entry.parts = [fill(entry.field.variants[pick], value, entry.kept && value !== undefined, room)];
}

/** Whether anyone has typed anything. @param {Entry} entry @returns {boolean} */
export const touched = (entry) => shape(entry) !== entry.start;

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

/** @param {Entry} entry @param {Work} work @returns {Record<string, unknown>} */
function objectValue(entry, work) {
  /** @type {[string, unknown][]} */
  const pairs = entry.parts.map((part, at) => [entry.field.fields[at][0], valueOf(part, work)]);
  // what the schema does not name stays as well
  const before = entry.kept && isObject(entry.given) ? Object.entries(entry.given) : [];
  return Object.fromEntries([...new Map([...before, ...pairs])].filter(([, value]) => value !== undefined));
}

/** @type {Record<Kind, (entry: Entry, work: Work) => unknown>} */
const READ = {
  constant: ({ field }) => field.options[0]?.value,
  choice: ({ field, pick }) => field.options[pick]?.value,
  choices(entry) {
    countProblem(entry, entry.picks.length);
    const chosen = entry.field.options.filter((_, at) => entry.picks.includes(at)).map((one) => one.value);
    return chosen.length || entry.field.required ? chosen : undefined;
  },
  text(entry, work) {
    if (!entry.text && !(entry.kept && typeof entry.given === "string")) return undefined;
    entry.problem = textProblem(entry, work);
    return entry.text;
  },
  number(entry) {
    if (!entry.text.trim()) return undefined;
    entry.problem = numberProblem(entry.field.schema, Number(entry.text));
    return numberOf(entry.text.trim());
  },
  json: (entry) => (entry.text.trim() ? jsonValue(entry) : undefined),
  object: (entry, work) => (entry.field.required || touched(entry) ? objectValue(entry, work) : undefined),
  list(entry, work) {
    countProblem(entry, entry.parts.length);
    const values = entry.parts.map((part) => valueOf(part, work));
    return values.length || entry.field.required ? values : undefined;
  },
  variant: (entry, work) =>
    entry.field.required || touched(entry) ? valueOf(entry.parts[0], work) : undefined,
};

/** @param {Entry} entry @returns {void} */
function forgive(entry) {
  entry.problem = "";
  entry.parts.forEach(forgive);
}

/**
 * What has been filled in, undefined where nothing was; leaves each entry's problem in it.
 * @param {Entry} entry @param {Work} [work]  for patterns @returns {unknown}
 */
export function valueOf(entry, work = { left: STEPS }) {
  const { required, nullable, kind } = entry.field;
  forgive(entry);
  if (entry.kept && !touched(entry)) return entry.given; // as it stood
  const value = READ[kind](entry, work);
  if (value !== undefined || entry.problem) return value;
  if (required && nullable) return null;
  if (required && kind !== "constant") entry.problem = entry.field.options.length ? "Choose one." : "Needed.";
  return undefined;
}

/** A part that was changed has to have a value: what is there cannot be taken away. @param {Entry} part @param {Work} work */
function changedValue(part, work) {
  const value = valueOf(part, work);
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
  const work = { left: STEPS };
  const changes = entry.parts.flatMap((part, at) => {
    if (!touched(part)) return [];
    const value = changedValue(part, work);
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
