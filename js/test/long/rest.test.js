// Parts of a long answer that are out of view, in a page whose view the test moves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualFrames } from "../support/page.js";

const { MarkdownStream } = await import("../../src/markdown/stream.js");
const { inParts } = await import("../../src/long/parts.js");

/** @type {(entries: any[]) => void} */
let moved = () => {};
globalThis.IntersectionObserver = /** @type {any} */ (
  class {
    /** @param {(entries: any[]) => void} told */
    constructor(told) {
      moved = told;
    }
    observe() {}
    disconnect() {}
  }
);

/** What the browser would tell of a part. @param {Element} target @param {boolean} isIntersecting */
const tell = (target, isIntersecting) =>
  moved([{ target, isIntersecting, rootBounds: { height: 400 }, boundingClientRect: { height: 600 } }]);

const paragraphs = (/** @type {number} */ count, first = 0) =>
  Array.from({ length: count }, (_, at) => `Number *${first + at}* of many.\n\n`).join("");

/** An answer of 100 blocks, all drawn. */
async function longAnswer() {
  const frames = manualFrames();
  const signal = new AbortController().signal;
  const module = /** @type {any} */ (async () => ({ inParts }));
  const made = new MarkdownStream({ frames, module, signal });
  const log = document.createElement("div");
  log.className = "agui-log";
  log.append(made.node);
  document.body.append(log);
  made.append(paragraphs(100));
  frames.run();
  await new Promise((done) => setTimeout(done));
  const say = (/** @type {string} */ text) => (made.append(text), frames.run());
  return { node: made.node, parts: () => Array.from(made.node.children), say };
}

test("what leaves the view is a place of its height with its text, and comes back as it was", async () => {
  const { parts } = await longAnswer();
  const [first] = parts();
  const before = first.innerHTML;
  tell(first, false);
  assert.equal(first.childElementCount, 0);
  assert.equal(/** @type {HTMLElement} */ (first).style.height, "600px");
  assert.ok(first.textContent.startsWith("Number 0 of many.\nNumber 1 of many."));
  tell(first, true);
  assert.equal(first.innerHTML, before);
  assert.equal(/** @type {HTMLElement} */ (first).style.height, "");
});

test("of a flood only what may be in view is drawn", async () => {
  const { parts, say } = await longAnswer();
  const before = parts().length;
  const clock = performance.now;
  performance.now = () => 0; // a page this fast takes it all in one frame
  say(paragraphs(1000, 100));
  performance.now = clock;
  say(paragraphs(1, 1100));
  const drawn = parts()
    .slice(before)
    .filter(({ childElementCount }) => childElementCount > 0).length;
  assert.ok(parts().length > before + 50);
  assert.ok(drawn <= 20, `${drawn} parts`);
});

test("what somebody uses, what grows and what is hidden with all the rest stays", async () => {
  const { parts } = await longAnswer();
  const [first, second] = parts();
  const last = /** @type {Element} */ (parts().at(-1));
  tell(last, false);
  assert.ok(last.childElementCount > 0);
  const button = document.createElement("button");
  second.append(button);
  button.focus();
  tell(second, false);
  assert.ok(second.contains(button));
  moved([{ target: first, isIntersecting: false, rootBounds: null, boundingClientRect: { height: 0 } }]);
  assert.ok(first.childElementCount > 0);
});
