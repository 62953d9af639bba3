// What people and agents say: the user's turn (edit and run again, files), the agent's answer,
// instructions.
import { filesOf, textOf } from "../../document/short_text.js";
import { iconButton } from "../../ui/buttons.js";
import { copyButton } from "../../ui/clipboard.js";
import { Fold } from "../../ui/disclosure.js";
import { div, h, setText } from "../../ui/dom.js";
import { fileList, turnEditor } from "../placeholders.js";
import { Written } from "./streamed_text.js";

/** @import { Context, Message, Row, RowView } from "../../types" */

/** @param {Context} context @param {Row} row @returns {Message} */
export const messageOf = ({ store }, row) =>
  store.document.messages[row.at ?? -1] ??
  store.sent.find(({ id }) => id === row.key) ?? { id: "", role: "assistant" };

/** @param {Context} context @param {string} key */
const isOpen = ({ store }, key) => store.document.items[key]?.status === "open";

/** @param {Context} context @param {Row} row @returns {RowView} */
export function answer(context, row) {
  const written = new Written(context);
  let { id } = messageOf(context, row);
  const message = () => context.store.document.messages.find((one) => one.id === id);
  const copy = copyButton(() => textOf(message()?.content), "Copy answer");
  const who = h("div", { class: "agui-who", hidden: true });
  const actions = div("agui-actions", copy);
  const node = h(
    "div",
    { class: "agui-answer", role: "group", "aria-label": "Answer" },
    who,
    written.node,
    actions,
  );
  return {
    node,
    update(now) {
      const { content, name, id: current } = messageOf(context, now);
      id = current;
      const open = isOpen(context, now.key);
      written.update(textOf(content), open);
      setText(who, name ?? "");
      who.hidden = !name;
      actions.hidden = open;
    },
    append: (text) => written.append(text),
  };
}

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

/** System and developer messages: there, but folded. @param {Context} context @returns {RowView} */
export function note(context) {
  const text = div("agui-user-text agui-faint");
  const fold = new Fold({ kind: "note" });
  fold.body.append(text);
  return {
    node: fold.node,
    update(row) {
      const { role, content } = messageOf(context, row);
      setText(text, textOf(content));
      fold.say({ state: "done", title: role === "system" ? "Instructions" : "Developer message" });
    },
  };
}
