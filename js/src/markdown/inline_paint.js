// Spans -> nodes inside one element, changing only what differs from the time before, so that a
// selection in a streaming paragraph survives. Text nodes and the allow-list of dom.js only.
import { h, imageData, link } from "../ui/dom.js";
import { readSegment } from "./inline.js";

/** @import { Definitions } from "./inline.js" */
/** @import { Span } from "./spans.js" */
/**
 * What needs an optional module.
 * @typedef {{ formula(tex: string, display: boolean): Node,
 *   picture(span: Extract<Span, { type: "image" }>, place: Element): void }} Outside
 */

const MOST = 999; // elements in one block
const ROOM = 16_000; // characters in one part of it: what a browser lays out anew with each word that comes

/** @param {Span} one @param {Span} other */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * A remote image tells its server that this was read: a module asks the user first.
 * @param {Extract<Span, { type: "image" }>} span @param {Outside} outside
 */
function image(span, outside) {
  const own = imageData(span.src);
  if (own) return h("img", { src: own, alt: span.alt, title: span.title || null });
  const words = h("span", {}, span.alt || "Image");
  if (span.src) outside.picture(span, words);
  return words;
}

/** @type {Record<Span["type"], (span: any, outside: Outside) => Node>} */
const PAINT = {
  text: (span) => document.createTextNode(span.text),
  code: (span) => h("code", {}, span.text),
  sup: (span) => h("sup", {}, span.text),
  break: () => h("br"),
  em: (span, outside) => h("em", {}, paintAll(span.children, outside)),
  strong: (span, outside) => h("strong", {}, paintAll(span.children, outside)),
  del: (span, outside) => h("del", {}, paintAll(span.children, outside)),
  link: (span, outside) => {
    const node = link(span.href, ...paintAll(span.children, outside));
    if (node.tagName === "A") node.title = span.title ? `${span.title}\n${span.href}` : span.href;
    return node;
  },
  image,
  math: (span, outside) => outside.formula(span.text, span.display),
};

/** @param {Span} span @param {Outside} outside @returns {Node} */
const paint = (span, outside) => PAINT[span.type](span, outside);

/** @param {Span[]} spans @param {Outside} outside */
const paintAll = (spans, outside) => spans.map((span) => paint(span, outside));

/** The text of one block, as far as it has come. */
export class Inline {
  #at = 0;
  #begun = 0; // where the last part begins
  #elements = 0; // in the parts before
  /** @type {{ span: Span, node: Node }[]} */
  #tail = []; // of the segment that may still change
  /** It named a definition that was not there. */
  asked = false;

  /** @param {Element} element @param {Outside} outside @param {Definitions} definitions */
  constructor(element, outside, definitions) {
    this.element = element;
    this.end = element; // the part that grows
    this.outside = outside;
    this.definitions = definitions;
  }

  /** @param {string} text  what it was before, or more @param {boolean} open */
  update(text, open) {
    for (;;) {
      // the browser lays a paragraph out whole: beyond reason it is shown as it was written
      /** @type {Omit<import("./inline.js").Segment, "asked"> & { asked?: boolean }} */
      const segment =
        this.#elements + this.end.childElementCount > MOST
          ? {
              spans: [{ type: "text", text: text.slice(this.#at) }],
              next: text.length,
              settled: true,
            }
          : readSegment(text, this.#at, open, this.definitions);
      if (segment.asked) this.asked = true;
      this.#show(segment.spans);
      if (!segment.settled) return;
      this.#tail = [];
      this.#at = segment.next;
      if (this.#at - this.#begun > ROOM) this.#part();
      if (segment.next >= text.length) return;
    }
  }

  /** What is behind stands for good, and is not laid out again. */
  #part() {
    this.#begun = this.#at;
    this.#elements += this.end.childElementCount;
    this.end = h("span", { class: "agui-chunk" });
    this.element.append(this.end);
  }

  /** Starts over, for a text that is another now. */
  reset() {
    this.element.replaceChildren();
    this.end = this.element;
    this.#tail = [];
    this.#at = this.#begun = this.#elements = 0;
    this.asked = false;
  }

  /**
   * A text that only grew keeps its node.
   * @param {{ span: Span, node: Node } | undefined} old @param {Span | undefined} now
   */
  #lengthen(old, now) {
    if (old?.span.type !== "text" || now?.type !== "text") return false;
    if (!now.text.startsWith(old.span.text)) return false;
    /** @type {Text} */ (old.node).appendData(now.text.slice(old.span.text.length));
    old.span = now;
    return true;
  }

  /** @param {Span[]} spans */
  #show(spans) {
    let keep = 0;
    while (keep < spans.length && keep < this.#tail.length && same(spans[keep], this.#tail[keep].span))
      keep += 1;
    if (this.#lengthen(this.#tail[keep], spans[keep])) keep += 1;
    for (const { node } of this.#tail.splice(keep)) node.parentNode?.removeChild(node);
    for (const span of spans.slice(keep)) {
      const node = paint(span, this.outside);
      this.end.appendChild(node);
      this.#tail.push({ span, node });
    }
  }
}
