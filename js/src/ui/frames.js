// Work put off to animation frames, a few milliseconds of it per frame, so that a flood of
// operations never holds the page. Nothing here knows what the work is.

/** @import { Frames } from "../types" */

const BUDGET = 8; // ms of ours per frame; leaves the host its half of a 16 ms frame
const HIDDEN = 250; // ms; a hidden page has no frames, yet its text should be there when it returns

/** @param {() => void} job */
function nextFrame(job) {
  if (document.hidden) setTimeout(job, HIDDEN);
  else requestAnimationFrame(job);
}

/** @param {AbortSignal} signal @param {(job: () => void) => void} [wait] @returns {Frames} */
export function createFrames(signal, wait = nextFrame) {
  /** @type {Set<() => boolean | void>} */
  let due = new Set();
  let waiting = false;

  function run() {
    waiting = false;
    if (signal.aborted) return;
    const jobs = due;
    due = new Set();
    const end = performance.now() + BUDGET;
    for (const job of jobs) {
      jobs.delete(job);
      let more = false;
      try {
        more = job() === true;
      } catch (error) {
        console.error(error);
      }
      if (more) due.add(job);
      if (performance.now() > end) break;
    }
    for (const job of jobs) due.add(job);
    if (due.size) arm();
  }

  function arm() {
    if (waiting) return;
    waiting = true;
    wait(run);
  }

  return {
    request(job) {
      due.add(job);
      arm();
    },
  };
}
