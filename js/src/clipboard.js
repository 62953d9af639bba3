// Copying text, and the button that does it.
import { h, icon } from "./dom.js";

/** Where a page is not served securely the clipboard interface is missing; the old command works. @param {string} text */
export async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = h("textarea", { class: "agui-off-screen", readonly: true, "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** @param {() => string} text @param {string} [label] */
export function copyButton(text, label = "Copy") {
  const button = h(
    "button",
    { type: "button", class: "agui-icon-button", "aria-label": label, title: label },
    icon("copy"),
  );
  button.addEventListener("click", async () => {
    await copyText(text());
    button.replaceChildren(icon("check"));
    setTimeout(() => button.replaceChildren(icon("copy")), 1200);
  });
  return button;
}
