// What a frontend tool returned, as a notebook would show it. HTML and SVG go into a frame without
// scripts and without network. What is shown of a bundle and in which order: mime.js.

import { button, faint } from "../ui/buttons.js";
import { h } from "../ui/dom.js";
import { jsonTree } from "../ui/json_tree.js";
import { imageSource, likelyHeight, shutPage, mimeText, waysToShow } from "./mime.js";

/** @import { Show } from "./mime.js" */
/** @import { Context, MimeBundle, View } from "../types" */

/** A frame does not inherit light or dark from where it stands. @param {unknown} data @param {Context} context */
function page(data, { root, signal }) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "");
  frame.setAttribute("referrerpolicy", "no-referrer");
  frame.title = "Output";
  let drawn = "";
  const draw = () => {
    const scheme = getComputedStyle(root).colorScheme.includes("dark") ? "dark" : "light";
    if (scheme === drawn) return;
    drawn = scheme;
    frame.style.colorScheme = scheme;
    frame.setAttribute("srcdoc", shutPage(data, scheme));
  };
  const observer = new MutationObserver(draw);
  observer.observe(root, { attributeFilter: ["style"] });
  signal.addEventListener("abort", () => observer.disconnect());
  draw();
  const box = h("div", { class: "agui-page" }, frame);
  box.style.height = `${likelyHeight(data)}px`;
  return box;
}

/** @param {unknown} data */
const text = (data) => h("pre", { class: "agui-text-output", tabindex: "0" }, mimeText(data));

/** @type {Record<Show, (data: any, mime: string, bundle: MimeBundle, context: Context) => HTMLElement>} */
const SHOW = {
  image: (data, mime, bundle) =>
    h("img", {
      class: "agui-picture",
      src: imageSource(mime, data),
      alt: mimeText(bundle["text/plain"] ?? "Picture").slice(0, 200),
    }),
  page: (data, _mime, _bundle, context) => page(data, context),
  markdown: (data, _mime, _bundle, context) => context.markdown(mimeText(data)),
  json: (data) => jsonTree(data, { label: "Output", open: 3 }).node,
  text,
};

/** @param {Context} context @param {MimeBundle} bundle @returns {View} */
export function output(context, bundle) {
  const node = h("div", { class: "agui-output" });
  /** @param {MimeBundle} shown @param {number} [at] */
  const draw = (shown, at = 0) => {
    const ways = waysToShow(shown);
    const way = ways[at];
    const choice = ways.map(({ label }, other) =>
      button(label, () => draw(shown, other), { pressed: other === at }),
    );
    node.replaceChildren(
      way
        ? SHOW[way.show](shown[way.mime], way.mime, shown, context)
        : faint("An output of a kind that is not shown here."),
      ...(ways.length > 1
        ? [h("div", { class: "agui-toolbar agui-ways", role: "group", "aria-label": "Show as" }, choice)]
        : []),
    );
  };
  draw(bundle);
  return { node, update: draw };
}
