// The built highlight module: which languages it knows, and what it makes of their code.
import highlighter from "highlight.js";
import { scopeTree } from "../src/highlight/scope_tree.js";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const { version } = JSON.parse(
  readFileSync(new URL("../node_modules/highlight.js/package.json", import.meta.url), "utf8"),
);
const built = new URL("../../agui_notebook/static/highlight.js", import.meta.url);
const module = await import(`data:text/javascript;base64,${readFileSync(built).toString("base64")}`);

/** @type {typeof import("../src/highlight.js").tokens} */
const tokens = module.tokens;
/** @param {string} code @param {string} language */
const kindsOf = (code, language) => new Set(tokens(code, language)?.map(([, kind]) => kind));

// prettier-ignore
const LANGUAGES = ["bash", "c", "cpp", "csharp", "css", "diff", "dockerfile", "go", "ini", "java", "javascript", "json",
  "julia", "markdown", "python", "r", "rust", "sql", "typescript", "xml", "yaml"];

for (const name of LANGUAGES)
  test(`${name} is known by all its names`, () => {
    for (const alias of [name, ...(highlighter.getLanguage(name)?.aliases ?? [])])
      assert.deepEqual(
        tokens("x", alias)
          ?.map(([text]) => text)
          .join(""),
        "x",
        alias,
      );
  });

test("no word of the page's own is a language", () => {
  for (const name of ["", "constructor", "__proto__", "toString", "klingon"])
    assert.equal(tokens("x", name), null);
});

test("what stands inside another language is coloured too", () => {
  assert.ok(kindsOf("<style>\np { color: red }\n</style>", "html").has("attribute"));
  assert.ok(kindsOf("<script>\nlet x = 1;\n</script>", "html").has("number"));
});

// A canary: highlight.js may move what it keeps to itself. Look then at src/highlight/scope_tree.js, and
// write there which version was seen.
test("the tree of scopes is where it was, in the version that was looked at", () => {
  const tree = scopeTree(highlighter.highlight("x = 1", { language: "python" }));
  assert.deepEqual(JSON.parse(JSON.stringify(tree)), {
    children: ["x = ", { scope: "number", children: ["1"] }],
  });
  const told = readFileSync(new URL("../src/highlight/scope_tree.js", import.meta.url), "utf8");
  assert.ok(told.includes(`Seen in ${version}.`), version);
});

test("without the tree there is nothing to colour", () => {
  for (const one of [{}, { _emitter: {} }]) assert.deepEqual(scopeTree(one), {});
});
