// The field in which an earlier message of the user's is changed and said again.
import { div, h } from "../dom.js";
import { button, toolbar } from "./buttons.js";

/** @param {string} text @param {(text: string) => void} done @param {() => void} cancel */
export function turnEditor(text, done, cancel) {
  const area = h("textarea", { class: "agui-input", "aria-label": "Edit message", rows: 3 });
  area.value = text;
  const save = () => area.value.trim() && done(area.value);
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
