// Text of one block -> spans (emphasis, code, links, images, math, breaks). Pure: no DOM. Works in
// segments, so that the cost of a streaming paragraph does not grow with its length: a segment that
// nothing later can change is never looked at again, and none is longer than LONGEST characters.
import { closeEmphasis } from "./emphasis.js";
import { RULES } from "./inline_rules.js";
import { compact } from "./spans.js";

/** @import { Span } from "./spans.js" */
/**
 * @typedef {{ at: number, char: string, length: number, opens: boolean, closes: boolean }} Delimiter
 * @typedef {{ at: number, from: number, image: boolean, delimiters: number, live: boolean }} Bracket
 * @typedef {Map<string, { href: string, title: string }>} Definitions
 * @typedef {{ spans: Span[], next: number, asked: boolean, settled: boolean }} Segment
 *   next: where the following segment starts; asked: it named a definition that was not there;
 *   settled: nothing that follows can change it
 */

const SETTLE = 256; // characters before a segment may end
const LONGEST = 4096;

const SPECIAL = /[\\`*_~![\]<&$\n ]|https?:\/\/|www\.(?=[a-z0-9])/g;

export class Scanner {
  /** @type {(Span | null)[]} */
  spans = [];
  /** @type {Delimiter[]} */
  delimiters = [];
  /** @type {Bracket[]} */
  brackets = [];
  pending = 0; // up to here an unclosed code span or formula might still close
  asked = false;

  /** @param {string} text @param {number} start @param {boolean} open @param {Definitions} definitions */
  constructor(text, start, open, definitions) {
    this.text = text;
    this.start = start;
    this.at = start;
    this.open = open;
    this.definitions = definitions;
  }

  /** @param {Span} span */
  push(span) {
    this.spans.push(span);
    return this.spans.length - 1;
  }

  /** @param {string} text */
  write(text) {
    const last = this.spans.at(-1);
    const held =
      this.delimiters.at(-1)?.at === this.spans.length - 1 ||
      this.brackets.at(-1)?.at === this.spans.length - 1;
    if (last?.type === "text" && !held) last.text += text;
    else if (text) this.push({ type: "text", text });
  }

  /** Whether nothing that follows can change what was read so far. */
  settled() {
    if (this.brackets.some((bracket) => bracket.live) || this.pending > this.at) return false;
    closeEmphasis(this, 0);
    return this.delimiters.length === 0;
  }

  /** Reads one segment. @param {number} end @returns {Segment} */
  run(end) {
    while (this.at < end) {
      SPECIAL.lastIndex = this.at;
      const found = SPECIAL.exec(this.text);
      const stop = found && found.index < end ? found.index : end;
      if (stop > this.at) this.write(this.text.slice(this.at, stop));
      this.at = stop;
      if (stop === end || !found) break;
      const mark = found[0];
      if (mark === " ") {
        this.write(" ");
        this.at += 1;
        // spaces at the end of a text are none of it
        const more = /\S/.test(this.text[this.at] ?? "");
        if (more && this.at - this.start > SETTLE && this.settled()) return this.result(this.at, true);
      } else {
        const rule = RULES[mark[0]];
        if (!rule(this, end)) this.literal(mark);
      }
    }
    return this.result(end, !this.open);
  }

  /** @param {string} mark */
  literal(mark) {
    this.write(mark);
    this.at += mark.length;
  }

  /** @param {number} next @param {boolean} settled @returns {Segment} */
  result(next, settled) {
    closeEmphasis(this, 0);
    if (!settled) this.suppose();
    return { spans: compact(this.spans), next, asked: this.asked, settled };
  }

  /** While text still arrives, an opener without its closer is taken as closed at the end. */
  suppose() {
    for (const delimiter of this.delimiters.toReversed()) {
      if (!delimiter.opens) continue;
      const type = delimiter.char === "~" ? "del" : delimiter.length > 1 ? "strong" : "em";
      const inside = compact(this.spans.splice(delimiter.at + 1));
      const mark = this.spans[delimiter.at];
      if (mark?.type === "text") mark.text = "";
      if (inside.length) this.spans.push({ type, children: inside });
    }
  }
}

/**
 * Reads the segment of `text` that starts at `start`. `open`: more text may follow.
 * @param {string} text @param {number} start @param {boolean} open @param {Definitions} definitions
 */
export function readSegment(text, start, open, definitions) {
  const forced = text.length - start > LONGEST;
  const near = start + LONGEST;
  const space = forced ? text.lastIndexOf(" ", near) : 0;
  let end = !forced ? text.length : space > start ? space + 1 : near;
  // a picture in itself is as long as it likes, and a segment of its own
  const data = forced ? text.lastIndexOf("](data:", near) : -1;
  const image = data > start ? text.lastIndexOf("![", data) : -1;
  const close = image < start ? 0 : text.indexOf(")", data);
  if (close < 0 || close >= near) {
    if (image === start && close < 0 && open) return { spans: [], next: start, asked: false, settled: false };
    end = image > start ? image : close < 0 ? end : close + 1;
  }
  return new Scanner(text, start, open && !forced, definitions).run(end);
}

/** All spans of a finished text. @param {string} text @param {Definitions} definitions @returns {Span[]} */
export function readSpans(text, definitions) {
  /** @type {Span[]} */
  const spans = [];
  for (let at = 0; at < text.length;) {
    const segment = readSegment(text, at, false, definitions);
    spans.push(...segment.spans);
    at = segment.next;
  }
  return compact(spans);
}
