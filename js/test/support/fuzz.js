// Random input with a seed: numbers, choices, and rounds until the time is up. No target stands here.
import assert from "node:assert/strict";

const SECONDS = Number(process.env.AGUI_FUZZ_SECONDS ?? 1); // for each target
const LONGEST = 1500; // ms of processor time, the collector's included, that one small input may take

/** Numbers from 0 to 1, the same for the same seed. @param {number} seed */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @template T @param {() => number} next @param {readonly T[]} choices @returns {T} */
export const pick = (next, choices) => /** @type {T} */ (choices[Math.floor(next() * choices.length)]);

/** As many as come, up to ``most``. @template T @param {() => number} next @param {number} most @param {() => T} make @returns {T[]} */
export const several = (next, most, make) => Array.from({ length: Math.floor(next() * (most + 1)) }, make);

const spent = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** What an input took, in ms. @param {(next: () => number) => void} check @param {number} seed */
function timed(check, seed) {
  const since = spent();
  try {
    check(random(seed));
  } catch (error) {
    const told = error instanceof Error ? error.stack : error;
    throw new Error(`seed ${seed}: ${told}`, { cause: error });
  }
  return spent() - since;
}

/**
 * Call `check` with new randomness until the time is up; says how many inputs that were. What took
 * long is tried again: the collector may have had its turn just then.
 * @param {(next: () => number) => void} check @returns {number}
 */
export function fuzz(check) {
  const end = Date.now() + SECONDS * 1000;
  let seed = 0;
  while (Date.now() < end) {
    seed += 1;
    if (timed(check, seed) < LONGEST) continue;
    assert.ok(Math.min(timed(check, seed), timed(check, seed)) < LONGEST, `seed ${seed} took too long`);
  }
  return seed;
}
