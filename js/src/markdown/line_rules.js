// One small rule per kind of block: whether a line goes on with it, and whether a line begins it.
// Pure. In CommonMark's order; raw HTML is no block here, it stays text.
import { block } from "./block.js";
import { isReference } from "./formulas.js";
import { unescape } from "./links.js";
import { delimiterRow, splitRow } from "./table.js";

/** @import { Block, Kind, Line } from "./block.js" */
/** @typedef {"yes" | "no" | "end"} Verdict  end: the line was the block's last mark */

/** @type {(node: Block, line: Line) => Verdict} */
const yes = () => "yes";
/** @type {(node: Block, line: Line) => Verdict} */
const no = () => "no";
/** @type {(node: Block, line: Line) => Verdict} */
const untilBlank = (_node, line) => (line.blank ? "no" : "yes");

/** @param {Block} node @param {Line} line @returns {Verdict} */
function code(node, line) {
  if (!node.mark) {
    if (line.indent < 4 && !line.blank) return "no";
    line.skip(Math.min(4, line.indent));
    return "yes";
  }
  const closing = /^(`{3,}|~{3,})[ \t]*$/.exec(line.text);
  if (closing && line.indent < 4 && closing[1].startsWith(node.mark)) return "end";
  line.skip(Math.min(node.level, line.indent));
  return "yes";
}

/** @param {Block} node @param {Line} line @returns {Verdict} */
function item(node, line) {
  if (line.blank) return node.children.length ? "yes" : "no";
  if (line.indent < node.level) return "no";
  line.skip(node.level);
  return "yes";
}

/** @param {Block | null} _node @param {Line} line @returns {Verdict} */
function quote(_node, line) {
  if (line.indent > 3 || line.text[0] !== ">") return "no";
  line.skip(line.indent + 1);
  if (line.indent) line.skip(1);
  return "yes";
}

/** @param {Block} node @param {Line} line @returns {Verdict} */
const table = (node, line) => (line.blank || START.some((rule) => rule(node, line, true)) ? "no" : "yes");

/** @type {Record<Kind, (node: Block, line: Line) => Verdict>} */
export const CONTINUE = {
  doc: yes,
  list: yes,
  quote,
  item,
  code,
  table,
  paragraph: untilBlank,
  math: untilBlank, // TeX allows no blank line, so an opener by mistake swallows little
  heading: no,
  rule: no,
};

/**
 * Whether `line` begins a block inside `node`. Takes its marks off the line unless it only `looks`.
 * Answers the new block, or `node` itself where a paragraph turned out to be a heading.
 * @typedef {(node: Block, line: Line, looks: boolean) => Block | null} StartRule
 */

/** @type {StartRule} */
function startQuote(_node, line, looks) {
  if (line.indent > 3 || line.text[0] !== ">") return null;
  if (!looks) quote(null, line);
  return block("quote");
}

/** @type {StartRule} */
function startHeading(_node, line) {
  const found = line.indent < 4 && /^(#{1,6})(?:[ \t]+(.*)|$)/s.exec(line.text);
  return found ? block("heading", { level: found[1].length, text: found[2] ?? "" }) : null;
}

/** @type {StartRule} */
function startFence(_node, line) {
  const found = line.indent < 4 && (/^(`{3,})([^`]*)$/.exec(line.text) ?? /^(~{3,})(.*)$/s.exec(line.text));
  if (!found) return null;
  return block("code", { mark: found[1], info: unescape(found[2].trim()), level: line.indent });
}

/** What ends a formula. @param {string} mark */
export const closerOf = (mark) =>
  mark === "$$" ? "$$" : mark === "\\[" ? "\\]" : mark.replace("begin", "end");

/** @type {StartRule} */
function startMath(_node, line) {
  const found = line.indent < 4 && /^(\$\$(?!\$)|\\\[|\\begin\{[a-z]+\*?\})(.*)$/s.exec(line.text);
  if (!found) return null;
  const closer = closerOf(found[1]);
  const close = found[2].indexOf(closer);
  if (close >= 0 && (found[2].slice(close + closer.length).trim() || isReference(found[2].slice(0, close))))
    return null; // text goes on behind the formula
  return block("math", { mark: found[1], text: found[2] });
}

/** @type {StartRule} */
function underline(node, line, looks) {
  const found = node.kind === "paragraph" && line.indent < 4 && /^(?:(=+)|-+)[ \t]*$/.exec(line.text);
  if (!found) return null;
  if (!looks) Object.assign(node, { kind: "heading", level: found[1] ? 1 : 2 });
  return node;
}

/** @type {StartRule} */
function startTable(node, line, looks) {
  if (node.kind !== "paragraph" || line.indent > 3) return null;
  const align = delimiterRow(line.text);
  const head = align && node.text.slice(node.text.lastIndexOf("\n") + 1);
  if (!align || !head || splitRow(head).length !== align.length) return null;
  if (align.length === 1 && !head.includes("|")) return null;
  if (!looks) node.text = node.text.slice(0, Math.max(0, node.text.lastIndexOf("\n")));
  return block("table", { align, rows: [head] });
}

/** @type {StartRule} */
function startRule(_node, line) {
  return line.indent < 4 && /^(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/.test(line.text)
    ? block("rule")
    : null;
}

/** @type {StartRule} */
function startItem(node, line, looks) {
  const found =
    line.indent < 4 && /^(?:([*+-])|(\d{1,9})([.)]))( +|$)/.exec(line.text.replace(/^(\S+)\t/, "$1 "));
  if (!found) return null;
  const [whole, bullet, number, delimiter, space] = found;
  const empty = !line.text.slice(whole.length).trim();
  if (node.kind === "paragraph" && (empty || (number && number !== "1"))) return null;
  const width = whole.length - space.length;
  const indent = line.indent;
  if (looks) return block("item");
  line.skip(indent + width);
  const padding = empty || line.indent > 4 ? 1 : line.indent;
  line.skip(Math.min(padding, line.indent));
  return block("item", {
    mark: bullet ?? delimiter,
    ordered: !bullet,
    info: number ?? "",
    level: indent + width + padding,
  });
}

/** A footnote is a paragraph of its own. @type {StartRule} */
function startNote(node, line) {
  const found = node.kind === "paragraph" && line.indent < 4 && /^\[\^[^\]\s]+\]:/.test(line.text);
  return found ? block("paragraph", { text: line.text }) : null;
}

/** @type {StartRule} */
function startIndented(node, line, looks) {
  if (line.indent < 4 || line.blank || node.kind === "paragraph") return null;
  if (looks) return null; // it never interrupts a paragraph
  line.skip(4);
  return block("code", { text: line.rest });
}

/** @type {StartRule[]} */
export const START = [
  startQuote,
  startHeading,
  startFence,
  startMath,
  underline,
  startTable,
  startRule,
  startItem,
  startNote,
  startIndented,
];
