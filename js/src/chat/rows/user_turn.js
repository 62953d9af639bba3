// What the user said: the text, its files, and how it is changed and said again.
import { filesOf, textOf } from "../../document/short_text.js";
import { messageOf } from "../../document/transcript_rows.js";
import { iconButton } from "../../ui/buttons.js";
import { copyButton } from "../../ui/clipboard.js";
import { div, h, setText } from "../../ui/dom.js";
import { fileList, editTurn } from "../placeholders.js";

/** @import { Context, Message, Row, RowView } from "../../types" */

const LONG = 700; // characters of a user's turn shown before "Show all",
const LINES = 8; // and its lines

/** @param {string} text */
const beginning = (text) => text.split("\n", LINES).join("\n").slice(0, LONG);

class UserTurn {
  #text = div("agui-user-text");
  #files = h("div");
  #more = h("button", { class: "agui-link", onclick: () => this.#whole() }, "Show all");
  #message = /** @type {Message} */ ({ id: "", role: "user" });
  #shown = /** @type {any} */ (undefined);

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.edit = iconButton("Edit and run again", "edit", () =>
      editTurn(context, this.bubble, this.#message, this.edit),
    );
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
    const first = beginning(text);
    this.#more.hidden = first === text;
    setText(this.#text, this.#more.hidden ? text : `${first} …`);
    this.#files.replaceChildren(...(files.length ? [fileList(this.context, files).node] : []));
  }

  #whole() {
    setText(this.#text, textOf(this.#shown));
    this.#more.hidden = true;
  }
}

/** @param {Context} context @returns {RowView} */
export const userTurn = (context) => new UserTurn(context);
