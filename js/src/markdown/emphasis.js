// The delimiter algorithm of CommonMark for * and _, also for ~~ (one ~ is "about"). Pure.

/** @import { Delimiter } from "./inline.js" */
/** @import { Span } from "./spans.js" */

const SPACE = /[\s\u00a0]/;
const PUNCTUATION = /[\p{P}\p{S}]/u;
// where words are not set apart, a mark may stand between a letter and a bracket: **“是”**的
const EDGE = /[\s\u00a0\p{P}\p{S}\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]/u;

/** @param {string} text @param {number} at @param {number} end */
export function delimiterRun(text, at, end) {
  const char = text[at];
  let stop = at;
  while (stop < end && text[stop] === char) stop += 1;
  const before = text[at - 1] ?? "\n";
  const after = text[stop] ?? "\n";
  const left = !SPACE.test(after) && (!PUNCTUATION.test(after) || EDGE.test(before));
  const right = !SPACE.test(before) && (!PUNCTUATION.test(before) || EDGE.test(after));
  const word = char === "_";
  return {
    char,
    length: stop - at,
    opens: left && (!word || !right || PUNCTUATION.test(before)),
    closes: right && (!word || !left || PUNCTUATION.test(after)),
  };
}

/** @param {Delimiter} opener @param {Delimiter} closer @param {Map<Delimiter, number>} whole */
function fits(opener, closer, whole) {
  if (!opener.opens || opener.char !== closer.char) return false;
  if (opener.char === "~") return opener.length === closer.length;
  const [one, other] = [whole.get(opener) ?? opener.length, whole.get(closer) ?? closer.length];
  const both = opener.closes || closer.opens;
  return !(both && (one + other) % 3 === 0 && !(one % 3 === 0 && other % 3 === 0));
}

/** @param {(Span | null)[]} spans @param {Delimiter} opener @param {Delimiter} closer */
function wrap(spans, opener, closer) {
  const used = opener.char === "~" ? opener.length : Math.min(opener.length, closer.length, 2);
  const type = opener.char === "~" ? "del" : used === 2 ? "strong" : "em";
  const children = /** @type {Span[]} */ (
    spans.slice(opener.at + 1, closer.at).filter((span) => span && !(span.type === "text" && !span.text))
  );
  spans.fill(null, opener.at + 1, closer.at);
  for (const delimiter of [opener, closer]) {
    delimiter.length -= used;
    spans[delimiter.at] = { type: "text", text: delimiter.char.repeat(delimiter.length) };
  }
  if (closer.at === opener.at + 1) spans[opener.at] = { type: "text", text: "" };
  else spans[opener.at + 1] = { type, children };
}

/**
 * Pairs the delimiters from position `bottom` of the stack on. May be called again when more were
 * read: a closer only ever looks back.
 * @param {{ spans: (Span | null)[], delimiters: Delimiter[] }} scanner @param {number} bottom
 */
export function closeEmphasis({ spans, delimiters }, bottom) {
  /** @type {Map<Delimiter, number>} */
  const whole = new Map(delimiters.map((delimiter) => [delimiter, delimiter.length]));
  let at = bottom;
  while (at < delimiters.length) {
    const closer = delimiters[at];
    let from = at - 1;
    if (closer.closes) while (from >= bottom && !fits(delimiters[from], closer, whole)) from -= 1;
    if (!closer.closes || from < bottom) {
      if (closer.opens) at += 1;
      else delimiters.splice(at, 1);
      continue;
    }
    wrap(spans, delimiters[from], closer);
    const spent = delimiters[from].length === 0 ? from : from + 1;
    delimiters.splice(spent, at - spent); // what lies between cannot open any more
    at = spent;
    if (closer.length === 0) delimiters.splice(at, 1);
  }
}
