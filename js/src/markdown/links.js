// Where links lead: inline destinations, reference definitions, autolinks, bare URLs, entities. Pure.
// Nothing is filtered here; what may become a real link is decided by dom.js.

import { characterOf } from "../ui/dom.js";

/** @import { Definitions } from "./inline.js" */

/** @param {string} text @param {number} at */
export function entity(text, at) {
  const pattern = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z][a-z0-9]{1,31}));/iy;
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (!found) return null;
  const [whole, hex, decimal, name] = found;
  if (name) {
    const known = characterOf(name);
    return known ? { text: known, length: whole.length } : null;
  }
  const code = hex ? parseInt(hex, 16) : Number(decimal);
  const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return { text: valid ? String.fromCodePoint(code) : "\ufffd", length: whole.length };
}

/** @param {string} text */
export const unescape = (text) =>
  text.replace(/\\([!-/:-@[-`{-~])|&[#a-z0-9]+;/gi, (whole, mark) => mark ?? entity(whole, 0)?.text ?? whole);

/** What a URL would end at, or a browser would take for a slash. @param {string} href */
const encode = (href) => href.replace(/[\s"\\`]/g, encodeURIComponent);
/** @param {string} href */
const address = (href) => encode(unescape(href));

/** A label as it is looked up. @param {string} label */
export const labelKey = (label) => label.trim().replace(/\s+/g, " ").toLowerCase().toUpperCase();

/** `<url>` or a url with balanced parentheses. @param {string} text @param {number} at @param {number} end */
function target(text, at, end) {
  if (text[at] === "<") {
    const found = matchAt(/<((?:[^<>\n\\]|\\.)*)>/y, text, at);
    const stop = at + (found?.[0].length ?? 0);
    return found && stop <= end ? { href: found[1], end: stop } : null;
  }
  let depth = 0;
  let stop = at;
  for (; stop < end; stop += 1) {
    const char = text[stop];
    if (char <= " ") break;
    if (char === "\\") stop += 1;
    else if (char === "(") depth += 1;
    else if (char === ")" && --depth < 0) break;
  }
  return depth > 0 ? null : { href: text.slice(at, stop), end: stop };
}

const TITLE = /[ \n]+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\(((?:[^()\\]|\\.)*)\))/sy;
const BLANK = /[ \n]*/y;

/** @param {RegExp} pattern @param {string} text @param {number} at */
function matchAt(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** `(url "title")` after a bracket. @param {string} text @param {number} at @param {number} end */
function inlineTarget(text, at, end) {
  if (text[at] !== "(") return null;
  const start = at + 1 + (matchAt(BLANK, text, at + 1)?.[0].length ?? 0);
  const url = target(text, start, end);
  if (!url) return null;
  const title = matchAt(TITLE, text, url.end);
  const after = url.end + (title?.[0].length ?? 0);
  const close = after + (matchAt(BLANK, text, after)?.[0].length ?? 0);
  if (text[close] !== ")" || close >= end) return null;
  return {
    href: address(url.href),
    title: unescape(title?.[1] ?? title?.[2] ?? title?.[3] ?? ""),
    end: close + 1,
  };
}

/**
 * What a closing bracket at `scanner.at` links to.
 * @param {{ text: string, at: number, open: boolean, asked: boolean, pending: number, definitions: Definitions }} scanner
 * @param {number} end @param {string} label
 */
export function destination(scanner, end, label) {
  const { text, at, definitions } = scanner;
  const direct = inlineTarget(text, at + 1, end);
  if (direct) return direct;
  if (scanner.open && unfinished(text, at + 1, end)) return { href: "", title: "", end };
  const named = /\[((?:[^[\]\\]|\\.){0,999})\]/y;
  const second = matchAt(named, text, at + 1);
  const key = labelKey(second?.[1] || label);
  const known = key ? definitions.get(key) : undefined;
  if (!known) {
    scanner.asked ||= key !== "";
    return null;
  }
  return { ...known, end: at + 1 + (second?.[0].length ?? 0) };
}

/**
 * Whether `(https://exam` ends where the text does: shown as a link in the making.
 * @param {string} text @param {number} at @param {number} end
 */
function unfinished(text, at, end) {
  return (
    text[at] === "(" &&
    end === text.length &&
    /^\([^()\s]*(?:\([^()\s]*\)?[^()\s]*)?$/.test(text.slice(at, end))
  );
}

/** `<https://…>` and `<name@host>`. @param {string} text @param {number} at @param {number} end */
export function autolink(text, at, end) {
  const found = matchAt(
    /<(?:([a-z][a-z0-9+.-]{1,31}:[^\s<>]*)|([\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+))>/iy,
    text,
    at,
  );
  if (!found || at + found[0].length > end) return null;
  const shown = found[1] ?? found[2];
  return { href: encode(found[1] ?? `mailto:${found[2]}`), text: shown, length: found[0].length };
}

/** A URL that stands in the text without any mark. @param {string} text @param {number} at @param {number} end */
export function bareLink(text, at, end) {
  if (at > 0 && /[\w/@.-]/.test(text[at - 1])) return null;
  const found = matchAt(
    /(?:https?:\/\/|www\.)[^\s<>`"\u2010-\u2027\u2030-\u205e\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef]{2,}/iy,
    text,
    at,
  );
  if (!found) return null;
  const url = withoutTail(text.slice(at, Math.min(end, at + found[0].length)));
  return { href: url.startsWith("www.") ? `http://${url}` : url, text: url, length: url.length };
}

/** Without the punctuation of the sentence around it. @param {string} url */
function withoutTail(url) {
  let end = url.length;
  let unbalanced = count(url, ")") - count(url, "(");
  for (;;) {
    const near = url.slice(Math.max(0, end - 33), end);
    const length =
      near.endsWith(")") && unbalanced-- > 0
        ? 1
        : (/(?:&[a-z0-9]+;|[?!.,:;*_~'"\]])$/i.exec(near)?.[0].length ?? 0);
    if (!length) return url.slice(0, end);
    end -= length;
  }
}

/** @param {string} text @param {string} char */
const count = (text, char) => text.split(char).length - 1;

const DEFINITION = /^ {0,3}\[(?!\^)((?:[^[\]\\]|\\.){1,999})\]:[ \n]*/;

/**
 * Takes the link definitions off the front of a finished paragraph's text.
 * @param {string} text @param {Definitions} definitions @returns {string} what is left
 */
export function takeDefinitions(text, definitions) {
  let rest = text;
  for (let found = DEFINITION.exec(rest); found; found = DEFINITION.exec(rest)) {
    const url = target(rest, found[0].length, rest.length);
    if (!url || url.end === found[0].length) break;
    const title = matchAt(TITLE, rest, url.end);
    const titled = title && /^ *(\n|$)/.test(rest.slice(url.end + title[0].length));
    const end = url.end + (titled ? title[0].length : 0);
    if (!/^ *(\n|$)/.test(rest.slice(end))) break;
    const key = labelKey(found[1]);
    if (!key) break;
    const words = titled ? unescape(title[1] ?? title[2] ?? title[3] ?? "") : "";
    if (!definitions.has(key)) definitions.set(key, { href: address(url.href), title: words });
    rest = rest.slice(end).replace(/^ *\n?/, "");
  }
  return rest;
}
