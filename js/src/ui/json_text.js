// JSON with its numbers as they are written: 9007199254740993 is no double, and 1.10 no 1.1. A number
// that a double would change is read as an ``Exact`` and written as it stood. Pure.

/** A number as it was written. */
export class Exact {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
  toJSON() {
    return Number(this.text);
  }
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
// a string and whether it is a key, or a number
const TOKEN = /"((?:[^"\\]|\\.)*)"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
// what the reader of marked JSON tells apart; no text of the agent's may begin so
const AS_NUMBER = "\\u0000n";
const AS_TEXT = "\\u0000t";

/** A number as typed or written: a double where that says the same. @param {string} text @returns {number | Exact} */
export const numberOf = (text) =>
  !NUMBER.test(text) || String(Number(text)) === text ? Number(text) : new Exact(text);

/** @param {string} text @returns {string} */
const mark = (text) =>
  text.replace(TOKEN, (token, string, key) => {
    if (key !== undefined) return token;
    if (string === undefined) return numberOf(token) instanceof Exact ? `"${AS_NUMBER}${token}"` : token;
    return string.startsWith("\\u0000") ? `"${AS_TEXT}${string}"` : token;
  });

/** @param {string} _ @param {any} value */
function unmark(_, value) {
  if (typeof value !== "string" || !value.startsWith("\0")) return value;
  return value[1] === "n" ? new Exact(value.slice(2)) : value.slice(2);
}

/** @param {any} value @returns {number} */
function keysIn(value) {
  if (typeof value !== "object" || value === null || value instanceof Exact) return 0;
  const inner = Object.values(value);
  return inner.reduce((sum, one) => sum + keysIn(one), Array.isArray(value) ? 0 : inner.length);
}

/**
 * The value of a JSON text. Throws a SyntaxError for what is no JSON, and where one name stands twice
 * in an object: who reads it decides which one counts.
 * @param {string} text @returns {any}
 */
export function readJson(text) {
  JSON.parse(text);
  const value = JSON.parse(mark(text), unmark);
  const keys = [...text.matchAll(TOKEN)].filter((found) => found[2] !== undefined).length;
  if (keysIn(value) < keys) throw new SyntaxError("a name stands twice");
  return value;
}

/**
 * The JSON text of a value; undefined as JSON.stringify has it: left out of objects.
 * @param {any} value @param {string} [indent] @param {string} [margin]  before each line but the first
 * @returns {string}
 */
export function writeJson(value, indent = "", margin = "") {
  if (value instanceof Exact) return value.text;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const list = Array.isArray(value);
  const inner = margin + indent;
  const parts = Object.entries(value)
    .filter(([, one]) => list || one !== undefined)
    .map(([key, one]) => {
      const name = list ? "" : `${JSON.stringify(key)}:${indent && " "}`;
      return name + writeJson(one, indent, inner);
    });
  const [open, close] = list ? "[]" : "{}";
  if (!parts.length) return open + close;
  return indent
    ? `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`
    : open + parts.join(",") + close;
}
