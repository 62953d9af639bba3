// TeX between dollars or \( \) and \[ \]: finds where it ends and moves the scanner there. Pure; drawn
// by math.js.

/** @import { Scanner } from "./inline.js" */

const LONGEST_MATH = 1000;

/** @param {Scanner} scanner @param {number} end @param {string} from @param {string} to */
export function formula(scanner, end, from, to) {
  const start = scanner.at + from.length;
  const stop = scanner.text.indexOf(to, start);
  if (stop < 0 || stop + to.length > end || stop - start > LONGEST_MATH) {
    if (stop < 0) scanner.pending = Math.max(scanner.pending, start + LONGEST_MATH);
    if (from[0] !== "\\") return false;
    scanner.write(from[1]); // an escaped bracket after all
    scanner.at = start;
    return true;
  }
  const text = scanner.text.slice(start, stop);
  scanner.push({ type: "math", text: text.trim(), display: from === "$$" || from === "\\[" });
  scanner.at = stop + to.length;
  return true;
}

/**
 * Dollars are prices more often than formulas: the inner sides must touch, no digit may follow, and
 * the next dollar decides.
 * @param {Scanner} scanner @param {number} end @returns {boolean}
 */
export function dollar(scanner, end) {
  const { text, at } = scanner;
  if (text[at + 1] === "$") return formula(scanner, end, "$$", "$$");
  if (/\s|^$/.test(text[at + 1] ?? "")) return false;
  const line = text.indexOf("\n", at);
  const limit = Math.min(end, line < 0 ? end : line, at + LONGEST_MATH);
  for (let stop = text.indexOf("$", at + 1); stop > 0 && stop < limit; stop = text.indexOf("$", stop + 1)) {
    if (text[stop - 1] === "\\") continue;
    if (/\s/.test(text[stop - 1]) || /[\d$]/.test(text[stop + 1] ?? "")) return false; // opens another
    scanner.push({ type: "math", text: text.slice(at + 1, stop), display: false });
    scanner.at = stop + 1;
    return true;
  }
  if (line < 0) scanner.pending = Math.max(scanner.pending, at + LONGEST_MATH);
  return false;
}
