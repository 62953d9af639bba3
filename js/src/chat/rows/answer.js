// What the agent says: its text as it grows, the button that copies it, and a mark where it refused.
// How text is followed: streamed_text.js.
import { textOf } from "../../document/short_text.js";
import { messageOf } from "../../document/transcript_rows.js";
import { copyButton } from "../../ui/clipboard.js";
import { div, h, setText } from "../../ui/dom.js";
import { StreamedText } from "./streamed_text.js";

/** @import { Context, RowView } from "../../types" */

/** @param {Context} context @param {string} key */
const isOpen = ({ store }, key) => store.document.items[key]?.status === "open";

/** @param {Context} context @returns {RowView} */
export function answer(context) {
  const written = new StreamedText(context);
  let said = "";
  const copy = copyButton(() => said, "Copy answer");
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
      const { content, name, metadata } = messageOf(context, now);
      const open = isOpen(context, now.key);
      written.update((said = textOf(content)), open);
      const mark = metadata?.refusal ? "Refused" : "";
      setText(who, name && mark ? `${name}: ${mark}` : name || mark);
      who.hidden = !(name || mark);
      actions.hidden = open;
      node.classList.toggle("agui-open", open);
    },
    append: (text) => written.append(text),
  };
}
