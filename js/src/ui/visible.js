// Text as it stands: what cannot be seen, or looks like something else, as a mark that can be read.
// For what somebody is to decide on; prose is not marked. Twin of the Python markup/visible.py: both
// read the characters in visible.json, and tests/golden/visible.json holds them to the same marks.

import table from "../../../agui_notebook/markup/visible.json" with { type: "json" };
import { h } from "./dom.js";
import { mark } from "./mark.js";

/** The table's ranges of code points, as the inside of a character class. @param {string[]} lines */
const ranges = (lines) =>
  lines
    .flatMap((line) => line.split(" "))
    .map((pair) => {
      const [first, last = first] = pair.split("-");
      return `\\u{${first}}-\\u{${last}}`;
    })
    .join("");

const HIDES = ranges(table.hidden);
const LIKE = ranges(table.alike);
const EMOJI = "\\u2190-\\u2bff\\u{1f000}-\\u{1faff}";
// a joiner between two emoji and a selector behind one are how they are written
const HIDDEN = new RegExp(
  `[${HIDES}]|(?<![${EMOJI}])[\\ufe0e\\ufe0f]|(?<![${EMOJI}\\ufe0f])\\u200d|\\u200d(?![${EMOJI}])`,
  "gu",
);
const ALIKE = new RegExp(`[${LIKE}]`, "gu");
const OTHER = new RegExp(`[^\\0-\\x7f${LIKE}${HIDES}]`, "u");
const ASCII = /[0-9A-Za-z]/;
const PLAIN = /^[ -~]*$/;
const TOKEN = /[^ \t\n]+/g;
const WORD = /[0-9A-Za-z_\x80-\u{10ffff}]+/gu;
const MARK = /(‹U\+[0-9A-F]{4,6}›)/;

/**
 * Look-alikes are marked in a word of ASCII, and where they are all there is of a word.
 * @param {string} word @param {boolean} amongAscii
 */
function showWord(word, amongAscii) {
  const count = (word.match(ALIKE) ?? []).length;
  const faked = !OTHER.test(word) && (count > 1 || amongAscii);
  return count && (faked || ASCII.test(word)) ? word.replace(ALIKE, mark) : word;
}

/** @param {string} token */
function showToken(token) {
  if (PLAIN.test(token)) return token;
  const amongAscii = ASCII.test(token);
  return token.replace(WORD, (word) => showWord(word, amongAscii)).replace(HIDDEN, mark);
}

/** ``text`` with `‹U+202E›` for what would change, hide or fake the look of it. @param {string} text */
export const visible = (text) => (PLAIN.test(text) ? text : text.replace(TOKEN, showToken));

/**
 * The same for the page: each mark is an element that says what it is.
 * @param {string} text @returns {(string | HTMLElement)[]}
 */
export function visibleNodes(text) {
  const shown = visible(text);
  if (shown === text) return [text];
  return shown.split(MARK).map((piece, at) => {
    if (at % 2 === 0) return piece;
    const title = "A character that cannot be seen, or looks like another";
    return h("span", { class: "agui-mark", title }, piece);
  });
}
