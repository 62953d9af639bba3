// What the thread's menu offers: another thread; the last turn once more; the thread as Markdown, JSON
// Lines or a notebook cell, written by the kernel, saved or copied here; its size and its place on the
// page; tools that were allowed. How a menu works: menu.js.
import { copyText, saveText } from "../../ui/clipboard.js";
import { icon } from "../../ui/dom.js";
import { visible } from "../../ui/visible.js";
import { menuItem, menuLine } from "./menu.js";

/** @import { Context } from "../../types" */
/** @typedef {"markdown" | "jsonl" | "cell"} Format */
/** @typedef {HTMLElement[]} Group  what a line parts from the others */

const TYPES = /** @type {Record<string, string>} */ ({
  markdown: "text/markdown",
  jsonl: "application/jsonl",
});
/** @type {[string, Format, "save" | "copy"][]} */
const EXPORTS = [
  ["Copy as Markdown", "markdown", "copy"],
  ["Copy as notebook cell", "cell", "copy"],
  ["Save as Markdown", "markdown", "save"],
  ["Save events as JSON Lines", "jsonl", "save"],
];
const BESIDE = "notebook:create-output-view";
const TICK = 1200; // ms

/** That it was done, in the button's own place. @param {HTMLElement} button */
function tick(button) {
  const before = [...button.childNodes];
  button.replaceChildren(icon("check"));
  setTimeout(() => button.replaceChildren(...before), TICK);
}

/** @param {Context} context @param {HTMLElement} opener @returns {Group} */
function exportItems(context, opener) {
  /** @type {Map<string, "save" | "copy">} what this view asked for; the answer goes to all views */
  const wanted = new Map();
  context.on(
    "exported",
    async ({ format, name, text }) => {
      const how = wanted.get(format);
      wanted.delete(format);
      if (how === "save") saveText(name, text, TYPES[format] ?? "text/plain");
      if (how !== "copy") return;
      if (!(await copyText(text))) return context.notice("This page may not use the clipboard.", "error");
      context.announce("Copied");
      tick(opener);
    },
    context.signal,
  );
  return EXPORTS.map(([label, format, how]) =>
    menuItem(label, () => {
      wanted.set(format, how);
      context.send({ kind: "export", format });
    }),
  );
}

/** @param {Context} context @returns {Group} */
function threads(context) {
  const { store, send, module, notice } = context;
  const fresh = menuItem("New thread", () => send({ kind: "new_thread" }), { keys: "Alt+Shift+N" });
  const open = () =>
    module("threads").then(
      (made) => made.openThreads(context),
      () => notice("The kernel is busy: try again when it is free.", "error"),
    );
  return [fresh, ...(store.view.threads?.kept ? [menuItem("All threads…", open)] : [])];
}

/** @param {Context} context @returns {Group} */
function turns({ store, send, notice }) {
  const run = () => {
    if (store.document.interrupts.length) notice("Answer the request first.", "error");
    else send({ kind: "retry" });
  };
  const again = menuItem("Run the last turn again", run, { keys: "Alt+Shift+R" });
  if (!store.document.runs.length) return [again];
  return [
    again,
    menuItem("Replay this thread", () => send({ kind: "play", do: "begin", value: 0 })),
    menuItem("Make this a test", () => send({ kind: "make_test" })),
  ];
}

/** The application's commands, where the page can reach them. @returns {any} */
const hostCommands = () => {
  const { jupyterapp, jupyterlab } = /** @type {any} */ (globalThis);
  return (jupyterapp ?? jupyterlab)?.commands;
};

/** @param {Context} context @returns {Group} */
function places({ root }) {
  const grip = root.querySelector(".agui-sizer");
  const full = menuItem("Full height", () => grip?.dispatchEvent(new Event("dblclick")), {
    chosen: root.dataset.full === "true",
  });
  const commands = hostCommands();
  if (!commands?.hasCommand?.(BESIDE)) return [full];
  return [full, menuItem("Open beside the notebook", () => commands.execute(BESIDE))];
}

/** @param {Context} context @returns {Group} */
const allowed = ({ store, send }) =>
  (store.view.allowed ?? []).map((tool) =>
    menuItem(`Ask again before ${visible(tool)}`, () => send({ kind: "revoke", tool })),
  );

/** What the menu has each time it is opened. @param {Context} context @param {HTMLElement} button  that opens it */
export function threadItems(context, button) {
  const exports = exportItems(context, button);
  return () => {
    const own = context.store.view.readonly ? [] : [threads(context), turns(context)];
    const groups = [...own, exports, places(context), allowed(context)].filter((group) => group.length);
    return groups.flatMap((group, at) => (at ? [menuLine(), ...group] : group));
  };
}
