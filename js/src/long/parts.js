// The blocks of a long document, in parts: takes over what stands and follows what comes. Which of the
// parts are drawn: rest.js. How a block looks is not known here.
import { div } from "../ui/dom.js";
import { Rest } from "./rest.js";

/** @import { Block } from "../markdown/block.js" */
/** @import { Painted, Shorter } from "../markdown/paint.js" */

export class Part {
  /** @type {{ block: Block, painted?: Painted }[]} */
  shown = [];
  rests = false; // only a place of its height is there

  /** @param {Shorter} whole @param {HTMLElement} element */
  constructor({ canvas, paint }, element) {
    this.canvas = canvas;
    this.paint = paint;
    this.element = element;
  }

  draw() {
    for (const one of this.shown) {
      if (one.painted) continue;
      one.painted = this.paint(one.block, this.canvas);
      this.element.append(one.painted.element);
      one.painted.update(one.block);
    }
  }

  /** @param {number} at  the first block that goes */
  cut(at) {
    for (const { painted } of this.shown.splice(at)) painted?.element.remove();
  }
}

class Parts {
  /** @type {Part[]} */
  #parts = [];
  #count = 0; // blocks
  #rest;
  kind = /** @type {const} */ ("doc");

  /** @param {Shorter} whole @param {Element} scroller @param {AbortSignal} signal */
  constructor(whole, scroller, signal) {
    this.whole = whole;
    this.element = whole.element;
    const standing = Array.from(this.element.children);
    for (const element of standing) this.#parts.push(new Part(whole, /** @type {HTMLElement} */ (element)));
    for (const one of whole.shown) this.#last().shown.push(one);
    this.#rest = new Rest(this.#parts, scroller, signal);
  }

  /** The part that takes the next block. */
  #last() {
    const at = Math.floor(this.#count / this.whole.size);
    this.#count += 1;
    return (this.#parts[at] ??= this.#part());
  }

  #part() {
    const part = new Part(this.whole, this.element.appendChild(div("agui-part")));
    this.#rest.follow(part);
    return part;
  }

  end = () => this.#parts.at(-1)?.shown.at(-1)?.painted?.end?.();

  /** @param {Block} root */
  update = ({ children }) => {
    let keep = Math.min(this.#count, children.length);
    while (keep && !this.#stands(keep - 1, children[keep - 1])) keep -= 1;
    const last = this.#keep(keep);
    if (last) this.#rest.wake(last);
    last?.shown.at(-1)?.painted?.update(children[keep - 1]);
    for (const block of children.slice(keep)) this.#last().shown.push({ block });
    this.#draw(Math.floor(keep / this.whole.size));
  };

  /** Of much that comes at once, only what may be in view. @param {number} first */
  #draw(first) {
    this.#parts.slice(first).forEach((part, at, { length }) => {
      const skipped = at > 0 && at < length - 2 && this.#rest.skip(part);
      if (!skipped) part.draw();
    });
  }

  /** @param {number} at @param {Block} block */
  #stands(at, block) {
    const { size } = this.whole;
    const one = this.#parts[Math.floor(at / size)].shown[at % size];
    return one.block === block && (!one.painted || one.painted.kind === block.kind);
  }

  /** @param {number} count  blocks that stay */
  #keep(count) {
    const { size } = this.whole;
    const parts = Math.ceil(count / size);
    for (const { element } of this.#parts.splice(parts)) element.remove();
    const last = this.#parts.at(-1);
    last?.cut(count - (parts - 1) * size);
    this.#count = count;
    return last;
  }
}

/** What shows a document that has become long, where it scrolls. @param {Shorter} shown @param {AbortSignal} signal */
export function inParts(shown, signal) {
  const scroller = shown.element.closest(".agui-log");
  return scroller && new Parts(shown, scroller, signal);
}
