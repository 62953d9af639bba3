// Text of one block -> spans (emphasis, code, links, images, math, breaks). Pure: no DOM. Works in
// segments, so that the cost of a streaming paragraph does not grow with its length: a segment that
// nothing later can change is never looked at again, and none is longer than LONGEST characters.
import { closeEmphasis, delimiterRun } from "./emphasis.js";
import { dollar, formula } from "./formulas.js";
import { autolink, bareLink, destination, entity } from "./links.js";

/**
 * @typedef {{ type: "text" | "code", text: string } | { type: "break" }
 *   | { type: "math", text: string, display: boolean }
 *   | { type: "em" | "strong" | "del", children: Span[] }
 *   | { type: "link", href: string, title: string, children: Span[] }
 *   | { type: "image", src: string, title: string, alt: string }} Span
 * @typedef {{ at: number, char: string, length: number, opens: boolean, closes: boolean }} Delimiter
 * @typedef {{ at: number, from: number, image: boolean, delimiters: number, live: boolean }} Bracket
 * @typedef {Map<string, { href: string, title: string }>} Definitions
 * @typedef {{ spans: Span[], next: number, asked: boolean, settled: boolean }} Segment
 *   next: where the following segment starts; asked: it named a definition that was not there;
 *   settled: nothing that follows can change it
 */

const SETTLE = 256; // characters before a segment may end
const LONGEST = 4096;
const DEEPEST = 48; // of emphasis in each other; beyond, marks stay text

