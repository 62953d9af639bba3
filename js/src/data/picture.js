// A picture as large as the page lets it be, above everything; Escape, a click and its button close it,
// and the focus goes back to where it was.
import { iconButton } from "../ui/buttons.js";
import { h } from "../ui/dom.js";

/** @import { Context } from "../types" */

/** @param {Context} context @param {HTMLImageElement} picture */
export function enlarge({ root, signal }, picture) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const large = h("img", { src: picture.src, alt: picture.alt });
  const close = iconButton("Close", "cross", () => dialog.close());
  const dialog = h("dialog", { class: "agui-large", "aria-label": picture.alt || "Picture" }, close, large);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation(); // Escape would stop a run
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    before?.focus({ preventScroll: true });
  });
  signal.addEventListener("abort", () => dialog.remove());
  root.append(dialog);
  dialog.showModal();
}
