// Schemas, values and defaults that are too much for a form: what is made of them is bounded.
import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, entryOf, valueOf } from "../../src/forms/form_values.js";
import { fieldOf } from "../../src/forms/schema.js";

test("an old schema's `required: true` makes a form all the same", () => {
  const old = { type: "object", required: true, properties: { a: { type: "string", required: true } } };
  for (const schema of [old, { allOf: [old, old] }, { anyOf: [old, { type: "null" }] }])
    assert.deepEqual([fieldOf(schema).kind, fieldOf(schema).fields.length], ["object", 1]);
});

/**
 * What of a schema costs: ms of processor time, the least of three, and how many values are made of it.
 * @param {any} schema @param {any} [value]
 */
function cost(schema, value) {
  const times = [];
  let count = 0;
  for (let round = 0; round < 3; round += 1) {
    const before = process.cpuUsage();
    const entry = entryOf(fieldOf(schema), value);
    valueOf(entry);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
    count = countOf(entry);
  }
  return { ms: Math.min(...times), count };
}

/** How many objects and lists hang on a value. @param {unknown} value */
function countOf(value) {
  const seen = new Set();
  const waiting = [value];
  while (waiting.length) {
    const one = waiting.pop();
    if (typeof one !== "object" || one === null || seen.has(one)) continue;
    seen.add(one);
    waiting.push(...Object.values(one));
  }
  return seen.size;
}

test("no schema, value or default costs far more than a harmless one of its size", () => {
  const many = Array.from({ length: 10_000 }, (_, at) => at);
  const members = (/** @type {(at: number) => any} */ make) =>
    Object.fromEntries(many.map((at) => [`k${at}`, make(at)]));
  // as large as these, and as much as a form may have: 200 fields, of which some are chosen from lists
  const options = many.slice(0, 40).map((at) => `option ${at}`);
  const field = (/** @type {number} */ at) =>
    at % 2 ? { type: "string", title: `field ${at}`, description: "words ".repeat(100) } : { enum: options };
  const harmless = {
    type: "object",
    properties: Object.fromEntries(many.slice(0, 200).map((at) => [`k${at}`, field(at)])),
  };
  const nested = /** @type {(depth: number) => any} */ (depth) =>
    depth ? { type: "array", items: nested(depth - 1) } : { type: "string" };
  const list = /** @type {(depth: number) => any} */ (depth) =>
    depth ? Array.from({ length: 12 }, () => list(depth - 1)) : "x";
  /** @type {[string, any, any?][]} */
  const hostile = [
    ["members", { properties: members(() => ({ type: "string" })) }],
    [
      "members by reference",
      { $defs: { a: { enum: many } }, properties: members(() => ({ $ref: "#/$defs/a" })) },
    ],
    ["allOf of members", { allOf: many.map((at) => ({ properties: { [`k${at}`]: {} } })) }],
    [
      "large parts again and again",
      { $defs: { a: { properties: members(() => ({})) } }, allOf: many.map(() => ({ $ref: "#/$defs/a" })) },
    ],
    ["$defs in a chain", chain("$ref", 10_000)],
    ["anyOf in a chain", chain("anyOf", 10_000)],
    ["patternProperties in a chain", chain("patternProperties", 10_000), { a: { a: { a: {} } } }],
    ["variants", { anyOf: many.map((at) => ({ type: "object", properties: { [`k${at}`]: {} } })) }],
    ["options", { enum: many }],
    ["choices", { type: "array", uniqueItems: true, items: { enum: many.slice(0, 2000) }, default: many }],
    ["a default of many", { type: "array", items: { type: "string" }, default: many.map(String) }],
    ["defaults in defaults", { ...nested(4), default: list(4) }],
    [
      "patterns",
      {
        properties: members(() => ({ type: "string", pattern: "^(a|a)*$", default: "a".repeat(3000) + "!" })),
      },
    ],
    ["names that are needed", { properties: { a: {} }, required: many }],
  ];
  cost(harmless);
  const usual = cost(harmless);
  for (const [name, schema, value] of hostile) {
    const told = cost(schema, value);
    assert.ok(told.ms < 300 * usual.ms, `${name}: ${told.ms.toFixed()} ms, a harmless one ${usual.ms}`);
    assert.ok(told.count < 20 * usual.count, `${name}: ${told.count} values, a harmless one ${usual.count}`);
  }
});

/** @type {Record<string, (next: any) => any>} */
const STEPS = {
  $ref: (next) => next,
  anyOf: (next) => ({ anyOf: [next, next] }),
  patternProperties: (next) => ({ type: "object", patternProperties: { "^(a+)+$": next, "(a|a)*": next } }),
};

/** Definitions each of which leads to the next. @param {string} word @param {number} length */
function chain(word, length) {
  const step = (/** @type {number} */ at) => STEPS[word]({ $ref: `#/$defs/d${at}` });
  const defs = Object.fromEntries(Array.from({ length }, (_, at) => [`d${at}`, step(at + 1)]));
  return { ...step(0), $defs: { ...defs, [`d${length}`]: { type: "string" } } };
}

test("what a value would fill with fields without end is asked for as JSON", () => {
  const entry = entryOf(fieldOf({ type: "array", items: { type: "string" } }), Array(2000).fill("x"), true);
  assert.deepEqual([entry.field.kind, /too complicated/.test(entry.field.description)], ["json", true]);
  assert.deepEqual(changesOf(entry), {});
  assert.deepEqual(valueOf(entry), Array(2000).fill("x"));
});

test("of a field it is known whether its pattern is looked for", () => {
  const unchecked = (/** @type {any} */ schema, text = "x") => {
    const entry = entryOf(fieldOf(schema));
    const before = entry.unchecked;
    entry.text = text;
    valueOf(entry);
    return [before, entry.unchecked];
  };
  assert.deepEqual(unchecked({ type: "string", pattern: "^a+$" }), [false, false]);
  assert.deepEqual(unchecked({ type: "string", pattern: "^(?=a)a" }), [true, true]);
  assert.deepEqual(unchecked({ type: "string", pattern: "^a+$" }, "a".repeat(5000)), [false, true]);
  assert.deepEqual(unchecked({ type: "string" }), [false, false]);
  assert.deepEqual(unchecked({ type: "object", patternProperties: { "^(a+)+$": {} } }, "{}"), [true, true]);
});
