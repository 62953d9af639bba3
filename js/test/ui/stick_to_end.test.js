// Following the end of what grows: a scroller that is only numbers.
import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {() => void} */
let resized = () => {};
/** @type {any} */ (globalThis).ResizeObserver = class {
  /** @param {() => void} job */
  constructor(job) {
    resized = job;
  }
  observe() {}
  disconnect() {}
};
const { stickToEnd } = await import("../../src/ui/stick_to_end.js");

/** One of 100 px that shows 1,000 px, at its end. */
function scroller() {
  const events = new EventTarget();
  const made = {
    clientHeight: 100,
    scrollHeight: 1000,
    top: 0,
    get scrollTop() {
      return this.top;
    },
    set scrollTop(px) {
      this.top = Math.max(0, Math.min(px, this.scrollHeight - this.clientHeight));
    },
    addEventListener: events.addEventListener.bind(events),
    /** @param {number} by */
    scroll(by) {
      this.scrollTop += by;
      events.dispatchEvent(new Event("scroll"));
    },
    /** @param {number} px */
    grow(px) {
      this.scrollHeight += px;
      resized();
    },
    /** @param {boolean} on */
    show(on) {
      Object.assign(this, on ? { clientHeight: 100 } : { clientHeight: 0, top: 0 });
      resized();
    },
  };
  /** @type {boolean[]} */
  const changes = [];
  const node = /** @type {any} */ (made);
  const end = stickToEnd(node, node, (pinned) => changes.push(pinned), new AbortController().signal);
  resized();
  return { made, end, changes };
}

test("a slow trackpad leaves the end, while an answer grows", () => {
  const { made, end } = scroller();
  for (let at = 0; at < 4; at += 1) {
    made.scroll(-8);
    made.grow(10);
  }
  assert.deepEqual([end.pinned, made.scrollTop], [false, 868]);
  made.scroll(30);
  assert.deepEqual([end.pinned, made.scrollTop], [false, 898], "42 px are left");
  made.scroll(8);
  made.grow(100);
  assert.deepEqual([end.pinned, made.scrollTop], [true, 1040]);
});

test("who reads keeps the place while there is nothing to see, who follows is at the end", () => {
  const { made, end, changes } = scroller();
  made.scroll(-500);
  made.show(false);
  made.scroll(0);
  made.grow(200);
  made.show(true);
  assert.deepEqual([end.pinned, made.scrollTop, changes], [false, 400, [false]]);
  end.latest();
  made.show(false);
  made.grow(200);
  made.show(true);
  assert.deepEqual([end.pinned, made.scrollTop], [true, 1300]);
});

test("what becomes less does not make a follower a reader", () => {
  const { made, end } = scroller();
  made.scrollHeight = 700;
  made.scroll(-300);
  assert.equal(end.pinned, true);
});
