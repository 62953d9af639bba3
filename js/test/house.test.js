// The house rules of the scripts: how long functions and files are, what each opens with, what may
// import what. Each rule is tried on a planted breach as well.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { test } from "node:test";

const ROOT = new URL("../", import.meta.url);
const BEGINS =
  /^(\s*)(?:export )?(?:async )?(?:function \w+|(?:get |async |#)*\w+\(.*\) \{|(?:const |#)\w+ = .*=>).*\{$/;
const BRANCHES = /^\s*(?:if|for|while|switch|return|else)\b/;
const IMPORTS = /^(?:import|export) (?:[^;"]*?from )?"(\.[^"]+)"|(?<!typeof )\bimport\("(\.[^"]+)"\)(?!\.)/gm;

/** Each folder, and the bundles' own files at the root, with what it may import besides itself. */
const MAY_IMPORT = {
  ui: [],
  markdown: ["ui"],
  document: ["ui"],
  comm: ["ui", "document"],
  chat: ["ui", "markdown", "document"],
  details: ["ui", "document"],
  forms: ["ui", "document"],
  inspector: ["ui", "document"],
  highlight: [],
  "widget.js": ["ui", "comm", "chat"],
  "details.js": ["details", "ui"],
  "forms.js": ["forms"],
  "inspector.js": ["inspector"],
  threads: ["ui", "document"],
  "threads.js": ["threads"],
  surfaces: ["ui", "document"],
  "surfaces.js": ["surfaces"],
  apps: ["ui"],
  "apps.js": ["apps"],
  cells: ["ui"],
  "cells.js": ["cells"],
  data: ["ui"],
  "data.js": ["data"],
  long: ["ui"],
  "long.js": ["long"],
  "highlight.js": ["highlight"],
  "math.js": [],
  "loader.js": [],
};

/** @typedef {[name: string, text: string]} Source  named from its root */

/** @param {string} folder @returns {Source[]} */
const read = (folder) =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".js"))
    .map((name) => [name, readFileSync(new URL(folder + name, ROOT), "utf8")]);

const sources = read("src/");
const typings = /** @type {Source} */ (["types.d.ts", readFileSync(new URL("src/types.d.ts", ROOT), "utf8")]);
const tests = read("test/");

/**
 * The functions of a file with how many lines they take; they end where their margin closes.
 * @param {Source} source @returns {[string, number][]}
 */
function functionsOf([name, text]) {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    const begins = BRANCHES.test(line) ? null : BEGINS.exec(line);
    if (!begins) return [];
    const end = lines.findIndex((one, later) => later > at && one.startsWith(`${begins[1]}}`));
    return /** @type {[string, number][]} */ ([[`${name}:${at + 1}`, end - at + 1]]);
  });
}

/**
 * What a file imports, named from the root. Types are free to point anywhere.
 * @param {Source} source @returns {string[]}
 */
const importsOf = ([name, text]) =>
  [...text.matchAll(IMPORTS)]
    .map(([, one, other]) => normalize(join(dirname(name), one ?? other)))
    .filter((target) => target.endsWith(".js"));

/** @param {string} name @returns {keyof typeof MAY_IMPORT} */
const roomOf = (name) => /** @type {keyof typeof MAY_IMPORT} */ (name.split("/")[0]);

/** Imports that no row of MAY_IMPORT allows. @param {Source[]} all */
const breaches = (all) =>
  all.flatMap((source) =>
    importsOf(source)
      .filter((target) => {
        const [from, to] = [roomOf(source[0]), roomOf(target)];
        return from !== to && !(/** @type {string[]} */ (MAY_IMPORT[from] ?? []).includes(to));
      })
      .map((target) => `${source[0]} -> ${target}`),
  );

/** Files that import each other, the long way round too. @param {Source[]} all @returns {string[]} */
function circles(all) {
  const arrows = new Map(all.map((source) => [source[0], importsOf(source)]));
  /** @type {string[]} */
  const found = [];
  const done = new Set();
  /** @param {string} name @param {string[]} way */
  const follow = (name, way) => {
    if (way.includes(name)) return void found.push([...way.slice(way.indexOf(name)), name].join(" -> "));
    if (done.has(name)) return;
    for (const next of arrows.get(name) ?? []) follow(next, [...way, name]);
    done.add(name);
  };
  for (const name of arrows.keys()) follow(name, []);
  return found;
}

/** @param {string} folder  from js/ @returns {string[]} every file below it */
const below = (folder) =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" }).map((name) =>
    name.replaceAll("\\", "/"),
  );

