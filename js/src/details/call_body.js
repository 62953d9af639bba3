// The inside of an opened tool call: arguments as they stream, then as a tree; result, error, files.
import { filesOf, jsonOf, textOf } from "../document/short_text.js";
import { h } from "../ui/dom.js";
import { jsonTree } from "../ui/json_tree.js";
import { attachmentList } from "./attachments.js";

/** @import { Context, Message, ToolCall, View } from "../types" */

/** Text, or a tree where it is JSON. @param {string} text @returns {HTMLElement} */
function valueNode(text) {
  const value = jsonOf(text);
  if (typeof value === "object" && value !== null) return jsonTree(value, { open: 2 }).node;
  return h("pre", { class: "agui-value", tabindex: "0" }, text);
}

/** One labelled part; drawn again only when its text is another. */
class Section {
  #shown = "";
  #streamed = /** @type {Text | null} */ (null);
  #place = h("div");

  /** @param {string} label */
  constructor(label) {
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
    this.#place.replaceChildren(valueNode(text));
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
 * @param {Context} context @returns {View & { update(call: ToolCall | undefined, answer: Message | undefined, growing: boolean): void }}
 */
export function callBody(context) {
  const sent = new Section("Arguments");
  const result = new Section("Result");
  const error = new Section("Error");
  const files = h("div");
  return {
    node: h("div", {}, sent.node, result.node, error.node, files),
    update(call, answer, growing) {
      sent.show(call?.function.arguments ?? "", growing);
      result.show(textOf(answer?.content), false);
      error.show(answer?.error ?? "", false);
      const attached = filesOf(answer?.content);
      files.replaceChildren(...(attached.length ? [attachmentList(context, attached).node] : []));
    },
  };
}
