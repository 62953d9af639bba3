// Blocks and spans as an HTML string, to compare with what the specifications give. For tests only.
import "./page.js";
import { Blocks } from "../../src/markdown/blocks.js";
import { isFirst, TASK } from "../../src/markdown/block.js";
import { readSpans } from "../../src/markdown/inline.js";
import { splitRow } from "../../src/markdown/table.js";

/** @import { Block } from "../../src/markdown/block.js" */
/** @import { Definitions } from "../../src/markdown/inline.js" */
/** @import { Span } from "../../src/markdown/spans.js" */

/** @param {string} text */
const escape = (text) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

/** @type {Record<string, (span: any) => string>} */
const SPAN = {
  text: (span) => escape(span.text),
  code: (span) => `<code>${escape(span.text)}</code>`,
  sup: (span) => `<sup>${escape(span.text)}</sup>`,
  break: () => "<br />\n",
  math: (span) => `<math${span.display ? " display" : ""}>${escape(span.text)}</math>`,
  em: (span) => `<em>${spansHtml(span.children)}</em>`,
  strong: (span) => `<strong>${spansHtml(span.children)}</strong>`,
  del: (span) => `<del>${spansHtml(span.children)}</del>`,
  link: (span) =>
    `<a href="${escape(span.href)}"${span.title ? ` title="${escape(span.title)}"` : ""}>${spansHtml(span.children)}</a>`,
  image: (span) =>
    `<img src="${escape(span.src)}" alt="${escape(span.alt)}"${span.title ? ` title="${escape(span.title)}"` : ""} />`,
};

/** @param {Span[]} spans @returns {string} */
const spansHtml = (spans) => spans.map((span) => SPAN[span.type](span)).join("");
/** @param {string} text @param {Definitions} definitions */
const inline = (text, definitions) => spansHtml(readSpans(text.trim(), definitions));

/** @param {string} row @param {Block} table @param {Definitions} definitions */
function rowHtml(row, table, definitions) {
  const cells = splitRow(row);
  const shown = table.align.map((_, at) => `<td>${inline(cells[at] ?? "", definitions)}</td>`);
  return `<tr>${shown.join("")}</tr>`;
}

/** @param {Block} node @param {Definitions} definitions @param {boolean} tight @returns {string} */
function blockHtml(node, definitions, tight) {
  /** @param {boolean} close */
  const children = (close) => node.children.map((child) => blockHtml(child, definitions, close)).join("");
  /** @type {Record<Block["kind"], () => string>} */
  const kinds = {
    doc: () => children(false),
    quote: () => `<blockquote>\n${children(false)}</blockquote>\n`,
    list: () => {
      const tag = node.ordered ? "ol" : "ul";
      const start = node.ordered && node.level !== 1 ? ` start="${node.level}"` : "";
      return `<${tag}${start}>\n${children(!node.loose)}</${tag}>\n`;
    },
    item: () => `<li>${children(tight)}</li>\n`,
    paragraph: () => {
      const done = isFirst(node) ? TASK.exec(node.text)?.[1] : undefined;
      const box = done ? `<input${done === " " ? "" : ' checked=""'} disabled="" type="checkbox"> ` : "";
      const text = box + inline(done ? node.text.replace(TASK, "") : node.text, definitions);
      return !text ? "" : tight ? `${text}\n` : `<p>${text}</p>\n`;
    },
    heading: () =>
      `<h${node.level}>${inline(node.text.replace(/(^|[ \t])#+[ \t]*$/, ""), definitions)}</h${node.level}>\n`,
    code: () =>
      node.info === "math"
        ? `<math display>${escape(node.text.trim())}</math>\n`
        : `<pre><code${node.info ? ` class="language-${escape(node.info.split(" ")[0])}"` : ""}>${escape(node.text)}</code></pre>\n`,
    rule: () => "<hr />\n",
    math: () => `<math display>${escape(node.text.trim())}</math>\n`,
    table: () => `<table>${node.rows.map((row) => rowHtml(row, node, definitions)).join("")}</table>\n`,
  };
  return kinds[node.kind]();
}

/** @param {string[]} pieces */
export function toHtml(pieces) {
  const blocks = new Blocks();
  for (const piece of pieces) blocks.feed(piece);
  blocks.end();
  return blockHtml(blocks.root, blocks.definitions, false);
}
