// Text out of the page: onto the clipboard, into a file.
import { h, icon } from "./dom.js";

/** Where a page is not served securely the clipboard interface is missing; the old command works. @param {string} text */
function copyOldWay(text) {
  const field = h("textarea", { class: "agui-off-screen", readonly: true, "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

/** @param {string} text @returns {Promise<boolean>} whether the page may */
export async function copyText(text) {
  try {
    if (!navigator.clipboard) return copyOldWay(text);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text);
  }
}

/** @param {string} name @param {string} text @param {string} type */
export function saveText(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const anchor = h("a", { download: name });
  anchor.href = url; // made here, so not filtered
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A button that copies and says so. @param {() => string} text @param {string} [label] */
export function copyButton(text, label = "Copy") {
  const button = h(
    "button",
    { type: "button", class: "agui-icon-button", "aria-label": label, title: label },
    icon("copy"),
  );
  button.addEventListener("click", async () => {
    button.replaceChildren(icon((await copyText(text())) ? "check" : "cross"));
    setTimeout(() => button.replaceChildren(icon("copy")), 1200);
  });
  return button;
}
