// Views whose code comes with the module `details`: something plain stands in until it is here.
import { h } from "../dom.js";

/** @import { Context, MimeBundle, View } from "../types" */

/** @type {WeakMap<HTMLElement, Promise<any>>} by the root of a view, which holds the module's styles */
const loaded = new WeakMap();

/** The module, its styles in place. @param {Context} context @returns {Promise<typeof import("../details.js")>} */
export function details({ root, module }) {
  let promise = loaded.get(root);
  if (!promise) {
    promise = module("details").then((made) => {
      root.append(h("style", {}, made.styles));
      return made;
    });
    promise.catch(() => loaded.delete(root)); // the kernel may be free the next time
    loaded.set(root, promise);
  }
  return promise;
}

/** @param {Context} context @param {(made: typeof import("../details.js")) => View} make @param {HTMLElement} plain @returns {View} */
function lazily(context, make, plain) {
  const node = h("div", {}, plain);
  /** @type {View | undefined} */
  let view;
  /** @type {any[] | undefined} */
  let latest;
  details(context)
    .then((made) => {
      view = make(made);
      if (latest) view.update?.(...latest);
      node.replaceChildren(view.node);
    })
    .catch((error) => console.warn("shown plainly:", error));
  return {
    node,
    update(...subject) {
      latest = subject;
      view?.update?.(...subject);
    },
  };
}

const LONG = 20_000; // characters of what is only shown for a moment

/** @param {string} text */
export const plainText = (text) => h("pre", { class: "agui-value", tabindex: "0" }, text);

/** @param {Context} context @param {unknown} value */
export const tree = (context, value) =>
  lazily(context, (made) => made.jsonTree(value, { open: 2 }), plainText((JSON.stringify(value, null, 2) ?? "").slice(0, LONG)));

/** @param {Context} context @param {MimeBundle} bundle */
export const output = (context, bundle) =>
  lazily(context, (made) => made.mime(context, bundle), plainText(String(bundle["text/plain"] ?? "").slice(0, LONG)));

/** The pending interrupts, from when there first are some. @param {Context} context @returns {View} */
export function questions(context) {
  const { store, signal } = context;
  const node = h("div", {});
  let asked = false;
  const look = () => {
    if (asked || !store.document.interrupts.length) return;
    asked = true;
    const waiting = h("p", { class: "agui-empty", role: "status" }, "The agent waits for your answer; its form is on the way from the kernel…");
    node.append(lazily(context, (made) => made.interrupts(context), waiting).node);
  };
  store.subscribe(["interrupts"], look, signal);
  look();
  return { node };
}
