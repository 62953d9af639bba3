// Random schemas, values and patterns for the forms: nothing throws, nothing takes long, few fields are made.
// Seeded; AGUI_FUZZ_SECONDS (1) for each.
import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, choose, entryOf, firstProblem, valueOf } from "../../src/forms/form_values.js";
import { isIn } from "../../src/forms/patterns.js";
import { fieldOf } from "../../src/forms/schema.js";
import { readJson, writeJson } from "../../src/ui/json_text.js";
import { visible } from "../../src/ui/visible.js";
import { fuzz, pick, several } from "../support/fuzz.js";
import "../support/page.js";

/** @import { Entry } from "../../src/forms/form_values.js" */
/** @typedef {() => number} Next */

const { schemaForm } = await import("../../src/forms/schema_form.js");

const NAMES = ["a", "b", "__proto__", "constructor", "toString", "", "length", "\u202e", "0"];
const WORDS = [
  "",
  "a",
  "x@y.z",
  "2026-11-01",
  "9007199254740993",
  "1e999",
  "-0",
  "[1]",
  '{"a":1}',
  "null",
  "\0n1",
];
const REFS = [
  "#",
  "#/$defs/a",
  "#/$defs/b",
  "#/properties/a",
  "#/items",
  "#/allOf/0",
  "#/$defs/__proto__",
  "x",
];
const TYPES = [
  "string",
  "number",
  "integer",
  "boolean",
  "object",
  "array",
  "null",
  "toString",
  7,
  ["string", "null"],
];
const PATTERNS = [
  "^(a+)+$",
  "(a|a)*b",
  "\\d{2,}",
  "[^]",
  "(?=a)",
  "a{0,999}",
  "[\\w-\\d]",
  "(((a))",
  "\\u{1F600}",
];
const PIECES = [
  ..."ab^$.*+?()[]{}|\\-,0129dwsDWSBbux=!<>:",
  "{2,3}",
  "[^",
  "(?:",
  "(?<n>",
  "\\p{L}",
  "😀",
  "\ud800",
];

/** @param {Next} next @param {number} depth @returns {any} */
function value(next, depth) {
  if (depth <= 0 || next() < 0.5)
    return pick(next, [null, true, false, 0, -1, 1.5, 1e308, NaN, ...WORDS, "a".repeat(5000)]);
  if (next() < 0.5) return several(next, 3, () => value(next, depth - 1));
  return Object.fromEntries(several(next, 3, () => [pick(next, NAMES), value(next, depth - 1)]));
}

/** @type {Record<string, (next: Next, depth: number) => unknown>} */
const KEYWORDS = {
  type: (next) => pick(next, TYPES),
  enum: (next) => several(next, 6, () => value(next, 1)),
  const: (next) => value(next, 2),
  default: (next) => value(next, 3),
  title: (next) => pick(next, [...WORDS, 7, {}]),
  description: (next) => pick(next, [...WORDS, null]),
  pattern: (next) => pick(next, [...PATTERNS, 7]),
  format: (next) => pick(next, ["email", "uri", "date", "date-time", "password", "constructor", 1]),
  $ref: (next) => pick(next, [...REFS, 7]),
  required: (next) => pick(next, [true, NAMES, [1], "a"]),
  properties: (next, depth) =>
    Object.fromEntries(several(next, 4, () => [pick(next, NAMES), schema(next, depth - 1)])),
  items: (next, depth) => schema(next, depth - 1),
  uniqueItems: () => true,
  $defs: (next, depth) => ({ a: schema(next, depth - 1), b: schema(next, depth - 1) }),
};
for (const word of ["anyOf", "oneOf", "allOf"])
  KEYWORDS[word] = (next, depth) => several(next, 4, () => schema(next, depth - 1));
