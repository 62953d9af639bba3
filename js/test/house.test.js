import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const SOURCE = new URL("../src/", import.meta.url);
const BEGINS =
  /^(\s*)(?:export )?(?:async )?(?:function \w+|(?:get |async |#)*\w+\(.*\) \{|(?:const |#)\w+ = .*=>).*\{$/;
const BRANCHES = /^\s*(?:if|for|while|switch|return|else)\b/;

const sources = readdirSync(SOURCE, { recursive: true })
  .filter((name) => name.endsWith(".js"))
  .map((name) => [name, readFileSync(new URL(name, SOURCE), "utf8").split("\n")]);

/** The functions of a file with how many lines they take; they end where their margin closes. */
function functionsOf([name, lines]) {
  return lines.flatMap((line, at) => {
    const begins = BRANCHES.test(line) ? null : BEGINS.exec(line);
    if (!begins) return [];
    const end = lines.findIndex((one, later) => later > at && one.startsWith(`${begins[1]}}`));
    return [[`${name}:${at + 1}`, end - at + 1]];
  });
}

test("no function is longer than 40 lines", () => {
  const all = sources.flatMap(functionsOf);
  assert.ok(all.length > 300, "they are found");
  assert.deepEqual(
    all.filter(([, length]) => length > 40),
    [],
  );
});

test("no file is longer than 300 lines, and each says what it is for", () => {
  assert.deepEqual(
    sources.filter(([, lines]) => lines.length > 300 || !lines[0].startsWith("//")).map(([name]) => name),
    [],
  );
});
