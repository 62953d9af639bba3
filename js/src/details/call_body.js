// The inside of an opened tool call: arguments as they stream, then as a tree; result, error, files.
import { filesOf, jsonOf, textOf } from "../document/short_text.js";
import { h } from "../ui/dom.js";
import { jsonTree } from "../ui/json_tree.js";
import { visible } from "../ui/visible.js";
import { attachmentList } from "./attachments.js";
import { trace } from "./trace.js";

/** @import { Context, Item, Message, ToolCall, View } from "../types" */

/** Text, or a tree where it is JSON. @param {string} text @param {(text: string) => string} shown @returns {HTMLElement} */
function valueNode(text, shown) {
  const value = jsonOf(text);
  if (typeof value === "object" && value !== null) return jsonTree(value, { open: 2 }).node;
  return h("pre", { class: "agui-value", tabindex: "0" }, shown(text));
}

/** One labelled part; drawn again only when its text is another. */
class Section {
  #shown = "";
  #streamed = /** @type {Text | null} */ (null);
  #place = h("div");

  #mark;

  /** @param {string} label @param {(text: string) => string} [mark]  of a text that is no prose */
  constructor(label, mark = (text) => text) {
    this.#mark = mark;
    this.node = h(
      "div",
      { class: "agui-section", hidden: true },
      h("div", { class: "agui-section-label" }, label),
      this.#place,
    );
  }

  /** @param {string} text @param {boolean} growing */
  show(text, growing) {
    this.node.hidden = text === "";
    if (growing) return this.#grow(text);
    if (text === this.#shown && !this.#streamed) return;
    this.#streamed = null;
    this.#shown = text;
    this.#place.replaceChildren(valueNode(text, this.#mark));
  }

  /** @param {string} text */
  #grow(text) {
    if (!this.#streamed || !text.startsWith(this.#shown)) {
      this.#shown = "";
      this.#streamed = document.createTextNode("");
      this.#place.replaceChildren(h("pre", { class: "agui-value" }, this.#streamed));
    }
    this.#streamed.appendData(text.slice(this.#shown.length));
    this.#shown = text;
  }
}

/**
 * @param {Context} context @returns {View & { update(call: ToolCall | undefined, answer: Message | undefined, item: Item | undefined): void }}
 */
export function callBody(context) {
  const sent = new Section("Arguments", visible);
  const result = new Section("Result");
  const error = new Section("Error");
  const files = h("div");
  const failed = h("div");
  return {
    node: h("div", {}, sent.node, result.node, error.node, failed, files),
    update(call, answer, item) {
      sent.show(call?.function.arguments ?? "", item?.status === "open");
      result.show(textOf(answer?.content), false);
      error.show(answer?.error ?? "", false);
      const where = trace(context, item?.trace);
      failed.replaceChildren(...(where ? [where] : []));
      const attached = filesOf(answer?.content);
      files.replaceChildren(...(attached.length ? [attachmentList(context, attached).node] : []));
    },
  };
}
