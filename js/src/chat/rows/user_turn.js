// What the user said: the text, its files, and how it is changed and said again.
import { filesOf, textOf } from "../../document/short_text.js";
import { messageOf } from "../../document/transcript_rows.js";
import { iconButton } from "../../ui/buttons.js";
import { copyButton } from "../../ui/clipboard.js";
import { div, h, setText } from "../../ui/dom.js";
import { fileList, turnEditor } from "../placeholders.js";

/** @import { Context, Message, Row, RowView } from "../../types" */

const LONG = 1200; // characters of a user's turn shown before "Show all"

class UserTurn {
  #text = div("agui-user-text");
  #files = h("div");
  #more = h("button", { class: "agui-link", onclick: () => this.#whole() }, "Show all");
  #message = /** @type {Message} */ ({ id: "", role: "user" });
  #shown = /** @type {any} */ (undefined);

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.edit = iconButton("Edit and run again", "edit", () => this.#edit());
    this.bubble = div("agui-bubble", this.#files, this.#text, this.#more);
    const actions = div(
      "agui-actions",
      copyButton(() => textOf(this.#message.content), "Copy message"),
      this.edit,
    );
    this.node = h("div", { class: "agui-user", role: "group", "aria-label": "You" }, this.bubble, actions);
  }

  /** @param {Row} row */
  update(row) {
    this.#message = messageOf(this.context, row);
    this.node.dataset.mid = this.#message.id;
    const sending = row.at === undefined;
    this.edit.hidden = sending || this.context.store.view.readonly;
    this.node.classList.toggle("agui-sending", sending);
    if (this.#shown === this.#message.content) return;
    this.#shown = this.#message.content;
    const text = textOf(this.#shown);
    const files = filesOf(this.#shown);
    setText(this.#text, text.slice(0, LONG) + (text.length > LONG ? "…" : ""));
    this.#more.hidden = text.length <= LONG;
    this.#files.replaceChildren(...(files.length ? [fileList(this.context, files).node] : []));
  }

  #whole() {
    setText(this.#text, textOf(this.#shown));
    this.#more.hidden = true;
  }

  async #edit() {
    const { id, content } = this.#message;
    const editor = await turnEditor(this.context);
    if (!editor || !this.bubble.isConnected) return;
    const back = () => {
      this.node.classList.remove("agui-editing");
      form.replaceWith(this.bubble);
      this.edit.focus();
    };
    const say = (/** @type {string} */ text) => {
      back();
      this.context.send({ kind: "edit", mid: id, text });
    };
    const form = editor(this.context, textOf(content), say, back);
    this.node.classList.add("agui-editing");
    this.bubble.replaceWith(form);
  }
}

/** @param {Context} context @returns {RowView} */
export const userTurn = (context) => new UserTurn(context);
