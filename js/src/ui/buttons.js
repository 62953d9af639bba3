// The buttons of forms and tool bars. What they do is handed in.

import { h, icon } from "./dom.js";

/** @typedef {Parameters<typeof icon>[0]} IconName */

/**
 * @param {string} label @param {() => void} onclick
 * @param {{kind?: "primary" | "quiet" | "filter" | "plain", icon?: IconName, pressed?: boolean}} [look] pressed: given, the button is a switch
 */
export const button = (label, onclick, { kind = "quiet", icon: name, pressed } = {}) =>
  h(
    "button",
    {
      class: `agui-button agui-${kind}`,
      "aria-pressed": pressed === undefined ? null : `${pressed}`,
      onclick,
    },
    name && icon(name),
    label,
  );

/** @param {string} label @param {IconName} name @param {() => void} onclick */
export const iconButton = (label, name, onclick) =>
  h("button", { class: "agui-icon-button", "aria-label": label, title: label, onclick }, icon(name));

/** @param {HTMLElement} node @param {boolean} on */
export const press = (node, on) => node.setAttribute("aria-pressed", `${on}`);
export const space = () => h("span", { class: "agui-space" });

/** @param {...(Node | string | null | undefined | false)} children */
export const toolbar = (...children) => h("div", { class: "agui-toolbar" }, children);

/** @param {string} [text] */
export const faint = (text = "") => h("span", { class: "agui-faint" }, text);
