// Schemas as forms, and what is typed into them as values.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { changesOf, choose, entryOf, firstProblem, valueOf } from "../../src/forms/form_values.js";
import { DEEPEST_SCHEMA, fieldOf, STEPS } from "../../src/forms/schema.js";
import { readJson, writeJson } from "../../src/ui/json_text.js";

/** @param {any} schema @param {(entry: any) => void} [fill] */
function answered(schema, fill = () => {}) {
  const entry = entryOf(fieldOf(schema));
  fill(entry);
  const value = valueOf(entry);
  return { value, problem: firstProblem(entry)?.problem ?? "" };
}
/** @param {any} entry @param {string} key */
const part = (entry, key) =>
  entry.parts[entry.field.fields.findIndex((/** @type {any} */ [name]) => name === key)];

test("every kind of schema finds its kind of field", () => {
  const kinds = {
    choice: { enum: ["a", "b"] },
    choices: { type: "array", uniqueItems: true, items: { enum: [1, 2] } },
    text: { type: "string" },
    number: { type: "integer" },
    object: { properties: { a: {} } },
    list: { type: "array", items: { type: "string" } },
    variant: { oneOf: [{ type: "string" }, { type: "number" }] },
    json: {},
    constant: { const: 3 },
  };
  for (const [kind, schema] of Object.entries(kinds)) assert.equal(fieldOf(schema).kind, kind);
  assert.equal(fieldOf({ type: "boolean" }).kind, "choice");
  assert.equal(fieldOf({ type: "object" }).kind, "json");
  assert.equal(fieldOf({ type: ["string", "number"] }).kind, "variant");
  assert.equal(fieldOf({ oneOf: [{ const: 1, title: "One" }, { const: 2 }] }).kind, "choice");
  assert.equal(fieldOf(true).kind, "json");
});

test("an optional value in the manner of Python's type hints is a plain optional field", () => {
  const field = fieldOf({
    properties: {
      age: { anyOf: [{ type: "integer" }, { type: "null" }], default: null, title: "Age" },
    },
  });
  const [, age] = field.fields[0];
  assert.deepEqual([age.kind, age.nullable, age.required, age.label], ["number", true, false, "Age"]);
});

test("references are followed, and a schema that refers to itself ends", () => {
  const node = {
    type: "object",
    properties: {
      name: { type: "string" },
      next: { $ref: "#/$defs/Node" },
      other: { $ref: "#/$defs/Node" },
    },
    required: ["name"],
  };
  const schema = { $ref: "#/$defs/Node", $defs: { Node: node } };
  assert.deepEqual(
    answered(schema, (entry) => (part(entry, "name").text = "a")),
    { value: { name: "a" }, problem: "" },
  );
});

test("the answer of a nested form is whole and leaves out what was left empty", () => {
  const schema = {
    type: "object",
    required: ["to", "size", "tags"],
    properties: {
      to: { type: "string" },
      note: { type: "string" },
      size: { enum: ["S", "M"], default: "M" },
      kind: { const: "order" },
      tags: { type: "array", items: { type: "string" } },
      count: { type: "integer" },
      address: { type: "object", required: ["city"], properties: { city: { type: "string" } } },
    },
  };
  const { value, problem } = answered(schema, (entry) => {
    part(entry, "to").text = "Ada";
    part(entry, "count").text = "3";
    part(entry, "tags").parts.push(entryOf(part(entry, "tags").field.item(), "x"));
  });
  assert.deepEqual([value, problem], [{ to: "Ada", size: "M", kind: "order", tags: ["x"], count: 3 }, ""]);
});

test("a list that need not be given may be left out, whatever its least number of entries", () => {
  const tags = { type: "array", items: { type: "string" }, minItems: 1 };
  const picks = { type: "array", items: { enum: ["a", "b"] }, uniqueItems: true, minItems: 1 };
  const entry = entryOf(fieldOf({ type: "object", properties: { tags, picks } }));
  assert.deepEqual([valueOf(entry), firstProblem(entry)], [{}, undefined]);
  const needed = entryOf(fieldOf({ type: "object", properties: { tags }, required: ["tags"] }));
  valueOf(needed);
  assert.equal(firstProblem(needed)?.problem, "Entries needed, at least 1.");
});

