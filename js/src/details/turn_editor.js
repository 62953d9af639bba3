// The field in which an earlier message of the user's is changed and said again.
import { textOf } from "../document/short_text.js";
import { button, toolbar } from "../ui/buttons.js";
import { isComposing } from "../ui/composition.js";
import { div, h } from "../ui/dom.js";

/** @import { Context, Message } from "../types" */
/** @typedef {[bubble: HTMLElement, message: Message, opener: HTMLElement]} Place */

/** Puts the field in place of what was said, until it is done. @param {Context} context @param {Place} place */
export function editTurn(context, ...[bubble, { id, content }, opener]) {
  const turn = bubble.parentElement;
  if (!turn) return; // it went, or is being edited already
  const back = () => {
    turn.classList.remove("agui-editing");
    form.replaceWith(bubble);
    opener.focus();
  };
  const say = (/** @type {string} */ text) => {
    back();
    context.send({ kind: "edit", mid: id, text });
  };
  const form = turnEditor(context, textOf(content), say, back);
  turn.classList.add("agui-editing");
  bubble.replaceWith(form);
}

/**
 * @param {Context} context @param {string} text @param {(text: string) => void} done @param {() => void} cancel
 */
function turnEditor({ store, notice }, text, done, cancel) {
  const area = h("textarea", { class: "agui-input", "aria-label": "Edit message", rows: 3 });
  area.value = text;
  const save = () => {
    if (store.document.interrupts.length) notice("Answer the request first, then run this again.", "error");
    else if (area.value.trim()) done(area.value);
  };
  area.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") cancel();
    else if (event.key === "Enter" && !event.shiftKey) save();
    else return;
    event.preventDefault();
  });
  const bar = toolbar(button("Cancel", cancel), button("Run again", save, { kind: "primary" }));
  queueMicrotask(() => area.focus());
  return div("agui-editor", area, bar);
}