for (const word of ["minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "multipleOf"])
  KEYWORDS[word] = (next) => pick(next, [0, 1, -1, 2, 1e9, "1", null]);

/** @param {Next} next @param {number} depth @returns {any} */
function schema(next, depth) {
  if (depth <= 0 || next() < 0.1) return pick(next, [{}, true, false, null, 7, { type: "string" }, [], "x"]);
  const words = several(next, 5, () => pick(next, Object.keys(KEYWORDS)));
  return Object.fromEntries(words.map((word) => [word, KEYWORDS[word](next, depth)]));
}

/** What a person may do to an entry. @param {Next} next @param {Entry} entry */
function type(next, entry) {
  entry.parts.forEach((part) => type(next, part));
  if (next() < 0.5) return;
  entry.text = pick(next, WORDS);
  entry.pick = Math.floor(next() * (entry.field.options.length + 1)) - 1;
  entry.picks = entry.field.options.map((_, at) => at).filter(() => next() < 0.5);
  if (entry.field.kind === "list") entry.parts.push(entryOf(entry.field.item()));
  if (entry.field.kind === "variant") choose(entry, Math.floor(next() * entry.field.variants.length));
}

/** @param {Entry} entry @returns {number} */
const count = (entry) => entry.parts.reduce((sum, part) => sum + count(part), 1);

test("no schema, default or answer breaks a form", (context) => {
  const inputs = fuzz((next) => {
    const field = fieldOf(schema(next, 4));
    const entry = next() < 0.5 ? entryOf(field) : entryOf(field, value(next, 3), next() < 0.5);
    assert.ok(count(entry) < 1000);
    type(next, entry);
    const answer = valueOf(entry);
    firstProblem(entry);
    changesOf(entry);
    if (answer !== undefined) readJson(writeJson(answer));
  });
  assert.equal(/** @type {any} */ ({}).a, undefined);
  context.diagnostic(`${inputs} inputs`);
});

test("no form breaks the page, and what stands in it is text", (context) => {
  const inputs = fuzz((next) => {
    const form = schemaForm(entryOf(fieldOf(schema(next, 3)), value(next, 2)));
    form.check();
    for (const control of form.node.querySelectorAll("input, textarea"))
      control.dispatchEvent(new Event("input"));
    assert.equal(form.node.querySelectorAll("script,iframe,img,a,form").length, 0);
  });
  context.diagnostic(`${inputs} inputs`);
});

test("no pattern takes long or throws", (context) => {
  const inputs = fuzz((next) => {
    const pattern =
      next() < 0.2 ? pick(next, PATTERNS) : several(next, 25, () => pick(next, PIECES)).join("");
    const text = pick(next, ["a".repeat(300) + "!", "ab".repeat(100), ...WORDS, "\ud800😀"]);
    assert.ok([true, false, null].includes(isIn(pattern, text)));
  });
  context.diagnostic(`${inputs} inputs`);
});

test("JSON is read and written as it stands", (context) => {
  const numbers = ["0", "-0", "1.10", "1e5", "9007199254740993", "1e999", "-1.5E-7"];
  /** @param {Next} next @param {number} depth @returns {string} */
  const written = (next, depth) => {
    if (depth <= 0 || next() < 0.4)
      return pick(next, [
        ...numbers,
        "null",
        "true",
        ...WORDS.map((word) => JSON.stringify(word)),
        '"\\u0000n1"',
      ]);
    if (next() < 0.5) return `[${several(next, 3, () => written(next, depth - 1)).join(",")}]`;
    const names = NAMES.filter(() => next() < 0.3);
    return `{${names.map((name) => `${JSON.stringify(name)}:${written(next, depth - 1)}`).join(",")}}`;
  };
  const inputs = fuzz((next) => {
    const text = written(next, 4);
    assert.equal(writeJson(readJson(text)), writeJson(readJson(writeJson(readJson(text)))));
    for (const number of numbers) if (text === number) assert.equal(writeJson(readJson(text)), text);
    visible(text);
  });
  context.diagnostic(`${inputs} inputs`);
});
