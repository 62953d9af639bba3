// What a frontend tool returned, as a notebook would show it. HTML and SVG go into a frame without
// scripts and without network. What is shown of a bundle and in which order: mime.js.

import { button, faint, iconButton } from "../ui/buttons.js";
import { h } from "../ui/dom.js";
import { jsonTree } from "../ui/json_tree.js";
import { drawnByHost, hostFigure, nestedWidget } from "./nested_widget.js";
import { trace } from "./trace.js";
import { imageSource, likelyHeight, shutPage, mimeText, waysToShow } from "./mime.js";

/** @import { Show } from "./mime.js" */
/** @import { Context, MimeBundle, Output, View } from "../types" */

const SURFACE = "application/vnd.agui-notebook.surface+json";
const APP = "application/vnd.agui-notebook.app+json";

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

/** Fitted; a click makes it large. @param {Context} context @param {string} src @param {string} alt */
function picture(context, src, alt) {
  const image = h("img", { class: "agui-picture", src, alt });
  const enlarge = () => context.module("data").then((made) => made.enlarge(context, image), console.warn);
  image.addEventListener("click", enlarge);
  return h("div", { class: "agui-figure" }, image, iconButton("Enlarge", "plus", enlarge));
}

/** @type {Record<Show, (data: any, mime: string, bundle: MimeBundle, context: Context) => HTMLElement>} */
const SHOW = {
  widget: (data, _mime, _bundle, context) => nestedWidget(context, data),
  error: (data, _mime, _bundle, context) =>
    h("div", { class: "agui-draw-error" }, faint(mimeText(data.text)), trace(context, data.frames)),
  figure: (data, mime, _bundle, context) => hostFigure(context, mime, data),
  image: (data, mime, bundle, context) =>
    picture(context, imageSource(mime, data), mimeText(bundle["text/plain"] ?? "Picture").slice(0, 200)),
  table: (data, _mime, bundle, context) => {
    const node = h("div", {}, text(bundle["text/plain"]));
    const draw = (/** @type {any} */ made) => node.replaceChildren(made.table(context, data));
    context.module("data").then(draw).catch(console.warn);
    return node;
  },
  page: (data, _mime, _bundle, context) => page(data, context),
  markdown: (data, _mime, _bundle, context) => context.markdown(mimeText(data)),
  json: (data) => jsonTree(data, { label: "Output", open: 3 }).node,
  text,
};

/**
 * A surface or an app, once its module has come; until then, and where it does not, its text.
 * @param {Context} context @param {MimeBundle} bundle @returns {View}
 */
function moduleOutput(context, bundle) {
  const node = h("div", { class: "agui-output" }, text(bundle["text/plain"]));
  const mime = bundle[APP] ? APP : SURFACE;
  let latest = bundle[mime];
  /** @type {View | undefined} */
  let view;
  context.module(mime === APP ? "apps" : "surfaces").then((made) => {
    view = /** @type {View} */ ((made.app ?? made.surface)(context, latest, output));
    node.replaceChildren(view.node);
  }, console.warn);
  /** @param {MimeBundle} now */
  const update = (now) => {
    latest = now[mime];
    view?.update?.(latest);
  };
  return { node, update };
}

/** @param {Context} context @param {MimeBundle} bundle @returns {View} */
function oneOutput(context, bundle) {
  const node = h("div", { class: "agui-output" });
  const draw = (at = 0) => {
    const ways = waysToShow(bundle, drawnByHost(context));
    const way = ways[at];
    const choice = ways.map(({ label }, other) =>
      button(label, () => draw(other), { pressed: other === at }),
    );
    node.replaceChildren(
      way
        ? SHOW[way.show](bundle[way.mime], way.mime, bundle, context)
        : faint("An output of a kind that is not shown here."),
      ...(ways.length > 1
        ? [h("div", { class: "agui-toolbar agui-ways", role: "group", "aria-label": "Show as" }, choice)]
        : []),
    );
  };
  draw();
  return { node };
}

/** What tells one output from the others: a surface changes and stays the same. @param {MimeBundle} bundle */
const keyOf = (bundle) => (bundle[SURFACE] ? `surface ${bundle[SURFACE].id}` : JSON.stringify(bundle));

/** What is already in its place is not moved: a frame that moves is loaded again. @param {HTMLElement} node @param {HTMLElement[]} wanted */
function keepOnly(node, wanted) {
  const gone = [...node.children].filter((old) => !wanted.includes(/** @type {HTMLElement} */ (old)));
  for (const old of gone) old.remove();
  wanted.forEach((one, at) => node.children[at] === one || node.insertBefore(one, node.children[at] ?? null));
}

/** @param {Context} context @param {Output} shown one bundle, or several in order @returns {View} */
export function output(context, shown) {
  const node = h("div", {});
  /** @type {Map<string, View>} what stands stays as it is: a widget in use, a frame that was scrolled */
  let standing = new Map();
  /** @param {Output} now */
  const update = (now) => {
    const next = new Map();
    for (const bundle of [now].flat()) {
      const known = standing.get(keyOf(bundle));
      known?.update?.(bundle);
      const make = bundle[SURFACE] || bundle[APP] ? moduleOutput : oneOutput;
      next.set(keyOf(bundle), known ?? make(context, bundle));
    }
    standing = next;
    keepOnly(
      node,
      [...next.values()].map((view) => view.node),
    );
  };
  update(shown);
  return { node, update };
}
