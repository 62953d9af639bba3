// Which dollars and brackets are formulas, and which are money or a number in brackets: finds where a
// formula ends and moves the scanner there. Pure; drawn by math.js. Twin of the Python
// markup/formulas.py: both read formulas.json, tests/golden/formulas.json holds them to the same.
import rule from "../../../agui_notebook/markup/formulas.json" with { type: "json" };

/** @import { Scanner } from "./inline.js" */

const BEFORE = new RegExp(rule.before);
const AFTER = new RegExp(rule.after);
const MONEY = new RegExp(rule.money);
const REFERENCE = new RegExp(rule.reference);

/** `\[1\]` as converters write it. @param {string} text */
export const isReference = (text) => REFERENCE.test(text);

/** @param {Scanner} scanner @param {number} end @param {string} from @param {string} to */
export function formula(scanner, end, from, to) {
  const start = scanner.at + from.length;
  const near = scanner.text.slice(start, start + rule.longest + to.length);
  const length = near.indexOf(to);
  const stop = start + length;
  const text = near.slice(0, length);
  const escaped = from[0] === "\\";
  if (length < 0 || stop + to.length > end || (escaped && isReference(text))) {
    if (length < 0) scanner.pending = Math.max(scanner.pending, start + rule.longest);
    if (!escaped) return false;
    scanner.write(from[1]); // an escaped bracket after all
    scanner.at = start;
    return true;
  }
  scanner.push({ type: "math", text: text.trim(), display: from === "$$" || from === "\\[" });
  scanner.at = stop + to.length;
  return true;
}

/**
 * Dollars are prices more often than formulas: the inner sides must touch, and the next dollar decides.
 * @param {Scanner} scanner @param {number} end @returns {boolean}
 */
export function dollar(scanner, end) {
  const { text, at } = scanner;
  if (text[at + 1] === "$") return formula(scanner, end, "$$", "$$");
  if (BEFORE.test(text[at - 1] ?? "") || /\s|^$/.test(text[at + 1] ?? "")) return false;
  const line = text.indexOf("\n", at);
  const limit = Math.min(end, line < 0 ? end : line, at + rule.longest);
  for (let stop = text.indexOf("$", at + 1); stop > 0 && stop < limit; stop = text.indexOf("$", stop + 1)) {
    if (text[stop - 1] === "\\") continue;
    const body = text.slice(at + 1, stop);
    if (/\s$/.test(body) || AFTER.test(text.slice(stop + 1, stop + 3)) || MONEY.test(body)) return false;
    scanner.push({ type: "math", text: body, display: false });
    scanner.at = stop + 1;
    return true;
  }
  if (line < 0) scanner.pending = Math.max(scanner.pending, at + rule.longest);
  return false;
}