test("a part that is needed and empty is named", () => {
  const schema = {
    type: "object",
    required: ["a"],
    properties: { a: { type: "string" }, b: { enum: [1] } },
  };
  assert.deepEqual(answered(schema), { value: {}, problem: "Needed." });
  assert.equal(answered({ enum: [1, 2] }).problem, "Choose one.");
});

test("an optional object is judged only once someone has begun it", () => {
  const inner = {
    type: "object",
    required: ["a"],
    properties: { a: { type: "string" }, b: { type: "string" } },
  };
  const schema = { type: "object", properties: { inner } };
  assert.deepEqual(answered(schema), { value: {}, problem: "" });
  assert.equal(answered(schema, (entry) => (part(part(entry, "inner"), "b").text = "x")).problem, "Needed.");
});

test("bounds are told in a sentence", () => {
  const said = (/** @type {any} */ schema, /** @type {string} */ text) =>
    answered(schema, (entry) => (entry.text = text)).problem;
  assert.equal(said({ type: "integer" }, "1.5"), "Enter a whole number.");
  assert.equal(said({ type: "number" }, "abc"), "Enter a number.");
  assert.equal(said({ type: "number", minimum: 1 }, "0"), "At least 1.");
  assert.equal(said({ type: "number", exclusiveMaximum: 1 }, "1"), "Less than 1.");
  assert.equal(said({ type: "number", multipleOf: 0.1 }, "0.3"), "");
  assert.equal(said({ type: "string", maxLength: 2 }, "abc"), "Characters allowed, at most 2.");
  assert.equal(said({ type: "string", format: "email" }, "abc"), "Not a valid email.");
  assert.equal(said({ type: "string", pattern: "^[A-Z]+$" }, "abc"), "Has to match ^[A-Z]+$");
  assert.equal(said({}, "{"), "Not valid JSON.");
  assert.equal(said({ type: "object" }, "[]"), "Enter JSON of type object.");
});

test("a pattern on which other engines run for ever is checked at once", () => {
  const before = performance.now();
  assert.equal(
    answered({ type: "string", pattern: "^(a+)+$" }, (entry) => (entry.text = "a".repeat(60) + "!")).problem,
    "Has to match ^(a+)+$",
  );
  assert.ok(performance.now() - before < 2000);
});

test("a schema too big for a screen becomes a JSON field instead of freezing the page", () => {
  const properties = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`k${at}`, { $ref: "#" }]));
  const before = performance.now();
  assert.equal(fieldOf({ type: "object", properties }).fields.length, 60);
  assert.ok(performance.now() - before < 3000);
});

test("one variant of several is answered", () => {
  const schema = {
    oneOf: [
      { type: "string", title: "Name" },
      {
        type: "object",
        title: "Card",
        properties: { kind: { const: "card" }, no: { type: "integer" } },
      },
    ],
  };
  const { value } = answered(schema, (entry) => {
    choose(entry, 1);
    part(entry.parts[0], "no").text = "7";
  });
  assert.deepEqual(value, { kind: "card", no: 7 });
  assert.deepEqual(
    fieldOf(schema).variants.map((one) => one.label),
    ["Name", "Card"],
  );
});

test("a value finds its variant again", () => {
  const field = fieldOf({
    oneOf: [
      { type: "string" },
      { type: "number" },
      { type: "object", properties: { a: { type: "string" } } },
    ],
  });
  assert.deepEqual(
    ["x", 3, { a: "b" }].map((value) => [entryOf(field, value).pick, valueOf(entryOf(field, value))]),
    [
      [0, "x"],
      [1, 3],
      [2, { a: "b" }],
    ],
  );
});

