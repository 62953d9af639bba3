// The text of one message, followed as it grows: hands only what is new to the Markdown, starts
// over only where the text became another one.
import { MarkdownStream } from "../../markdown/stream.js";
import { div } from "../../ui/dom.js";

/** @import { Context } from "../../types" */

export class StreamedText {
  #given = "";
  #ended = false;
  /** @type {MarkdownStream} */
  #stream;

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.#stream = new MarkdownStream(context);
    this.node = div("agui-written", this.#stream.node);
  }

  #restart() {
    this.#given = "";
    this.#ended = false;
    this.#stream = new MarkdownStream(this.context);
    this.node.replaceChildren(this.#stream.node);
  }

  /** @param {string} text  new at the end */
  append(text) {
    if (this.#ended) return this.update(this.#given + text, false); // nobody had said it goes on
    this.#given += text;
    this.#stream.append(text);
  }

  /** @param {string} text  all of it @param {boolean} open */
  update(text, open) {
    if (
      (text !== this.#given && !text.startsWith(this.#given)) ||
      (this.#ended && text.length > this.#given.length)
    )
      this.#restart();
    if (text.length > this.#given.length) this.append(text.slice(this.#given.length));
    this.#given = text; // the same string as the document's, which makes the next comparison free
    if (open || this.#ended) return;
    this.#ended = true;
    this.#stream.end();
  }
}