/** Files that comments speak of and that are not there, in this half or the Python one. @param {Source[]} all */
function lost(all) {
  const known = [...below("src/"), ...below("../agui_notebook/")].map((name) => `/${name}`);
  return all.flatMap(([name, text]) =>
    text
      .split("\n")
      .filter((line) => /^\s*(?:\/\/|\/?\*)/.test(line) && !line.includes("@import"))
      .flatMap((line) => line.match(/[\w./]*\b\w+\.(?:js|css|py)\b/g) ?? [])
      .filter((told) => !known.some((one) => one.endsWith(`/${told.replace(/^(?:\.\.?\/)+/, "")}`)))
      .map((told) => `${name}: ${told}`),
  );
}

test("no function is longer than 40 lines", () => {
  const all = sources.flatMap(functionsOf);
  assert.ok(all.length > 300, "they are found");
  assert.deepEqual(
    all.filter(([, length]) => length > 40),
    [],
  );
});

test("no file is longer than 300 lines", () => {
  assert.deepEqual(
    [...sources, ...tests].filter(([, text]) => text.split("\n").length > 300).map(([name]) => name),
    [],
  );
});

test("each file opens with what lives in it", () => {
  assert.deepEqual(
    [...sources, ...tests].filter(([, text]) => !text.startsWith("// ")).map(([name]) => name),
    [],
  );
});

test("no folder holds more than 18 files", () => {
  const counts = new Map();
  for (const [name] of sources) counts.set(dirname(name), (counts.get(dirname(name)) ?? 0) + 1);
  assert.deepEqual(
    [...counts].filter(([, count]) => count > 18),
    [],
  );
});

test("imports go down: nothing of a module that comes later, nothing from below upwards", () => {
  assert.ok(sources.flatMap(importsOf).length > 150, "they are found");
  assert.deepEqual(breaches(sources), []);
});

test("an import that goes up is seen, by whatever words", () => {
  for (const words of [
    'import { transcript } from "../chat/transcript.js";',
    'import "../chat/transcript.js";',
    'import {\n  transcript,\n} from "../chat/transcript.js";',
    'export { transcript } from "../chat/transcript.js";',
    'const { transcript } = await import("../chat/transcript.js");',
  ])
    assert.deepEqual(breaches([["ui/planted.js", words]]), ["ui/planted.js -> chat/transcript.js"]);
  const chat = 'import { interrupts } from "../../forms/interrupts.js";';
  assert.equal(breaches([["chat/rows/planted.js", chat]]).length, 1);
  assert.equal(breaches([["newroom/planted.js", 'import { h } from "../ui/dom.js";']]).length, 1);
});

test("no two files import each other", () => assert.deepEqual(circles(sources), []));

test("a circle is seen, the long way round too", () => {
  assert.deepEqual(
    circles([
      ["ui/a.js", 'import { b } from "./b.js";'],
      ["ui/b.js", 'import { c } from "./c.js";'],
      ["ui/c.js", 'import { a } from "./a.js";'],
    ]),
    ["ui/a.js -> ui/b.js -> ui/c.js -> ui/a.js"],
  );
});

test("comments speak of files that are there", () => {
  assert.deepEqual(lost([...sources, typings]), []);
  assert.deepEqual(lost([["ui/planted.js", "// What is drawn: ../panels.js."]]), [
    "ui/planted.js: ../panels.js",
  ]);
});
