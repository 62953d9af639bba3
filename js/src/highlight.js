// Colours for code: highlight.js with the languages that answers are written in, as a list of
// (text, kind) instead of its HTML. Its own module, sent when a code block closes.
import styles from "./highlight.css";
import highlighter from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import julia from "highlight.js/lib/languages/julia";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { keepSelection } from "./highlight/kept_selection.js";
import { scopeTree } from "./highlight/scope_tree.js";

export { keepSelection, styles };

/** @import { ScopeTree } from "./highlight/scope_tree.js" */
/** @import { Tokens } from "./markdown/code_paint.js" */

// prettier-ignore
const LANGUAGES = { bash, c, cpp, csharp, css, diff, dockerfile, go, ini, java, javascript, json, julia,
  markdown, python, r, rust, sql, typescript, xml, yaml };
/** What else they are called. @type {Record<string, string>} */
const ALSO = {
  bash: "sh zsh shell console",
  c: "h",
  cpp: "cc c++ h++ hpp hh hxx cxx",
  csharp: "cs c#",
  diff: "patch",
  dockerfile: "docker",
  go: "golang",
  ini: "toml",
  java: "jsp",
  javascript: "js jsx mjs cjs",
  json: "jsonc json5",
  julia: "jl",
  markdown: "md mkdown mkd",
  python: "py gyp ipython ipython3 py3",
  rust: "rs",
  typescript: "ts tsx mts cts",
  xml: "html xhtml rss atom xjb xsd xsl plist wsf svg",
  yaml: "yml",
};
/** @type {Map<string, string>} */
const NAMES = new Map();
for (const name in LANGUAGES)
  for (const one of `${name} ${ALSO[name] ?? name}`.split(" ")) NAMES.set(one, name);
/** Whose code may stand inside. @type {Record<string, string[]>} */
const INSIDE = { xml: ["css", "javascript"], markdown: ["xml"] };

/** Made when it is first needed: all of them at once would hold the page. @param {string} name */
function prepare(name) {
  if (highlighter.getLanguage(name)) return;
  highlighter.registerLanguage(name, /** @type {Record<string, any>} */ (LANGUAGES)[name]);
  INSIDE[name]?.forEach(prepare);
}

// the highlighter's many scopes as the few kinds that a style exists for
/** @type {Record<string, string>} */
const KIND = {
  keyword: "keyword",
  built_in: "builtin",
  type: "builtin",
  literal: "number",
  number: "number",
  string: "string",
  regexp: "string",
  char: "string",
  subst: "",
  comment: "comment",
  doctag: "comment",
  quote: "comment",
  title: "title",
  section: "title",
  name: "keyword",
  tag: "",
  attr: "attribute",
  attribute: "attribute",
  property: "attribute",
  variable: "variable",
  symbol: "number",
  params: "",
  meta: "meta",
  addition: "added",
  deletion: "removed",
  selector: "keyword",
  bullet: "keyword",
  link: "string",
  operator: "",
  punctuation: "",
  code: "string",
};

/** @param {string | undefined} scope @param {string} outer */
function kindOfScope(scope, outer) {
  return KIND[scope?.split(/[.-]/)[0] ?? ""] ?? outer;
}

/** @param {ScopeTree | string} node @param {string} kind @param {Tokens} out */
function flatten(node, kind, out) {
  if (typeof node === "string") {
    const last = out.at(-1);
    if (last && last[1] === kind) last[0] += node;
    else out.push([node, kind]);
    return;
  }
  const inner = kindOfScope(node.scope, kind);
  for (const child of node.children ?? []) flatten(child, inner, out);
}

/**
 * The code in coloured pieces, or null where it has no colours.
 * @param {string} code @param {string} language @returns {Tokens | null}
 */
export function tokens(code, language) {
  const name = NAMES.get(language);
  if (!name) return null;
  prepare(name);
  const tree = scopeTree(highlighter.highlight(code, { language: name, ignoreIllegals: true }));
  /** @type {Tokens} */
  const out = [];
  flatten(tree, "", out);
  return out.map(([text]) => text).join("") === code ? out : null; // colours never change what stands there
}
