// What a frontend tool returned, as a notebook would show it. HTML and SVG go into a frame without
// scripts and without network. What is shown of a bundle and in which order: ../mime.js.

import { h } from "../dom.js";
import { imageSource, likelyHeight, shutPage, textOf, waysToShow } from "../mime.js";
import { button, faint } from "./buttons.js";
import { jsonTree } from "./json_tree.js";

/** @import { Show } from "../mime.js" */
/** @import { Context, MimeBundle, View } from "../types" */

/** The frame's text colour follows the widget's: light text means a dark page. @param {HTMLElement} root */
function schemeOf(root) {
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(root).color.match(/[\d.]+/g) ?? []).map(Number);
  return red + green + blue > 384 ? "dark" : "light";
}

/** @param {Context} context @param {unknown} data @returns {HTMLElement} */
function page(context, data) {
  const frame = document.createElement("iframe");
  const scheme = schemeOf(context.root);
  frame.setAttribute("sandbox", "");
  frame.setAttribute("referrerpolicy", "no-referrer");
  frame.setAttribute("srcdoc", shutPage(data, scheme));
  frame.title = "Output";
  frame.style.colorScheme = scheme;
  const box = h("div", { class: "agui-page" }, frame);
  box.style.height = `${likelyHeight(data)}px`;
  return box;
}

/** @type {Record<Show, (context: Context, mime: string, data: any, bundle: MimeBundle) => HTMLElement>} */
const SHOW = {
  image: (_context, mime, data, bundle) =>
    h("img", {
      class: "agui-picture",
      src: imageSource(mime, data),
      alt: textOf(bundle["text/plain"] ?? "Picture").slice(0, 200),
    }),
  page: (context, _mime, data) => page(context, data),
  markdown: (_context, _mime, data) => h("pre", { class: "agui-text-output" }, textOf(data)),
  json: (_context, _mime, data) => jsonTree(data, { label: "Output", open: 3 }).node,
  text: (_context, _mime, data) => h("pre", { class: "agui-text-output" }, textOf(data)),
};

/** @param {Context} context @param {MimeBundle} bundle @returns {View} */
export function mime(context, bundle) {
  const node = h("div", { class: "agui-output" });
  /** @param {MimeBundle} shown @param {number} [at] */
  const draw = (shown, at = 0) => {
    const ways = waysToShow(shown);
    const way = ways[at];
    const choice = ways.map(({ label }, other) => button(label, () => draw(shown, other), { pressed: other === at }));
    node.replaceChildren(
      way
        ? SHOW[way.show](context, way.mime, shown[way.mime], shown)
        : faint("An output of a kind that is not shown here."),
      ...(ways.length > 1
        ? [h("div", { class: "agui-toolbar agui-ways", role: "group", "aria-label": "Show as" }, choice)]
        : []),
    );
  };
  draw(bundle);
  return { node, update: draw };
}
