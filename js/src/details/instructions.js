// System and developer messages: there, but folded.
import { textOf } from "../document/short_text.js";
import { messageOf } from "../document/transcript_rows.js";
import { Disclosure } from "../ui/disclosure.js";
import { div, setText } from "../ui/dom.js";

/** @import { Context, RowView } from "../types" */

/** @param {Context} context @returns {RowView} */
export function instructions(context) {
  const text = div("agui-user-text agui-faint");
  const fold = new Disclosure({ kind: "note" });
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
