// Lines -> a tree of blocks (quotes, lists, headings, code, tables, formulas, paragraphs), as they
// arrive. Pure: no DOM. A line that is not complete is held back while its kind is open; once it is
// decided its text just grows, so nothing is ever parsed twice.
import { block, Line } from "./block.js";
import { closerOf, CONTINUE, START } from "./line_rules.js";
import { takeDefinitions } from "./links.js";

/** @import { Block } from "./block.js" */
/** @import { Definitions } from "./inline.js" */

const CONTAINERS = new Set(["doc", "quote", "item"]);
const VERBATIM = new Set(["code", "math"]);
// while a line holds nothing else, it may still become a rule, a fence, a table's second row…
const MARKERS = /^[\s>*+\-=_#`~|:$\\\d.)[\]]*$/;
// a number that begins no list item is words: nobody waits for the end of 3 5 8 13
const NUMBER = /\d(?:[^\d.)]|[.)]\S)|\d{10}/;
const NUMBER_LENGTH = 12; // characters in which one is told from the number of an item
// kinds that the whole line decides: fences (their language) and formulas (their end)
const WHOLE = /^[\s>*+\-\d.)]*(?:`{3}|~{3}|\$\$|\\\[|\\b|\[\^[^\s\]]*\]?$)/;
const DEEPEST = 32; // of quotes and lists in each other

/** @param {Block} node */
function depth(node) {
  let count = 0;
  for (let up = node.parent; up; up = up.parent) count += 1;
  return count;
}

export class Blocks {
  root = block("doc");
  /** @type {Definitions} */
  definitions = new Map();
  #held = ""; // the start of a line whose kind is not decided
  #marks = true; // it holds markers only
  #gap = false; // the line before was blank
  /** @type {Block | null} */
  #taker = null; // whose text the rest of the line is
  #sink = block("paragraph"); // takes what belongs nowhere, as more words behind a language

  /** @param {string} text  any piece of the whole, cut anywhere */
  feed(text) {
    for (let at = 0; at < text.length;) {
      const stop = text.indexOf("\n", at);
      const end = stop < 0 ? text.length : stop;
      this.#grow(text.slice(at, end).replaceAll("\r", ""), stop >= 0);
      at = end + 1;
    }
  }

  /** No more text will come. */
  end() {
    if (this.#held || this.#taker) this.#grow("", true);
    this.close(this.root);
  }

  /** @param {string} piece @param {boolean} complete */
  #grow(piece, complete) {
    if (this.#taker) {
      write(this.#taker, piece);
    } else {
      const near = this.#held.slice(-NUMBER_LENGTH) + piece;
      this.#held += piece;
      this.#marks &&= MARKERS.test(piece) && !NUMBER.test(near);
      if (!complete && (this.#marks || WHOLE.test(this.#held))) return;
      this.#taker = this.#line(new Line(this.#held));
    }
    if (!complete) return;
    this.#finish(this.#taker);
    this.#taker = null;
    this.#held = "";
    this.#marks = true;
  }

  /** The line is complete. @param {Block} taker */
  #finish(taker) {
    if (taker.kind === "heading") this.close(taker);
    if (taker.kind === "code") taker.text += "\n";
    if (taker.kind !== "math") return;
    const closer = closerOf(taker.mark);
    const stop = taker.text.indexOf(closer, taker.text.lastIndexOf("\n") + 1); // in its last line
    if (stop < 0) return void (taker.text += "\n");
    const behind = taker.text.slice(stop + closer.length).trim();
    const tex = taker.text.slice(0, stop).trim();
    taker.text = taker.mark[1] === "b" ? `${taker.mark}\n${tex}\n${closer}` : tex;
    taker.info = "closed";
    this.close(taker);
    if (behind && taker.parent) this.add(taker.parent, block("paragraph", { text: behind }));
  }

  /** Puts a line where it belongs. @param {Line} line @returns {Block} whose text it went to */
  #line(line) {
    let node = this.root;
    let verdict = "yes";
    for (let next = node.children.at(-1); next?.open && verdict === "yes"; next = node.children.at(-1)) {
      verdict = CONTINUE[next.kind](next, line);
      if (verdict === "end") this.close(next);
      if (verdict === "yes") node = next;
      else break;
    }
    const { blank } = line; // what the marks of its containers leave of it
    const taker = verdict === "end" ? this.#sink : (this.#lazy(node, line) ?? this.#place(node, line));
    this.#gap = blank && node.kind !== "quote" && !(node.kind === "code" && node.mark);
    return taker;
  }

  /** A paragraph may go on without the marks of what it stands in. @param {Block} node @param {Line} line */
  #lazy(node, line) {
    let tip = node;
    for (let next = tip.children.at(-1); next?.open; next = tip.children.at(-1)) tip = next;
    if (tip === node || tip.kind !== "paragraph" || line.blank) return null;
    if (START.some((rule) => rule(node, line, true))) return null;
    return write(tip, `\n${line.text}`);
  }

  /** @param {Block} node @param {Line} line @returns {Block} */
  #place(node, line) {
    while (!VERBATIM.has(node.kind) && depth(node) < DEEPEST) {
      const started = this.#start(node, line);
      if (!started) break;
      if (!CONTAINERS.has(started.kind)) return started;
      node = started;
    }
    const open = node.children.at(-1);
    if (open?.open) this.close(open);
    if (VERBATIM.has(node.kind)) return write(node, line.rest);
    if (node.kind === "table") return (node.rows.push(line.text), node);
    if (line.blank) return this.#sink;
    if (node.kind === "paragraph") return write(node, (node.text && `\n${line.text}`) || line.text);
    return this.add(node, block("paragraph", { text: line.text }));
  }

  /** @param {Block} node @param {Line} line @returns {Block | null} */
  #start(node, line) {
    for (const rule of START) {
      const found = rule(node, line, false);
      if (!found) continue;
      if (found === node) {
        // a paragraph became a heading, unless it only defines
        node.text = takeDefinitions(node.text, this.definitions);
        if (node.text.trim()) return (this.close(node), this.#sink);
        Object.assign(node, { kind: "paragraph", level: 0 });
        continue;
      }
      if (found.kind === "item") node = this.#listFor(node, found);
      if (found.kind === "table" && node.kind === "paragraph" && !node.text) node.parent?.children.pop();
      const added = this.add(node, found);
      return found.kind === "code" && found.mark ? this.#sink : added; // its first line is no content
    }
    return null;
  }

  /**
   * The list that takes the item: the open one if it is of the same kind.
   * @param {Block} node @param {Block} item
   */
  #listFor(node, item) {
    if (node.kind === "list" && node.mark === item.mark) return node;
    return this.add(
      node,
      block("list", { mark: item.mark, ordered: item.ordered, level: Number(item.info) || 0 }),
    );
  }

  /** @param {Block} node @param {Block} child @returns {Block} */
  add(node, child) {
    while (!(node.kind === "list" ? child.kind === "item" : CONTAINERS.has(node.kind))) {
      this.close(node);
      node = /** @type {Block} */ (node.parent);
    }
    const last = node.children.at(-1);
    if (last?.open) this.close(last);
    const list = node.kind === "list" ? node : node.kind === "item" ? node.parent : null;
    if (list && last && this.#gap) list.loose = true;
    child.parent = node;
    node.children.push(child);
    return child.kind === "rule" ? (this.close(child), this.#sink) : child;
  }

  /** @param {Block} node */
  close(node) {
    const last = node.children.at(-1);
    if (last?.open) this.close(last);
    node.open = false;
    if (node.kind === "math" && !node.info) {
      // nothing ended it: words with a mark before them
      Object.assign(node, { kind: "paragraph", text: node.mark + node.text.trimEnd() });
    }
    if (node.kind === "paragraph" && node.text.startsWith("[")) {
      node.text = takeDefinitions(node.text, this.definitions);
    }
    if (node.kind === "code" && !node.mark) node.text = node.text.replace(/\n+$/, "\n");
  }
}

/** @param {Block} node @param {string} text */
function write(node, text) {
  if (node.kind === "table") node.rows[node.rows.length - 1] += text;
  else node.text += text;
  return node;
}
