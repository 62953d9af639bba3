// The field in which an earlier message of the user's is changed and said again.
import { button, toolbar } from "../ui/buttons.js";
import { div, h } from "../ui/dom.js";

/** @import { Context } from "../types" */

/**
 * @param {Context} context @param {string} text @param {(text: string) => void} done @param {() => void} cancel
 */
export function turnEditor({ store, notice }, text, done, cancel) {
  const area = h("textarea", { class: "agui-input", "aria-label": "Edit message", rows: 3 });
  area.value = text;
  const save = () => {
    if (store.document.interrupts.length) notice("Answer the request first, then run this again.", "error");
    else if (area.value.trim()) done(area.value);
  };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
    else return;
    event.preventDefault();
  });
  const bar = toolbar(button("Cancel", cancel), button("Run again", save, { kind: "primary" }));
  queueMicrotask(() => area.focus());
  return div("agui-editor", area, bar);
}
