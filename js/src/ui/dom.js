// How the widget makes elements: attributes by allow-list, text as text nodes, URLs by scheme. No
// other file may set an attribute from an agent's data, and none at all may parse HTML.

const WEB = /^(?:https?:\/\/|mailto:)/i;
// what a browser ignores inside a scheme, so that "java\tscript:" cannot slip by
// oxlint-disable-next-line no-control-regex
const IGNORED = /[\0-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The URL if it may be a link's target (http, https, mailto), else "". @param {unknown} url */
export function linkUrl(url) {
  if (typeof url !== "string") return "";
  const bare = url.replace(IGNORED, "");
  return WEB.test(bare) ? bare : "";
}

/** The URL if it is an image kept in itself (raster only, never SVG), else "". @param {unknown} url */
export function imageData(url) {
  if (typeof url !== "string") return "";
  return /^data:image\/(?:png|jpeg|gif|webp|avif|bmp);base64,[A-Za-z0-9+/=\s]*$/.test(url) ? url : "";
}

/** @type {Map<string, string>} */
const characters = new Map();

/**
 * What HTML calls `&name;`, else "": the browser has the table, and letters and digits are no markup.
 * @param {string} name
 */
export function characterOf(name) {
  if (!characters.has(name)) {
    const { textContent } = new DOMParser().parseFromString(`&${name};`, "text/html").body;
    characters.set(name, textContent.length > 2 ? "" : textContent); // what is no name stays
  }
  return characters.get(name);
}

// names are written in our code, values may be anybody's: these would run or fetch what they hold
const RISKY = /^(?:on|src|href|style|action|form|poster|background|ping|data$|xlink|http)/i;

/** @typedef {Record<string, any>} Props */

/** @param {HTMLElement} node @param {string} name @param {any} value */
function setProperty(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) {
    if (typeof value !== "function") throw new TypeError(`${name} must be a function`);
    node.addEventListener(name.slice(2), value);
  } else if (name === "href") {
    const url = linkUrl(value);
    if (url) node.setAttribute("href", url);
  } else if (name === "src") {
    const url = imageData(value);
    if (url) node.setAttribute("src", url);
  } else if (RISKY.test(name)) {
    throw new TypeError(`not an attribute we set: ${name}`);
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element: `h("button", {class: "agui-button", onclick: send}, "Send")`. Strings become text.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Props} [props] @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  if (node instanceof HTMLButtonElement) node.type = "button"; // none of ours submits a form
  for (const name of Object.keys(props)) setProperty(node, name, props[name]);
  append(node, children);
  return node;
}

/** @param {string} name  its class @param {...(Child | Child[])} children */
export const div = (name, ...children) => h("div", { class: name }, ...children);

/** @param {string} name  its class @param {...(Child | Child[])} children */
export const span = (name, ...children) => h("span", { class: name }, ...children);

/** @param {Node} node @param {(Child | Child[])[]} children */
function append(node, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(node, child);
    else if (child instanceof Node) node.appendChild(child);
    else if (child !== null && child !== undefined && child !== false) {
      node.appendChild(document.createTextNode(String(child)));
    }
  }
}

/**
 * A link that leaves the page safely, or plain text where the URL is not allowed.
 * @param {string} url @param {...Child} children
 */
export function link(url, ...children) {
  const safe = linkUrl(url);
  if (!safe) return h("span", {}, ...children);
  return h("a", { href: safe, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);
}

/**
 * Sets a text only where it differs: an equal text would still invalidate layout.
 * @param {Node} node @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const SVG = "http://www.w3.org/2000/svg";

// 16x16 line icons, one path each
const ICONS = {
  send: "M8 13V3M3.5 7.5 8 3l4.5 4.5",
  stop: "M4.5 4.5h7v7h-7z",
  attach: "M13 7.5 8 12.4a3 3 0 0 1-4.6-4.5l5.3-5.3a2 2 0 0 1 3 3L6.5 10.9",
  chevron: "M6 4l4 4-4 4",
  down: "M4 6l4 4 4-4",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  check: "M3 8.5 6.5 12 13 4.5",
  cross: "M4 4l8 8M12 4l-8 8",
  edit: "M10.5 3l2.5 2.5L5.5 13H3v-2.5z",
  retry: "M13 8a5 5 0 1 1-1.6-3.7M13 2.5V5h-2.5",
  more: "M3 8h.01M8 8h.01M13 8h.01",
  warning: "M8 2.5 14 13H2zM8 6.5v3M8 11.3h.01",
  agent: "M8 2v2M3.5 4.5h9v7h-9zM6 7.5v1M10 7.5v1",
  image: "M2.5 3.5h11v9h-11zM2.5 10.5l3-3 3 3 2-2 3 3",
  plus: "M8 3v10M3 8h10",
  minus: "M4 8h8",
  idea: "M6 11.5h4M5.5 9.2a4 4 0 1 1 5 0l-.5 2.3h-4z",
};

/** @param {keyof typeof ICONS} name */
export const icon = (name) => drawing(ICONS[name]);

/** An icon that not every module carries. @param {string} lines */
export function drawing(lines) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of [
    ["viewBox", "0 0 16 16"],
    ["class", "agui-icon"],
    ["aria-hidden", "true"],
  ]) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", lines);
  svg.append(path);
  return svg;
}

// each module of ours carries its own copy of this file, and a page may hold several versions of us
const stamp = Math.random().toString(36).slice(2, 8);
let minted = 0;

/** An id for aria attributes: ours alone, so that no agent's text can take it. */
export const mintId = () => `agui-${stamp}-${(minted += 1)}`;
