// The built highlight module: which languages it knows, and what it makes of their code.
import highlighter from "highlight.js";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const built = new URL("../../agui_notebook/static/highlight.js", import.meta.url);
const { tokens } = await import(`data:text/javascript;base64,${readFileSync(built).toString("base64")}`);

const kindsOf = (code, language) => new Set(tokens(code, language)?.map(([, kind]) => kind));

// prettier-ignore
const LANGUAGES = ["bash", "c", "cpp", "csharp", "css", "diff", "dockerfile", "go", "ini", "java", "javascript", "json",
  "julia", "markdown", "python", "r", "rust", "sql", "typescript", "xml", "yaml"];

for (const name of LANGUAGES)
  test(`${name} is known by all its names`, () => {
    for (const alias of [name, ...(highlighter.getLanguage(name).aliases ?? [])])
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
