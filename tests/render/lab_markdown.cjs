// Renders texts with the marked inside a chunk of an installed JupyterLab: the chunk's path is the
// argument, a JSON list of texts comes in, [page, whether it has raw HTML] for each goes out.
const { readFileSync } = require("node:fs");
const known = new Set(Object.keys(globalThis));
globalThis.self = globalThis;
(0, eval)(readFileSync(process.argv[2], "utf8"));
const queue = Object.keys(globalThis).find((name) => !known.has(name) && name !== "self");
const exported = {};
const load = { r() {}, d: (target, names) => Object.assign(target, names) };
for (const module of Object.values(globalThis[queue][0][1])) module({}, exported, load);
const marked = exported.marked();
const hasHtml = (text) => {
  let found = false;
  marked.walkTokens(marked.lexer(text), (token) => (found ||= token.type === "html"));
  return found;
};
const texts = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map((text) => [marked.parse(text, { gfm: true }), hasHtml(text)])));
