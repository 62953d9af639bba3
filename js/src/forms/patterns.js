// Regular expressions matched in time proportional to the text, whatever the expression: all ways
// through a pattern are followed at once. Twin of tools/patterns.py; never `new RegExp` of an agent's.

import { NotChecked, readPattern, WORD } from "./pattern_syntax.js";

/** @import { Node, Ranges } from "./pattern_syntax.js" */
/** @typedef {{ranges?: Ranges, edge?: string, ways?: number[]}} Instruction  a character, an edge, or a fork */

const LARGEST_PROGRAM = 2000; // steps and ranges: what {m,n} makes of a short pattern
const MOST_WORK = 50_000; // steps and ranges followed for one text
const LONGEST_TEXT = 4000; // characters that a pattern is looked for in; a longer text is not checked

/** @param {number} code @param {Ranges} ranges */
const within = (code, ranges) => ranges.some(([low, high]) => low <= code && code <= high);

/** @param {number[]} text @param {number} at */
const isWord = (text, at) => at >= 0 && at < text.length && within(text[at], WORD);

/** @type {Record<string, (text: number[], at: number) => boolean>} */
const EDGES = {
  "^": (_, at) => at === 0,
  $: (text, at) => at === text.length,
  b: (text, at) => isWord(text, at - 1) !== isWord(text, at),
  B: (text, at) => isWord(text, at - 1) === isWord(text, at),
};

/** A tree written out as steps. Throws NotChecked when there would be too many. */
class Program {
  constructor() {
    /** @type {Instruction[]} */
    this.steps = [];
    this.left = LARGEST_PROGRAM;
  }

  /** @param {Node} node @returns {void} */
  write(node) {
    this.left -= 1 + (node.kind === "set" ? node.ranges.length : 0);
    if (this.left < 0) throw new NotChecked();
    if (node.kind === "set") this.steps.push({ ranges: node.ranges });
    else if (node.kind === "edge") this.steps.push({ edge: node.edge });
    else if (node.kind === "all") node.parts.forEach((part) => this.write(part));
    else if (node.kind === "any") this.any(node.parts);
    else this.repeat(node.part, node.least, node.most);
  }

  /** @param {Node[]} parts */
  any(parts) {
    const fork = this.hole();
    /** @type {number[]} */
    const starts = [];
    const ends = parts.map((part) => {
      starts.push(this.steps.length);
      this.write(part);
      return this.hole();
    });
    fork.ways = starts;
    for (const end of ends) end.ways = [this.steps.length];
  }

  /** @param {Node} part @param {number} least @param {number} most */
  repeat(part, least, most) {
    for (let times = 0; times < least; times += 1) this.write(part);
    if (most === Infinity) {
      const at = this.steps.length;
      const fork = this.hole();
      this.write(part);
      this.hole().ways = [at];
      fork.ways = [at + 1, this.steps.length];
      return;
    }
    /** @type {[Instruction, number][]} */
    const forks = [];
    for (let times = least; times < most; times += 1) {
      forks.push([this.hole(), this.steps.length]);
      this.write(part);
    }
    for (const [fork, onward] of forks) fork.ways = [onward, this.steps.length];
  }

  /** A step whose ways are known later. @returns {Instruction} */
  hole() {
    /** @type {Instruction} */
    const step = { ways: [] };
    this.steps.push(step);
    return step;
  }
}

/** @type {Map<string, Instruction[] | null>} */
const programs = new Map();

/** @param {string} source @returns {Instruction[] | null} */
function programOf(source) {
  const known = programs.get(source);
  if (known !== undefined) return known;
  const program = new Program();
  /** @type {Instruction[] | null} */
  let steps = program.steps;
  try {
    program.write(readPattern(source));
  } catch (error) {
    if (!(error instanceof NotChecked)) throw error;
    steps = null;
  }
  if (programs.size > 255) programs.clear();
  programs.set(source, steps);
  return steps;
}

/** Every step reached without taking a character. @param {Instruction[]} program @param {Set<number>} starts @param {number[]} text @param {number} at */
function closure(program, starts, text, at) {
  const seen = new Set();
  const waiting = [...starts];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (seen.has(number)) continue;
    seen.add(number);
    const { edge, ways } = program[number] ?? {};
    if (edge && EDGES[edge](text, at)) waiting.push(number + 1);
    if (ways) waiting.push(...ways);
  }
  return seen;
}

/**
 * Whether `text` holds a match of the agent's `pattern`; null where that is not checked, or takes more
 * than the `work` that is left.
 * @param {unknown} pattern @param {string} text @param {{left: number}} [work] @returns {boolean | null}
 */
export function isIn(pattern, text, work = { left: MOST_WORK }) {
  const program = typeof pattern === "string" ? programOf(pattern) : null;
  if (!program || text.length > LONGEST_TEXT) return null;
  const codes = [...text].map((char) => /** @type {number} */ (char.codePointAt(0)));
  /** @type {Set<number>} */
  let reached = new Set();
  for (let at = 0; at <= codes.length; at += 1) {
    reached = closure(program, reached.add(0), codes, at);
    work.left -= reached.size;
    if (work.left < 0) return null;
    if (reached.has(program.length)) return true;
    /** @type {Set<number>} */
    const onward = new Set();
    for (const number of reached) {
      const { ranges } = program[number];
      work.left -= ranges ? ranges.length : 0;
      if (ranges && at < codes.length && within(codes[at], ranges)) onward.add(number + 1);
    }
    reached = onward;
  }
  return false;
}
