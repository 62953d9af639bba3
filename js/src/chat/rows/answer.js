// What the agent says: its text as it grows, and the button that copies it. How text is followed:
// streamed_text.js.
import { textOf } from "../../document/short_text.js";
import { messageOf } from "../../document/transcript_rows.js";
import { copyButton } from "../../ui/clipboard.js";
import { div, h, setText } from "../../ui/dom.js";
import { StreamedText } from "./streamed_text.js";

/** @import { Context, Row, RowView } from "../../types" */

/** @param {Context} context @param {string} key */
const isOpen = ({ store }, key) => store.document.items[key]?.status === "open";

/** @param {Context} context @param {Row} row @returns {RowView} */
export function answer(context, row) {
  const written = new StreamedText(context);
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
