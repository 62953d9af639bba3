// What the thread's menu offers beside a new thread: the last turn once more; the thread as Markdown,
// JSON Lines or a notebook cell, written by the kernel, saved or copied here.
import { copyText, saveText } from "../ui/clipboard.js";
import { h } from "../ui/dom.js";

/** @import { Context } from "../types" */
/** @typedef {"markdown" | "jsonl" | "cell"} Format */

const TYPES = /** @type {Record<string, string>} */ ({
  markdown: "text/markdown",
  jsonl: "application/jsonl",
});
/** @type {[string, Format, "save" | "copy"][]} */
const ITEMS = [
  ["Save as Markdown", "markdown", "save"],
  ["Save events as JSON Lines", "jsonl", "save"],
  ["Copy as Markdown", "markdown", "copy"],
  ["Copy as notebook cell", "cell", "copy"],
];

/** @param {Context} context @returns {HTMLButtonElement[]} */
function exportItems(context) {
  /** @type {Map<string, "save" | "copy">} what this view asked for; the answer goes to all views */
  const wanted = new Map();
  context.on(
    "exported",
    async ({ format, name, text }) => {
      const how = wanted.get(format);
      wanted.delete(format);
      if (how === "copy" && (await copyText(text))) context.notice("Copied.");
      else if (how) saveText(name, text, TYPES[format] ?? "text/plain");
    },
    context.signal,
  );
  return ITEMS.map(([label, format, how]) => {
    const ask = () => {
      wanted.set(format, how);
      context.send({ kind: "export", format });
    };
    return h("button", { class: "agui-menu-item", role: "menuitem", onclick: ask }, label);
  });
}

/** @param {string} label @param {() => void} onclick */
const item = (label, onclick) => h("button", { class: "agui-menu-item", role: "menuitem", onclick }, label);

/** @param {Context} context */
const listItem = (context) =>
  item("All threads…", () =>
    context.module("threads").then(
      (made) => made.openThreads(context),
      () => context.notice("The kernel is busy: try again when it is free.", "error"),
    ),
  );

/** @param {Context} context */
const replayItem = ({ store, send }) =>
  store.document.runs.length
    ? [item("Replay this thread", () => send({ kind: "play", do: "begin", value: 0 }))]
    : [];

/** @param {Context} context @returns {HTMLButtonElement[]} */
export function threadItems(context) {
  const run = () => {
    if (context.store.document.interrupts.length) context.notice("Answer the request first.", "error");
    else context.send({ kind: "retry" });
  };
  const again = h(
    "button",
    { class: "agui-menu-item", role: "menuitem", onclick: run },
    "Run the last turn again",
  );
  const { readonly, threads } = context.store.view;
  const own = readonly ? [] : [again, ...replayItem(context)];
  return [...(threads?.kept && !readonly ? [listItem(context)] : []), ...own, ...exportItems(context)];
}
