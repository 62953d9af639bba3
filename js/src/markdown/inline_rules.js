// What each mark in a line may begin or end: escapes, code, emphasis, links, images, entities. Pure.
import { closeEmphasis, delimiterRun } from "./emphasis.js";
import { dollar, formula } from "./formulas.js";
import { autolink, bareLink, destination, entity } from "./links.js";
import { compact, plain } from "./spans.js";

/** @import { Scanner } from "./inline.js" */

const DEEPEST = 48; // of emphasis in each other; beyond, marks stay text
const ESCAPABLE = /[!-/:-@[-`{-~]/;

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
    scanner.push({ type: "code", text: codeText(text.slice(start, found.index)) });
    scanner.at = found.index + run.length;
    return true;
  }
  scanner.pending = Infinity; // as far as the segment may go
  if (scanner.open && start < end) {
    scanner.push({ type: "code", text: codeText(text.slice(start, end)) });
    scanner.at = end;
  } else {
    scanner.write(scanner.open ? "" : run);
    scanner.at = start;
  }
  return true;
}

/** @param {string} text */
function codeText(text) {
  const line = text.replaceAll("\n", " ");
  return /^ .* $/s.test(line) && line.trim() ? line.slice(1, -1) : line;
}

/** @type {Rule} */
function emphasis(scanner, end) {
  const run = delimiterRun(scanner.text, scanner.at, end);
  if (run.char === "~" && run.length !== 2) return false;
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
  const note = image
    ? null
    : /^\[\^([^\]\s]{1,40})\](?![[(])/.exec(scanner.text.slice(scanner.at, Math.min(end, scanner.at + 44)));
  if (note) {
    scanner.push({ type: "sup", text: note[1] });
    scanner.at += note[0].length;
    return true;
  }
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

/** @type {Rule} */
function ampersand(scanner) {
  const found = entity(scanner.text, scanner.at);
  if (!found) return false;
  scanner.write(found.text);
  scanner.at += found.length;
  return true;
}

/** @param {{ href: string, text: string, length: number } | null} found @param {Scanner} scanner */
function pushLink(found, scanner) {
  if (!found) return false;
  scanner.push({ type: "link", href: found.href, title: "", children: [{ type: "text", text: found.text }] });
  scanner.at += found.length;
  return true;
}

/** The one tag we know: models break lines in table cells with it. @type {Rule} */
function angle(scanner, end) {
  const tag = /^<br ?\/?>/i.exec(scanner.text.slice(scanner.at, Math.min(end, scanner.at + 6)));
  if (!tag) return pushLink(autolink(scanner.text, scanner.at, end), scanner);
  scanner.push({ type: "break" });
  scanner.at += tag[0].length;
  return true;
}
/** @type {Rule} */
const bare = (scanner, end) => {
  if (scanner.brackets.some((outer) => outer.live && !outer.image)) return false;
  return pushLink(bareLink(scanner.text, scanner.at, end), scanner);
};

/** @type {Record<string, Rule>} */
export const RULES = {
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
