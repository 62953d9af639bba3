// The part of ECMAScript's regular expressions that schemas use, read into a tree of nodes. Twin of
// tools/pattern_syntax.py. Only reading lives here (patterns.js matches); what is not read is null.

/** @typedef {[number, number][]} Ranges */
/**
 * @typedef {{kind: "set", ranges: Ranges} | {kind: "edge", edge: string} | {kind: "all", parts: Node[]} | {kind: "any", parts: Node[]}
 *   | {kind: "repeat", part: Node, least: number, most: number}} Node
 */

const LONGEST = 1000; // characters of a pattern that is looked at
const MOST_REPEATS = 2000; // the largest number in {m,n}
const DEEPEST_GROUP = 30; // groups within groups
const LAST = 0x10ffff;

/** @type {Ranges} */
const DIGIT = [[48, 57]];
/** @type {Ranges} */
export const WORD = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
/** @type {Ranges} */
const SPACE = [
  [9, 13],
  ...[32, 160, 5760].map((code) => /** @type {[number, number]} */ ([code, code])),
  [8192, 8202],
  [8232, 8233],
  ...[8239, 8287, 12288, 65279].map((code) => /** @type {[number, number]} */ ([code, code])),
];
/** @type {Ranges} */
const LINE_END = [
  [10, 10],
  [13, 13],
  [8232, 8233],
];
/** @type {Record<string, number>} */
const CONTROLS = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };

const QUANTIFIER = /([*+?])|\{([0-9]{1,9})(?:(,)([0-9]{1,9})?)?\}/y;
const GROUP = /\((?:\?(?::|<[A-Za-z_$][A-Za-z0-9_$]*>))?/y;
const HEX = /x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}/y;

/** The pattern uses what is not read here, or is too large. */
export class NotChecked extends Error {}

/** All other characters. @param {Ranges} ranges @returns {Ranges} */
function inverse(ranges) {
  /** @type {Ranges} */
  const found = [];
  let start = 0;
  for (const [low, high] of [...ranges].sort((one, other) => one[0] - other[0])) {
    if (low > start) found.push([start, low - 1]);
    start = Math.max(start, high + 1);
  }
  return start <= LAST ? [...found, [start, LAST]] : found;
}

/** @type {Record<string, Ranges>} */
const CLASSES = { d: DIGIT, w: WORD, s: SPACE, D: inverse(DIGIT), W: inverse(WORD), S: inverse(SPACE) };

/** @param {number} code @returns {Ranges} */
const one = (code) => [[code, code]];

/** @param {RegExpExecArray} found @returns {[number, number]} */
function bounds([, sign, least, comma, most]) {
  if (sign) return [sign === "+" ? 1 : 0, sign === "?" ? 1 : Infinity];
  const low = Number(least);
  const high = most ? Number(most) : comma ? Infinity : low;
  if (Math.max(low, high === Infinity ? 0 : high) > MOST_REPEATS || low > high) throw new NotChecked();
  return [low, high];
}

/** Reads from left to right; its characters are code points. */
class Reader {
  /** @param {string} source */
  constructor(source) {
    this.source = source;
    this.at = 0;
  }

  get next() {
    return this.source[this.at] ?? "";
  }

  take() {
    const code = this.source.codePointAt(this.at);
    if (code === undefined) throw new NotChecked();
    const char = String.fromCodePoint(code);
    this.at += char.length;
    return char;
  }

  /** @param {RegExp} form */
  match(form) {
    form.lastIndex = this.at;
    const found = form.exec(this.source);
    if (found) this.at = form.lastIndex;
    return found;
  }

  /** @param {number} depth @returns {Node} */
  choice(depth) {
    if (depth > DEEPEST_GROUP) throw new NotChecked();
    const arms = [this.row(depth)];
    while (this.next === "|") {
      this.at += 1;
      arms.push(this.row(depth));
    }
    return arms.length > 1 ? { kind: "any", parts: arms } : arms[0];
  }

