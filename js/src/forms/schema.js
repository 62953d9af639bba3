// JSON Schema -> fields to fill in. Pure: no DOM, and nothing a person has typed (form_values.js). A
// schema comes from an agent, so what is made of it is bounded.

import { labelOf } from "../ui/format.js";
import { visible } from "../ui/visible.js";
import { Exact, writeJson } from "../ui/json_text.js";

/** @typedef {Record<string, any>} Schema */
/**
 * @typedef {"choice" | "choices" | "text" | "number" | "object" | "list" | "variant" | "json" | "constant"} Kind
 */
/**
 * @typedef {object} Field
 * @property {Kind} kind
 * @property {string} label
 * @property {string} description
 * @property {boolean} required
 * @property {boolean} nullable  an empty answer may stand as null
 * @property {Schema} schema     with its references resolved
 * @property {{value: unknown, label: string}[]} options  of choice and choices
 * @property {[string, Field][]} fields                   of object, in the schema's order
 * @property {Field[]} variants                           of variant
 * @property {() => Field} item                           of list
 */
/**
 * @typedef {{root: Schema, left: number, options: number, steps: number, members: number, known: Map<Schema, Schema>}} Source  the whole
 *   schema, how many fields and options may still be made, schemas looked at, members of them copied, and what was resolved already
 */

const MOST_FIELDS = 200;
const MOST_OPTIONS = 2000;
const MOST_MEMBERS = 100_000; // of schemas, copied
const LONGEST_TITLE = 300; // characters
const LONGEST_ABOUT = 3000;
const DEEPEST = 8; // fields within fields
export const STEPS = 50_000; // schemas looked at for one form; the kernel's check has the same number
export const DEEPEST_SCHEMA = 64; // schemas within schemas, references followed included

/** The form takes more steps, or goes deeper, than is allowed. */
export class TooComplicated extends Error {}

/** @param {unknown} value @returns {value is Record<string, any>} */
export const isObject = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Exact);

/** @param {unknown} value @returns {string} */
export const words = (value) =>
  typeof value === "string" ? value : value === undefined ? "" : writeJson(value);

/** @param {string} text @param {number} most */
const cut = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);

/** @param {Schema} root @param {unknown} ref @returns {unknown} */
function refTarget(root, ref) {
  if (typeof ref !== "string" || !ref.startsWith("#")) return {};
  const steps = ref.slice(1).split("/").slice(1);
  return steps.reduce((/** @type {any} */ at, step) => {
    const key = step.replace(/~1/g, "/").replace(/~0/g, "~");
    return isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }, root);
}

/** All of them as one: of a keyword that several have the last counts, but for members. @param {Schema[]} parts @returns {Schema} */
function merge(parts) {
  /** @type {Schema} */
  const all = Object.fromEntries(parts.flatMap((part) => Object.entries(part)));
  const members = parts.map((part) => part.properties).filter(isObject);
  if (members.length) all.properties = Object.fromEntries(members.flatMap(Object.entries));
  const needed = parts.map((part) => part.required).filter(Array.isArray); // `true` says an old schema of itself
  if (needed.length) all.required = needed.flat();
  return all;
}

/** Notes that a schema is copied. @param {Schema} schema @param {Source} source */
function spend({ properties, required, ...own }, source) {
  source.members -= Object.keys(own).length;
  if (isObject(properties)) source.members -= Object.keys(properties).length;
  if (Array.isArray(required)) source.members -= required.length;
  if (source.members < 0) throw new TooComplicated();
}

/**
 * A schema without references and allOf at its top.
 * @param {unknown} schema @param {Source} source @param {number} [depth] @returns {Schema}
 */
function resolve(schema, source, depth = 0) {
  if (!isObject(schema)) return {};
  const known = source.known.get(schema);
  if (known) return known;
  source.steps -= 1;
  if (source.steps < 0 || depth > DEEPEST_SCHEMA) throw new TooComplicated();
  spend(schema, source);
  const { $ref, allOf, ...own } = schema;
  const parts = [
    ...(Array.isArray(allOf) ? allOf : []),
    ...($ref === undefined ? [] : [refTarget(source.root, $ref)]),
  ];
  const whole = merge([...parts.map((part) => resolve(part, source, depth + 1)), own]);
  if (parts.length) spend(whole, source);
  source.known.set(schema, whole);
  return whole;
}

/** @param {Schema} schema @returns {string[]} */
export const typesOf = (schema) => [schema.type].flat().filter((type) => typeof type === "string");

/** @param {Schema} schema */
const isNull = (schema) => schema.const === null || (schema.type === "null" && !("const" in schema));

/** `anyOf: [{required: [...]}]` constrains, it offers no choice. @param {Schema} schema */
const hasShape = (schema) =>
  ["type", "properties", "enum", "const", "items", "oneOf", "anyOf"].some((key) => key in schema);

/** @param {Schema} schema @param {Source} source @returns {Schema[]} */
function alternatives(schema, source) {
  const listed = [schema.oneOf, schema.anyOf].find(Array.isArray) ?? [];
  const offered = listed.map((/** @type {unknown} */ one) => resolve(one, source)).filter(hasShape);
  if (offered.length) return offered;
  const types = typesOf(schema);
  return types.length > 1 ? types.map((type) => ({ ...schema, type })) : [];
}

