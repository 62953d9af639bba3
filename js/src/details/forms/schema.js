// JSON Schema -> fields to fill in. Pure: no DOM, and nothing a person has typed (form_values.js). A
// schema comes from an agent, so what is made of it is bounded.

import { labelOf } from "../../ui/format.js";
import { Exact, writeJson } from "../../ui/json_text.js";

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
 * @typedef {{root: Schema, left: number, steps: number}} Source  the whole schema, how many fields may
 *   still be made, and how many schemas looked at
 */

const MOST_FIELDS = 200;
const DEEPEST = 8; // fields within fields
export const STEPS = 50_000; // schemas looked at for one form; the kernel's check has the same number
export const DEEPEST_SCHEMA = 64; // schemas within schemas, references followed included

/** Reading the schema takes more steps, or goes deeper, than is allowed. */
class TooComplicated extends Error {}

/** @param {unknown} value @returns {value is Record<string, any>} */
export const isObject = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Exact);

/** @param {unknown} value @returns {string} */
export const words = (value) =>
  typeof value === "string" ? value : value === undefined ? "" : writeJson(value);

/** @param {Schema} root @param {unknown} ref @returns {unknown} */
function refTarget(root, ref) {
  if (typeof ref !== "string" || !ref.startsWith("#")) return {};
  const steps = ref.slice(1).split("/").slice(1);
  return steps.reduce((/** @type {any} */ at, step) => {
    const key = step.replace(/~1/g, "/").replace(/~0/g, "~");
    return isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }, root);
}

/** @param {Schema} one @param {Schema} other @returns {Schema} */
function merge(one, other) {
  const both = { ...one, ...other };
  if (one.properties && other.properties) both.properties = { ...one.properties, ...other.properties };
  if (one.required && other.required) both.required = [...one.required, ...other.required];
  return both;
}

/**
 * A schema without references and allOf at its top.
 * @param {unknown} schema @param {Source} source @param {number} [depth] @returns {Schema}
 */
function resolve(schema, source, depth = 0) {
  if (!isObject(schema)) return {};
  source.steps -= 1;
  if (source.steps < 0 || depth > DEEPEST_SCHEMA) throw new TooComplicated();
  const { $ref, allOf, ...own } = schema;
  const parts = [
    ...(Array.isArray(allOf) ? allOf : []),
    ...($ref === undefined ? [] : [refTarget(source.root, $ref)]),
  ];
  return merge(parts.map((part) => resolve(part, source, depth + 1)).reduce(merge, {}), own);
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
  if (!properties.length) return { kind: "json" };
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
    item: () => bounded(() => made(items, sourceOf(source.root), depth + 1, "", true)),
  };
}

/** @param {Schema} schema @param {Source} source @returns {{value: unknown, label: string}[]} */
function optionsOf(schema, source) {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => ({ value, label: words(value) }));
  const listed = alternatives(schema, source);
  const fixed = listed.length > 1 && listed.every((one) => "const" in one);
  return fixed ? listed.map((one) => ({ value: one.const, label: words(one.title ?? one.const) })) : [];
}

/** @param {Schema} schema @param {Source} source @param {number} depth @returns {Partial<Field>} */
function shapeOf(schema, source, depth) {
  if (depth > DEEPEST || source.left <= 0) return { kind: "json" };
  if ("const" in schema)
    return { kind: "constant", options: [{ value: schema.const, label: words(schema.const) }] };
  const options = optionsOf(schema, source);
  if (options.length) return { kind: "choice", options };
  const listed = alternatives(schema, source);
  if (listed.length)
    return {
      kind: "variant",
      variants: listed.map((one, i) => variantField(one, source, depth, i)),
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
  source.left -= 1;
  let schema = resolve(from, source);
  const listed = alternatives(schema, source);
  const rest = listed.filter((one) => !isNull(one));
  const nullable = rest.length < listed.length;
  if (nullable && rest.length === 1) {
    const { oneOf, anyOf, type, ...own } = schema;
    schema = merge(rest[0], own);
  } else if (nullable) schema = { ...schema, oneOf: rest, anyOf: undefined };
  return {
    label: words(schema.title ?? labelOf(key)),
    description: typeof schema.description === "string" ? schema.description : "",
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

/**
 * What `make` makes, or a field for JSON as it stands where reading the schema takes too much.
 * @param {() => Field} make @returns {Field}
 */
function bounded(make) {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TooComplicated)) throw error;
    const description = "This form is too complicated to be drawn: answer as JSON.";
    return { ...made({}, sourceOf({}), 0, "", true), description };
  }
}

/** @param {Schema} root @returns {Source} */
const sourceOf = (root) => ({ root, left: MOST_FIELDS, steps: STEPS });

/**
 * The field that asks for a value of ``schema``.
 * @param {unknown} schema @returns {Field}
 */
export function fieldOf(schema) {
  const root = isObject(schema) ? schema : {};
  return bounded(() => made(root, sourceOf(root), 0, "", true));
}