  /** @param {number} depth @returns {Node} */
  row(depth) {
    const parts = [];
    while (!["", "|", ")"].includes(this.next)) parts.push(this.repetition(this.atom(depth)));
    return { kind: "all", parts };
  }

  /** @param {Node} atom @returns {Node} */
  repetition(atom) {
    const found = this.match(QUANTIFIER);
    if (!found) return atom;
    const [least, most] = bounds(found);
    if (this.next === "?") this.at += 1; // lazy or not: whether there is a match is the same
    if (atom.kind === "edge" || this.match(QUANTIFIER)) throw new NotChecked();
    return { kind: "repeat", part: atom, least, most };
  }

  /** @param {number} depth @returns {Node} */
  atom(depth) {
    if (this.next === "(") return this.group(depth);
    const char = this.take();
    if (char === "^" || char === "$") return { kind: "edge", edge: char };
    if ("*+?".includes(char)) throw new NotChecked();
    if (char === "\\" && (this.next === "b" || this.next === "B")) return { kind: "edge", edge: this.take() };
    return { kind: "set", ranges: this.set(char) };
  }

  /** @param {number} depth @returns {Node} */
  group(depth) {
    if (!this.match(GROUP) || this.next === "?") throw new NotChecked(); // looks ahead or behind, or sets a flag
    const inner = this.choice(depth + 1);
    if (this.take() !== ")") throw new NotChecked();
    return inner;
  }

  /** @param {string} char @returns {Ranges} */
  set(char) {
    if (char === ".") return inverse(LINE_END);
    if (char === "[") return this.class();
    return char === "\\" ? this.escape() : one(/** @type {number} */ (char.codePointAt(0)));
  }

  /** @returns {Ranges} */
  escape() {
    const found = this.match(HEX);
    if (found) {
      const code = parseInt(found[1] ?? found[2] ?? found[3], 16);
      if (code > LAST || (code >= 0xd800 && code <= 0xdfff)) throw new NotChecked(); // half a pair is no character
      return one(code);
    }
    const char = this.take();
    if (Object.hasOwn(CLASSES, char)) return CLASSES[char];
    if (Object.hasOwn(CONTROLS, char) && !(char === "0" && /[0-9]/.test(this.next)))
      return one(CONTROLS[char]);
    if (!/^[!-/:-@[-^`{-~ ]$/.test(char)) throw new NotChecked(); // a reference back, another language's escape
    return one(char.charCodeAt(0));
  }

  /** @returns {Ranges} */
  class() {
    const others = this.next === "^";
    if (others) this.at += 1;
    /** @type {Ranges} */
    const found = [];
    while (this.next !== "]") found.push(...this.classPart());
    this.at += 1;
    return others ? inverse(found) : found;
  }

  /** @returns {Ranges} */
  classPart() {
    const first = this.classAtom();
    if (this.next !== "-" || ["-]", "-"].includes(this.source.slice(this.at, this.at + 2))) return first;
    this.at += 1;
    const last = this.classAtom();
    const single =
      first.length + last.length === 2 && first[0][0] === first[0][1] && last[0][0] === last[0][1];
    if (!single || first[0][0] > last[0][1]) throw new NotChecked();
    return [[first[0][0], last[0][1]]];
  }

  /** @returns {Ranges} */
  classAtom() {
    const char = this.take();
    if (char !== "\\") return one(/** @type {number} */ (char.codePointAt(0)));
    if (this.next === "b") {
      this.at += 1;
      return one(8);
    }
    return this.escape();
  }
}

/**
 * The tree of `source`. Throws NotChecked where it says more than is read here.
 * @param {string} source @returns {Node}
 */
export function readPattern(source) {
  if ([...source].length > LONGEST) throw new NotChecked();
  const reader = new Reader(source);
  const node = reader.choice(0);
  if (reader.at < source.length) throw new NotChecked();
  return node;
}