/** @type {Record<string, (schema: Schema, source: Source, depth: number) => Partial<Field>>} */
const BY_TYPE = {
  boolean: () => ({
    kind: "choice",
    options: [
      { value: true, label: "Yes" },
      { value: false, label: "No" },
    ],
  }),
  string: () => ({ kind: "text" }),
  number: () => ({ kind: "number" }),
  integer: () => ({ kind: "number" }),
  object: objectField,
  array: arrayField,
  null: () => ({ kind: "constant", options: [{ value: null, label: "None" }] }),
};

/** @param {Schema} schema @param {Source} source @param {number} depth @returns {Partial<Field>} */
function objectField(schema, source, depth) {
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  if (!properties.length || properties.length > source.left) return { kind: "json" };
  source.left -= properties.length; // all of one object before those within
  const needed = Array.isArray(schema.required) ? schema.required : [];
  return {
    kind: "object",
    fields: properties.map(([key, one]) => [key, made(one, source, depth + 1, key, needed.includes(key))]),
  };
}

/** @param {Schema} schema @param {Source} source @param {number} depth @returns {Partial<Field>} */
function arrayField(schema, source, depth) {
  if (!isObject(schema.items)) return { kind: "json" };
  const items = resolve(schema.items, source);
  const options = optionsOf(items, source);
  if (options.length && schema.uniqueItems) return { kind: "choices", options };
  return {
    kind: "list",
    item: () => boundedField(() => made(items, sourceOf(source.root), depth + 1, "", true)),
  };
}

/** @template T, O @param {T[]} listed @param {Source} source @param {(one: T, at: number) => O} option @returns {O[]} */
function optionList(listed, source, option) {
  source.options -= listed.length;
  if (source.options < 0) throw new TooComplicated();
  return listed.map(option);
}

/** @param {Schema} schema @param {Source} source @returns {{value: unknown, label: string}[]} */
function optionsOf(schema, source) {
  if (Array.isArray(schema.enum))
    return optionList(schema.enum, source, (value) => ({ value, label: visible(words(value)) }));
  const listed = alternatives(schema, source);
  const fixed = listed.length > 1 && listed.every((one) => "const" in one);
  const option = (/** @type {Schema} */ one) => ({
    value: one.const,
    label: visible(words(one.title ?? one.const)),
  });
  return fixed ? optionList(listed, source, option) : [];
}

/** @param {Schema} schema @param {Source} source @param {number} depth @returns {Partial<Field>} */
function shapeOf(schema, source, depth) {
  if (depth > DEEPEST || source.left <= 0) return { kind: "json" };
  if ("const" in schema)
    return { kind: "constant", options: [{ value: schema.const, label: visible(words(schema.const)) }] };
  const options = optionsOf(schema, source);
  if (options.length) return { kind: "choice", options };
  const listed = alternatives(schema, source);
  source.left -= listed.length;
  if (listed.length)
    return {
      kind: "variant",
      variants: optionList(listed, source, (one, at) => variantField(one, source, depth, at)),
    };
  const type = typesOf(schema)[0] ?? (schema.properties ? "object" : "");
  return (Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : () => ({ kind: /** @type {Kind} */ ("json") }))(
    schema,
    source,
    depth,
  );
}

/** @param {Schema} schema @param {Source} source @param {number} depth @param {number} at @returns {Field} */
function variantField(schema, source, depth, at) {
  const field = made(schema, source, depth + 1, "", true);
  return { ...field, label: field.label || labelOf(typesOf(schema)[0] ?? `option ${at + 1}`) };
}

/**
 * @param {unknown} from @param {Source} source @param {number} depth @param {string} key @param {boolean} required @returns {Field}
 */
function made(from, source, depth, key, required) {
  let schema = resolve(from, source);
  const listed = alternatives(schema, source);
  const rest = listed.filter((one) => !isNull(one));
  const nullable = rest.length < listed.length;
  if (nullable && rest.length === 1) {
    const { oneOf, anyOf, type, ...own } = schema;
    schema = merge([rest[0], own]);
  } else if (nullable) schema = { ...schema, oneOf: rest, anyOf: undefined };
  return {
    label: visible(cut(words(schema.title ?? labelOf(key)), LONGEST_TITLE)),
    description:
      typeof schema.description === "string" ? visible(cut(schema.description, LONGEST_ABOUT)) : "",
    required,
    nullable,
    schema,
    options: [],
    fields: [],
    variants: [],
    item: () => made({}, source, depth + 1, "", true),
    .../** @type {{kind: Kind}} */ (shapeOf(schema, source, depth)),
  };
}

/** A field for JSON as it stands, in place of what is too much. @returns {Field} */
const plainField = () => ({
  ...made({}, sourceOf({}), 0, "", true),
  description: "This form is too complicated to be drawn: answer as JSON.",
});

/**
 * What `make` makes, or what `instead` does where that takes too much.
 * @template T @param {() => T} make @param {(field: Field) => T} instead @returns {T}
 */
export function bounded(make, instead) {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TooComplicated)) throw error;
    return instead(plainField());
  }
}

/** @param {() => Field} make @returns {Field} */
const boundedField = (make) => bounded(make, (field) => field);

/** @param {Schema} root @returns {Source} */
const sourceOf = (root) => ({
  root,
  left: MOST_FIELDS,
  options: MOST_OPTIONS,
  steps: STEPS,
  members: MOST_MEMBERS,
  known: new Map(),
});

/**
 * The field that asks for a value of ``schema``.
 * @param {unknown} schema @returns {Field}
 */
export function fieldOf(schema) {
  const root = isObject(schema) ? schema : {};
  return boundedField(() => made(root, sourceOf(root), 0, "", true));
}
