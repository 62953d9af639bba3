// Which parts of a long answer are drawn: those near the view, and those that somebody uses. The others
// leave a place as high as they were, which holds their text for a search, a selection and a reader of
// the screen. How a block looks is not known here.
import { div } from "../ui/dom.js";

/** @import { Block } from "../markdown/block.js" */
/** @import { Part } from "./parts.js" */

const MARGIN = "150%"; // of the view's height, above and below it
const LINE = 22; // px
const LETTERS = 90; // in a line
const TEXTS = "p,h3,h4,h5,h6,pre,td,th,.agui-formula";

/** @param {(time: () => boolean) => void} job */
const whenIdle = (job) =>
  "requestIdleCallback" in globalThis
    ? requestIdleCallback((left) => job(() => left.timeRemaining() > 3))
    : setTimeout(job, 100, () => false);

/** About how high a block will be, in px. @param {Block} block @returns {number} */
export function heightOf({ kind, text, rows, children }) {
  if (kind === "code") return text.split("\n").length * 20 + 36;
  const own = rows.length * 32 + Math.ceil(text.length / LETTERS) * LINE + 8;
  return children.reduce((sum, child) => sum + heightOf(child), own);
}

/** Whether something in it would be lost: what was selected, entered or fetched. @param {Element} element */
function isUsed(element) {
  const chosen = document.getSelection();
  const selected = chosen?.rangeCount && !chosen.isCollapsed && chosen.getRangeAt(0).intersectsNode(element);
  return selected || element.contains(document.activeElement) || element.querySelector("img") !== null;
}

/** @param {Element} element */
const textsOf = (element) =>
  Array.from(element.querySelectorAll(TEXTS), ({ textContent }) => textContent).join("\n");

/** The text of a part that was never drawn. @param {Part} part */
function unseenText({ shown, canvas, paint }) {
  const formula = (/** @type {string} */ tex) => document.createTextNode(tex);
  const aside = { ...canvas, waiting: new Set(), colour() {}, formula };
  const all = shown.map(({ block }) => {
    const painted = paint(block, aside);
    painted.update(block);
    return painted.element;
  });
  return textsOf(div("", ...all));
}

/** @param {Part} part @param {number} height  px */
function layDown(part, height) {
  const { element, shown, canvas } = part;
  part.rests = true;
  element.classList.add("agui-rests");
  element.style.height = `${height}px`;
  element.replaceChildren(textsOf(element));
  for (const one of shown) {
    if (one.painted) canvas.waiting.delete(one.painted);
    delete one.painted;
  }
}

export class Rest {
  #observer;
  /** @type {WeakMap<Element, Part>} */
  #of = new WeakMap();
  /** @type {Part[]} whose text is not in their place yet */
  #unread = [];

  /** @param {Part[]} parts  as they come @param {Element} root  what scrolls @param {AbortSignal} signal */
  constructor(parts, root, signal) {
    this.parts = parts;
    this.#observer = new IntersectionObserver(this.#moved, { root, rootMargin: `${MARGIN} 0px` });
    this.#look();
    const wake = () => parts.forEach((part) => this.wake(part));
    globalThis.addEventListener?.("beforeprint", wake, { signal });
    globalThis.addEventListener?.("afterprint", () => this.#look(), { signal });
    signal.addEventListener("abort", () => this.#observer.disconnect());
  }

  /** Where each is, told anew. */
  #look() {
    this.#observer.disconnect();
    for (const part of this.parts) this.follow(part);
  }

  /** @param {Part} part */
  follow(part) {
    this.#of.set(part.element, part);
    this.#observer.observe(part.element);
  }

  /** Not drawn until it comes near; says whether that is so. @param {Part} part */
  skip(part) {
    if (part.rests || part.shown[0].painted) return part.rests;
    layDown(
      part,
      part.shown.reduce((sum, { block }) => sum + heightOf(block), 0),
    );
    if (this.#unread.push(part) === 1) whenIdle(this.#write);
    return true;
  }

  /** @param {Part} part */
  wake(part) {
    if (!part.rests) return;
    part.rests = false;
    part.element.replaceChildren();
    part.draw();
    part.element.style.height = "";
    part.element.classList.remove("agui-rests");
  }

  /** @param {() => boolean} time  whether some is left */
  #write = (time) => {
    do {
      const part = this.#unread.pop();
      if (part?.rests && !part.element.textContent) part.element.replaceChildren(unseenText(part));
    } while (this.#unread.length && time());
    if (this.#unread.length) whenIdle(this.#write);
  };

  /** @param {IntersectionObserverEntry[]} entries */
  #moved = (entries) => {
    for (const { target, isIntersecting, rootBounds, boundingClientRect } of entries) {
      const part = this.#of.get(target);
      if (!part || !rootBounds?.height) continue; // all of it is hidden: nothing went out of view
      if (isIntersecting) this.wake(part);
      else this.#maybeRest(part, boundingClientRect.height);
    }
  };

  /** @param {Part} part @param {number} height  px */
  #maybeRest(part, height) {
    if (height && !part.rests && part !== this.parts.at(-1) && !isUsed(part.element)) layDown(part, height);
  }
}
