// What an agent would be given of a variable, shown whole before it is sent. Text is text.
import { iconButton } from "../ui/buttons.js";
import { div, h, imageData } from "../ui/dom.js";
import { visible } from "../ui/visible.js";

/** @import { Context, Part } from "../types" */

/** How much it is, in words. @param {Part[]} parts */
export function partsText(parts) {
  const length = parts.reduce((sum, { text = "" }) => sum + text.trim().length, 0);
  return length ? `${length.toLocaleString("en")} characters` : "a picture";
}

/** @param {Part} part */
function shown({ text, source }) {
  if (text !== undefined) return h("pre", { tabindex: "0" }, visible(text.trim()));
  const src = imageData(`data:${source?.mimeType};base64,${source?.value}`);
  return src ? h("img", { class: "agui-picture", src, alt: "The picture that is sent" }) : null;
}

/** A window over the chat that only shows. @param {Context} context @param {string} name @param {Part[]} parts */
export function showParts({ root, signal }, name, parts) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const close = iconButton("Close", "cross", () => dialog.close());
  const head = div("agui-given-head", h("b", {}, `What is sent of ${name}`), close);
  const label = `What is sent of ${name}`;
  const dialog = h("dialog", { class: "agui-given", "aria-label": label }, head, ...parts.map(shown));
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("close", () => {
    dialog.remove();
    before?.focus({ preventScroll: true });
  });
  signal.addEventListener("abort", () => dialog.remove());
  root.append(dialog);
  dialog.showModal();
}
