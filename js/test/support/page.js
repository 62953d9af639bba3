// A page for tests of views: happy-dom's, with frames that run when the test says so. No test stands here.
import { Window } from "happy-dom";
import { after } from "node:test";

/** @import { Command, Context, Conversation, Frames, Store } from "../../src/types" */
/** @typedef {() => boolean | void} Job */
/**
 * What a test says of a document; the rest is as in an empty one.
 * @typedef {Partial<Record<keyof Conversation, any>>} Told
 */

const window = /** @type {any} */ (new Window({ url: "http://localhost/" }));
const page = /** @type {any} */ (globalThis);
const names = [
  "document",
  "DOMParser",
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
  page[name] =
    typeof window[name] === "function" && !/^[A-Z]/.test(name) ? window[name].bind(window) : window[name];
page.window = window;
page.ResizeObserver = class {
  observe() {}
  disconnect() {}
};
page.requestAnimationFrame = (/** @type {Job} */ job) => setTimeout(job, 0);

/**
 * The first element of a kind, which has to be there, as whatever the test takes it for.
 * @param {ParentNode} node @param {string} selector @returns {HTMLInputElement}
 */
export function find(node, selector) {
  const found = node.querySelector(selector);
  if (!found) throw new Error(`there is no ${selector}`);
  return /** @type {HTMLInputElement} */ (found);
}

/** Frames that run all that is due, once or until nothing is. @returns {Frames & { step(): void, run(): number }} */
export function manualFrames() {
  /** @type {Set<Job>} */
  const due = new Set();
  return {
    request: (job) => void due.add(job),
    step() {
      const now = [...due];
      due.clear();
      for (const job of now) if (job() === true) due.add(job);
    },
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

const { StreamedText } = await import("../../src/chat/rows/streamed_text.js"); // once there is a page

/** @type {Set<AbortController>} */
const lives = new Set();
after(() => lives.forEach((life) => life.abort())); // a ticking row would keep the process

/** A context as views get it, around a store. @param {Store} store @param {Partial<Context>} [more] */
export function contextFor(store, more = {}) {
  const frames = manualFrames();
  const life = new AbortController();
  lives.add(life);
  /** @type {Command[]} */
  const sent = [];
  const root = document.createElement("div");
  document.body.replaceChildren(root);
  /** @type {Context} */
  const context = {
    model: { get() {}, send() {}, on() {}, off() {} },
    store,
    frames,
    root,
    signal: life.signal,
    send: (command) => void sent.push(command),
    on() {},
    module: () => new Promise(() => {}),
    enter() {},
    notice() {},
    announce() {},
    markdown: (text) => Object.assign(document.createElement("div"), { textContent: text }),
    written: () => new StreamedText(context),
    ...more,
  };
  return { context, frames, sent, close: () => life.abort(), root };
}
