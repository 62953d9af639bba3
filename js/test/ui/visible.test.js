// What cannot be seen or looks like something else: the same marks as in Python.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import "../support/page.js";
import { visible, visibleNodes } from "../../src/ui/visible.js";

const golden = new URL("../../../tests/golden/visible.json", import.meta.url);

test("what would hide or fake a text is marked as it is in Python", () => {
  const cases = JSON.parse(readFileSync(golden, "utf-8"));
  assert.ok(cases.length > 20);
  for (const [text, shown] of cases) assert.equal(visible(text), shown);
});

test("on the page a mark is an element of its own, and the rest stays text", () => {
  const nodes = visibleNodes("a\u202eb").map((one) =>
    typeof one === "string" ? one : [one.className, one.textContent],
  );
  assert.deepEqual(nodes, ["a", ["agui-mark", "‹U+202E›"], "b"]);
  assert.deepEqual(visibleNodes("plain"), ["plain"]);
});
