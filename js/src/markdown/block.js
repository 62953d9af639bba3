// What a document is read into, a block of it, and what it is read from, a line. Pure; which lines make
// which blocks is not known here (line_rules.js, blocks.js).

/**
 * @typedef {"doc" | "quote" | "list" | "item" | "paragraph" | "heading" | "code" | "rule" | "table" | "math"} Kind
 * @typedef {object} Block
 * @property {Kind} kind
 * @property {Block | null} parent
 * @property {Block[]} children
 * @property {string} text
 * @property {boolean} open
 * @property {number} level  of a heading; start of a list; how far an item's or fence's content is indented
 * @property {string} mark  fence, bullet or formula opener; "" for indented code
 * @property {string} info  language of a code block
 * @property {boolean} ordered
 * @property {boolean} loose
 * @property {string[]} align
 * @property {string[]} rows  of a table, the first is its head
 */

/** @param {Kind} kind @param {Partial<Block>} [more] @returns {Block} */
export function block(kind, more) {
  // prettier-ignore
  return { kind, parent: null, children: [], text: "", open: true, level: 0, mark: "", info: "",
    ordered: false, loose: false, align: [], rows: [], ...more };
}

/** What makes of an item something to be done. */
export const TASK = /^\[([ xX])\][ \t]+/;

/** Whether the block begins an item. @param {Block} node */
export const isFirst = (node) => node.parent?.kind === "item" && node.parent.children[0] === node;

/** A line being read: `rest` is what no block has taken yet, its leading tabs made spaces. */
export class Line {
  rest = "";
  indent = 0;
  #column = 0;

  /** @param {string} text */
  constructor(text) {
    this.#set(text);
  }

  /** @param {string} text */
  #set(text) {
    let lead = "";
    let at = 0;
    for (; text[at] === " " || text[at] === "\t"; at += 1) {
      lead += text[at] === " " ? " " : " ".repeat(4 - ((this.#column + lead.length) % 4));
    }
    this.rest = lead + text.slice(at);
    this.indent = lead.length;
  }

  get blank() {
    return this.indent === this.rest.length;
  }

  /** Without its indent. */
  get text() {
    return this.rest.slice(this.indent);
  }

  /** @param {number} count */
  skip(count) {
    this.#column += count;
    this.#set(this.rest.slice(count));
  }
}
