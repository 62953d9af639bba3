// A stream of Markdown on a page whose frames the test draws. What comes of it is judged by the tests.
import { manualFrames } from "./page.js";

/** @import { Context } from "../../src/types" */

const { MarkdownStream } = await import("../../src/markdown/stream.js");

/** @param {Context["module"]} [module] */
export function stream(module = () => new Promise(() => {})) {
  const frames = manualFrames();
  const made = new MarkdownStream({ frames, module });
  return {
    made,
    frames,
    node: made.node,
    say: (/** @type {string} */ text) => (made.append(text), frames.run()),
    end: () => (made.end(), frames.run()),
  };
}

/** What stands on the page when all pieces have come. @param {string[]} pieces */
export function drawn(pieces) {
  const { node, say, end } = stream();
  pieces.forEach(say);
  end();
  return node;
}
