// What the agent thought before it answered: one line with its duration, the text when opened.
import { textOf } from "../document/short_text.js";
import { messageOf } from "../document/transcript_rows.js";
import { Disclosure } from "../ui/disclosure.js";
import { oneLine, spentText } from "../ui/format.js";

/** @import { StreamedText } from "../chat/rows/streamed_text.js" */
/** @import { Context, Row, RowView } from "../types" */

/** @implements {RowView} */
class Reasoning {
  /** @type {StreamedText | null} made when first opened: most reasoning is never read */
  #written = null;
  #row;
  ticking = false;

  /** @param {Context} context @param {Row} row */
  constructor(context, row) {
    this.context = context;
    this.#row = row;
    this.fold = new Disclosure({ kind: "reasoning", onopen: () => this.#fill() });
    this.node = this.fold.node;
  }

  get #item() {
    return this.context.store.document.items[this.#row.key];
  }

  #fill() {
    if (!this.#written) {
      this.#written = this.context.written();
      this.fold.body.append(this.#written.node);
    }
    this.#written.update(textOf(messageOf(this.context, this.#row).content), this.ticking);
  }

  /** @param {Row} row */
  update(row) {
    this.#row = row;
    this.ticking = this.#item?.status === "open";
    this.tick(Date.now());
    if (this.fold.open) this.#fill();
  }

  /** @param {number} now */
  tick(now) {
    const time = spentText(this.#item, this.ticking ? now : undefined);
    const title = this.ticking ? "Thinking" : time ? `Thought for ${time}` : "Thought";
    const text = textOf(messageOf(this.context, this.#row).content);
    this.fold.say({
      state: this.ticking ? "running" : "done",
      title,
      detail: oneLine(text),
      side: this.ticking ? time : "",
    });
  }

  /** @param {string} text */
  append(text) {
    if (this.fold.open) this.#written?.append(text);
  }
}

/** @param {Context} context @param {Row} row @returns {RowView} */
export const reasoning = (context, row) => new Reasoning(context, row);
