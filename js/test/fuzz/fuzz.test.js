// Random input for what draws an agent's material: nothing throws, nothing takes long, no text is lost.
// Seeded; AGUI_FUZZ_SECONDS (1) for each. Forms are in forms.test.js.
import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "../../src/document/operations.js";
import { fuzz, pick, several } from "../support/fuzz.js";
import { toHtml } from "../support/html.js";
import { drawn } from "../support/markdown.js";

const MARKS = [
  ..."*_`~[]()<>!#-+|\\\n\n \t&;:/.1$",
  "word",
  "```",
  "$$",
  "](",
  "https://a.b",
  "javascript:",
  "\u2028",
];
MARKS.push(
  "<script>",
  "<img src=x onerror=1>",
  "\u202e",
  "\u0000",
  "\ud800",
  "😀",
  "| - |",
  "> ",
  "1. ",
  "[a]: ",
);

test("no Markdown breaks or becomes code", (context) => {
  const inputs = fuzz((next) => {
    const written = several(next, 120, () => pick(next, MARKS)).join("");
    const html = toHtml([written]);
    assert.doesNotMatch(html, /<script|<iframe|<img src=x/i);
  });
  context.diagnostic(`${inputs} inputs`);
});

/** Line feeds that end a block of code say nothing. @param {Element} node */
const shownOf = (node) => node.innerHTML.replaceAll(/\n+<\/span><\/code>/g, "</span></code>");

test("Markdown in pieces is drawn as the whole is, without any code in it", (context) => {
  const inputs = fuzz((next) => {
    const pieces = several(next, 60, () => pick(next, MARKS));
    const [whole, parts] = [drawn([pieces.join("")]), drawn(pieces)];
    assert.equal(shownOf(parts), shownOf(whole));
    assert.equal(whole.querySelectorAll("script,iframe,object,embed,form,style,base,meta").length, 0);
    for (const node of whole.querySelectorAll("*"))
      for (const { name, value } of node.attributes)
        assert.ok(!/^on|^srcdoc$/i.test(name) && !/^\s*(javascript|data|vbscript):/i.test(value), name);
  });
  context.diagnostic(`${inputs} inputs`);
});

test("no operation reaches beyond its document", (context) => {
  const keys = ["a", "b", 0, 1, "0", "-", "__proto__", "constructor", "prototype", "length", "toString"];
  const inputs = fuzz((next) => {
    /** @type {any} */
    const document = { a: { b: [1, "x"] }, b: "text" };
    for (let count = 0; count < 8; count++) {
      const path = [pick(next, keys), ...several(next, 3, () => pick(next, keys))];
      const value = pick(next, [1, "x", null, {}, [], { a: { b: 1 } }]);
      try {
        apply(document, /** @type {any} */ ([pick(next, ["set", "append"]), path, value]));
      } catch (error) {
        assert.ok(error instanceof RangeError || error instanceof TypeError);
      }
    }
    assert.equal(/** @type {any} */ ({}).a, undefined);
    assert.equal(/** @type {any} */ ([]).b, undefined);
  });
  context.diagnostic(`${inputs} inputs`);
});
