// A page for tests of views: happy-dom's, with frames that run when the test says so.
import { Window } from "happy-dom";
import { after } from "node:test";

const window = new Window({ url: "http://localhost/" });
const names = [
  "document",
  "Node",
  "Element",
  "HTMLElement",
  "HTMLButtonElement",
  "Text",
  "MutationObserver",
  "getComputedStyle",
  "Event",
  "KeyboardEvent",
  "MouseEvent",
  "FocusEvent",
];
for (const name of names)
  globalThis[name] =
    typeof window[name] === "function" && !/^[A-Z]/.test(name) ? window[name].bind(window) : window[name];
globalThis.window = window;
globalThis.ResizeObserver = class {
  observe() {}
  disconnect() {}
};
globalThis.requestAnimationFrame = (job) => setTimeout(job, 0);

/** Frames that run all that is due, again and again until nothing is. */
export function manualFrames() {
  const due = new Set();
  return {
    request: (job) => due.add(job),
    /** @returns {number} how many jobs ran */
    run() {
      let count = 0;
      while (due.size && count < 10_000) {
        const [job] = due;
        due.delete(job);
        if (job() === true) due.add(job);
        count += 1;
      }
      return count;
    },
  };
}

const lives = new Set();
after(() => lives.forEach((life) => life.abort())); // a ticking row would keep the process

/** A context as views get it, around a store. */
export function contextFor(store, more = {}) {
  const frames = manualFrames();
  const life = new AbortController();
  lives.add(life);
  const sent = [];
  const root = document.createElement("div");
  document.body.replaceChildren(root);
  const context = {
    store,
    frames,
    root,
    signal: life.signal,
    send: (command) => sent.push(command),
    on() {},
    module: () => new Promise(() => {}),
    notice() {},
    announce() {},
    ...more,
  };
  return { context, frames, sent, close: () => life.abort(), root };
}