const EMAIL = {
  type: "object",
  properties: {
    to: { type: "string" },
    size: { type: "integer" },
    opts: { type: "object", properties: { n: { type: "number" } } },
  },
};
const WRITTEN = readJson(
  '{"to":"a@b.c","size":9007199254740993,"opts":{"n":1.10,"deep":12345678901234567890},"extra":1.0}',
);

test("of arguments that were there only what was changed is told", () => {
  const entry = entryOf(fieldOf(EMAIL), WRITTEN, true);
  assert.deepEqual(changesOf(entry), {});
  part(entry, "to").text = "d@e.f";
  assert.equal(writeJson(changesOf(entry)), '{"to":"d@e.f"}');
});

test("a number stays as it was written, beside what is changed and when it is", () => {
  const entry = entryOf(fieldOf(EMAIL), WRITTEN, true);
  assert.equal(part(entry, "size").text, "9007199254740993");
  part(part(entry, "opts"), "n").text = "2";
  assert.equal(writeJson(changesOf(entry)), '{"opts":{"n":2,"deep":12345678901234567890}}');
  part(entry, "size").text = "9007199254740995";
  assert.equal(writeJson(changesOf(entry).size), "9007199254740995");
  assert.equal(
    writeJson(valueOf(entry)),
    '{"to":"a@b.c","size":9007199254740995,"opts":{"n":2,"deep":12345678901234567890},"extra":1.0}',
  );
});

test("arguments without fields are changed as JSON, and again only what differs is told", () => {
  const entry = entryOf(fieldOf({ type: "object" }), WRITTEN, true);
  entry.text = entry.text.replace("a@b.c", "x");
  assert.equal(writeJson(changesOf(entry)), '{"to":"x"}');
  entry.text = "{}";
  changesOf(entry);
  assert.equal(firstProblem(entry)?.problem, "No argument can be left out.");
});

test("a text may be emptied, a number that was there may not be taken away", () => {
  const entry = entryOf(fieldOf(EMAIL), WRITTEN, true);
  part(entry, "to").text = "";
  assert.deepEqual(changesOf(entry), { to: "" });
  part(entry, "size").text = "";
  changesOf(entry);
  assert.equal(firstProblem(entry)?.problem, "Needed.");
});

test("what was not there is not added by a default", () => {
  const field = fieldOf({
    type: "object",
    properties: { a: { type: "string" }, b: { default: "x", type: "string" } },
  });
  const entry = entryOf(field, { a: "1" }, true);
  part(entry, "a").text = "2";
  assert.deepEqual([changesOf(entry), valueOf(entry)], [{ a: "2" }, { a: "2" }]);
});

test("keys of an object's prototype are data like any other", () => {
  const schema = JSON.parse(
    '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}',
  );
  assert.deepEqual(
    fieldOf(schema).fields.map(([key]) => key),
    ["__proto__", "constructor"],
  );
  assert.equal(answered(schema).problem, "");
  assert.equal(fieldOf({ type: "toString" }).kind, "json");
});

const LIMITS = JSON.parse(
  readFileSync(new URL("../../../tests/golden/schema_limits.json", import.meta.url), "utf8"),
);

test("the limits of forms are those of the kernel's check", () => {
  assert.deepEqual(
    { steps: STEPS, deepest: DEEPEST_SCHEMA },
    { steps: LIMITS.limits.steps, deepest: LIMITS.limits.deepest },
  );
});

test("a schema that leads to itself for ever asks for JSON, and says so", () => {
  const fifty = { allOf: Array.from({ length: 50 }, () => ({ $ref: "#" })) };
  for (const schema of [...LIMITS.too_complicated, fifty, { type: "array", items: { $ref: "#/items" } }]) {
    const field = fieldOf(schema);
    const asked = field.kind === "list" ? field.item() : field;
    assert.deepEqual([asked.kind, /too complicated/.test(asked.description)], ["json", true]);
  }
});

test("a schema that only looks like one that leads to itself is drawn", () => {
  assert.deepEqual(
    LIMITS.fine.map((/** @type {unknown} */ schema) => fieldOf(schema).description),
    LIMITS.fine.map(() => ""),
  );
});
