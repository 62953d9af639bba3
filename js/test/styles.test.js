// The style sheets of the bundles: which are imported, and which outweigh which.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path/posix";
import { test } from "node:test";

const SOURCE = new URL("../src/", import.meta.url);
const BASE = "widget.css";
const MODULES = [
  "details.css",
  "forms.css",
  "inspector.css",
  "threads.css",
  "surfaces.css",
  "apps.css",
  "cells.css",
  "data.css",
  "long.css",
  "highlight.css",
];

/** @param {string} name */
const text = (name) => readFileSync(new URL(name, SOURCE), "utf8").replace(/\/\*[^]*?\*\//g, "");

/** A bundle's sheet and all that it imports. @param {string} name @returns {string[]} */
const sheetsOf = (name) => [
  name,
  ...[...text(name).matchAll(/@import "(.+)";/g)].flatMap(([, one]) => sheetsOf(join(one))),
];

/** Selectors at the margin of a sheet, and inside at-rules at its margin. @param {string} sheet */
const outer = (sheet) =>
  [...sheet.matchAll(/^(?: {2}(?=\.agui[ .]))?([.&*:a-z][^{}@]*)\{/gm)]
    .flatMap(([, selectors]) => selectors.split(","))
    .map((one) => one.trim())
    .filter((one) => one && !/^(from|to|\d+%)$/.test(one));

test("each sheet is in a bundle", () => {
  const all = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".css"),
  );
  const bundled = new Set([BASE, ...MODULES].flatMap(sheetsOf));
  assert.deepEqual(
    all.map((name) => name.replaceAll("\\", "/")).filter((name) => !bundled.has(name)),
    [],
  );
});

test("every rule stands under the widget's own class", () => {
  for (const name of sheetsOf(BASE))
    for (const selector of outer(text(name))) assert.match(selector, /^\.agui(?![\w-])/, name);
});

// Each chat on a page has its own copy of the base; the copy of a chat that opens later stands behind the
// sheets of a module that an earlier one has loaded, and would win wherever both say something.
test("a module's sheet outweighs the base wherever it stands", () => {
  for (const name of MODULES.flatMap(sheetsOf))
    for (const selector of outer(text(name))) assert.match(selector, /^\.agui\.agui(?![\w-])/, name);
});

test("a sheet that forgets it is seen", () => {
  assert.deepEqual(
    outer(".agui .agui-x {\n}\n@media print {\n  .agui .agui-y {\n  }\n}\n@keyframes a {\n  from {\n  }\n}"),
    [".agui .agui-x", ".agui .agui-y"],
  );
});
