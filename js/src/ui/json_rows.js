// A JSON value as the flat list of rows a tree view shows. Pure: no DOM. Only what is open is
// walked, so a huge value costs what is visible of it.

import { brief, clip } from "./format.js";

/** @typedef {"object" | "array" | "string" | "number" | "boolean" | "null" | "more"} RowKind */
/**
 * @typedef {object} Row
 * @property {(string | number)[]} path
 * @property {string} pointer   the path as a JSON Pointer: the row's identity
 * @property {number} level     1 for the root's members (or for a root that has none)
 * @property {string} key       "" for the root
 * @property {RowKind} kind
 * @property {string} text      the value, or a container in short
 * @property {boolean | null} open  null: nothing to open
 * @property {number} position  among its siblings, from 1
 * @property {number} siblings
 * @property {unknown} value
 */
/**
 * @typedef {object} Folds
 * @property {Map<string, boolean>} open  what someone has opened or closed
 * @property {Map<string, number>} shown  how many members are shown
 * @property {number} depth               until then, small things below this level are open
 */

const PAGE = 100;
const SMALL = 8;
const LONGEST_TEXT = 2000;

/** @param {number} [depth] @returns {Folds} */
export const newFolds = (depth = 2) => ({ open: new Map(), shown: new Map(), depth });

/** @param {unknown} value @returns {RowKind} */
export function kindOf(value) {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  return /** @type {RowKind} */ (typeof value);
}

/** @param {(string | number)[]} path @returns {string} */
export const pointerOf = (path) =>
  path.map((step) => "/" + String(step).replace(/~/g, "~0").replace(/\//g, "~1")).join("");

/** @param {any} value @returns {number} */
export const sizeOf = (value) => (Array.isArray(value) ? value.length : Object.keys(value).length);

/** @param {Folds} folds @param {string} pointer @param {number} level @param {number} size */
const isOpen = (folds, pointer, level, size) =>
  folds.open.get(pointer) ?? (level < folds.depth && size <= SMALL);

/** A text as JSON has it, but with its lines as lines. @param {string} text */
const quote = (text) =>
  `"${text
    .split("\n")
    .map((line) => JSON.stringify(line).slice(1, -1))
    .join("\n")}"`;

/** @param {unknown} value @param {RowKind} kind @param {boolean} open @returns {string} */
function rowText(value, kind, open) {
  if (kind === "string") {
    const text = quote(/** @type {string} */ (value));
    return open ? text : clip(text, LONGEST_TEXT);
  }
  if (kind !== "object" && kind !== "array") return String(value ?? null);
  if (!open) return brief(value);
  const size = sizeOf(value);
  return kind === "array"
    ? `${size} ${size === 1 ? "entry" : "entries"}`
    : `${size} ${size === 1 ? "key" : "keys"}`;
}

/**
 * @param {Row[]} rows @param {any} value @param {(string | number)[]} path @param {number} level @param {Folds} folds
 */
function addMembers(rows, value, path, level, folds) {
  const list = Array.isArray(value);
  const keys = list ? null : Object.keys(value);
  const size = keys ? keys.length : value.length;
  const shown = Math.min(size, folds.shown.get(pointerOf(path)) ?? PAGE);
  for (let at = 0; at < shown; at += 1) {
    addRow(rows, value[keys ? keys[at] : at], [...path, keys ? keys[at] : at], level, at + 1, size, folds);
  }
  if (shown < size) {
    const pointer = pointerOf(path) + "/…";
    rows.push({
      path,
      pointer,
      level,
      key: "",
      kind: "more",
      text: `${size - shown} more`,
      open: null,
      position: shown + 1,
      siblings: size,
      value: null,
    });
  }
}

/**
 * @param {Row[]} rows @param {unknown} value @param {(string | number)[]} path @param {number} level @param {number} position @param {number} siblings @param {Folds} folds
 */
function addRow(rows, value, path, level, position, siblings, folds) {
  const kind = kindOf(value);
  const pointer = pointerOf(path);
  const size = kind === "object" || kind === "array" ? sizeOf(value) : 0;
  const long = kind === "string" && /** @type {string} */ (value).length > LONGEST_TEXT;
  const open = size ? isOpen(folds, pointer, level, size) : long ? folds.open.get(pointer) === true : null;
  const key = path.length ? String(path[path.length - 1]) : "";
  rows.push({
    path,
    pointer,
    level,
    key,
    kind,
    text: rowText(value, kind, open === true),
    open,
    position,
    siblings,
    value,
  });
  if (open && size) addMembers(rows, value, path, level + 1, folds);
}

/**
 * The rows of ``value``: its members, or itself when it has none.
 * @param {unknown} value @param {Folds} folds @returns {Row[]}
 */
export function rowsOf(value, folds) {
  /** @type {Row[]} */
  const rows = [];
  const kind = kindOf(value);
  if ((kind === "object" || kind === "array") && sizeOf(value)) addMembers(rows, value, [], 1, folds);
  else addRow(rows, value, [], 1, 1, 1, folds);
  return rows;
}

/** @param {Row} row @param {Folds} folds @returns {void} */
export function toggle(row, folds) {
  if (row.kind === "more") {
    const pointer = pointerOf(row.path);
    folds.shown.set(pointer, (folds.shown.get(pointer) ?? PAGE) + PAGE);
  } else if (row.open !== null) folds.open.set(row.pointer, !row.open);
}

/**
 * ``value`` with ``change`` at ``path``, sharing everything that stays; undefined removes.
 * @param {any} value @param {(string | number)[]} path @param {unknown} change @returns {any}
 */
export function replaceAt(value, path, change) {
  if (!path.length) return change;
  const [step, ...rest] = path;
  const inner = rest.length ? replaceAt(value[step], rest, change) : change;
  if (Array.isArray(value)) {
    const at = Number(step);
    return inner === undefined
      ? value.filter((_, i) => i !== at)
      : [...value.slice(0, at), inner, ...value.slice(at + 1)];
  }
  const pairs = Object.entries(value).filter(([key]) => inner !== undefined || key !== step);
  const known = pairs.some(([key]) => key === step);
  return Object.fromEntries(
    known
      ? pairs.map(([key, one]) => [key, key === step ? inner : one])
      : inner === undefined
        ? pairs
        : [...pairs, [step, inner]],
  );
}
