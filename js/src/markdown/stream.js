// Markdown that arrives: takes pieces of any size, a few milliseconds of work at a time, and shows
// them in one element. The only door to the other files of this folder.
import { h } from "../ui/dom.js";
import { Blocks } from "./blocks.js";
import { paintDocument } from "./paint.js";

/** @import { Painted, Canvas } from "./paint.js" */
/** @import { Context } from "../types" */

const PIECE = 500; // characters between two looks at the clock
const FLOOD = 8000; // characters; of much at once most is out of view, and never drawn
const BUDGET = 6; // ms; to lay out what this brings takes the browser twice as long

export class MarkdownStream {
  #blocks = new Blocks();
  #queue = "";
  #ended = false;
  #finished = false;
  #definitions = 0;
  #shown = false; // it has been on the page
  #caret = h("span", { class: "agui-caret", "aria-hidden": "true" });
  /** @type {import("./code_paint.js").CodePaint[]} closed, but without colours yet */
  #plain = [];
  /** @type {any} */
  #highlight;
  /** @type {Painted} */
  #paint;
  /** @type {Canvas} */
  #canvas;

  /** @param {Pick<Context, "frames" | "module"> & Partial<Context>} context */
  constructor(context) {
    const { frames, module } = context;
    this.frames = frames;
    this.#canvas = {
      definitions: this.#blocks.definitions,
      waiting: new Set(),
      colour: (code) => {
        this.#later(code, module);
        toCells(context, code);
      },
      picture: (span, place) =>
        void module("details").then((made) => made.offerPicture(span, place), console.warn),
      long: async (shown) => (await module("long")).inParts(shown, context.signal),
      formula: (tex, display) => formula(tex, display, () => module("math")),
    };
    this.#paint = paintDocument(this.#blocks.root, this.#canvas);
  }

  get node() {
    return this.#paint.element;
  }

  /** @param {string} text */
  append(text) {
    this.#queue += text;
    this.frames.request(this.#work);
  }

  /** No more text will come: what was open is closed. */
  end() {
    if (this.#ended) return;
    this.#ended = true;
    this.frames.request(this.#work);
  }

  #work = () => {
    // nobody will see what else has come for an answer that is gone from the page
    if (this.#shown && !this.node.isConnected) return;
    this.#shown = this.node.isConnected;
    const stop = performance.now() + BUDGET;
    while (this.#queue) {
      const size = Math.min(FLOOD, Math.max(PIECE, this.#queue.length / 2));
      this.#blocks.feed(this.#queue.slice(0, size));
      this.#queue = this.#queue.slice(size);
      this.#draw();
      if (performance.now() > stop) return true;
    }
    if (this.#ended && !this.#finished) {
      this.#finished = true;
      this.#blocks.end();
      this.#draw();
    }
    return false;
  };

  #draw() {
    this.#paint.update(this.#blocks.root);
    const { definitions, waiting } = this.#canvas;
    if (definitions.size !== this.#definitions) {
      this.#definitions = definitions.size;
      for (const painted of waiting) if (!painted.define?.()) waiting.delete(painted);
    }
    const end = this.#finished ? undefined : this.#paint.end?.();
    if (end) end.append(this.#caret);
    else this.#caret.remove();
  }

  /** @param {import("./code_paint.js").CodePaint} code @param {Context["module"]} module */
  async #later(code, module) {
    if (!code.colourful) return;
    this.#plain.push(code);
    try {
      this.#highlight = await module("highlight");
      this.frames.request(this.#colour);
    } catch (error) {
      console.warn(error); // the plain text stands
    }
  }

  /** One block per frame, the newest first: that is where the reader is. */
  #colour = () => {
    this.#plain.pop()?.colour(this.#highlight);
    return this.#plain.length > 0;
  };
}

/**
 * What a cell would run may go into one, where the page has any.
 * @param {Pick<Context, "module"> & Partial<Context>} context @param {import("./code_paint.js").CodePaint} code
 */
function toCells({ model, module, ...context }, code) {
  if (code.runs && model?.widget_manager?.context?.model?.cells)
    module("cells").then((made) => made.offerCode({ ...context, model }, code), console.warn);
}

/**
 * The source first, the formula when its module is here.
 * @param {string} tex @param {boolean} display @param {() => Promise<any>} load
 */
function formula(tex, display, load) {
  const source = h("code", { class: "agui-tex" }, tex);
  load()
    .then((math) => source.replaceWith(math.formula(tex, display)))
    .catch(console.warn); // shown as source
  return source;
}
