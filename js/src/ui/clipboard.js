// Text out of the widget: onto the clipboard (and the button that does it), or into a file.
import { iconButton } from "./buttons.js";
import { h, icon } from "./dom.js";

/**
 * Where a page is not served securely the clipboard interface is missing; the old command works.
 * @param {string} text
 */
function copyBySelection(text) {
  const field = h("textarea", { readonly: true, "aria-hidden": "true" });
  field.style.position = "fixed"; // so that focusing it scrolls nothing
  field.style.top = "-100px";
  field.value = text;
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus();
  return done;
}

/** @param {string} text @returns {Promise<boolean>} whether the page was allowed to */
export async function copyText(text) {
  try {
    if (!navigator.clipboard) return copyBySelection(text);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {() => string} text @param {string} [label] */
export function copyButton(text, label = "Copy") {
  const button = iconButton(label, "copy", async () => {
    button.replaceChildren(icon((await copyText(text())) ? "check" : "cross"));
    setTimeout(() => button.replaceChildren(icon("copy")), 1200);
  });
  return button;
}

/** Offers a text as a file to save. @param {string} name @param {string} text @param {string} mimeType */
export function saveText(name, text, mimeType) {
  const url = URL.createObjectURL(new Blob([text], { type: mimeType }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