const SPECIAL = /[\\`*_~!\[\]<&$\n ]|https?:\/\/|www\.(?=[a-z0-9])/g;
const ESCAPABLE = /[!-/:-@[-`{-~]/;

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
        if (this.at - this.start > SETTLE && this.settled()) return this.result(this.at, true);
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

/** @param {(Span | null)[]} spans @returns {Span[]} */
export function compact(spans) {
  /** @type {Span[]} */
  const out = [];
  for (const span of spans) {
    const last = out.at(-1);
    if (!span || (span.type === "text" && !span.text)) continue;
    if (span.type === "text" && last?.type === "text")
      out[out.length - 1] = { type: "text", text: last.text + span.text };
    else out.push(span);
  }
  return out;
}

/** @typedef {(scanner: Scanner, end: number) => boolean} Rule  moves on and says true, or declines */

/** @type {Rule} */
function lineBreak(scanner) {
  const last = scanner.spans.at(-1);
  const trailing = last?.type === "text" ? (/ *$/.exec(last.text)?.[0].length ?? 0) : 0;
  if (trailing && last?.type === "text") last.text = last.text.slice(0, -trailing);
  scanner.at += 1;
  while (scanner.text[scanner.at] === " ") scanner.at += 1;
  if (trailing >= 2) scanner.push({ type: "break" });
  else scanner.write("\n");
  return true;
}

/** @type {Rule} */
function escape(scanner, end) {
  const next = scanner.text[scanner.at + 1];
  if (next === "(" || next === "[") return formula(scanner, end, `\\${next}`, next === "(" ? "\\)" : "\\]");
  if (next === "\n") {
    scanner.push({ type: "break" });
    scanner.at += 2;
    while (scanner.text[scanner.at] === " ") scanner.at += 1;
    return true;
  }
  if (next === undefined || !ESCAPABLE.test(next) || scanner.at + 1 >= end) return false;
  scanner.write(next);
  scanner.at += 2;
  return true;
}

/** @type {Rule} */
function codeSpan(scanner, end) {
  const { text, at } = scanner;
  const fence = /`+/y;
  fence.lastIndex = at;
  const run = /** @type {RegExpExecArray} */ (fence.exec(text))[0];
  const start = at + run.length;
  const closer = /`+/g;
  closer.lastIndex = start;
  let found = closer.exec(text);
  while (found && found[0].length !== run.length) found = closer.exec(text);
  if (found && found.index + run.length <= end) {
    scanner.push({ type: "code", text: trimmed(text.slice(start, found.index)) });
    scanner.at = found.index + run.length;
    return true;
  }
  scanner.pending = scanner.start + LONGEST;
  if (scanner.open && start < end) {
    scanner.push({ type: "code", text: trimmed(text.slice(start, end)) });
    scanner.at = end;
  } else {
    scanner.write(scanner.open ? "" : run);
    scanner.at = start;
  }
  return true;
}

/** @param {string} text */
function trimmed(text) {
  const line = text.replaceAll("\n", " ");
  return /^ .* $/.test(line) && line.trim() ? line.slice(1, -1) : line;
}

/** @type {Rule} */
function emphasis(scanner, end) {
  const run = delimiterRun(scanner.text, scanner.at, end);
  if (run.char === "~" && run.length > 2) return false;
  const dangling = scanner.open && scanner.at + run.length === end; // may become an opener yet
  const at = scanner.push({ type: "text", text: dangling && !run.closes ? "" : run.char.repeat(run.length) });
  if ((run.opens || run.closes) && scanner.delimiters.length < DEEPEST)
    scanner.delimiters.push({ ...run, at });
  scanner.at += run.length;
  return true;
}

/** @type {Rule} */
function bracket(scanner, end) {
  const image = scanner.text[scanner.at] === "!";
  if (image && scanner.text[scanner.at + 1] !== "[") return false;
  const width = image ? 2 : 1;
  if (scanner.at + width > end) return false;
  const at = scanner.push({ type: "text", text: image ? "![" : "[" });
  scanner.at += width;
  scanner.brackets.push({ at, from: scanner.at, image, delimiters: scanner.delimiters.length, live: true });
  return true;
}

/** @type {Rule} */
function closeBracket(scanner, end) {
  const opener = scanner.brackets.pop();
  if (!opener) return false;
  if (!opener.live) return false;
  const label = scanner.text.slice(opener.from, scanner.at);
  const target = destination(scanner, end, label);
  if (!target) return false;
  closeEmphasis(scanner, opener.delimiters);
  scanner.delimiters.length = Math.min(scanner.delimiters.length, opener.delimiters);
  const children = compact(scanner.spans.splice(opener.at + 1));
  scanner.spans.length = opener.at;
  if (opener.image) {
    scanner.push({ type: "image", src: target.href, title: target.title, alt: plain(children) });
  } else {
    scanner.push({ type: "link", href: target.href, title: target.title, children });
    for (const outer of scanner.brackets) if (!outer.image) outer.live = false; // no links in links
  }
  scanner.at = target.end;
  return true;
}

/** The text of spans without their marks. @param {Span[]} spans @returns {string} */
export function plain(spans) {
  return spans
    .map((span) =>
      "children" in span
        ? plain(span.children)
        : "text" in span
          ? span.text
          : "alt" in span
            ? span.alt
            : "\n",
    )
    .join("");
}

/** @type {Rule} */
function ampersand(scanner) {
  const found = entity(scanner.text, scanner.at);
  if (!found) return false;
  scanner.write(found.text);
  scanner.at += found.length;
  return true;
}

/** @param {{ href: string, text: string, length: number } | null} found @param {Scanner} scanner */
function linked(found, scanner) {
  if (!found) return false;
  scanner.push({ type: "link", href: found.href, title: "", children: [{ type: "text", text: found.text }] });
  scanner.at += found.length;
  return true;
}

/** @type {Rule} */
const angle = (scanner, end) => linked(autolink(scanner.text, scanner.at, end), scanner);
/** @type {Rule} */
const bare = (scanner, end) => {
  if (scanner.brackets.some((outer) => outer.live && !outer.image)) return false;
  return linked(bareLink(scanner.text, scanner.at, end), scanner);
};

/** @type {Record<string, Rule>} */
const RULES = {
  "\n": lineBreak,
  "\\": escape,
  "`": codeSpan,
  $: dollar,
  "*": emphasis,
  _: emphasis,
  "~": emphasis,
  "[": bracket,
  "!": bracket,
  "]": closeBracket,
  "&": ampersand,
  "<": angle,
  h: bare,
  w: bare,
};

/**
 * Reads the segment of `text` that starts at `start`. `open`: more text may follow.
 * @param {string} text @param {number} start @param {boolean} open @param {Definitions} definitions
 */
export function readSegment(text, start, open, definitions) {
  const forced = text.length - start > LONGEST;
  const space = forced ? text.lastIndexOf(" ", start + LONGEST) : 0;
  const end = !forced ? text.length : space > start ? space + 1 : start + LONGEST;
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
